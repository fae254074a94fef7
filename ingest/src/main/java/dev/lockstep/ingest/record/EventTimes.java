package dev.lockstep.ingest.record;

import dev.lockstep.ingest.category.Category;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.outcome.Slice;
import dev.lockstep.ingest.text.Timestamps;
import org.jspecify.annotations.Nullable;

/**
 * Times of a record: that of its event and, where the transport does not know it, of its arrival.
 */
final class EventTimes {
  long eventAt;
  long elseArrivalAt;

  /**
   * Takes both times of a record. The envelope's is needed only where something else does not tell.
   *
   * @param ownKey what the event's own time is called
   * @param own the event's own time; without one it happened when the envelope says
   * @return null, or what becomes of a record that cannot tell
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
    elseArrivalAt = envelopeAt == Timestamps.UNREADABLE ? eventAt : envelopeAt;
    return null;
  }
}
