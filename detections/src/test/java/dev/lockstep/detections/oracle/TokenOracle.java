package dev.lockstep.detections.oracle;

import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.network.Network;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.Token;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What token-replay says of a set of observations. */
final class TokenOracle {
  private static final String RULE = "token-replay";
  private static final List<String> REASONS =
      List.of("wrong-principal", "two-networks", "after-expiry", "attempt");

  private final RuleNumbers.Token settings;

  TokenOracle(RuleNumbers.Token settings) {
    this.settings = settings;
  }

  List<Found> findings(List<Observation> observations) {
    Map<String, List<Observation>> byToken = new TreeMap<>();
    for (Observation each : observations) {
      String uti = uti(each);
      if (uti != null) {
        byToken.computeIfAbsent(uti, key -> new ArrayList<>()).add(each);
      }
    }
    List<Found> found = new ArrayList<>();
    byToken.forEach((uti, uses) -> found.addAll(ofToken(uti, uses)));
    return found;
  }

  /** The token that an observation is of, or null if it is none of this rule's. */
  static @Nullable String uti(Observation each) {
    Token token = each.token();
    if (each.isSuccessfulSignIn() || each.isCall()) {
      if (token != null) {
        return token.getUti();
      }
      if (each.claimed() != null && each.isRefusedCall()) {
        return each.claimed().getUti();
      }
    }
    return null;
  }

  private List<Found> ofToken(String uti, List<Observation> uses) {
    Map<Integer, Strongest> findings = new TreeMap<>();
    for (int i = 0; i < uses.size(); i++) {
      Observation one = uses.get(i);
      if (isAfterExpiry(one)) {
        fires(findings, uti, "after-expiry", Severity.High, one);
      }
      for (int j = i + 1; j < uses.size(); j++) {
        Observation two = uses.get(j);
        if (Math.abs(one.at() - two.at()) > settings.maxHours() * 3_600_000L) {
          continue;
        }
        if (differentOids(one, two)) {
          fires(findings, uti, "wrong-principal", Severity.High, one, two);
        }
        boolean withSignIn = one.isSuccessfulSignIn() || two.isSuccessfulSignIn();
        if (withSignIn && (one.isOnBehalf() || two.isOnBehalf())) {
          continue;
        }
        Severity table = table(one.from(), two.from());
        if (table == null) {
          continue;
        }
        if (isAccepted(one) && isAccepted(two)) {
          fires(findings, uti, "two-networks", table, one, two);
        } else if ((isAccepted(one) && two.isRefusedCall())
            || (one.isRefusedCall() && isAccepted(two))) {
          fires(findings, uti, "attempt", Severity.Low, one, two);
        }
      }
    }
    return findings.values().stream().map(each -> each.found(TokenOracle::whose)).toList();
  }

  /** The principal of the earliest validated event; of all that are, if several are. */
  private static Set<String> whose(Collection<Observation> events) {
    long earliest =
        events.stream()
            .filter(each -> each.token() != null && each.principal() != null)
            .mapToLong(Observation::at)
            .min()
            .orElse(Long.MAX_VALUE);
    Set<String> whose = new TreeSet<>();
    for (Observation each : events) {
      String principal = each.principal();
      if (each.token() != null && principal != null && each.at() == earliest) {
        whose.add(principal);
      }
    }
    return whose;
  }

  private static void fires(
      Map<Integer, Strongest> findings,
      String uti,
      String reason,
      Severity severity,
      Observation... fired) {
    int day = Integer.MIN_VALUE;
    for (Observation each : fired) {
      day = Math.max(day, each.day());
    }
    String subject = subject(uti, day);
    Strongest finding = findings.computeIfAbsent(day, key -> new Strongest(RULE, subject, REASONS));
    finding.fires(reason, severity, fired);
    for (Observation each : fired) {
      if (each.from() != null) {
        finding.counts(each.from().network().prefix());
      }
    }
  }

  /** The sign-in counts as accepted; claims that were not validated never do. */
  private static boolean isAccepted(Observation each) {
    return each.isSuccessfulSignIn() || (each.isAcceptedCall() && each.token() != null);
  }

  private boolean isAfterExpiry(Observation each) {
    Token token = each.token();
    return each.isAcceptedCall()
        && token != null
        && token.getExpiresAt() != null
        && each.at() > token.getExpiresAt() + settings.expirySkewMinutes() * 60_000L;
  }

  private static boolean differentOids(Observation one, Observation two) {
    return one.token() != null
        && two.token() != null
        && one.token().getOid() != null
        && two.token().getOid() != null
        && !one.token().getOid().equals(two.token().getOid());
  }

  /** The table of the specification, line by line; null is quiet. */
  private static @Nullable Severity table(@Nullable Location one, @Nullable Location two) {
    if (one == null || two == null) {
      return null;
    }
    Network here = one.network();
    Network there = two.network();
    boolean hosting = either(here, there, NetworkClass.HOSTING);
    boolean vpn = either(here, there, NetworkClass.VPN);
    boolean asnsKnown = here.asn() != null && there.asn() != null;
    boolean asnsEqual = asnsKnown && Objects.equals(here.asn(), there.asn());
    boolean countriesKnown = here.country() != null && there.country() != null;
    boolean countriesEqual = countriesKnown && Objects.equals(here.country(), there.country());
    if (here.prefix().equals(there.prefix())) {
      return null;
    }
    if (either(here, there, NetworkClass.BACKEND)) {
      return null;
    }
    if (excusedByCorporate(here, there) || excusedByCorporate(there, here)) {
      return null;
    }
    if (asnsEqual && countriesKnown && !countriesEqual) {
      return Severity.Medium;
    }
    if (asnsEqual) {
      return null;
    }
    if (asnsKnown && (hosting || (countriesKnown && !countriesEqual))) {
      return Severity.High;
    }
    if (asnsKnown && vpn) {
      return Severity.Medium;
    }
    if (!asnsKnown && countriesKnown && !countriesEqual) {
      return Severity.Medium;
    }
    return null;
  }

  private static boolean excusedByCorporate(Network own, Network other) {
    return own.networkClass() == NetworkClass.CORPORATE
        && other.networkClass() != NetworkClass.HOSTING
        && other.networkClass() != NetworkClass.VPN;
  }

  private static boolean either(Network here, Network there, NetworkClass wanted) {
    return here.networkClass() == wanted || there.networkClass() == wanted;
  }

  static String subject(String uti, int day) {
    return uti + " | " + Observation.dayText(day);
  }
}
