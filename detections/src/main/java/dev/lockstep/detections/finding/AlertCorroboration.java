package dev.lockstep.detections.finding;

import dev.lockstep.detections.alert.AlertExchange;
import dev.lockstep.detections.alert.ShownAlerts;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.rules.Gates;
import dev.lockstep.rules.Phrases;
import dev.lockstep.rules.Severities;
import dev.lockstep.schemas.Alert;
import dev.lockstep.schemas.Confirmation;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.FindingAddress;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Check of a finding against Defender alerts, which raises the severity of a corroborated finding.
 * A corroborated finding is replaced by a copy that names the alerts. Alerts of severity Medium or
 * more raise the severity by one level in all, and at most to High. Such an alert has to be close
 * to the finding in time, and to name the finding's principal or an address of the finding.
 */
final class AlertCorroboration {
  private final AlertSettings settings;

  AlertCorroboration(AlertSettings settings) {
    this.settings = settings;
  }

  /**
   * Alert that corroborates a finding.
   *
   * @param principal if the alert names the finding's principal
   * @param address smallest of the finding's addresses that the alert names, or null
   */
  private record Match(Confirmation confirmation, boolean principal, @Nullable String address) {
    Alert alert() {
      return confirmation.getAlert().getAlert();
    }

    List<Long> times() {
      return confirmation.getAlert().getTimes();
    }
  }

  /**
   * Returns the finding, or a copy with raised severity if a Defender alert corroborates the
   * finding. The severity is raised by one level, at most to High. The copy names the alerts.
   *
   * @param addresses addresses of the finding's events
   */
  Detection corroborated(
      Detection finding, List<Confirmation> confirmations, List<FindingAddress> addresses) {
    if (!settings.corroborates() || confirmations.isEmpty()) {
      return finding;
    }
    List<Match> matches = matches(finding, confirmations, addresses);
    return matches.isEmpty() ? finding : raised(finding, matches);
  }

  private List<Match> matches(
      Detection finding, List<Confirmation> confirmations, List<FindingAddress> addresses) {
    TreeMap<String, Match> matches = new TreeMap<>();
    for (Confirmation each : confirmations) {
      Alert alert = each.getAlert().getAlert();
      if (alert.getOwn()
          || alert.getSeverity() == null
          || alert.getSeverity().compareTo(Severity.Medium) < 0
          || !isNear(each, finding)
          || (each.getNamed() && !namesPrincipal(alert, finding))
          || (each.getAddress() != null && !mayConfirm(each.getAddress(), addresses))) {
        continue;
      }
      Match before = matches.get(alert.getId());
      String address = each.getAddress();
      if (before != null) {
        String other = before.address();
        address =
            address == null || (other != null && other.compareTo(address) <= 0) ? other : address;
      }
      matches.put(
          alert.getId(),
          new Match(each, each.getNamed() || (before != null && before.principal()), address));
    }
    return new ArrayList<>(matches.values());
  }

  private static boolean namesPrincipal(Alert alert, Detection finding) {
    return finding.getPrincipal() != null
        && alert.getAccounts().contains(finding.getPrincipal().getId());
  }

  /**
   * Returns whether an alert that names an address may confirm a finding that has the given
   * addresses at present. A finding may change its addresses, and the network class of an address
   * may change.
   */
  private static boolean mayConfirm(String address, List<FindingAddress> addresses) {
    return addresses.stream()
        .anyMatch(
            one ->
                one.getAddress().equals(address)
                    && AlertExchange.gate(one.getNetworkClass()) == null);
  }

  private boolean isNear(Confirmation confirmation, Detection finding) {
    long most = settings.escalateHours() * 3_600_000L;
    for (long at : confirmation.getAlert().getTimes()) {
      if (at >= finding.getStartTime() - most && at <= finding.getEndTime() + most) {
        return true;
      }
    }
    return false;
  }

  private Detection raised(Detection finding, List<Match> matches) {
    Detection raised = Detection.newBuilder(finding).build();
    raised.setSeverity(Severities.up(finding.getSeverity()));
    raised.setDefenderAlerts(ShownAlerts.of(matches.stream().map(Match::alert).toList()));
    Match first = matches.get(0);
    StringBuilder text = new StringBuilder(finding.getDescription());
    text.append(
            raised.getSeverity() == finding.getSeverity()
                ? " Confirmed by Microsoft Defender: the "
                : " One level higher, since Microsoft Defender confirms the finding: the ")
        .append(first.alert().getSeverity())
        .append(" alert ")
        .append(quoted(first.alert()))
        .append(" at ")
        .append(Phrases.time(nearest(finding, first)))
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
            settings.rule(),
            Gates.RAISED,
            "alerts",
            matches.size(),
            "samePrincipal",
            matches.stream().anyMatch(Match::principal),
            "sameAddress",
            matches.stream().anyMatch(match -> match.address() != null),
            "minutesBetween",
            minutesBetween(finding, matches),
            "limitHours",
            settings.escalateHours()));
    raised.setGates(gates);
    return raised;
  }

  private static long nearest(Detection finding, Match match) {
    long nearest = match.times().get(0);
    for (long time : match.times()) {
      nearest = between(finding, time) < between(finding, nearest) ? time : nearest;
    }
    return nearest;
  }

  private static long between(Detection finding, long at) {
    return Math.max(0, Math.max(finding.getStartTime() - at, at - finding.getEndTime()));
  }

  private static String named(Match match) {
    String address = match.address() == null ? "" : "the address " + match.address();
    if (!match.principal()) {
      return address;
    }
    return address.isEmpty() ? "the same principal" : "the same principal and " + address;
  }

  private static long minutesBetween(Detection finding, List<Match> matches) {
    long first = Math.floorDiv(finding.getStartTime(), 60_000L);
    long last = Math.floorDiv(finding.getEndTime(), 60_000L);
    long nearest = Long.MAX_VALUE;
    for (Match match : matches) {
      for (long time : match.times()) {
        long at = Math.floorDiv(time, 60_000L);
        nearest = Math.min(nearest, Math.max(0, Math.max(first - at, at - last)));
      }
    }
    return nearest;
  }

  private static String quoted(Alert alert) {
    return alert.getTitle() == null ? alert.getId() : '"' + alert.getTitle() + '"';
  }
}
