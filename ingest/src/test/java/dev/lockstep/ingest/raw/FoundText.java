package dev.lockstep.ingest.raw;

import dev.lockstep.schemas.RawFieldsWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reader of raw fields that writes a value as its kind's letter and its text, with {@code ~} after
 * what is cut; a field with more values ends with {@code ...}.
 */
final class FoundText {
  private static final String KINDS = "0tntfol";

  private FoundText() {}

  static Map<String, List<String>> of(ByteBuffer raw, Collection<String> paths) {
    List<String> ordered = new RawFieldsWriter(paths).paths();
    ByteBuffer from = raw.duplicate();
    if (from.get() != RawFieldsWriter.VERSION || number(from) != ordered.size()) {
      throw new IllegalStateException("other paths");
    }
    from.position(from.position() + RawFieldsWriter.MARK_BYTES * ordered.size());
    Map<String, List<String>> fields = new TreeMap<>();
    for (int left = number(from); left > 0; left--) {
      String path = ordered.get(number(from));
      boolean isLeftOut = from.get() == RawFieldsWriter.LEFT_OUT;
      List<String> values = new ArrayList<>();
      for (int count = number(from); count > 0; count--) {
        values.add(value(from));
      }
      if (isLeftOut) {
        values.add("...");
      }
      fields.put(path, values);
    }
    if (from.hasRemaining()) {
      throw new IllegalStateException("more bytes");
    }
    return fields;
  }

  private static String value(ByteBuffer from) {
    int written = from.get();
    int kind = written & ~RawFieldsWriter.CUT;
    if (kind == RawFieldsWriter.NULL) {
      return "null";
    } else if (kind == RawFieldsWriter.TRUE || kind == RawFieldsWriter.FALSE) {
      return kind == RawFieldsWriter.TRUE ? "true" : "false";
    }
    byte[] text = new byte[number(from)];
    from.get(text);
    return KINDS.charAt(kind)
        + ":"
        + new String(text, StandardCharsets.UTF_8)
        + (written == kind ? "" : "~");
  }

  private static int number(ByteBuffer from) {
    int value = 0;
    for (int shift = 0; ; shift += 7) {
      int one = from.get();
      value |= (one & 0x7F) << shift;
      if (one >= 0) {
        return value;
      }
    }
  }
}
