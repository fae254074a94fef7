package dev.lockstep.detections;

import dev.lockstep.detections.Witness.Unjudged;
import dev.lockstep.schemas.Activity;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Events of a subject that a rule never compared, by rule, reason, day and address. */
final class UnjudgedEvents {
  private static final int MOST_ROWS = 2_000;
  private static final int MOST_WAITING = 200_000;

  private final Map<Key, Span> spans = new LinkedHashMap<>();
  private final Map<Long, Waiting> waiting = new LinkedHashMap<>();
  private long leftOut;

  private record Key(String rule, String why, String event, int day, @Nullable String address) {}

  /** A call that was not compared for want of an address, which Front Door may add. */
  private record Waiting(Key key, long eventAt) {}

  /**
   * Adds an event.
   *
   * @param identity of the event, as {@link #isJudgedAfterAll} names it
   */
  void add(Activity activity, long identity, String rule, String why, @Nullable String address) {
    Key key = new Key(rule, why, Witness.event(activity), Days.of(activity.getEventAt()), address);
    if (why.equals("no-address")
        && EdgeStage.mayConcern(activity)
        && waiting.size() < MOST_WAITING) {
      waiting.put(identity, new Waiting(key, activity.getEventAt()));
    } else {
      add(key, activity.getEventAt());
    }
  }

  /** Takes a call back that has got an address since. */
  void isJudgedAfterAll(long identity) {
    waiting.remove(identity);
  }

  private void add(Key key, long eventAt) {
    Span span = spans.get(key);
    if (span == null) {
      if (spans.size() >= MOST_ROWS) {
        leftOut++;
        return;
      }
      span = new Span();
      spans.put(key, span);
    }
    span.add(eventAt);
  }

  /** Adds the calls that still have no address. */
  private void waitNoMore() {
    waiting.values().forEach(call -> add(call.key(), call.eventAt()));
    waiting.clear();
  }

  /** Returns the newest day first. */
  List<Unjudged> rows() {
    waitNoMore();
    List<Unjudged> rows = new ArrayList<>();
    spans.forEach(
        (key, span) ->
            rows.add(
                new Unjudged(
                    key.rule(),
                    key.why(),
                    key.event(),
                    LocalDate.ofEpochDay(key.day()),
                    key.address(),
                    span.events(),
                    span.firstAt(),
                    span.lastAt())));
    rows.sort(
        Comparator.comparing(Unjudged::date)
            .reversed()
            .thenComparing(Unjudged::firstAt)
            .thenComparing(Unjudged::why));
    return rows;
  }

  /** Returns how many events are in no row, since there were too many. */
  long leftOut() {
    waitNoMore();
    return leftOut;
  }
}
