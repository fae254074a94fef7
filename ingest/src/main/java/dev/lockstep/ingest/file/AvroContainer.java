package dev.lockstep.ingest.file;

import dev.lockstep.ingest.json.JsonScan;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.Origin;
import dev.lockstep.ingest.message.SourceMessage;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.outcome.Reason;
import dev.lockstep.ingest.outcome.Slice;
import dev.lockstep.schemas.text.Quoted;
import dev.lockstep.schemas.text.Timestamps;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Reader of Event Hubs Capture files: Avro object containers of {@code EventData}. It reads only
 * body, enqueued time and sequence number, and skips all other fields of the schema. After a
 * damaged block, reading continues after the next sync marker. If the marker of a block is damaged,
 * the next block is lost too.
 *
 * <p>The lengths in a file may be wrong. So memory grows with the bytes that were read, which
 * Avro's generic reader does not promise.
 */
final class AvroContainer {
  private static final int SYNC_BYTES = 16;
  private static final long BLOCK_BYTES = 1L << 28;
  private static final long HEADER_ENTRIES = 1000;
  private static final int HEADER_VALUE_BYTES = 1 << 20;
  private static final int SCHEMA_DEPTH = 64;
  private static final int INFLATED_BYTES = 1 << 12;
  private static final int READ_BYTES = 1 << 16;

  /**
   * Largest number of bytes of a file that are read a second time, to find the true ends of blocks
   * with a wrong length. Above it, the reader gives up the rest of the file. Otherwise a crafted
   * file could have bytes read again without end.
   */
  private static final long UNREAD_BYTES = 1L << 28;

  /** Largest number of bytes that are kept of a damaged place for its dead letter. */
  private static final int KEPT_BYTES = 1_000_000;

  private final String file;
  private final Limits limits;
  private final @Nullable DecompressionLimit whole;
  private final Consumer<SourceMessage> sink;
  private final Consumer<Outcome> damage;
  private final UnreadInput in;
  private long unreadBytes;

  /**
   * Sequence number that the next event should have: one more than the number of the event before.
   * If events have no sequence numbers, it is the number of the next event, counted from 1.
   */
  private long next = 1;

  /** Failure of a read that ended the file within a block, or null. */
  private @Nullable IOException failure;

  private String codec = "null";
  private Schema schema = Schema.create(Schema.Type.NULL);
  private byte[] sync = new byte[SYNC_BYTES];

  /** Number of bytes to which the deflate blocks read so far were decompressed. */
  private long inflated;

  /**
   * Creates a reader of one container.
   *
   * @param whole limit on the decompressed size of the file; null if the file itself is not
   *     compressed
   */
  AvroContainer(
      InputStream in,
      String file,
      Limits limits,
      @Nullable DecompressionLimit whole,
      Consumer<SourceMessage> sink,
      Consumer<Outcome> damage) {
    this.in =
        new UnreadInput(new BufferedInputStream(in, READ_BYTES)); // parts are read byte by byte
    this.file = file;
    this.limits = limits;
    this.whole = whole;
    this.sink = sink;
    this.damage = damage;
  }

  void run() throws IOException {
    try {
      readHeader();
    } catch (DecompressionLimit.BombException e) {
      throw e;
    } catch (IOException e) {
      damaged("the Avro header could not be read: " + e.getMessage());
      return;
    }
    int first;
    while ((first = in.read()) >= 0) {
      if (!readBlock(first)) {
        return;
      }
    }
  }

  /**
   * Returns the sequence number that the next message should have. It is one more than the sequence
   * number of the last message, or 1 at the beginning. If messages have no sequence numbers, it is
   * one more than the number of messages read.
   */
  long position() {
    return next;
  }

