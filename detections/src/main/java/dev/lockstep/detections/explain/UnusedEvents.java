package dev.lockstep.detections.explain;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * Line of an explanation that sums up alike events of a subject that a rule did not use.
 *
 * @param rule rule that did not use the events
 * @param why gates, coverage or failure that the rule counted for them, or the results of the
 *     selections of a Sigma rule, or {@link #NOT_READ}
 * @param event {@code sign-in}, {@code call}, {@code vault call}, {@code change}, {@code risk},
 *     {@code edge request} or, of any other log, {@code record}
 * @param outcome {@code successful} or {@code failed} of a sign-in; {@code accepted} or {@code
 *     refused} of a call with a status; otherwise {@code logged}
 * @param status error code of a sign-in, HTTP status of a call, or -1 if the record has none
 * @param address address of the events, or null if unknown
 */
public record UnusedEvents(
    String rule,
    String why,
    String event,
    String outcome,
    int status,
    LocalDate date,
    @Nullable String address,
    long events,
    long firstAt,
    long lastAt) {
  /**
   * Value of the field {@code why} if the rule gave no reason for not using the events. It stated
   * no fact, and counted no gate, coverage or failure.
   */
  public static final String NOT_READ = "not-read";
}
