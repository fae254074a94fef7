package dev.lockstep.detections.token;

import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.network.Network;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.Gates;
import dev.lockstep.rules.NetworkVerdict;
import dev.lockstep.rules.Phrases;
import dev.lockstep.schemas.GateChecked;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Pair of uses of one token, or one use after the token's expiry, that rule {@code token-replay}
 * checks. This class lists the conditions for a finding (gates) that the rule checks for the pair
 * or the use.
 */
final class TokenUsePair implements Supplier<List<GateChecked>>, Consumer<Fired> {
  static final String TIME = "time";
  static final String NO_ADDRESS = "no-address";
  static final String NOT_AN_ATTEMPT = "not-an-attempt";
  static final String NONE_ACCEPTED = "none-accepted";

  private static final long HOUR_MILLIS = 3_600_000;

  private final Case of;
  private final Fact later;
  private final @Nullable Fact earlier;

  TokenUsePair(Case of, Fact use) {
    this.of = of;
    this.later = use;
    this.earlier = null;
  }

  TokenUsePair(Case of, Fact one, Fact other) {
    boolean inOrder = one.isBefore(other);
    this.of = of;
    this.later = inOrder ? other : one;
    this.earlier = inOrder ? one : other;
  }

  Fact later() {
    return later;
  }

  @Nullable Fact earlier() {
    return earlier;
  }

  static boolean isValidated(Fact use) {
    return !TokenReplay.CLAIMED.equals(use.text(TokenReplay.USE));
  }

  static boolean isAccepted(Fact use) {
    String kind = use.text(TokenReplay.USE);
    return TokenReplay.ACCEPTED.equals(kind) || TokenReplay.SIGN_IN.equals(kind);
  }

  static boolean isRefused(Fact use) {
    String kind = use.text(TokenReplay.USE);
    return TokenReplay.REFUSED.equals(kind) || TokenReplay.CLAIMED.equals(kind);
  }

  static boolean isOnBehalf(Fact one, Fact other) {
    return (isSignIn(one) || isSignIn(other))
        && (one.is(TokenReplay.IS_ON_BEHALF) || other.is(TokenReplay.IS_ON_BEHALF));
  }

  private static boolean isSignIn(Fact use) {
    return TokenReplay.SIGN_IN.equals(use.text(TokenReplay.USE));
  }

  static boolean isOfTwoPrincipals(Fact one, Fact other) {
    String oid = one.text(TokenReplay.OID);
    String otherOid = other.text(TokenReplay.OID);
    return oid != null
        && otherOid != null
        && !oid.equals(otherOid)
        && isValidated(one)
        && isValidated(other);
  }

  /**
   * Returns the reason of a finding about two networks of a token, or null if the networks of the
   * two uses are not compared. The reason is {@link TokenReplay#TWO_NETWORKS} if both uses were
   * accepted, and {@link TokenReplay#ATTEMPT} if one was accepted and the other refused. The
   * networks of any other two uses are not compared.
   */
  static @Nullable String comparedFor(Fact one, Fact other) {
    boolean accepted = isAccepted(one);
    boolean otherAccepted = isAccepted(other);
    if (accepted && otherAccepted) {
      return TokenReplay.TWO_NETWORKS;
    }
    return (accepted && isRefused(other)) || (otherAccepted && isRefused(one))
        ? TokenReplay.ATTEMPT
        : null;
  }

  static String whyNotCompared(Fact one, Fact other, boolean close) {
    if (!close) {
      return TIME;
    }
    if (one.location() == null || other.location() == null) {
      return NO_ADDRESS;
    }
    return TokenReplay.IGNORED.equals(one.text(TokenReplay.USE))
            || TokenReplay.IGNORED.equals(other.text(TokenReplay.USE))
        ? NOT_AN_ATTEMPT
        : NONE_ACCEPTED;
  }

  /**
   * Returns the result of comparing the networks of the two uses, or null if they are not compared.
   */
  @Nullable NetworkVerdict byNetworks() {
    Fact before = earlier;
    if (before == null
        || before.location() == null
        || later.location() == null
        || comparedFor(before, later) == null
        || !before.isWithin(maxMillis(), later)) {
      return null;
    }
    return NetworkVerdict.of(networkOf(before), networkOf(later));
  }

