package dev.lockstep.app.doctor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** Writes a MaxMind DB file that knows no address. */
final class DatabaseFile {
  private static final int NODES = 1;
  private static final int MAP = 7;
  private static final int STRING = 2;
  private static final int SHORT = 5;
  private static final int INT = 6;
  private static final int LONG = 9;
  private static final int LIST = 11;

  private DatabaseFile() {}

  static Path write(Path file, String type, Instant builtAt) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < 2; i++) {
      out.writeBytes(new byte[] {0, 0, NODES}); // both branches end: nothing is known
    }
    out.writeBytes(new byte[16]);
    out.writeBytes(new byte[] {(byte) 0xAB, (byte) 0xCD, (byte) 0xEF});
    text(out, "MaxMind.com", false);
    head(out, MAP, 9);
    entry(out, "binary_format_major_version", SHORT, 2);
    entry(out, "binary_format_minor_version", SHORT, 0);
    entry(out, "build_epoch", LONG, builtAt.getEpochSecond());
    entry(out, "ip_version", SHORT, 6);
    entry(out, "node_count", INT, NODES);
    entry(out, "record_size", SHORT, 24);
    text(out, "database_type", true);
    text(out, type, true);
    text(out, "description", true);
    head(out, MAP, 0);
    text(out, "languages", true);
    head(out, LIST, 0);
    return Files.write(file, out.toByteArray());
  }

  private static void entry(ByteArrayOutputStream out, String key, int type, long value) {
    text(out, key, true);
    byte[] bytes = ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    int from = 0;
    while (from < bytes.length && bytes[from] == 0) {
      from++;
    }
    head(out, type, bytes.length - from);
    out.write(bytes, from, bytes.length - from);
  }

  private static void text(ByteArrayOutputStream out, String text, boolean typed) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    if (typed) {
      head(out, STRING, bytes.length);
    }
    out.writeBytes(bytes);
  }

  /** Sizes from 29 on take a byte more; types from 8 on another. */
  private static void head(ByteArrayOutputStream out, int type, int size) {
    boolean extended = type > MAP;
    int small = Math.min(size, 29);
    out.write((extended ? 0 : type << 5) | small);
    if (extended) {
      out.write(type - MAP);
    }
    if (size >= 29) {
      out.write(size - 29);
    }
  }
}
