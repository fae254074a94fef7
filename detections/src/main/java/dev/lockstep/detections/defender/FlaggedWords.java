package dev.lockstep.detections.defender;

import dev.lockstep.rules.AlertOnSubject;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.Phrases;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.Alert;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Static method that writes the title and description of a {@code defender-corroboration} finding.
 */
final class FlaggedWords {
  private static final int FEW = 5;

  private FlaggedWords() {}

  static Words of(Finding finding) {
    List<AlertOnSubject> alerts = alerts(finding);
    String address = finding.of().subject().id();
    String title =
        finding.collapsed() > 0
            ? "%s principals at %s, an address that Microsoft Defender alerts on"
                .formatted(many(finding), address)
            : "%s at %s, an address that Microsoft Defender alerts on"
                .formatted(name(finding), address);
    String description =
        finding.collapsed() > 0
            ? ofMany(finding, address, alerts)
            : ofOne(finding, address, alerts);
    return Words.of(title, description).at(address).with(alerts);
  }

  /**
   * Returns the number of principals as text. From the largest number N that is kept on, the text
   * is {@code At least N}.
   */
  private static String many(Finding finding) {
    int most = finding.of().settings().setCap();
    return finding.collapsed() < most ? Integer.toString(finding.collapsed()) : "At least " + most;
  }

  private static String name(Finding finding) {
    Principal principal = finding.principal();
    return principal == null ? "an unknown principal" : Phrases.name(principal);
  }

  private static List<AlertOnSubject> alerts(Finding finding) {
    Map<String, AlertOnSubject> alerts = new TreeMap<>();
    for (Fired fired : finding.fired()) {
      AlertOnSubject alert = (AlertOnSubject) fired.detail();
      alerts.put(alert.alert().getId(), alert);
    }
    List<AlertOnSubject> sorted = new ArrayList<>(alerts.values());
    sorted.sort(
        Comparator.comparing((AlertOnSubject one) -> one.alert().getSeverity())
            .reversed()
            .thenComparing(one -> one.alert().getId()));
    return sorted;
  }

  private static String ofOne(Finding finding, String address, List<AlertOnSubject> alerts) {
    Principal principal = finding.principal();
    String type = principal == null ? PrincipalTypes.USER : principal.getType();
    StringBuilder text = new StringBuilder(500);
    text.append(name(finding))
        .append(
            type.equals(PrincipalTypes.SUBSCRIPTION)
                ? " called an API"
                : " signed in or called an API")
        .append(" from ")
        .append(address);
    appendClasses(finding, text);
    text.append(", and was accepted, in ")
        .append(Phrases.differentMinutes(finding.counted()))
        .append(", first at ")
        .append(
            isFirstExact(finding)
                ? Phrases.time(firstAt(finding))
                : Phrases.minute(firstAt(finding)))
        .append(". ");
    appendAlerts(finding, alerts, text);
    text.append(" and does not name this ")
        .append(
            switch (type) {
              case PrincipalTypes.SUBSCRIPTION -> "subscription of API Management";
              case PrincipalTypes.WORKLOAD -> "workload";
              default -> "user";
            })
        .append(
            ": this may be another account of the attacker, or somebody who shares the address.");
    appendLowered(finding, false, text);
    return text.toString();
  }

  private static String ofMany(Finding finding, String address, List<AlertOnSubject> alerts) {
    StringBuilder text = new StringBuilder(500);
    text.append(many(finding))
        .append(" principals signed in or called an API from ")
        .append(address);
    appendClasses(finding, text);
    text.append(", and were accepted, among them ").append(names(finding)).append(". ");
    appendAlerts(finding, alerts, text);
    text.append(
        " and does not name these principals: so many of them share the address that each one alone"
            + " is a weak sign.");
    boolean isLowered = finding.severity().compareTo(finding.first().severity()) < 0;
    if (isLowered) {
      text.append(" The severity is one level lower for that reason.");
    }
    appendLowered(finding, isLowered, text);
    return text.toString();
  }

  private static String names(Finding finding) {
    TreeSet<String> names = new TreeSet<>();
    for (Fired fired : finding.fired()) {
      Principal principal = fired.fact(0).principal();
      if (principal != null) {
        names.add(Phrases.name(principal));
      }
    }
    return String.join(", ", names.stream().limit(FEW).toList());
  }

  private static void appendClasses(Finding finding, StringBuilder text) {
    TreeSet<String> classes = new TreeSet<>();
    for (Fired fired : finding.fired()) {
      String word = DefenderCorroboration.networkClass(fired.fact(0)).word();
      if (!word.equals("unknown")) {
        classes.add(word);
      }
    }
    if (!classes.isEmpty()) {
      text.append(" (").append(String.join(", ", classes)).append(')');
    }
  }

  private static void appendAlerts(
      Finding finding, List<AlertOnSubject> alerts, StringBuilder text) {
    AlertOnSubject first = alerts.get(0);
    Alert alert = first.alert();
    text.append("Microsoft Defender names that address in the ")
        .append(alert.getSeverity())
        .append(" alert ")
        .append(alert.getTitle() == null ? alert.getId() : '"' + alert.getTitle() + '"')
        .append(" at ")
        .append(Phrases.time(nearest(first, firstAt(finding))));
    if (alerts.size() > 1) {
      text.append(" and in ").append(alerts.size() - 1);
      text.append(alerts.size() == 2 ? " more alert" : " more alerts");
    }
    text.append(", within ")
        .append(
            Phrases.length(
                finding.of().settings().integer(DefenderCorroboration.FLAG_MINUTES) * 60_000L))
        .append(" of a sign-in or call,");
  }

  private static long nearest(AlertOnSubject alert, long at) {
    long nearest = alert.times().get(0);
    for (long time : alert.times()) {
      nearest = Math.abs(time - at) < Math.abs(nearest - at) ? time : nearest;
    }
    return nearest;
  }

  private static void appendLowered(Finding finding, boolean isLowered, StringBuilder text) {
    if (finding.fired().stream().allMatch(fired -> DefenderCorroboration.isShared(fired.fact(0)))) {
      text.append(
              isLowered ? " It is lowered by another level" : " The severity is one level lower")
          .append(
              ", since the address belongs to a mobile network, whose addresses many people share.");
    }
  }

  /**
   * Returns whether the exact time of a finding's first event is known, and not only its minute.
   */
  private static boolean isFirstExact(Finding finding) {
    long at = firstAt(finding);
    return finding.fired().stream()
        .map(fired -> fired.fact(0))
        .anyMatch(fact -> fact.hasExactMinutes() || fact.firstAt() == at || fact.lastAt() == at);
  }

  private static long firstAt(Finding finding) {
    return finding.fired().stream().mapToLong(FlaggedWords::firstAt).min().orElseThrow();
  }

  /**
   * Returns the time of the first event that is near enough to Defender's alert to count for a
   * verdict. If only the event's minute is known, the result is the start of that minute.
   */
  private static long firstAt(Fired fired) {
    Fact fact = fired.fact(0);
    if (!fact.hasExactMinutes()
        && fact.firstAt() >= fired.from(0)
        && fact.hasEventInFirstMinute()) {
      return fact.firstAt();
    }
    int minute = fact.minutesBetween(fired.from(0), fired.to(0)).nextSetBit(0);
    long at = fact.firstIn(minute);
    return at < fired.from(0) && fact.hasExactMinutes()
        ? fact.lastIn(minute)
        : Math.max(fact.firstAt(), at);
  }
}
