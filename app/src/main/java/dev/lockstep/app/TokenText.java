package dev.lockstep.app;

import dev.lockstep.detections.Conclusion;
import dev.lockstep.detections.TokenExplanation;
import dev.lockstep.detections.TokenExplanation.Comparison;
import dev.lockstep.detections.Witness;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Spot;
import dev.lockstep.schemas.TokenUse;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/** What {@code token-replay} compared of a token, or of a principal's tokens, as text. */
final class TokenText {
  private static final int MOST_TOKENS = 12;
  private static final int MOST_USES = 20;
  private static final int MOST_COMPARISONS = 10;

  private final Lines lines;
  private final ExplainScope scope;

  TokenText(Lines lines, ExplainScope scope) {
    this.lines = lines;
    this.scope = scope;
  }

  /** Prints one token with every comparison. */
  void print(TokenExplanation token, Witness witness) {
    lines.heading("TOKEN REPLAY");
    lines.text(2, signIn(token));
    witness
        .expiries()
        .forEach(end -> lines.text(2, "It says that it ends at " + Wording.dateTime(end) + "."));
    if (token.overflow()) {
      lines.text(2, "It had more kinds of uses than are kept.");
    }
    lines.blank();
    List<TokenUse> uses = token.uses();
    int shown = scope.all() ? uses.size() : Math.min(MOST_USES, uses.size());
    for (int i = 0; i < shown; i++) {
      lines.labelled(2, String.valueOf(i + 1), 4, use(uses.get(i)));
    }
    if (shown < uses.size()) {
      lines.text(2, "and " + (uses.size() - shown) + " more; --all lists them");
    }
    List<Comparison> comparisons =
        token.comparisons().stream()
            .filter(one -> scope.includes(one.date()))
            .sorted(Comparator.comparingLong(this::millisFrom))
            .toList();
    int printed = scope.all() ? comparisons.size() : Math.min(MOST_COMPARISONS, comparisons.size());
    for (Comparison comparison : comparisons.subList(0, printed)) {
      comparison(comparison, uses);
    }
    if (printed < comparisons.size()) {
      lines.text(
          2, "and " + (comparisons.size() - printed) + " more comparisons; --all lists them");
    }
    if (token.comparisons().isEmpty()) {
      lines.blank();
      lines.text(2, "Nothing to compare: one use alone.");
    }
  }

  private long millisFrom(Comparison comparison) {
    TokenUse later = comparison.later();
    TokenUse earlier = comparison.earlier();
    long near = scope.millisFrom(later.getFirst(), later.getLast());
    return earlier == null
        ? near
        : Math.min(near, scope.millisFrom(earlier.getFirst(), earlier.getLast()));
  }

  private static String signIn(TokenExplanation token) {
    if (token.signInSeen()) {
      return "The sign-in that minted it is among its uses.";
    }
    if (token.awaitsSignIn()) {
      return "The sign-in that minted it has not come yet; an hour is given.";
    }
    return token.unmatched()
        ? "No sign-in that minted it came within an hour: counted as unmatched-token, no finding."
        : "No sign-in that minted it came, and no validated call presented it.";
  }

  private static String use(TokenUse use) {
    Spot spot = use.getSpot();
    String oid = use.getOid();
    return Wording.datedSpan(use.getFirst().getEventAt(), use.getLast().getEventAt())
        + "  "
        + switch (use.getKind()) {
          case SIGN_IN -> "sign-in";
          case ACCEPTED -> "accepted call";
          case REFUSED -> "call refused with 401 or 403";
          case IGNORED -> "call refused otherwise";
          case CLAIMED -> "refused call, claims not validated";
        }
        + (spot == null
            ? ", address unknown"
            : ", " + spot.getAddress() + ", " + Wording.network(spot))
        + (oid == null ? "" : ", oid " + oid)
        + (use.getAfterExpiry() ? ", after its expiry" : "");
  }

