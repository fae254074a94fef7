package dev.lockstep.rules;

import dev.lockstep.enrichment.network.Network;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.schemas.Severity;
import org.jspecify.annotations.Nullable;

/**
 * Verdict on the networks of two uses of one token or session: a severity, or the gate that
 * suppresses the finding. It is the first line that applies in a table that several rules share.
 *
 * @param line condition on the two networks that decided the verdict, in words
 * @param severity severity, or null if the line suppresses
 * @param gate name of the gate if the line suppresses, or null
 */
public record NetworkVerdict(String line, @Nullable Severity severity, @Nullable String gate) {
  public static final String SAME_NETWORK = "same-network";
  public static final String BACKEND = "backend";
  public static final String CORPORATE = "corporate-egress";
  public static final String SAME_COUNTRY = "same-country";
  public static final String NO_NETWORK = "no-network";

  private static final NetworkVerdict ONE_PREFIX = suppressed("same prefix", SAME_NETWORK);
  private static final NetworkVerdict EITHER_BACKEND = suppressed("either is backend", BACKEND);
  private static final NetworkVerdict EITHER_CORPORATE =
      suppressed("either is corporate, the other neither hosting nor a VPN", CORPORATE);
  private static final NetworkVerdict ONE_NETWORK_TWO_COUNTRIES =
      fires("one network in two countries", Severity.Medium);
  private static final NetworkVerdict ONE_NETWORK = suppressed("same network", SAME_NETWORK);
  private static final NetworkVerdict TWO_NETWORKS_TWO_COUNTRIES =
      fires("two networks in two countries", Severity.High);
  private static final NetworkVerdict ONE_IS_HOSTING =
      fires("two networks, one of them hosting", Severity.High);
  private static final NetworkVerdict ONE_IS_VPN =
      fires("two networks, one of them a VPN", Severity.Medium);
  private static final NetworkVerdict TWO_COUNTRIES =
      fires("two countries; at least one of the networks is unknown", Severity.Medium);
  private static final NetworkVerdict ONE_COUNTRY = suppressed("same country", SAME_COUNTRY);
  private static final NetworkVerdict TOO_LITTLE = suppressed("too little is known", NO_NETWORK);

  private static NetworkVerdict fires(String line, Severity severity) {
    return new NetworkVerdict(line, severity, null);
  }

  private static NetworkVerdict suppressed(String line, String gate) {
    return new NetworkVerdict(line, null, gate);
  }

  /**
   * Returns the severity of a finding about uses of one token or session in two networks, or the
   * gate that suppresses the finding. The order of the networks does not matter.
   */
  public static NetworkVerdict of(Network one, Network other) {
    if (one.prefix().equals(other.prefix())) {
      return ONE_PREFIX;
    }
    if (isEither(one, other, NetworkClass.BACKEND)) {
      return EITHER_BACKEND;
    }
    if (isOwnEgress(one, other) || isOwnEgress(other, one)) {
      return EITHER_CORPORATE;
    }
    Long here = one.asn();
    Long there = other.asn();
    boolean asnsKnown = here != null && there != null;
    String country = one.country();
    boolean countriesEqual = country != null && country.equals(other.country());
    boolean countriesDiffer = country != null && other.country() != null && !countriesEqual;
    if (here != null && here.equals(there)) {
      return countriesDiffer ? ONE_NETWORK_TWO_COUNTRIES : ONE_NETWORK;
    }
    if (asnsKnown && countriesDiffer) {
      return TWO_NETWORKS_TWO_COUNTRIES;
    }
    if (asnsKnown && isEither(one, other, NetworkClass.HOSTING)) {
      return ONE_IS_HOSTING;
    }
    if (asnsKnown && isEither(one, other, NetworkClass.VPN)) {
      return ONE_IS_VPN;
    }
    if (countriesDiffer) {
      return TWO_COUNTRIES;
    }
    return countriesEqual ? ONE_COUNTRY : TOO_LITTLE;
  }

  /**
   * Returns the gate that suppresses findings about addresses of a network class, or null if no
   * gate does. The operator's own egress and own servers have a gate, because uses by many users
   * are normal there.
   */
  public static @Nullable String gateOf(NetworkClass networkClass) {
    return switch (networkClass) {
      case CORPORATE -> CORPORATE;
      case BACKEND -> BACKEND;
      default -> null;
    };
  }

  private static boolean isOwnEgress(Network own, Network other) {
    return own.networkClass() == NetworkClass.CORPORATE
        && other.networkClass() != NetworkClass.HOSTING
        && other.networkClass() != NetworkClass.VPN;
  }

  private static boolean isEither(Network one, Network other, NetworkClass networkClass) {
    return one.networkClass() == networkClass || other.networkClass() == networkClass;
  }
}
