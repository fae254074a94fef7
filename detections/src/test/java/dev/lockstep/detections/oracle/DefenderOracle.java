package dev.lockstep.detections.oracle;

import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Alert;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What Defender's alerts make of a set of observations and of the other rules' findings.
 *
 * <p>An alert is all of its records together: its severity is the highest that any of them carries,
 * it happened at each of their times, and it is ours if one of them says so. A UPN is a user's: it
 * names everybody who signed in under it within 24 h of a time of the alert.
 */
final class DefenderOracle {
  static final String RULE = "defender-corroboration";

  /** Stands for the principal of a finding that has none. */
  static final String NOBODY = "nobody";

  /** So many principals of an address and day have a finding each. */
  private static final int MOST_PRINCIPALS = 20;

  private static final int NAME_MINUTES = 24 * 60;
  private static final Set<NetworkClass> NEVER_MATCHING =
      Set.of(NetworkClass.CORPORATE, NetworkClass.BACKEND, NetworkClass.TRUSTED_PROXY);

  private final RuleNumbers.Defender settings;
  private final Reading reading;

  /**
   * One way to read what the specification leaves open.
   *
   * @param whose which of several principals a finding names, counted on and round; -1 is all of
   *     them
   * @param claimsOfNobody whether a call whose validated claims name nobody is its subscription's
   */
  record Reading(int whose, boolean claimsOfNobody) {
    private static final long MINUTE = 60_000L;

    /** Returns every way to read findings of so many principals at most. */
    static List<Reading> all(int principals) {
      List<Reading> all = new ArrayList<>();
      for (int whose = principals > 1 ? -1 : 0; whose < Math.max(1, principals); whose++) {
        all.add(new Reading(whose, true));
        all.add(new Reading(whose, false));
      }
      return all;
    }

    Set<String> principals(Found found) {
      List<String> all = List.copyOf(new TreeSet<>(found.principals()));
      return all.size() < 2 || whose < 0 ? found.principals() : Set.of(all.get(whose % all.size()));
    }

    boolean within(long one, long other, int minutes) {
      return Math.abs(one - other) <= minutes * MINUTE;
    }

    boolean within(long at, long start, long end, int minutes) {
      return (at >= start && at <= end) || within(at, start, minutes) || within(at, end, minutes);
    }
  }

  DefenderOracle(RuleNumbers.Defender settings, Reading reading) {
    this.settings = settings;
    this.reading = reading;
  }

  /** An alert, whole, and the principals that it names. */
  private static final class Whole {
    final String id;
    Severity severity = Severity.Informational;
    boolean own;
    final Set<Long> times = new TreeSet<>();
    final Set<String> principals = new TreeSet<>();
    final Set<String> names = new TreeSet<>();
    final Set<String> addresses = new TreeSet<>();

    Whole(String id) {
      this.id = id;
    }

    void add(Activity record) {
      Alert said = record.getAlert();
      if (said.getSeverity() != null && said.getSeverity().compareTo(severity) > 0) {
        severity = said.getSeverity();
      }
      own |= said.getOwn();
      times.add(record.getEventAt());
      principals.addAll(said.getAccounts());
      names.addAll(said.getNames());
      for (String text : said.getAddresses()) {
        Address address = Address.parse(text);
        if (address != null) {
          addresses.add(address.text());
        }
      }
    }
  }

  /**
   * Returns what stands: the findings of the other rules, raised where an alert corroborates them,
   * and those of this rule.
   */
  List<Verdict> verdicts(
      Collection<Activity> events, List<Observation> observations, List<Found> others) {
    List<Whole> alerts = alerts(events, observations);
    List<Verdict> verdicts = new ArrayList<>();
    for (Found found : others) {
      verdicts.add(escalated(found, alerts));
    }
    if (settings.enabled()) {
      verdicts.addAll(flagged(alerts, observations));
    }
    return verdicts;
  }

  /** The alerts that count: not ours, and Medium or higher. */
  private List<Whole> alerts(Collection<Activity> events, List<Observation> observations) {
    Map<String, Whole> byId = new TreeMap<>();
    for (Activity event : events) {
      if (event.getKind() == ActivityKind.ALERT) {
        byId.computeIfAbsent(event.getAlert().getId(), Whole::new).add(event);
      }
    }
    List<Whole> alerts = new ArrayList<>();
    for (Whole alert : byId.values()) {
      if (!alert.own && alert.severity.compareTo(Severity.Medium) >= 0) {
        alert.principals.addAll(signedIn(alert, observations));
        alerts.add(alert);
      }
    }
    return alerts;
  }

