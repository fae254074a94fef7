package dev.lockstep.detections;

import dev.lockstep.schemas.Alert;
import dev.lockstep.schemas.CollectedAlert;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.FindingAddress;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The half {@code escalated} of {@code defender-corroboration}: a finding of another rule and an
 * alert that are close in time and name the same principal or address.
 */
final class Escalation {
  static final String ESCALATED = "escalated";

  private static final int MOST_SHOWN = 20;

  private final RuleSettings.Defender settings;
  private final AlertIndex alerts;
  private final Tally tally;

  Escalation(RuleSettings.Defender settings, AlertIndex alerts, Tally tally) {
    this.settings = settings;
    this.alerts = alerts;
    this.tally = tally;
  }

  /**
   * An alert that confirms a finding.
   *
   * @param principal whether it names the finding's principal
   * @param address the smallest address of the finding that it names, null if it names none
   */
  private record Match(CollectedAlert alert, boolean principal, @Nullable String address) {}

  /** Returns what a finding is with the alerts that confirm it: itself, if none does. */
  Detection confirmed(Detection finding, List<FindingAddress> addresses) {
    if (!settings.enabled()
        || settings.shadow()
        || alerts.isEmpty()
        || finding.getRule().equals(DefenderCorroboration.ID)) {
      return finding;
    }
    List<Match> matches = matches(finding, addresses);
    return matches.isEmpty() ? finding : raised(finding, matches);
  }

  /** Counts for people what keeps alerts from a finding's addresses. */
  void countGates(Detection finding, List<FindingAddress> addresses) {
    for (FindingAddress address : addresses) {
      String gate = DefenderCorroboration.gate(address.getNetworkClass());
      if (gate != null) {
        for (String id : alerts.byAddress(address.getAddress())) {
          if (near(alerts.known(id), finding)) {
            tally.gate(DefenderCorroboration.ID, gate);
          }
        }
      }
    }
  }

  private List<Match> matches(Detection finding, List<FindingAddress> addresses) {
    Principal principal = finding.getPrincipal();
    TreeMap<String, String> byAddress = new TreeMap<>();
    for (FindingAddress address : addresses) {
      if (DefenderCorroboration.gate(address.getNetworkClass()) == null) {
        for (String id : alerts.byAddress(address.getAddress())) {
          byAddress.merge(
              id, address.getAddress(), (one, other) -> one.compareTo(other) <= 0 ? one : other);
        }
      }
    }
    TreeSet<String> ids = new TreeSet<>(byAddress.keySet());
    if (principal != null) {
      ids.addAll(alerts.byAccount(principal.getId()));
    }
    List<Match> matches = new ArrayList<>();
    for (String id : ids) {
      CollectedAlert alert = alerts.known(id);
      if (AlertBook.counts(alert.getAlert()) && near(alert, finding)) {
        boolean named =
            principal != null && alert.getAlert().getAccounts().contains(principal.getId());
        matches.add(new Match(alert, named, byAddress.get(id)));
      }
    }
    return matches;
  }

  private boolean near(CollectedAlert alert, Detection finding) {
    long most = settings.escalateHours() * 3_600_000L;
    for (long at : alert.getTimes()) {
      if (at >= finding.getStartTime() - most && at <= finding.getEndTime() + most) {
        return true;
      }
    }
    return false;
  }

  private Detection raised(Detection finding, List<Match> matches) {
    Detection raised = Detection.newBuilder(finding).build();
    raised.setSeverity(Findings.up(finding.getSeverity()));
    raised.setDefenderAlerts(
        matches.stream().limit(MOST_SHOWN).map(match -> shown(match.alert().getAlert())).toList());
    Match first = matches.get(0);
    StringBuilder text = new StringBuilder(finding.getDescription());
    text.append(
            raised.getSeverity() == finding.getSeverity()
                ? " Confirmed by Microsoft Defender: the "
                : " One level higher, since Microsoft Defender confirms it: the ")
        .append(first.alert().getAlert().getSeverity())
        .append(" alert ")
        .append(quoted(first.alert().getAlert()))
        .append(" at ")
        .append(Findings.time(first.alert().getTimes().get(0)))
        .append(" names ")
        .append(named(first));
    if (matches.size() > 1) {
      text.append(", and ").append(matches.size() - 1);
      text.append(matches.size() == 2 ? " more alert fits" : " more alerts fit");
    }
    raised.setDescription(text.append('.').toString());
    List<GateChecked> gates = new ArrayList<>(finding.getGates());
    gates.add(
        Gates.checked(
            DefenderCorroboration.ID,
            "raised",
            "alerts",
            (double) matches.size(),
            "samePrincipal",
            matches.stream().anyMatch(Match::principal),
            "sameAddress",
            matches.stream().anyMatch(match -> match.address() != null),
            "minutesBetween",
            (double) minutesBetween(finding, matches),
            "limitHours",
            (double) settings.escalateHours()));
    raised.setGates(gates);
    return raised;
  }

  private static String named(Match match) {
    String address = match.address() == null ? "" : "the address " + match.address();
    if (!match.principal()) {
      return address;
    }
    return address.isEmpty() ? "the same principal" : "the same principal and " + address;
  }

  /** Returns how many minutes lie between the finding and the nearest alert; 0 within it. */
  private static long minutesBetween(Detection finding, List<Match> matches) {
    long first = Days.minute(finding.getStartTime());
    long last = Days.minute(finding.getEndTime());
    long nearest = Long.MAX_VALUE;
    for (Match match : matches) {
      for (long time : match.alert().getTimes()) {
        long at = Days.minute(time);
        nearest = Math.min(nearest, Math.max(0, Math.max(first - at, at - last)));
      }
    }
    return nearest;
  }

  /** Returns an alert as a detection carries it. */
  static Map<String, String> shown(Alert alert) {
    TreeMap<String, String> shown = new TreeMap<>();
    shown.put("id", alert.getId());
    put(shown, "title", alert.getTitle());
    put(shown, "severity", alert.getSeverity() == null ? null : alert.getSeverity().name());
    put(shown, "link", alert.getLink());
    put(shown, "product", alert.getProduct());
    return shown;
  }

  private static void put(Map<String, String> shown, String key, @Nullable String value) {
    if (value != null) {
      shown.put(key, value);
    }
  }

  /** Returns an alert's title in quotes, its id where there is none. */
  static String quoted(Alert alert) {
    return alert.getTitle() == null ? alert.getId() : '"' + alert.getTitle() + '"';
  }
}
