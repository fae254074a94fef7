package dev.lockstep.detections.oracle;

import dev.lockstep.detections.RuleSettings;
import dev.lockstep.enrichment.Address;
import dev.lockstep.enrichment.NetworkClass;
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

  private static final int NAME_MINUTES = 24 * 60;
  private static final Set<NetworkClass> NEVER_MATCHING =
      Set.of(NetworkClass.CORPORATE, NetworkClass.BACKEND, NetworkClass.TRUSTED_PROXY);

  private final RuleSettings.Defender settings;
  private final Reading reading;

  /**
   * One way to read what the specification leaves open.
   *
   * @param unit how exactly times are compared, in milliseconds
   * @param whose which of several principals a finding names, counted on and round; -1 is all of
   *     them
   * @param claimsOfNobody whether a call whose validated claims name nobody is its subscription's
   */
  record Reading(long unit, int whose, boolean claimsOfNobody) {
    private static final long MINUTE = 60_000L;

    /** Returns every way to read findings of so many principals at most. */
    static List<Reading> all(int principals) {
      List<Reading> all = new ArrayList<>();
      for (long unit : new long[] {MINUTE, 1}) {
        for (int whose = principals > 1 ? -1 : 0; whose < Math.max(1, principals); whose++) {
          all.add(new Reading(unit, whose, true));
          all.add(new Reading(unit, whose, false));
        }
      }
      return all;
    }

    Set<String> principals(Found found) {
      List<String> all = List.copyOf(new TreeSet<>(found.principals()));
      return all.size() < 2 || whose < 0 ? found.principals() : Set.of(all.get(whose % all.size()));
    }

    boolean within(long one, long other, int minutes) {
      return Math.abs(Math.floorDiv(one, unit) - Math.floorDiv(other, unit))
          <= minutes * MINUTE / unit;
    }

    boolean within(long at, long start, long end, int minutes) {
      return (at >= start && at <= end) || within(at, start, minutes) || within(at, end, minutes);
    }
  }

  DefenderOracle(RuleSettings.Defender settings, Reading reading) {
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
    for (Whole alert : alerts) {
      verdicts.addAll(flagged(alert, observations));
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

  private List<Verdict> flagged(Whole alert, List<Observation> observations) {
    Map<String, Strongest> findings = new TreeMap<>();
    for (Observation each : observations) {
      String principal = each.principal();
      if (principal == null
          || (each.claimsNameNobody() && !reading.claimsOfNobody())
          || each.from() == null
          || !(each.isSuccessfulSignIn() || each.isAcceptedCall())) {
        continue;
      }
      String address = each.from().address().text();
      NetworkClass networkClass = each.from().network().networkClass();
      if (!alert.addresses.contains(address)
          || NEVER_MATCHING.contains(networkClass)
          || alert.principals.contains(principal)
          || alert.times.stream()
              .noneMatch(at -> reading.within(each.at(), at, settings.flagMinutes()))) {
        continue;
      }
      String subject = subject(principal, address, alert.id);
      Strongest finding =
          findings.computeIfAbsent(
              subject, key -> new Strongest(RULE, subject, List.of("flagged-address")));
      finding.fires("flagged-address", severity(alert, networkClass), each);
      finding.counts(Long.toString(each.minute()));
    }
    List<Verdict> verdicts = new ArrayList<>();
    findings.values().forEach(each -> verdicts.add(each.found(events -> Set.of()).verdict()));
    return verdicts;
  }

  private static Severity severity(Whole alert, NetworkClass networkClass) {
    if (networkClass == NetworkClass.MOBILE) {
      return alert.severity == Severity.High ? Severity.Medium : Severity.Low;
    }
    return alert.severity;
  }

  static String subject(String principal, String address, String alert) {
    return principal + " | " + address + " | " + alert;
  }
}