  private void readHeader() throws IOException {
    in.skipNBytes(4);
    AvroValues header = new AvroValues(in, HEADER_VALUE_BYTES);
    String text = null;
    long entries = header.blockCount();
    while (entries > 0) {
      if (entries > HEADER_ENTRIES) {
        throw new IOException(
            "the header declares %d entries, more than the %d that are allowed; the file is damaged, or Event Hubs Capture did not write it"
                .formatted(entries, HEADER_ENTRIES));
      }
      for (long i = 0; i < entries; i++) {
        String name = new String(header.bytes(), StandardCharsets.UTF_8);
        String value = new String(header.bytes(), StandardCharsets.UTF_8);
        if (name.equals("avro.schema")) {
          text = value;
        } else if (name.equals("avro.codec")) {
          codec = value;
        }
      }
      entries = header.blockCount();
    }
    sync = in.readNBytes(SYNC_BYTES);
    if (text == null || sync.length < SYNC_BYTES) {
      throw new EOFException(
          "the header has no schema, or the file ends within the header; the file is damaged or"
              + " cut off");
    }
    schema = schema(text);
    if (schema.getType() != Schema.Type.RECORD || schema.getField("Body") == null) {
      throw new IOException(
          "the Avro schema has no field Body; Lockstep reads only Avro files that Event Hubs Capture wrote");
    }
    if (!codec.equals("null") && !codec.equals("deflate")) {
      throw new IOException(
          "the codec of the Avro file is neither \"null\" nor \"deflate\": "
              + Quoted.of(codec)
              + "; write the file again with one of the two codecs");
    }
  }

  private static Schema schema(String text) throws IOException {
    byte[] json = text.getBytes(StandardCharsets.UTF_8);
    // Avro's parser recurses as deep as the text is nested.
    if (JsonScan.depth(json, SCHEMA_DEPTH) > SCHEMA_DEPTH) {
      throw new IOException(
          "the Avro schema is nested more than %d levels deep".formatted(SCHEMA_DEPTH));
    }
    try {
      return new Schema.Parser().parse(text);
    } catch (RuntimeException e) { // an odd schema may cause null pointers and bad casts
      Throwable cause = e.getCause() == null ? e : e.getCause();
      String message = cause.getMessage() == null ? "unknown form" : cause.getMessage();
      throw new IOException(
          "the Avro schema cannot be read: " + message.lines().findFirst().orElse(""), e);
    }
  }

  /**
   * Reads a block, and returns whether the file may have another block. The result is false if no
   * sync marker was found after damage.
   */
  private boolean readBlock(int firstByte) throws IOException {
    byte[] data;
    long count;
    try {
      in.unread(new byte[] {(byte) firstByte});
      long size;
      try {
        AvroValues head = new AvroValues(in, 0);
        count = head.number();
        size = head.number();
      } catch (EOFException e) {
        throw e;
      } catch (IOException e) { // a number of too many bytes, or a failure that comes again below
        return skipDamage("an Avro block could not be read: " + e.getMessage());
      }
      if (count < 0 || size < 0 || size > BLOCK_BYTES) {
        return skipDamage(
            ("an Avro block is damaged: it declares %d events in %d bytes, and at least one"
                    + " of these numbers is negative or too large")
                .formatted(count, size));
      }
      data = part((int) size);
    } catch (EOFException e) {
      damaged("the file ends within an Avro block");
      return true;
    }
    byte[] marker = part(SYNC_BYTES);
    boolean ends = Arrays.equals(marker, sync);
    if (!ends && marker.length == SYNC_BYTES) {
      // The true end of the block may be within the bytes just read.
      in.unread(data, marker);
      unreadBytes += data.length;
      return skipDamage(
          "an Avro block is damaged: it declares %d bytes, but no sync marker follows them"
              .formatted(data.length));
    }
    readEvents(data, count);
    if (failure != null) {
      throw failure;
    } else if (!ends) {
      damaged("the file ends within an Avro block");
    }
    return true;
  }

  /**
   * Reads up to the given number of bytes, and fewer if the file ends or a read fails before. A
   * failure is remembered, so that the complete events before it are passed on first.
   */
  private byte[] part(int bytes) {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    byte[] some = new byte[Math.min(bytes, READ_BYTES)];
    try {
      int count = failure == null ? 0 : -1;
      while (count >= 0 && read.size() < bytes) {
        count = in.read(some, 0, Math.min(some.length, bytes - read.size()));
        read.write(some, 0, Math.max(0, count));
      }
    } catch (IOException e) {
      failure = e;
    }
    return read.toByteArray();
  }

