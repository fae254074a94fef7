package dev.lockstep.detections.oracle;

import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.network.NamedSystem;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.enrichment.partner.ChangeWindow;
import dev.lockstep.enrichment.partner.Partner;
import dev.lockstep.enrichment.partner.Partners;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What partner-ip-drift says of a set of observations.
 *
 * <p>For a call, known networks are those of its own day, also where its neighbour within the hour
 * is on another. A registry network without a country names no country.
 */
final class DriftOracle {
  private static final String RULE = "partner-ip-drift";
  private static final List<String> REASONS =
      List.of("outside-allowlist", "new-country", "hosting", "new-network");
  private static final long DAY_MILLIS = 86_400_000L;

  private final RuleNumbers.Drift settings;
  private final Partners partners;

  DriftOracle(RuleNumbers.Drift settings, Partners partners) {
    this.settings = settings;
    this.partners = partners;
  }

  /** A network of a partner's call; either may be unknown. */
  private record Net(@Nullable Long asn, @Nullable String country) {}

  private record Call(
      long at,
      long minute,
      int day,
      Address address,
      Net net,
      Location from,
      Observation observation) {
    NetworkClass networkClass() {
      return from.network().networkClass();
    }
  }

  /** What is known on a day. */
  private record Known(boolean learning, Set<Net> learned) {}

  private record Fired(String reason, Severity severity) {}

  List<Found> findings(List<Observation> observations) {
    Map<String, List<Call>> byPartner = new TreeMap<>();
    for (Observation each : observations) {
      Partner partner = partner(each, partners);
      if (partner == null || !each.isAcceptedCall() || each.from() == null) {
        continue;
      }
      Location from = each.from();
      if (from.network().networkClass() == NetworkClass.CORPORATE) {
        continue; // quiet, and it teaches nothing
      }
      byPartner
          .computeIfAbsent(partner.id(), key -> new ArrayList<>())
          .add(
              new Call(
                  each.at(),
                  each.minute(),
                  each.day(),
                  from.address(),
                  new Net(from.network().asn(), from.network().country()),
                  from,
                  each));
    }
    List<Found> found = new ArrayList<>();
    byPartner.forEach(
        (id, calls) -> {
          Partner partner = partners.byId(id);
          if (partner != null) {
            found.addAll(partner.hasCidrs() ? declared(partner, calls) : learned(partner, calls));
          }
        });
    return found;
  }

  static @Nullable Partner partner(Observation each, Partners partners) {
    if (!each.isCall() || each.event().getCategory().equals("MicrosoftGraphActivityLogs")) {
      return null; // a partner's networks are those at our own gateway
    }
    var api = each.event().getApi();
    return partners.of(
        api == null ? null : api.getSubscription(),
        api == null ? null : api.getProduct(),
        each.token() == null ? null : each.token().getAppId());
  }

  private List<Found> declared(Partner partner, List<Call> calls) {
    Map<String, Strongest> findings = new TreeMap<>();
    for (Call call : calls) {
      if (!partner.declares(call.address()) && !partner.inChangeWindow(call.at())) {
        String subject = prefixSubject(partner.id(), call.from().network().prefix(), call.day());
        fires(findings, subject, new Fired("outside-allowlist", Severity.High), call);
      }
    }
    return findings.values().stream().map(each -> each.found(DriftOracle::whose)).toList();
  }

  private List<Found> learned(Partner partner, List<Call> calls) {
    Set<Integer> days = new TreeSet<>();
    calls.forEach(call -> days.add(call.day()));
    Map<Integer, Set<Net>> telling = new HashMap<>();
    Map<String, Strongest> findings = new TreeMap<>();
    for (int day : days) {
      Known known = known(partner, calls, day, telling);
      for (Call call : calls) {
        Fired fired = call.day() == day ? judge(partner, calls, call, known) : null;
        if (fired == null) {
          continue;
        }
        if (!fired.reason().equals("new-network")) {
          telling.computeIfAbsent(day, key -> new HashSet<>()).add(call.net());
        }
        String subject = networkSubject(partner.id(), call.net().asn(), call.net().country(), day);
        fires(findings, subject, fired, call);
      }
    }
    return findings.values().stream().map(each -> each.found(DriftOracle::whose)).toList();
  }

  /** Whoever called: a finding of a partner names one of them, and it is not said which. */
  private static Set<String> whose(Collection<Observation> events) {
    Set<String> whose = new TreeSet<>();
    for (Observation each : events) {
      String principal = each.principal();
      if (principal != null) {
        whose.add(principal);
      }
    }
    return whose;
  }

