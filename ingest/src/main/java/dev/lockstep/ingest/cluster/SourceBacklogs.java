package dev.lockstep.ingest.cluster;

import dev.lockstep.schemas.Position;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * Reader of the stored positions of all sources, which also compares them with the offsets that the
 * sources have now.
 */
public final class SourceBacklogs {
  private SourceBacklogs() {}

  /**
   * Stored position of a source partition.
   *
   * @param next next offset to read; for a capture, the number of messages and damaged places read
   * @param watermarkAt watermark in milliseconds since 1970, or 0 if there is none
   * @param files number of begun files of a capture, otherwise 0
   * @param topicId id of the topic of the position, or null if unknown
   */
  public record Row(
      String source,
      String hub,
      int partition,
      long next,
      long watermarkAt,
      long files,
      @Nullable String topicId) {
    /**
     * Returns whether this position belongs to the given source and to the given hub or topic. The
     * result is false if {@code hubOrTopic} is null.
     */
    public boolean isOf(String name, @Nullable String hubOrTopic) {
      return source.equals(name) && hub.equals(hubOrTopic);
    }

    /** Compares the position with the offsets that the source has now. */
    public Backlog against(Extent extent) {
      boolean other =
          next > extent.behindLast()
              || (topicId != null && extent.topicId() != null && !topicId.equals(extent.topicId()));
      long from = other ? extent.first() : Math.max(next, extent.first());
      return new Backlog(
          extent.behindLast() - from, other ? 0 : Math.max(0, extent.first() - next), other);
    }
  }

  /**
   * Range of offsets of a partition that can be read.
   *
   * @param first first offset that can be read
   * @param behindLast offset of the next record
   * @param topicId topic id, or null if the source has none
   */
  public record Extent(long first, long behindLast, @Nullable String topicId) {}

  /**
   * Comparison of a stored position with the offsets that its source has now.
   *
   * @param left number of unread offsets
   * @param lost number of offsets that the source removed before they were read
   * @param madeAnew whether the topic was deleted and created again, or truncated, so that it is
   *     read from its start
   */
  public record Backlog(long left, long lost, boolean madeAnew) {}

  /**
   * Returns the stored positions, ordered by source, hub and partition.
   *
   * @param clock clock for the wait on open transactions
   * @throws SerializationException if a position cannot be decoded; the message names its place and
   *     the fix
   * @throws KafkaException if the target cannot be read
   */
  public static List<Row> read(KafkaTarget target, InstantSource clock) {
    Map<String, Row> rows = new TreeMap<>();
    for (Position position : new PositionStore(new ClusterClients(target), target, clock).all()) {
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
      // A capture has a position for each day; the last written one has the watermark.
      rows.merge(
          partition,
          row,
          (before, last) ->
              new Row(
                  last.source(),
                  last.hub(),
                  last.partition(),
                  before.next() + last.next(),
                  last.watermarkAt(),
                  before.files() + last.files(),
                  null));
    }
    return new ArrayList<>(rows.values());
  }
}
