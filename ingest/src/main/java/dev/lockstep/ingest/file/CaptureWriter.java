package dev.lockstep.ingest.file;

import dev.lockstep.schemas.process.OwnerOnly;
import dev.lockstep.schemas.text.Timestamps;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * Writer of one partition's messages in the format of Event Hubs Capture. A file is an Avro
 * container of {@code EventData}, named after the arrival of its first message. It has a hidden
 * name until it is complete. Not safe for use by several threads.
 *
 * <p>Event Hubs cuts arrival times to seconds; this writer keeps milliseconds.
 */
public final class CaptureWriter implements AutoCloseable {
  private static final Schema EVENT_DATA =
      new Schema.Parser()
          .parse(
              """
              {"type":"record","name":"EventData","namespace":"Microsoft.ServiceBus.Messaging",
              "fields":[{"name":"SequenceNumber","type":"long"},{"name":"Offset","type":"string"},
              {"name":"EnqueuedTimeUtc","type":"string"},
              {"name":"SystemProperties","type":{"type":"map",
              "values":["long","double","string","bytes"]}},
              {"name":"Properties","type":{"type":"map",
              "values":["long","double","string","bytes","null"]}},
              {"name":"Body","type":["null","bytes"]}]}""");

  private static final long FILE_BYTES = 64L << 20;
  private static final int BLOCK_BYTES = 256 << 10;
  private static final int COMPRESSION = 6;
  private static final long LAST_YEAR = Timestamps.LAST_SECOND * 1_000;

  private final Path folder;
  private @Nullable Open open;
  private long files;

  /** File that is being written. */
  private static final class Open {
    final DataFileWriter<GenericRecord> writer;
    final Path part;
    final Path whole;
    final Instant day;
    long bodyBytes;

    Open(DataFileWriter<GenericRecord> writer, Path part, Path whole, Instant day) {
      this.writer = writer;
      this.part = part;
      this.whole = whole;
      this.day = day;
    }
  }

  /**
   * Creates a writer whose files lie in nested folders for year, month, day, hour and minute.
   *
   * @param folder folder of the partition, created with the first file
   */
  public CaptureWriter(Path folder) {
    this.folder = folder;
  }

  /** Returns the number of files begun. */
  public long files() {
    return files;
  }

  /**
   * Writes one message to a file of its day. The day is the UTC day of arrival. A message of
   * another day begins another file, and so does a message after 64 MiB of bodies.
   *
   * @param arrivalAt arrival time in milliseconds since 1970, or null
   * @param elseAt time that decides the day and names the file if the arrival time is null, or is
   *     not between 1970 and 9999
   */
  public void write(byte[] body, long offset, @Nullable Long arrivalAt, long elseAt)
      throws IOException {
    boolean known = arrivalAt != null && arrivalAt >= 0 && arrivalAt <= LAST_YEAR;
    Instant at = Instant.ofEpochMilli(known && arrivalAt != null ? arrivalAt : elseAt);
    Open file = open;
    if (file != null
        && (file.bodyBytes >= FILE_BYTES || !file.day.equals(at.truncatedTo(ChronoUnit.DAYS)))) {
      close();
      file = null;
    }
    if (file == null) {
      file = begin(at);
      open = file;
    }
    GenericRecord event = new GenericData.Record(EVENT_DATA);
    event.put("SequenceNumber", offset);
    event.put("Offset", Long.toString(offset));
    event.put("EnqueuedTimeUtc", known ? at.toString() : "");
    event.put("SystemProperties", Map.of());
    event.put("Properties", Map.of());
    event.put("Body", ByteBuffer.wrap(body));
    file.writer.append(event);
    file.bodyBytes += body.length;
  }

  private Open begin(Instant at) throws IOException {
    ZonedDateTime time = at.atZone(ZoneOffset.UTC);
    Path minute =
        folder.resolve(
            String.format(
                Locale.ROOT,
                "%04d/%02d/%02d/%02d/%02d",
                time.getYear(),
                time.getMonthValue(),
                time.getDayOfMonth(),
                time.getHour(),
                time.getMinute()));
    OwnerOnly.folder(minute);
    String second = String.format(Locale.ROOT, "%02d", time.getSecond());
    Path whole = minute.resolve(second + ".avro");
    Path part = part(whole);
    for (int i = 1; Files.exists(whole) || Files.exists(part); i++) {
      whole = minute.resolve(second + "-" + i + ".avro");
      part = part(whole);
    }
    DataFileWriter<GenericRecord> writer =
        new DataFileWriter<>(new GenericDatumWriter<>(EVENT_DATA));
    writer.setCodec(CodecFactory.deflateCodec(COMPRESSION)).setSyncInterval(BLOCK_BYTES);
    writer.create(
        EVENT_DATA, OwnerOnly.write(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    files++;
    return new Open(writer, part, whole, at.truncatedTo(ChronoUnit.DAYS));
  }

  private static Path part(Path whole) {
    // The hidden file stays if the writer is killed.
    return whole.resolveSibling("." + whole.getFileName() + ".part");
  }

  /** Completes the current file. The next message begins another file. */
  @Override
  public void close() throws IOException {
    Open file = open;
    open = null;
    if (file != null) {
      file.writer.close();
      Files.move(file.part, file.whole, StandardCopyOption.ATOMIC_MOVE);
    }
  }
}
