package dev.lockstep.ingest.record;

import dev.lockstep.ingest.category.Category;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.outcome.Slice;
import dev.lockstep.schemas.text.Timestamps;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reader of the event time of a record, and of a substitute for a missing arrival time. {@link
 * Timestamps} lists the forms of a time that are read.
 */
final class EventTimes {
  long eventAt;
  long elseArrivalAt;
  private @Nullable String written;

  /**
   * Reads a record's event time and a substitute for a missing arrival time, and returns null, or a
   * rejection if that fails. The time at the record's top level is read only if the event's own
   * time or the transport's arrival time is missing.
   *
   * @param ownKey name of the event's own time
   * @param own event's own time; without it the time at the record's top level counts
   * @return null on success; a rejection if the event time is missing, or either time is unreadable
   */
  @Nullable Outcome read(
      RecordFields f, Slice slice, Category category, String ownKey, @Nullable String own) {
    if (f.timeMisfit != null) {
      return ActivityMapper.misfit(slice, category, f.timeMisfit);
    }
    String time = f.envelopeTime();
    long envelopeAt = Timestamps.UNREADABLE;
    if (time != null && (own == null || slice.enqueuedAt() == null)) {
      envelopeAt = Timestamps.parse(time);
      if (envelopeAt == Timestamps.UNREADABLE) {
        return ActivityMapper.badTime(slice, category, "time", time);
      }
    }
    if (own != null) {
      eventAt = Timestamps.parse(own);
      if (eventAt == Timestamps.UNREADABLE) {
        return ActivityMapper.badTime(slice, category, ownKey, own);
      }
    } else if (time != null) {
      eventAt = envelopeAt;
    } else {
      return ActivityMapper.noTime(
          slice, category, ownKey.equals("time") ? "time" : ownKey + ", and time,");
    }
    written = own != null ? own : time;
    elseArrivalAt = envelopeAt == Timestamps.UNREADABLE ? eventAt : envelopeAt;
    return null;
  }

  /**
   * Returns the instant of the event time that was read last, with its full fraction of a second.
   * Two events of one millisecond have two instants if their times differ.
   */
  String instant() {
    return Timestamps.instant(written());
  }

  /**
   * Returns, in milliseconds since 1970, the event time that was read last. If the time is not a
   * whole number of milliseconds, a point and the nanoseconds after the millisecond follow.
   */
  String millis() {
    int nanos = Timestamps.nanosOfMillis(written());
    return nanos == 0 ? Long.toString(eventAt) : eventAt + "." + nanos;
  }

  private String written() {
    return Objects.requireNonNull(written, "event time");
  }
}