  private Set<String> signedIn(Whole alert, List<Observation> observations) {
    Set<String> users = new HashSet<>();
    for (Observation each : observations) {
      String user = each.user();
      if (each.isSuccessfulSignIn()
          && user != null
          && each.event().getPrincipal().getName() != null
          && alert.names.contains(each.event().getPrincipal().getName().toLowerCase(Locale.ROOT))
          && alert.times.stream().anyMatch(at -> reading.within(each.at(), at, NAME_MINUTES))) {
        users.add(user);
      }
    }
    return users;
  }

  private Verdict escalated(Found found, List<Whole> alerts) {
    Set<String> corroborating = new TreeSet<>();
    for (Whole alert : alerts) {
      boolean near =
          alert.times.stream()
              .anyMatch(
                  at ->
                      reading.within(
                          at, found.startAt(), found.endAt(), settings.escalateHours() * 60));
      boolean samePrincipal =
          reading.principals(found).stream().anyMatch(alert.principals::contains);
      boolean sameAddress =
          found.clients().stream()
              .anyMatch(
                  client ->
                      alert.addresses.contains(client.address())
                          && !NEVER_MATCHING.contains(client.networkClass()));
      if (near && (samePrincipal || sameAddress)) {
        corroborating.add(alert.id);
      }
    }
    return corroborating.isEmpty() ? found.verdict() : found.verdict().raisedBy(corroborating);
  }

  /** What one principal had at one address on one day, or many had who share it. */
  private static final class Flagged {
    final String address;
    final String principal;
    final int day;
    final Set<String> alerts = new TreeSet<>();
    final Set<Long> minutes = new HashSet<>();
    Severity severity = Severity.Informational;

    Flagged(String address, String principal, int day) {
      this.address = address;
      this.principal = principal;
      this.day = day;
    }

    void raiseTo(Severity other) {
      severity = other.compareTo(severity) > 0 ? other : severity;
    }

    Verdict verdict() {
      return new Verdict(
          RULE,
          subject(principal, address, day),
          "flagged-address",
          severity,
          minutes.size(),
          alerts);
    }
  }

  private List<Verdict> flagged(List<Whole> alerts, List<Observation> observations) {
    Map<String, Map<String, Flagged>> byAddressAndDay = new TreeMap<>();
    for (Observation each : observations) {
      String principal = each.principal();
      if (principal == null
          || (each.claimsNameNobody() && !reading.claimsOfNobody())
          || each.from() == null
          || !isIn(each)
          || NEVER_MATCHING.contains(each.from().network().networkClass())) {
        continue;
      }
      String address = each.from().address().text();
      for (Whole alert : alerts) {
        if (!alert.addresses.contains(address)
            || alert.principals.contains(principal)
            || alert.times.stream()
                .noneMatch(at -> reading.within(each.at(), at, settings.flagMinutes()))) {
          continue;
        }
        Flagged flagged =
            byAddressAndDay
                .computeIfAbsent(address + " | " + each.day(), key -> new TreeMap<>())
                .computeIfAbsent(principal, key -> new Flagged(address, key, each.day()));
        flagged.alerts.add(alert.id);
        flagged.minutes.add(each.minute());
        flagged.raiseTo(severity(alert, each.from().network().networkClass()));
      }
    }
    List<Verdict> verdicts = new ArrayList<>();
    for (Map<String, Flagged> principals : byAddressAndDay.values()) {
      if (principals.size() > MOST_PRINCIPALS) {
        verdicts.add(shared(principals.values()));
      } else {
        principals.values().forEach(each -> verdicts.add(each.verdict()));
      }
    }
    return verdicts;
  }

  private static boolean isIn(Observation each) {
    return each.isSuccessfulSignIn() || each.isAcceptedCall();
  }

  private static Verdict shared(Collection<Flagged> all) {
    Flagged any = all.iterator().next();
    Flagged shared = new Flagged(any.address, NOBODY, any.day);
    for (Flagged each : all) {
      shared.raiseTo(each.severity);
      shared.alerts.addAll(each.alerts);
    }
    return new Verdict(
        RULE,
        subject(NOBODY, any.address, any.day),
        "shared-address",
        shared.severity == Severity.High ? Severity.Medium : Severity.Low,
        all.size(),
        shared.alerts);
  }

  private static Severity severity(Whole alert, NetworkClass networkClass) {
    if (networkClass == NetworkClass.MOBILE) {
      return alert.severity == Severity.High ? Severity.Medium : Severity.Low;
    }
    return alert.severity;
  }

  static String subject(String principal, String address, int day) {
    return principal + " | " + address + " | " + Observation.dayText(day);
  }
}
