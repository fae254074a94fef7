package dev.lockstep.detections.token;

import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.EventReference;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.NetworkVerdict;
import dev.lockstep.rules.Phrases;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.Principal;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Title and description of a {@code token-replay} finding, and the words about each use of the
 * token in the finding's evidence.
 */
final class TokenWords {
  private TokenWords() {}

  static Words of(Finding finding) {
    Fired first = finding.first();
    Principal principal = named(finding.principal(), finding.of());
    String whose = principal == null ? "an unknown principal" : Phrases.name(principal);
    Fact suspiciousUse = first.fact(suspiciousUse(first));
    Location at = suspiciousUse.location();
    return Words.of(
            "Token of %s %s".formatted(whose, titled(first)), description(finding, whose, first))
        .at(at == null ? null : at.address().text())
        .of(principal);
  }

  /**
   * Returns the principal, with a name from another fact of the token if the principal has none.
   * Records of calls hold no name. The name stays absent if no fact has one.
   */
  private static @Nullable Principal named(@Nullable Principal principal, Case day) {
    if (principal == null || principal.getName() != null) {
      return principal;
    }
    Principal named = principal;
    for (int each = day.day(); each >= day.day() - 2; each--) {
      for (Fact use : day.on(each)) {
        Principal other = use.principal();
        if (other != null
            && other.getName() != null
            && other.getId().equals(principal.getId())
            && (named.getName() == null || other.getName().compareTo(named.getName()) < 0)) {
          named = other;
        }
      }
    }
    return named;
  }

  private static String titled(Fired fired) {
    return switch (fired.reason()) {
      case TokenReplay.WRONG_PRINCIPAL -> "presented with another identity";
      case TokenReplay.TWO_NETWORKS ->
          areOfTwoNetworks(fired) ? "used from two networks" : "used from two countries";
      case TokenReplay.AFTER_EXPIRY -> "accepted after its expiry";
      default ->
          areOfTwoNetworks(fired)
              ? "tried from another network and refused"
              : "tried from another country and refused";
    };
  }

  /**
   * Returns whether the autonomous systems of two uses are both known and differ. Otherwise only
   * the countries of the uses are known to differ.
   */
  private static boolean areOfTwoNetworks(Fired fired) {
    Long one = TokenUsePair.networkOf(fired.fact(0)).asn();
    Long other = TokenUsePair.networkOf(fired.fact(1)).asn();
    return one != null && other != null && !one.equals(other);
  }

  /**
   * Returns the index of the suspicious use of the token in the facts of a verdict. If the reason
   * is {@link TokenReplay#ATTEMPT}, the refused use is suspicious. Otherwise the later use is, or
   * the only use.
   */
  private static int suspiciousUse(Fired fired) {
    return fired.reason().equals(TokenReplay.ATTEMPT) && !TokenUsePair.isRefused(fired.fact(0))
        ? 1
        : 0;
  }

  private static String description(Finding finding, String whose, Fired fired) {
    int suspiciousUse = suspiciousUse(fired);
    StringBuilder text = new StringBuilder(500);
    text.append("Token ").append(finding.of().subject().id()).append(" of ").append(whose);
    if (fired.size() == 1) {
      return text.append(" was presented in ")
          .append(at(fired, 0))
          .append(", more than ")
          .append(Phrases.minutes(finding.of().settings().integer(TokenReplay.EXPIRY_SKEW_MINUTES)))
          .append(" after it expired: the gateway does not check when tokens expire, or its clock")
          .append(" is wrong.")
          .toString();
    }
    text.append(" was seen in ").append(at(fired, 1 - suspiciousUse));
    text.append(", and in ").append(at(fired, suspiciousUse));
    switch (fired.reason()) {
      case TokenReplay.WRONG_PRINCIPAL ->
          text.append(". The two uses name two object ids, ")
              .append(fired.fact(1 - suspiciousUse).text(TokenReplay.OID))
              .append(" and ")
              .append(fired.fact(suspiciousUse).text(TokenReplay.OID))
              .append(", but a token is issued to only one id: claims are forged, or mixed up.");
      case TokenReplay.ATTEMPT ->
          text.append(": ")
              .append(line(fired))
              .append(". The gateway refused that call, but whoever sent it has the token or knows")
              .append(" its id.");
      default ->
          text.append(": ")
              .append(line(fired))
              .append(". The address of a token often changes within a network, but here the ")
              .append(areOfTwoNetworks(fired) ? "network" : "country")
              .append(" changed. Somebody else may hold a copy of the token.");
    }
    return text.toString();
  }

  private static String line(Fired fired) {
    return NetworkVerdict.of(
            TokenUsePair.networkOf(fired.fact(0)), TokenUsePair.networkOf(fired.fact(1)))
        .line();
  }

  private static String at(Fired fired, int place) {
    Fact use = fired.fact(place);
    StringBuilder text = new StringBuilder(80);
    text.append(
        switch (use(use)) {
          case TokenReplay.SIGN_IN -> "the sign-in that minted it";
          case TokenReplay.ACCEPTED -> "an accepted call";
          case TokenReplay.CLAIMED -> "a refused call whose claims were not validated";
          case TokenReplay.REFUSED -> "a refused call";
          default -> "a call that was not accepted";
        });
    Location at = use.location();
    if (at != null) {
      text.append(" from ")
          .append(at.address().text())
          .append(" (")
          .append(TokenUsePair.network(at.network()))
          .append(')');
    }
    EventReference first = use.first();
    boolean fits = first.at() >= fired.from(place) && first.at() <= fired.to(place);
    return text.append(" at ").append(Phrases.time(fits ? first.at() : use.lastAt())).toString();
  }

  private static String use(Fact use) {
    return Objects.requireNonNull(use.text(TokenReplay.USE));
  }

  static Map<String, String> mattered(Fact use) {
    Map<String, String> words = new TreeMap<>();
    words.put(
        "observation",
        switch (use(use)) {
          case TokenReplay.SIGN_IN -> "sign-in that minted the token";
          case TokenReplay.ACCEPTED -> "accepted call";
          case TokenReplay.REFUSED -> "call refused with 401 or 403";
          case TokenReplay.IGNORED -> "call that was not accepted";
          default -> "refused call, claims not validated";
        });
    String oid = use.text(TokenReplay.OID);
    if (oid != null) {
      words.put("oid", oid);
    }
    if (use.is(TokenReplay.IS_AFTER_EXPIRY)) {
      words.put("expiry", "after the token's own exp");
    }
    return words;
  }
}
