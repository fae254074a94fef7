package dev.lockstep.ingest.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.MessageReader;
import dev.lockstep.ingest.outcome.Outcome;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Files as others would write them, byte by byte where no honest writer would. */
public final class Packed {
  public static final String EVENT_DATA =
      """
      {"type":"record","name":"EventData","fields":[{"name":"Body","type":["null","bytes"]}]}""";

  public static final byte[] SYNC = "0123456789abcdef".getBytes(UTF_8);

  private Packed() {}

  public static List<Outcome> outcomes(byte[] file, Limits limits) {
    List<Outcome> outcomes = new ArrayList<>();
    MessageReader reader = new MessageReader(limits);
    try {
      new CaptureFiles(limits)
          .read(
              List.of("-"),
              new ByteArrayInputStream(file),
              message ->
                  reader.read(message.body(), message.where(), message.arrivalAt(), outcomes::add),
              outcomes::add,
              bytes -> {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return outcomes;
  }

  public static byte[] gzip(byte[] plain) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static byte[] zstd(byte[] plain, int windowLog) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZstdOutputStreamNoFinalizer zstd = new ZstdOutputStreamNoFinalizer(out)) {
      zstd.setLong(windowLog);
      zstd.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  public static byte[] deflated(byte[] plain) {
    Deflater deflater = new Deflater(9, true);
    deflater.setInput(plain);
    deflater.finish();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] some = new byte[1 << 16];
    while (!deflater.finished()) {
      out.write(some, 0, deflater.deflate(some));
    }
    deflater.end();
    return out.toByteArray();
  }

  /** Writes an Avro container of blocks that were written before. */
  public static byte[] container(String schema, String codec, byte[]... blocks) {
    byte[] file =
        join(
            new byte[] {'O', 'b', 'j', 1},
            number(2),
            bytes("avro.schema".getBytes(UTF_8)),
            bytes(schema.getBytes(UTF_8)),
            bytes("avro.codec".getBytes(UTF_8)),
            bytes(codec.getBytes(UTF_8)),
            number(0),
            SYNC);
    for (byte[] block : blocks) {
      file = join(file, block);
    }
    return file;
  }

  /** Writes a block that says what it likes, and its marker. */
  public static byte[] block(long count, byte[] data) {
    return join(number(count), bytes(data), SYNC);
  }

  /** Writes an event of {@link #EVENT_DATA}. */
  public static byte[] event(String body) {
    return join(number(1), bytes(body.getBytes(UTF_8)));
  }

  static byte[] bytes(byte[] value) {
    return join(number(value.length), value);
  }

  /** Writes a number in Avro's zig-zag. */
  public static byte[] number(long value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long left = (value << 1) ^ (value >> 63);
    while ((left & ~0x7fL) != 0) {
      out.write((int) ((left & 0x7f) | 0x80));
      left >>>= 7;
    }
    out.write((int) left);
    return out.toByteArray();
  }

  public static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
