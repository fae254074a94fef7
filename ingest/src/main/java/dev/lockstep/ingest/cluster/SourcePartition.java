package dev.lockstep.ingest.cluster;

import dev.lockstep.ingest.message.Origin;
import dev.lockstep.schemas.LastRecord;
import dev.lockstep.schemas.Position;
import dev.lockstep.schemas.Where;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Partition of a topic or hub, or folder of captures, with one transactional id and one watermark.
 *
 * @param source name of the source in the configuration
 * @param hub event hub or topic; {@code capture} for a folder of captures
 * @param partition partition number; 0 for a folder of captures
 * @param live whether records arrive as they happen; otherwise a capture is read, whose arrival
 *     times are independent of the present time
 */
public record SourcePartition(String source, String hub, int partition, boolean live) {
  String transactionalId(KafkaTarget target) {
    return target.topicPrefix() + "ingest-" + name();
  }

  /**
   * Returns the key of the partition's position. For a capture it is the beginning of several keys.
   */
  byte[] key() {
    return name().getBytes(StandardCharsets.UTF_8);
  }

  /** Returns whether a key has the form of a position's key. */
  static boolean isKey(byte[] key) {
    String text = new String(key, StandardCharsets.UTF_8);
    int hub = text.indexOf('/');
    int number = text.indexOf('/', hub + 1);
    if (hub < 1 || number < hub + 2) {
      return false;
    }
    int slash = text.indexOf('/', number + 1);
    String digits = text.substring(number + 1, slash < 0 ? text.length() : slash);
    return !digits.isEmpty() && digits.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private String name() {
    return name(source, hub, partition);
  }

  /**
   * Returns the unique name of a source partition.
   *
   * @param hub event hub or topic; null for a file, whose dead letters have the name as their key
   */
  static String name(String source, @Nullable String hub, int partition) {
    return source + "/" + hub + "/" + partition;
  }

  public Where where(long offset) {
    return Origin.offset(source, hub, partition, offset);
  }

  /**
   * Returns a position at an offset, with the watermark and run of rejections of an earlier
   * position. They are unset if {@code before} is null. Rejections in a row for one reason may
   * share a dead letter ({@link AlikeRejections}).
   */
  public Position position(long nextOffset, @Nullable Position before) {
    Position position = position(nextOffset);
    if (before != null) {
      position.setClockAt(before.getClockAt());
      position.setFurthestAt(before.getFurthestAt());
      position.setAlike(before.getAlike());
    }
    return position;
  }

  /**
   * Returns a position without a watermark, with a topic id and the last record that was read. By
   * these two a later reader recognises the log.
   */
  public Position position(long nextOffset, @Nullable String topicId, @Nullable LastRecord last) {
    Position position = position(nextOffset);
    position.setTopicId(topicId);
    position.setLastRecord(last);
    return position;
  }

  /** Returns a position of this partition at an offset. All its other fields are unset or empty. */
  public Position position(long nextOffset) {
    Position position = new Position();
    position.setSource(source);
    position.setHub(hub);
    position.setPartition(partition);
    position.setNextOffset(nextOffset);
    position.setFiles(List.of());
    return position;
  }

  @Override
  public String toString() {
    return hub + "-" + partition;
  }
}