  static Network networkOf(Fact use) {
    return Objects.requireNonNull(use.location()).network();
  }

  private long maxMillis() {
    return of.settings().integer(TokenReplay.MAX_HOURS) * HOUR_MILLIS;
  }

  @Override
  public void accept(Fired fired) {
    List<String> prefixes = new ArrayList<>(2);
    for (int i = 0; i < fired.size(); i++) {
      Location at = fired.fact(i).location();
      if (at != null) {
        prefixes.add(at.network().prefix());
      }
    }
    fired.telling(this).counting(prefixes.toArray(String[]::new));
    if (earlier != null) {
      fired.limitEachToNear(maxMillis());
    }
  }

  /** Returns the gates of the pair in the order in which the rule checks them. */
  @Override
  public List<GateChecked> get() {
    String token = of.subject().id();
    Gates gates = new Gates();
    Fact before = earlier;
    if (before == null) {
      return gates
          .decides(
              TokenReplay.AFTER_EXPIRY,
              true,
              Gates.FIRES,
              "token",
              token,
              "skewMinutes",
              of.settings().decimal(TokenReplay.EXPIRY_SKEW_MINUTES))
          .list();
    }
    boolean close = before.isWithin(maxMillis(), later);
    gates.decides(
        TIME,
        !close,
        Gates.SUPPRESSED,
        "token",
        token,
        "hoursBetween",
        Phrases.rounded(
            Math.max(0, later.firstAt() - before.lastAt()) / (double) HOUR_MILLIS,
            2,
            of.settings().decimal(TokenReplay.MAX_HOURS)),
        "limitHours",
        of.settings().decimal(TokenReplay.MAX_HOURS));
    Object[] principals = {
      "token", token,
      "earlierOid", orNotRecorded(before.text(TokenReplay.OID)),
      "laterOid", orNotRecorded(later.text(TokenReplay.OID))
    };
    if (close && isOfTwoPrincipals(before, later)) {
      gates.adds(TokenReplay.WRONG_PRINCIPAL, Gates.FIRES, principals);
    } else {
      gates.passes(TokenReplay.WRONG_PRINCIPAL, principals);
    }
    NetworkVerdict verdict = byNetworks();
    if (verdict != null && isOnBehalf(before, later)) {
      gates.adds(
          TokenReplay.ON_BEHALF,
          Gates.SUPPRESSED,
          "token",
          token,
          "earlierOnBehalf",
          before.is(TokenReplay.IS_ON_BEHALF),
          "laterOnBehalf",
          later.is(TokenReplay.IS_ON_BEHALF));
    } else if (verdict != null) {
      addNetworks(gates, verdict, before, token);
    } else if (close) {
      gates.decides(whyNotCompared(before, later, true), true, Gates.SUPPRESSED);
    }
    return gates.list();
  }

  private void addNetworks(Gates gates, NetworkVerdict verdict, Fact before, String token) {
    Object[] networks = {
      "token",
      token,
      "line",
      verdict.line(),
      "earlierNetwork",
      networkOf(before).prefix() + " " + network(networkOf(before)),
      "laterNetwork",
      networkOf(later).prefix() + " " + network(networkOf(later))
    };
    String gate = verdict.gate();
    if (gate != null) {
      gates.adds(gate, Gates.SUPPRESSED, networks);
    } else {
      gates.adds(Objects.requireNonNull(comparedFor(before, later)), Gates.FIRES, networks);
    }
  }

  private static String orNotRecorded(@Nullable String text) {
    return text == null ? "not said" : text;
  }

  static String network(Network network) {
    StringBuilder text = new StringBuilder(40);
    text.append(network.asn() == null ? "AS unknown" : "AS" + network.asn());
    if (network.organisation() != null) {
      text.append(' ').append(network.organisation());
    }
    text.append(", ").append(network.country() == null ? "country unknown" : network.country());
    if (network.networkClass() != NetworkClass.UNKNOWN) {
      text.append(", ").append(network.networkClass().word());
    }
    return text.toString();
  }
}
