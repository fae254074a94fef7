package dev.lockstep.detections.topology;

import dev.lockstep.schemas.BundleReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Record that a task of one stage sends to another stage, with the task's watermark. Its parts are,
 * for example, messages to subjects or contributions to findings. Its bytes are as follows, with
 * all numbers big-endian.
 *
 * <pre>
 * 'L' 'D'      magic
 * 01           version of this layout
 * length name  name of the task that wrote the record, after the length of the name in 1 byte
 * low          8 bytes: the watermark, up to which everything has passed the task
 * grace        8 bytes: arrival time up to which the waits of rules and calls are over
 * flags        1 byte: 1 if records may have come too late to be waited for, otherwise 0
 * length part  each part, after its length in 4 bytes
 * </pre>
 *
 * @param watermark watermark at the time of writing; null if nothing could be read
 * @param parts parts that could be read, without those that concern only rules that do not run here
 * @param unread bytes that could not be read
 */
record StageRecord(
    @Nullable Watermark watermark, List<StagePayload> parts, List<BundleReader.Unread> unread) {
  private static final byte[] MAGIC = {'L', 'D'};
  private static final byte VERSION = 1;
  private static final byte OVERDUE = 1;
  private static final int LONGEST_NAME = 255;

  /** Size in bytes of a record without parts and task name. */
  static final int HEADER_BYTES = MAGIC.length + 1 + 1 + 2 * Long.BYTES + 1;

  static byte[] encode(Watermark watermark, List<byte[]> parts) {
    byte[] name = watermark.stage().getBytes(StandardCharsets.UTF_8);
    int length = HEADER_BYTES + name.length;
    for (byte[] part : parts) {
      length += Integer.BYTES + part.length;
    }
    ByteBuffer to =
        ByteBuffer.allocate(length)
            .put(MAGIC)
            .put(VERSION)
            .put((byte) name.length)
            .put(name)
            .putLong(watermark.low())
            .putLong(watermark.grace())
            .put(watermark.overdue() ? OVERDUE : 0);
    for (byte[] part : parts) {
      to.putInt(part.length).put(part);
    }
    return to.array();
  }

  /**
   * Decodes a record that another stage wrote. A part that cannot be read is among the unread
   * bytes. If the length of a part is wrong, the part and all that follows are unread.
   *
   * @param bytes bytes of the record; null counts as a record that cannot be read
   */
  static StageRecord decode(byte @Nullable [] bytes, StagePayloadCodec codec) {
    if (bytes == null || bytes.length < HEADER_BYTES) {
      return unread(bytes, "not a record between two stages");
    }
    if (bytes[0] != MAGIC[0] || bytes[1] != MAGIC[1]) {
      return unread(bytes, "not a record between two stages");
    }
    if (bytes[2] != VERSION) {
      return unread(
          bytes,
          "a record of layout %d, which another version of Lockstep wrote".formatted(bytes[2]));
    }
    ByteBuffer from = ByteBuffer.wrap(bytes, MAGIC.length + 1, bytes.length - MAGIC.length - 1);
    int length = from.get() & LONGEST_NAME;
    if (from.remaining() < length + 2 * Long.BYTES + 1) {
      return unread(bytes, "the header of the record is cut off");
    }
    byte[] name = new byte[length];
    from.get(name);
    Watermark watermark =
        new Watermark(
            new String(name, StandardCharsets.UTF_8),
            from.getLong(),
            from.getLong(),
            (from.get() & OVERDUE) != 0);
    List<StagePayload> parts = new ArrayList<>();
    List<BundleReader.Unread> unread = new ArrayList<>(0);
    for (int index = 0; from.hasRemaining(); index++) {
      int start = from.position();
      int size = from.remaining() < Integer.BYTES ? -1 : from.getInt();
      if (size < 1 || size > from.remaining()) {
        byte[] rest = Arrays.copyOfRange(bytes, start, bytes.length);
        unread.add(new BundleReader.Unread(rest, index, "the length of the part is wrong"));
        break;
      }
      byte[] part = new byte[size];
      from.get(part);
      try {
        StagePayload decoded = codec.decode(part);
        if (decoded != null) {
          parts.add(decoded);
        }
      } catch (RuntimeException e) { // any exception that foreign bytes cause in a decoder
        unread.add(new BundleReader.Unread(part, index, String.valueOf(e.getMessage())));
      }
    }
    return new StageRecord(watermark, parts, unread);
  }

  private static StageRecord unread(byte @Nullable [] bytes, String why) {
    byte[] all = bytes == null ? new byte[0] : bytes;
    return new StageRecord(null, List.of(), List.of(new BundleReader.Unread(all, 0, why)));
  }
}
