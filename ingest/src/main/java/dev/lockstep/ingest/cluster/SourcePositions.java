package dev.lockstep.ingest.cluster;

import dev.lockstep.schemas.Position;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** How far sources are read, as the target's topic of positions says. */
public final class SourcePositions {
  private SourcePositions() {}

  /**
   * The position of a source partition.
   *
   * @param next the next offset to take; of a capture, how many messages are taken
   * @param clockAt how far its arrivals have come, in milliseconds since 1970, or 0
   * @param files of a capture, how many files are begun; else 0
   * @param topicId of the topic that it belongs to; null where that is not known
   */
  public record Row(
      String source,
      String hub,
      int partition,
      long next,
      long clockAt,
      long files,
      @Nullable String topicId) {
    /** Returns how this stands to what its source holds. */
    public Standing against(Extent extent) {
      boolean other =
          next > extent.behindLast()
              || (topicId != null && extent.topicId() != null && !topicId.equals(extent.topicId()));
      long from = other ? extent.first() : Math.max(next, extent.first());
      return new Standing(
          extent.behindLast() - from, other ? 0 : Math.max(0, extent.first() - next), other);
    }
  }

  /**
   * What a partition holds now.
   *
   * @param first the first offset that can be read
   * @param behindLast the offset that the next record will have
   * @param topicId null where the source has no ids
   */
  public record Extent(long first, long behindLast, @Nullable String topicId) {}

  /**
   * How a position stands to what its source holds.
   *
   * @param left offsets that are still to be read
   * @param lost offsets that were removed before they were read
   * @param madeAnew whether the topic is another than the one that was read, or was cut; it is to
   *     be read from its start
   */
  public record Standing(long left, long lost, boolean madeAnew) {}

  /**
   * Returns what is stored, by source, hub and partition.
   *
   * @param clock tells how long open transactions are waited for
   * @throws KafkaException if the target cannot be read
   */
  public static List<Row> read(KafkaTarget target, InstantSource clock) {
    Map<String, Row> rows = new TreeMap<>();
    for (Position position : new Positions(new ClusterClients(target), target, clock).all()) {
      Row row =
          new Row(
              position.getSource(),
              position.getHub(),
              position.getPartition(),
              position.getNextOffset(),
              position.getClockAt(),
              position.getFiles().size(),
              position.getTopicId());
      String partition = "%s/%s/%010d".formatted(row.source(), row.hub(), row.partition());
      // Of a capture's shelves the last written one holds its watermark.
      rows.merge(
          partition,
          row,
          (before, last) ->
              new Row(
                  last.source(),
                  last.hub(),
                  last.partition(),
                  before.next() + last.next(),
                  last.clockAt(),
                  before.files() + last.files(),
                  null));
    }
    return new ArrayList<>(rows.values());
  }
}