  private static void fires(
      Map<String, Strongest> findings, String subject, Fired fired, Call call) {
    Strongest finding =
        findings.computeIfAbsent(subject, key -> new Strongest(RULE, subject, REASONS));
    finding.fires(fired.reason(), fired.severity(), call.observation());
    finding.counts(Long.toString(call.minute()));
  }

  private @Nullable Fired judge(Partner partner, List<Call> calls, Call call, Known known) {
    if (known.learning()
        || partner.inChangeWindow(call.at())
        || isKnown(partner, known, call.net())
        || (call.net().asn() == null && call.net().country() == null)) {
      return null;
    }
    if (call.net().country() != null && !knowsCountry(partner, known, call.net().country())) {
      return new Fired("new-country", Severity.High);
    }
    if (call.networkClass() == NetworkClass.HOSTING || call.networkClass() == NetworkClass.VPN) {
      return new Fired("hosting", Severity.High);
    }
    if (soonAfterWindow(partner, call.at())) {
      return null;
    }
    boolean sharedKey = false;
    for (Call other : calls) {
      sharedKey |=
          Math.abs(other.at() - call.at()) <= 3_600_000L && isKnown(partner, known, other.net());
    }
    return new Fired("new-network", sharedKey ? Severity.High : Severity.Medium);
  }

  private static boolean isKnown(Partner partner, Known known, Net net) {
    for (NamedSystem named : partner.networks()) {
      if (named.matches(net.asn(), net.country())) {
        return true;
      }
    }
    return known.learned().contains(net);
  }

  private static boolean knowsCountry(Partner partner, Known known, String country) {
    for (NamedSystem named : partner.networks()) {
      if (country.equals(named.country())) {
        return true;
      }
    }
    return known.learned().stream().anyMatch(net -> country.equals(net.country()));
  }

  /** From a window's end to the end of the second UTC day after its last. */
  private static boolean soonAfterWindow(Partner partner, long at) {
    for (ChangeWindow window : partner.changeWindows()) {
      long lastDay = Math.floorDiv(window.to() - 1, DAY_MILLIS);
      if (at >= window.to() && at < (lastDay + 3) * DAY_MILLIS) {
        return true;
      }
    }
    return false;
  }

  private Known known(Partner partner, List<Call> calls, int day, Map<Integer, Set<Net>> telling) {
    Integer completedOn = learningCompletedOn(calls, day);
    if (completedOn == null) {
      return new Known(true, Set.of());
    }
    Set<Net> known = new HashSet<>();
    Map<Net, Set<Integer>> seenOn = new HashMap<>();
    for (Call call : calls) {
      if (call.day() > day - 2) {
        continue;
      }
      if (call.day() <= completedOn || partner.inChangeWindow(call.at())) {
        known.add(call.net());
      }
      if (call.day() >= day - 1 - settings.windowDays()) {
        seenOn.computeIfAbsent(call.net(), key -> new HashSet<>()).add(call.day());
      }
    }
    seenOn.forEach(
        (net, days) -> {
          boolean told =
              days.stream().anyMatch(on -> telling.getOrDefault(on, Set.of()).contains(net));
          if (days.size() >= settings.knownDays() && !told) {
            known.add(net);
          }
        });
    return new Known(false, known);
  }

  /** The day that completed the learning among the days closed for a day, or null. */
  private @Nullable Integer learningCompletedOn(List<Call> calls, int day) {
    Set<Integer> days = new TreeSet<>();
    calls.stream().filter(call -> call.day() <= day - 2).forEach(call -> days.add(call.day()));
    for (int last : days) {
      long distinctDays = days.stream().filter(each -> each <= last).count();
      long distinctMinutes =
          calls.stream().filter(call -> call.day() <= last).map(Call::minute).distinct().count();
      if (distinctDays >= settings.learningDays()
          && distinctMinutes >= settings.learningMinutes()) {
        return last;
      }
    }
    return null;
  }

  static String prefixSubject(String partner, String prefix, int day) {
    return partner + " | " + prefix + " | " + Observation.dayText(day);
  }

  static String networkSubject(
      String partner, @Nullable Long asn, @Nullable String country, int day) {
    return partner + " | AS" + asn + "/" + country + " | " + Observation.dayText(day);
  }
}
