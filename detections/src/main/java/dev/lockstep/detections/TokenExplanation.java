package dev.lockstep.detections;

import dev.lockstep.detections.TokenReplay.NetworkVerdict;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.Spot;
import dev.lockstep.schemas.TokenState;
import dev.lockstep.schemas.TokenUse;
import dev.lockstep.schemas.TokenUseKind;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What {@code token-replay} made of a token: every two uses compared once more.
 *
 * @param token its id, a GUID
 * @param uses in order of time
 * @param comparisons of each use with each earlier one, and of each accepted after its expiry by
 *     itself; those that fire first
 * @param signInSeen whether the sign-in that minted it is among the uses
 * @param awaitsSignIn whether the grace for the sign-in is not over
 * @param overflow whether it had more uses than are kept
 */
public record TokenExplanation(
    String token,
    List<TokenUse> uses,
    List<Comparison> comparisons,
    boolean signInSeen,
    boolean awaitsSignIn,
    boolean overflow) {
  /** Counted where the sign-in of a presented token has not come within its grace. */
  public static final String UNMATCHED = "unmatched-token";

  /**
   * Two uses compared, or one that was accepted after its expiry.
   *
   * @param earlier null where a use is judged by itself
   * @param date UTC day of the later use
   * @param line the line of the table that decided, or why it was not asked
   * @param gates what was checked
   */
  public record Comparison(
      @Nullable TokenUse earlier,
      TokenUse later,
      LocalDate date,
      String line,
      List<GateChecked> gates,
      Conclusion conclusion) {}

  private static final Comparator<Comparison> TELLING =
      Comparator.comparing((Comparison one) -> !one.conclusion().fires())
          .thenComparing(
              one -> one.conclusion().severity(), Comparator.nullsLast(Comparator.reverseOrder()))
          .thenComparing(TokenExplanation::rank);

  private static int rank(Comparison comparison) {
    String reason = comparison.conclusion().reason();
    return reason == null ? -1 : RuleInfo.TOKEN_REPLAY.reasons().indexOf(reason);
  }

  /** Returns whether the token was presented, and no sign-in came for it within the grace. */
  public boolean unmatched() {
    return !signInSeen
        && !awaitsSignIn
        && uses.stream().anyMatch(use -> TokenReplay.validated(use));
  }

  static TokenExplanation of(String token, TokenState state, RuleSettings settings) {
    TokenReplay rule = new TokenReplay(settings.token());
    List<TokenUse> uses = new ArrayList<>(state.getUses());
    uses.removeIf(use -> isToldAgain(use, state.getUses()));
    uses.sort(
        Comparator.comparing((TokenUse use) -> use.getFirst().getEventAt())
            .thenComparing(TokenBook::traits));
    List<Comparison> comparisons = new ArrayList<>();
    for (int i = 0; i < uses.size(); i++) {
      TokenUse use = uses.get(i);
      if (use.getAfterExpiry()) {
        comparisons.add(pastItsLife(use, settings));
      }
      for (int j = 0; j < i; j++) {
        comparisons.add(compare(uses.get(j), use, rule, settings));
      }
    }
    comparisons.sort(TELLING);
    return new TokenExplanation(
        token,
        uses,
        comparisons,
        TokenBook.hasSignIn(state),
        state.getAwaited(),
        state.getOverflow());
  }

  /** Returns whether a call without an address is there once more with that of Front Door. */
  private static boolean isToldAgain(TokenUse use, List<TokenUse> all) {
    return use.getSpot() == null
        && Citations.sameEvent(use.getFirst(), use.getLast())
        && all.stream()
            .filter(other -> other.getSpot() != null)
            .anyMatch(
                other ->
                    Citations.sameEvent(other.getFirst(), use.getFirst())
                        || Citations.sameEvent(other.getLast(), use.getFirst()));
  }

  private static Comparison pastItsLife(TokenUse use, RuleSettings settings) {
    return new Comparison(
        null,
        use,
        LocalDate.ofEpochDay(use.getDay()),
        "accepted after its expiry",
        new Gates()
            .decides(
                TokenReplay.AFTER_EXPIRY,
                true,
                Gates.FIRES,
                "skewMinutes",
                (double) settings.token().expirySkewMinutes())
            .list(),
        Conclusion.fires(TokenReplay.AFTER_EXPIRY, Severity.High));
  }

  private static Comparison compare(
      TokenUse earlier, TokenUse later, TokenReplay rule, RuleSettings settings) {
    Gates gates = new Gates();
    boolean close = rule.close(earlier, later);
    boolean twoPrincipals = rule.wrongPrincipal(earlier, later);
    double hours =
        Findings.rounded(
            Math.max(0, later.getFirst().getEventAt() - earlier.getLast().getEventAt())
                / 3_600_000.0,
            2);
    gates.decides(
        TravelGates.TIME,
        !close,
        Gates.QUIET,
        "hoursBetween",
        hours,
        "limitHours",
        (double) settings.token().maxHours());
    Object[] principals = {"earlierOid", said(earlier.getOid()), "laterOid", said(later.getOid())};
    if (twoPrincipals) {
      gates.adjusts(TokenReplay.WRONG_PRINCIPAL, Gates.FIRES, principals);
    } else {
      gates.passes(TokenReplay.WRONG_PRINCIPAL, principals);
    }
    String reason = rule.comparedFor(earlier, later);
    Conclusion byNetworks;
    String line;
    if (reason == null) {
      String why = whyNotCompared(earlier, later, close);
      line = words(why, settings);
      if (close) {
        gates.decides(why, true, Gates.QUIET);
      }
      byNetworks = Conclusion.quiet(why);
    } else {
      Spot one = Objects.requireNonNull(earlier.getSpot());
      Spot other = Objects.requireNonNull(later.getSpot());
      NetworkVerdict verdict = TokenReplay.byNetworks(one, other);
      line = verdict.line();
      Object[] networks = {
        "line", line,
        "earlierNetwork", one.getPrefix() + " " + TokenFindings.network(one),
        "laterNetwork", other.getPrefix() + " " + TokenFindings.network(other)
      };
      String gate = verdict.gate();
      if (gate != null) {
        gates.adjusts(gate, Gates.QUIET, networks);
        byNetworks = Conclusion.quiet(gate);
      } else {
        gates.adjusts(reason, Gates.FIRES, networks);
        byNetworks =
            Conclusion.fires(
                reason, TokenBook.severity(reason, Objects.requireNonNull(verdict.severity())));
      }
    }
    Conclusion conclusion =
        twoPrincipals ? Conclusion.fires(TokenReplay.WRONG_PRINCIPAL, Severity.High) : byNetworks;
    int day = Math.max(earlier.getDay(), later.getDay());
    return new Comparison(
        earlier, later, LocalDate.ofEpochDay(day), line, gates.list(), conclusion);
  }

  private static String whyNotCompared(TokenUse earlier, TokenUse later, boolean close) {
    if (!close) {
      return TravelGates.TIME;
    }
    if (earlier.getSpot() == null || later.getSpot() == null) {
      return "no-address";
    }
    return earlier.getKind() == TokenUseKind.IGNORED || later.getKind() == TokenUseKind.IGNORED
        ? "not-an-attempt"
        : "none-accepted";
  }

  private static String words(String why, RuleSettings settings) {
    return switch (why) {
      case TravelGates.TIME -> "more than " + settings.token().maxHours() + " h apart";
      case "no-address" -> "an address is unknown";
      case "not-an-attempt" -> "a call refused with another status than 401 or 403 says nothing";
      default -> "neither was accepted";
    };
  }

  private static String said(@Nullable String text) {
    return text == null ? "not said" : text;
  }
}
