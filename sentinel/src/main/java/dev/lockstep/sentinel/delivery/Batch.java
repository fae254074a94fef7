package dev.lockstep.sentinel.delivery;

import dev.lockstep.sentinel.sink.Row;
import dev.lockstep.sentinel.sink.Sink;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;

/**
 * Collection of rows that wait to be sent, in order, with the newest revision of each detection
 * only.
 */
final class Batch {
  /**
   * Row with partition and offset of its detection in the topic of detections. The offset is
   * negative for a row that reports held back rows, because its detection is not in the topic.
   *
   * @param arrivalAt arrival time at the hub of the event that caused the row, in milliseconds
   *     since 1970; 0 if unknown
   * @param first number of the earliest revision that the row stands for. A row stands for its own
   *     revision, and for the revisions of the unsent rows that it replaced.
   */
  record Line(Row row, TopicPartition partition, long offset, long arrivalAt, int first) {
    Line(Row row, TopicPartition partition, long offset, long arrivalAt) {
      this(row, partition, offset, arrivalAt, row.detection().getRevision());
    }

    Line(Row row, TopicPartition partition, long offset) {
      this(row, partition, offset, 0);
    }

    Line with(Row other) {
      return new Line(other, partition, offset, arrivalAt, first);
    }

    private Line inPlaceOf(Line unsent) {
      return new Line(
          row.inPlaceOf(unsent.row), partition, offset, arrivalAt, Math.min(first, unsent.first));
    }

    String detectionId() {
      return row.detection().getId();
    }

    int revision() {
      return row.detection().getRevision();
    }
  }

  /** Key of a detection, by which a newer revision replaces an earlier revision. */
  private record Key(TopicPartition partition, String detectionId) {}

  private final Map<Key, Line> lines = new LinkedHashMap<>();
  private final Sink.Limits most;
  private int bytes = 2;

  Batch(Sink.Limits most) {
    this.most = most;
  }

  /**
   * Adds a row, unless the batch has a later revision of its detection. The row replaces an earlier
   * revision.
   *
   * @return the row that is left out: the given row or the row that it replaces; empty if there is
   *     none
   */
  Optional<Line> add(Line line) {
    Key key = new Key(line.partition(), line.detectionId());
    Line earlier = lines.get(key);
    if (earlier != null && earlier.revision() > line.revision()) {
      return Optional.of(line);
    }
    Line added = line;
    if (earlier != null) {
      lines.remove(key);
      bytes -= earlier.row().bytes() + 1;
      added = line.inPlaceOf(earlier);
    }
    lines.put(key, added);
    bytes += added.row().bytes() + 1;
    return Optional.ofNullable(earlier);
  }

  /**
   * Drops the rows that come from the given partitions, which this instance has lost. The new owner
   * of a partition reads its records again.
   */
  void drop(Collection<TopicPartition> partitions) {
    lines.keySet().removeIf(key -> partitions.contains(key.partition()));
    bytes = 2 + lines.values().stream().mapToInt(line -> line.row().bytes() + 1).sum();
  }

  boolean isFull() {
    return bytes >= most.bytes() || lines.size() >= most.rows();
  }

  /**
   * Removes all rows, and returns those that meet a condition, grouped into requests within the
   * sink's limits.
   */
  List<List<Line>> drain(Predicate<Line> goes) {
    List<List<Line>> requests = new ArrayList<>();
    List<Line> request = new ArrayList<>();
    int size = 2;
    for (Line line : lines.values()) {
      if (!goes.test(line)) {
        continue;
      }
      int more = line.row().bytes() + (request.isEmpty() ? 0 : 1);
      if (!request.isEmpty() && (size + more > most.bytes() || request.size() >= most.rows())) {
        requests.add(request);
        request = new ArrayList<>();
        size = 2;
        more = line.row().bytes();
      }
      request.add(line);
      size += more;
    }
    if (!request.isEmpty()) {
      requests.add(request);
    }
    lines.clear();
    bytes = 2;
    return requests;
  }
}
