package dev.lockstep.detections;

import dev.lockstep.schemas.AddressUsed;
import dev.lockstep.schemas.Cited;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.Spot;
import dev.lockstep.schemas.TokenUse;
import dev.lockstep.schemas.TokenUseKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rule {@code token-replay}: compares two uses of one token. */
final class TokenReplay {
  static final String ID = RuleInfo.TOKEN_REPLAY.id();

  static final String WRONG_PRINCIPAL = "wrong-principal";
  static final String TWO_NETWORKS = "two-networks";
  static final String AFTER_EXPIRY = "after-expiry";
  static final String ATTEMPT = "attempt";

  private final RuleSettings.Token settings;

  TokenReplay(RuleSettings.Token settings) {
    this.settings = settings;
  }

  /**
   * What the networks of two uses say: the first line of the table that applies.
   *
   * @param line the line in words
   * @param severity null if the line keeps quiet
   * @param gate the gate's name if it does
   */
  record NetworkVerdict(String line, @Nullable Severity severity, @Nullable String gate) {
    static NetworkVerdict fires(String line, Severity severity) {
      return new NetworkVerdict(line, severity, null);
    }

    static NetworkVerdict quiet(String line, String gate) {
      return new NetworkVerdict(line, null, gate);
    }
  }

  /** Judges two known addresses by their networks. */
  static NetworkVerdict byNetworks(Spot one, Spot other) {
    if (one.getPrefix().equals(other.getPrefix())) {
      return NetworkVerdict.quiet("same prefix", "same-network");
    }
    if (eitherIs(one, other, "backend")) {
      return NetworkVerdict.quiet("either is backend", "backend");
    }
    if ((is(one, "corporate") && !is(other, "hosting") && !is(other, "vpn"))
        || (is(other, "corporate") && !is(one, "hosting") && !is(one, "vpn"))) {
      return NetworkVerdict.quiet("either is corporate", "corporate-egress");
    }
    Long here = one.getAsn();
    Long there = other.getAsn();
    boolean asnsKnown = here != null && there != null;
    boolean asnsEqual = asnsKnown && here.equals(there);
    boolean countriesKnown = one.getNetworkCountry() != null && other.getNetworkCountry() != null;
    boolean countriesEqual =
        countriesKnown && one.getNetworkCountry().equals(other.getNetworkCountry());
    boolean countriesDiffer = countriesKnown && !countriesEqual;
    if (asnsEqual) {
      return countriesDiffer
          ? NetworkVerdict.fires("one network in two countries", Severity.Medium)
          : NetworkVerdict.quiet("same network", "same-network");
    }
    if (asnsKnown && (eitherIs(one, other, "hosting") || countriesDiffer)) {
      return NetworkVerdict.fires(
          countriesDiffer ? "two networks in two countries" : "two networks, one of them hosting",
          Severity.High);
    }
    if (asnsKnown && eitherIs(one, other, "vpn")) {
      return NetworkVerdict.fires("two networks, one of them a VPN", Severity.Medium);
    }
    if (!asnsKnown && countriesDiffer) {
      return NetworkVerdict.fires(
          "two countries; at least one of the networks is unknown", Severity.Medium);
    }
    return countriesEqual
        ? NetworkVerdict.quiet("same country", "same-country")
        : NetworkVerdict.quiet("too little is known", "no-network");
  }

  /** Returns whether two uses of a token name two principals. */
  boolean wrongPrincipal(TokenUse one, TokenUse other) {
    return validated(one)
        && validated(other)
        && one.getOid() != null
        && other.getOid() != null
        && !one.getOid().equals(other.getOid())
        && close(one, other);
  }

  /**
   * Returns the reason why two uses are compared by their networks: {@code two-networks} for two
   * accepted ones, {@code attempt} for an accepted and a refused one, null for others or where an
   * address is unknown.
   */
  @Nullable String comparedFor(TokenUse one, TokenUse other) {
    if (one.getSpot() == null || other.getSpot() == null || !close(one, other)) {
      return null;
    }
    if (accepted(one) && accepted(other)) {
      return TWO_NETWORKS;
    }
    return (accepted(one) && refused(other)) || (accepted(other) && refused(one)) ? ATTEMPT : null;
  }

  /** Returns whether a use came later than its token's expiry. */
  boolean afterExpiry(long eventAt, @Nullable Long expiresAt) {
    return expiresAt != null && eventAt > expiresAt + settings.expirySkewMinutes() * 60_000L;
  }

  /** Returns whether some of two uses lie close enough in time. */
  boolean close(TokenUse one, TokenUse other) {
    long apart =
        Math.max(
            one.getFirst().getEventAt() - other.getLast().getEventAt(),
            other.getFirst().getEventAt() - one.getLast().getEventAt());
    return apart <= settings.maxHours() * 3_600_000L;
  }

  /**
   * Returns the first and the last event of a use, or the one of them that lies close enough to the
   * use that it fired with. It is never none: a use is of one day, and the limit is a day or more.
   */
  List<Cited> fired(TokenUse use, @Nullable TokenUse with) {
    List<Cited> fired = new ArrayList<>(2);
    for (Cited cited : List.of(use.getFirst(), use.getLast())) {
      if (with == null || close(cited.getEventAt(), with)) {
        fired.add(cited);
      }
    }
    return fired;
  }

  private boolean close(long eventAt, TokenUse other) {
    long apart =
        Math.max(eventAt - other.getLast().getEventAt(), other.getFirst().getEventAt() - eventAt);
    return apart <= settings.maxHours() * 3_600_000L;
  }

  /**
   * Returns whether some of what was used from one address lies close enough to another use, by
   * whole minutes: of an address no more is known.
   */
  boolean close(int day, AddressUsed used, TokenUse other) {
    long start = (long) day * Days.MINUTES;
    long apart =
        Math.max(
            start + used.getFirstMinute() - Days.minute(other.getLast().getEventAt()),
            Days.minute(other.getFirst().getEventAt()) - start - used.getLastMinute());
    return apart <= settings.maxHours() * 60L;
  }

  static boolean validated(TokenUse use) {
    return use.getKind() != TokenUseKind.CLAIMED;
  }

  static boolean accepted(TokenUse use) {
    return use.getKind() == TokenUseKind.SIGN_IN || use.getKind() == TokenUseKind.ACCEPTED;
  }

  static boolean refused(TokenUse use) {
    return use.getKind() == TokenUseKind.REFUSED || use.getKind() == TokenUseKind.CLAIMED;
  }

  private static boolean is(Spot spot, String networkClass) {
    return Objects.equals(spot.getNetworkClass(), networkClass);
  }

  private static boolean eitherIs(Spot one, Spot other, String networkClass) {
    return is(one, networkClass) || is(other, networkClass);
  }
}
