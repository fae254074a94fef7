package dev.lockstep.sentinel.delivery;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.Sha256;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Builder of the row that reports how many detections a cap, a budget or a ceiling held back in an
 * hour or day.
 */
final class OverflowRows {
  /** Rule name of rows that report what the daily budget of all rules held back. */
  static final String BUDGET = "daily-budget";

  private final ForwarderConfig config;

  OverflowRows(ForwarderConfig config) {
    this.config = config;
  }

  /**
   * Returns a detection whose row reports how many other detections were held back in a finished
   * period.
   *
   * @param busiest subjects with the most findings held back, at most {@link
   *     QuotaCounts#MOST_BUSIEST_SUBJECTS}; empty unless the period counts only rows of severity
   *     High
   * @param partition partition whose number is part of the row's id, so that rows of two instances
   *     differ
   */
  Detection of(PeriodCount total, List<SubjectCounts.Entry> busiest, int partition) {
    Period period = total.period();
    boolean high = period.high();
    String what = what(total);
    String rule = period.isDay() ? BUDGET : period.scope();
    Map<String, Object> numbers = new TreeMap<>();
    numbers.put("sent", (double) total.sent());
    numbers.put("held", (double) total.held());
    numbers.put("highest", total.highest().name());
    return Detection.newBuilder()
        .setId(
            id(
                high ? "overflow-high" : "overflow",
                rule,
                period.from().toString(),
                Integer.toString(partition)))
        .setRevision(total.held())
        .setRule(rule)
        .setRuleVersion(period.isDay() ? 1 : total.ruleVersion())
        .setReason("overflow")
        .setSeverity(high ? Severity.High : Severity.Informational)
        .setTitle(what)
        .setDescription(
            what
                + (period.isDay() ? ": " : " on " + date(period.from()) + ": ")
                + bound(period, total, numbers)
                + (high
                    ? words(busiest)
                    : " The highest severity of the detections held back is "
                        + total.highest()
                        + ".")
                + " Everything that was held back is in the topic "
                + config.detectionsTopic()
                + (total.ids().isEmpty()
                    ? ""
                    : " (for example " + String.join(", ", total.ids()) + ")")
                + ", and is not sent later. Look for one cause, such as a network that is missing"
                + " from the networks file; fix the cause, accept such detections with the command"
                + " lockstep accept, or raise the "
                + (period.isDay() ? "budget." : high ? "ceiling." : "cap."))
        .setStartTime(period.from().toEpochMilli())
        .setEndTime(period.to().toEpochMilli())
        .setCount(total.held())
        .setTactics(List.of())
        .setTechniques(List.of())
        .setEntities(entities(busiest))
        .setEvidence(List.of())
        .setGates(
            List.of(
                new GateChecked(
                    period.isDay()
                        ? "daily-budget"
                        : high ? "max-high-rows-per-hour" : "max-rows-per-hour",
                    "held-back",
                    numbers)))
        .build();
  }

  private static String words(List<SubjectCounts.Entry> busiest) {
    return busiest.isEmpty()
        ? ""
        : busiest.stream()
            .map(
                one ->
                    "%s %s (%d)"
                        .formatted(one.subject().kind(), one.subject().id(), one.findings()))
            .collect(
                Collectors.joining(", ", " The busiest subjects, by findings held back: ", "."));
  }

  private static List<Map<String, String>> entities(List<SubjectCounts.Entry> busiest) {
    List<Map<String, String>> entities = new ArrayList<>();
    for (SubjectCounts.Entry one : busiest) {
      Map<String, String> entity = one.subject().entity(one.findings());
      if (entity != null) {
        entities.add(entity);
      }
    }
    return entities;
  }

  private static String what(PeriodCount total) {
    Period period = total.period();
    String noun = total.held() + (total.held() == 1 ? " detection" : " detections");
    return period.isDay()
        ? noun + " held back by the daily budget on " + date(period.from())
        : noun
            + " of "
            + period.scope()
            + (period.high() ? " of severity High" : "")
            + " held back between "
            + timeOfDay(period.from())
            + " and "
            + timeOfDay(period.to())
            + " UTC";
  }

  private String bound(Period period, PeriodCount total, Map<String, Object> numbers) {
    if (period.isDay()) {
      DailyBudget budget = config.dailyBudget();
      numbers.put("bytes", (double) total.bytes());
      if (budget != null && budget.rows() != Long.MAX_VALUE) {
        numbers.put("budgetRows", (double) budget.rows());
      }
      if (budget != null && budget.bytes() != Long.MAX_VALUE) {
        numbers.put("budgetBytes", (double) budget.bytes());
      }
      return total.sent()
          + (total.sent() == 1 ? " row" : " rows")
          + " with "
          + total.bytes()
          + (total.sent() == 1 ? " bytes was" : " bytes were")
          + " sent in all; after sentinel.dailyBudget was used up, only withdrawals and rows of"
          + " severity High were sent.";
    }
    if (period.high()) {
      numbers.put("maxHighRowsPerHour", (double) config.maxHighRowsPerHour());
      return "sentinel.maxHighRowsPerHour allows %d %s an hour over all instances, and this instance sent %d."
          .formatted(
              config.maxHighRowsPerHour(),
              config.maxHighRowsPerHour() == 1 ? "row" : "rows",
              total.sent());
    }
    Integer most = config.maxRowsPerHour().get(period.scope());
    if (most != null) {
      numbers.put("maxRowsPerHour", (double) most);
    }
    return total.sent()
        + (total.sent() == 1 ? " row was" : " rows were")
        + " sent; sentinel.maxRowsPerHour "
        + (most == null ? "held back the rest." : "allows " + most + ".");
  }

  private static String date(Instant time) {
    return time.toString().substring(0, 10);
  }

  private static String timeOfDay(Instant time) {
    return time.toString().substring(11, 16);
  }

  private static String id(String... parts) {
    return HexFormat.of().formatHex(Sha256.of(String.join("\n", parts)), 0, 16);
  }
}
