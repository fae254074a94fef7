package dev.lockstep.ingest.outcome;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Register of a source's losses of unread records. It counts them, and keeps the last one of each
 * partition. A loss is a range of offsets that were removed before they were read, or a partition
 * that was truncated or created again. An event hub read by AMQP has sequence numbers in place of
 * offsets. Safe for use by several threads.
 */
public final class Losses {
  private final Map<String, Loss> lastRanges = new TreeMap<>();
  private final Map<String, Loss> last = new TreeMap<>();
  private long offsets;
  private long found;

  /**
   * Loss of unread records of one partition. Either a range of offsets was removed before it was
   * read, or the partition was truncated or created again.
   *
   * @param partition topic or hub, and partition number
   * @param first first lost offset
   * @param next offset at which reading continues; equal to {@code first} if the partition was
   *     truncated or created again, because the number of lost records is unknown
   * @param at time of discovery in milliseconds since 1970
   * @param what description of the loss to be shown: a sentence without its full stop
   */
  public record Loss(String partition, long first, long next, long at, String what) {}

  Losses() {}

  /**
   * Records that offsets were removed before they were read, and returns the loss, or null if all
   * of them were reported before. The offsets are those from {@code first} to before {@code next}.
   * Offsets that an earlier call reported are not counted again.
   *
   * @param number the source's word for a position: offset, or sequence number
   * @return the loss of those offsets that were not reported before for the partition; null if all
   *     were
   */
  public synchronized @Nullable Loss recordRemoved(
      String partition, String number, long first, long next, long at) {
    Loss before = lastRanges.get(partition);
    long unsaid = first;
    long reportedFrom = first;
    if (before != null && first >= before.first() && first <= before.next()) {
      unsaid = before.next();
      reportedFrom = before.first();
    }
    if (unsaid >= next) {
      return null;
    }
    long lost = next - unsaid;
    String range =
        lost == 1
            ? "%s %d: its record was".formatted(number, unsaid)
            : "%ss from %d to %d: %d were".formatted(number, unsaid, next - 1, lost);
    String what =
        "%s no longer has the %s removed before %s read, and reading continues at %d; run ingest without pauses, or let the source keep its records longer, and read an archive of that time if there is one"
            .formatted(partition, range, lost == 1 ? "it was" : "they were", next);
    Loss loss = new Loss(partition, unsaid, next, at, what);
    lastRanges.put(partition, new Loss(partition, reportedFrom, next, at, what));
    last.put(partition, loss);
    found++;
    offsets += lost;
    return loss;
  }

  /**
   * Records that a partition was deleted and created again, or truncated. Then its stored position
   * belongs to the earlier log.
   *
   * @param number the source's word for a position: offset, or sequence number
   * @return the loss of the unread records of the earlier log
   */
  public synchronized Loss replaced(
      String partition, String number, long position, long next, String why, long at) {
    String what =
        "%s was deleted and created again, or truncated (%s): reading continues at %s %d, and its earlier unread records, from %s %d on, are lost; to read from another place, use the command run --from"
            .formatted(partition, why, number, next, number, position);
    Loss loss = new Loss(partition, position, position, at, what);
    lastRanges.remove(partition);
    last.put(partition, loss);
    found++;
    return loss;
  }

  /**
   * Returns the number of offsets that were removed before they were read. Records lost with a
   * partition that was truncated or created again are not counted.
   */
  public synchronized long offsets() {
    return offsets;
  }

  /**
   * Returns how many losses of unread records were found since the process started. A loss is a
   * range of offsets, or a partition that was truncated or created again.
   */
  public synchronized long found() {
    return found;
  }

  /** Returns each partition's last loss, if the loss was found at or after a time. */
  public synchronized List<Loss> since(long at) {
    List<Loss> recent = new ArrayList<>(last.values());
    recent.removeIf(loss -> loss.at() < at);
    return recent;
  }
}