  private void comparison(Comparison comparison, List<TokenUse> uses) {
    lines.blank();
    TokenUse earlier = comparison.earlier();
    int later = index(uses, comparison.later());
    String label = earlier == null ? String.valueOf(later) : index(uses, earlier) + " and " + later;
    lines.labelled(2, label, 9, verdict(comparison.conclusion()));
    lines.text(4, "decided by: " + comparison.line());
    for (GateChecked gate : comparison.gates()) {
      GateLine.print(lines, 4, gate, words(gate));
    }
  }

  private static int index(List<TokenUse> uses, TokenUse use) {
    for (int i = 0; i < uses.size(); i++) {
      if (uses.get(i) == use) {
        return i + 1;
      }
    }
    return 0;
  }

  private static String verdict(Conclusion conclusion) {
    return conclusion.fires()
        ? "FIRES, "
            + Wording.upper(Objects.requireNonNull(conclusion.severity()))
            + ": "
            + conclusion.reason()
        : "quiet by " + String.join(", ", conclusion.quietBy());
  }

  private static String words(GateChecked gate) {
    return switch (gate.getGate()) {
      case "time" ->
          Wording.number(gate, "hoursBetween")
              + " h between; compared up to "
              + Wording.number(Wording.number(gate, "limitHours"))
              + " h";
      case "wrong-principal" ->
          Wording.word(gate, "earlierOid").equals(Wording.word(gate, "laterOid"))
              ? "both name " + Wording.word(gate, "laterOid")
              : Wording.word(gate, "earlierOid") + " and " + Wording.word(gate, "laterOid");
      case "after-expiry" ->
          "accepted more than "
              + Wording.number(Wording.number(gate, "skewMinutes"))
              + " min after the token's own end";
      case "no-address", "none-accepted", "not-an-attempt" -> "not asked for networks";
      default ->
          Wording.word(gate, "line")
              + ": "
              + Wording.word(gate, "earlierNetwork")
              + " and "
              + Wording.word(gate, "laterNetwork");
    };
  }

  /** Prints a principal's tokens, one line each, the telling ones first. */
  void printBrief(List<TokenExplanation> tokens) {
    lines.heading("TOKENS (--token ID explains one)");
    List<TokenExplanation> shown = new ArrayList<>();
    for (TokenExplanation token : tokens) {
      if (scope.date() == null || token.uses().stream().anyMatch(use -> scope.includes(day(use)))) {
        shown.add(token);
      }
    }
    if (shown.isEmpty()) {
      lines.text(2, tokens.isEmpty() ? "None names it." : "None on that day.");
    }
    shown.sort((one, other) -> Boolean.compare(fires(other), fires(one)));
    int printed = scope.all() ? shown.size() : Math.min(MOST_TOKENS, shown.size());
    for (TokenExplanation token : shown.subList(0, printed)) {
      lines.text(2, token.token());
      lines.text(6, brief(token));
    }
    if (printed < shown.size()) {
      lines.text(2, "and " + (shown.size() - printed) + " more; --all lists them");
    }
  }

  private static LocalDate day(TokenUse use) {
    return LocalDate.ofEpochDay(use.getDay());
  }

  private static boolean fires(TokenExplanation token) {
    return token.comparisons().stream().anyMatch(one -> one.conclusion().fires());
  }

  private static String brief(TokenExplanation token) {
    Set<String> fired = new LinkedHashSet<>();
    TreeMap<String, Integer> quiet = new TreeMap<>();
    for (Comparison one : token.comparisons()) {
      if (one.conclusion().fires()) {
        fired.add(
            "FIRES, "
                + Wording.upper(Objects.requireNonNull(one.conclusion().severity()))
                + ": "
                + one.conclusion().reason());
      } else {
        one.conclusion().quietBy().forEach(gate -> quiet.merge(gate, 1, Integer::sum));
      }
    }
    List<String> parts = new ArrayList<>();
    parts.add(
        Wording.dateTime(token.uses().get(0).getFirst().getEventAt())
            + ", "
            + Wording.count(token.uses().size(), "use"));
    parts.addAll(fired);
    if (!quiet.isEmpty()) {
      parts.add("quiet by " + String.join(", ", quiet.keySet()));
    }
    if (token.unmatched()) {
      parts.add("unmatched-token: no sign-in minted it");
    }
    return String.join("; ", parts);
  }
}
