package dev.lockstep.detections.explain;

import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Line of an explanation that sums up similar events that one Sigma rule matched. The same
 * comparisons, with the same values, decided that the rule matches them.
 *
 * @param selections selections of the rule in words, each with the comparisons that decided and the
 *     values of the event
 * @param event kind of the event in words, as in {@link UnusedEvents}
 * @param outcome outcome in words, as in {@link UnusedEvents}
 * @param address address of the events, or null if unknown
 */
public record MatchedEvents(
    String rule,
    List<String> selections,
    String event,
    String outcome,
    LocalDate date,
    @Nullable String address,
    long events,
    long firstAt,
    long lastAt) {
  public MatchedEvents {
    selections = List.copyOf(selections);
  }
}