  private void readEvents(byte[] data, long count) throws IOException {
    Inflater inflater = new Inflater(true);
    try {
      InputStream block = new ByteArrayInputStream(data);
      if (codec.equals("deflate")) {
        DecompressionLimit bound = new DecompressionLimit(limits, inflater::getBytesRead);
        block = bound.bounded(new InflaterInputStream(block, inflater, INFLATED_BYTES));
      }
      AvroValues values = new AvroValues(block, limits.messageBytes());
      for (long i = 0; i < count; i++) {
        readEvent(values);
      }
      if (block.read() >= 0) {
        String more = "an Avro block has bytes after the last event that it declares (events: %d)";
        rejected(Reason.DAMAGED_FILE, more.formatted(count), data);
      }
    } catch (DecompressionLimit.BombException e) {
      rejected(Reason.DECOMPRESSION_BOMB, unreadRest(e), data);
    } catch (IOException e) {
      rejected(Reason.DAMAGED_FILE, unreadRest(e), data);
    } finally {
      inflated += inflater.getBytesWritten();
      inflater.end();
    }
    if (whole != null) {
      whole.check(inflated);
    }
  }

  private static String unreadRest(IOException e) {
    return "the rest of an Avro block could not be read: " + e.getMessage();
  }

  private void readEvent(AvroValues values) throws IOException {
    byte[] body = new byte[0];
    Long arrivalAt = null;
    long position = next;
    long from = values.read();
    for (Schema.Field field : schema.getFields()) {
      Object value = values.scalar(field.schema(), 0);
      switch (field.name()) {
        case "Body" -> body = value instanceof byte[] bytes ? bytes : body;
        case "EnqueuedTimeUtc" -> arrivalAt = arrival(value);
        case "SequenceNumber" -> position = value instanceof Long number ? number : position;
        default -> {}
      }
    }
    if (values.read() == from) {
      throw new IOException(
          "an Avro record takes up no bytes in the file; the file is damaged, or Event Hubs Capture did not write it");
    }
    next = position + 1;
    sink.accept(new SourceMessage(body, Origin.file(file, position, 0), arrivalAt));
  }

  private static @Nullable Long arrival(@Nullable Object value) {
    if (!(value instanceof byte[] text)) {
      return null;
    }
    long at = Timestamps.parse(new String(text, StandardCharsets.UTF_8));
    return at == Timestamps.UNREADABLE ? null : at;
  }

  /**
   * Rejects the bytes up to the next sync marker, and returns whether a marker was found. If more
   * than {@link #UNREAD_BYTES} bytes were read again, it looks for no marker and returns false.
   */
  private boolean skipDamage(String detail) throws IOException {
    ByteArrayOutputStream kept = new ByteArrayOutputStream();
    boolean more = unreadBytes <= UNREAD_BYTES && findSync(kept);
    String lost = more ? "" : "; the rest of the file is not read";
    rejected(Reason.DAMAGED_FILE, detail + lost, kept.toByteArray());
    return more;
  }

  private boolean findSync(ByteArrayOutputStream kept) throws IOException {
    byte[] last = new byte[SYNC_BYTES];
    long seen = 0;
    int b;
    while ((b = in.read()) >= 0) {
      System.arraycopy(last, 1, last, 0, SYNC_BYTES - 1);
      last[SYNC_BYTES - 1] = (byte) b;
      seen++;
      if (kept.size() < KEPT_BYTES) {
        kept.write(b);
      }
      if (seen >= SYNC_BYTES && Arrays.equals(last, sync)) {
        return true;
      }
    }
    return false;
  }

  private void damaged(String detail) {
    rejected(Reason.DAMAGED_FILE, detail, new byte[0]);
  }

  private void rejected(Reason reason, String detail, byte[] stored) {
    damage.accept(
        new Slice(stored, 0, stored.length, Origin.file(file, position(), 0), null)
            .rejected(reason, Quoted.excerpt(detail, 300)));
  }
}
