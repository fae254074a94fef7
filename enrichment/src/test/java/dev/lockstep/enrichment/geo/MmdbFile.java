package dev.lockstep.enrichment.geo;

import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes small MaxMind DB files: 24-bit records, no range inside another, no pointers.
 *
 * <p>Values are maps, lists, strings, doubles, longs (uint32), integers (uint16) and booleans.
 */
public final class MmdbFile {

  private static final int SEPARATOR_BYTES = 16;

  private final int ipVersion;
  private final String type;
  private final List<Object[]> nodes = new ArrayList<>();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();

  private MmdbFile(int ipVersion, String type) {
    this.ipVersion = ipVersion;
    this.type = type;
    nodes.add(new Object[2]);
  }

  public static MmdbFile ofIpv6(String type) {
    return new MmdbFile(6, type);
  }

  static MmdbFile ofIpv4(String type) {
    return new MmdbFile(4, type);
  }

  /** A node's child is null, the Integer of another node, or the Long of an offset in the data. */
  public MmdbFile put(String range, Map<String, ?> record) {
    IPAddress block = new IPAddressString(range).getAddress();
    long offset = data.size();
    encode(record, data);
    int skipped = ipVersion == 6 && block.isIPv4() ? 96 : 0;
    int length = skipped + block.getNetworkPrefixLength();
    int node = 0;
    for (int depth = 0; depth < length - 1; depth++) {
      int bit = bit(block, depth - skipped);
      if (nodes.get(node)[bit] == null) {
        nodes.add(new Object[2]);
        nodes.get(node)[bit] = nodes.size() - 1;
      }
      node = (Integer) nodes.get(node)[bit];
    }
    nodes.get(node)[bit(block, length - 1 - skipped)] = offset;
    return this;
  }

  private static int bit(IPAddress block, int index) {
    return index >= 0 && block.getLower().testBit(block.getBitCount() - 1 - index) ? 1 : 0;
  }

  public Path write(Path file) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Object[] node : nodes) {
      for (Object child : node) {
        long record = nodes.size();
        if (child instanceof Integer other) {
          record = other;
        } else if (child instanceof Long offset) {
          record = nodes.size() + SEPARATOR_BYTES + offset;
        }
        out.write((int) (record >> 16));
        out.write((int) (record >> 8));
        out.write((int) record);
      }
    }
    out.writeBytes(new byte[SEPARATOR_BYTES]);
    out.writeBytes(data.toByteArray());
    out.writeBytes(new byte[] {(byte) 0xAB, (byte) 0xCD, (byte) 0xEF});
    out.writeBytes("MaxMind.com".getBytes(StandardCharsets.US_ASCII));
    encode(
        Map.of(
            "binary_format_major_version",
            2,
            "binary_format_minor_version",
            0,
            "build_epoch",
            1_790_000_000L,
            "database_type",
            type,
            "description",
            Map.of("en", "made by a test"),
            "ip_version",
            ipVersion,
            "languages",
            List.of("en"),
            "node_count",
            (long) nodes.size(),
            "record_size",
            24),
        out);
    return Files.write(file, out.toByteArray());
  }

  private static void encode(Object value, ByteArrayOutputStream out) {
    if (value instanceof Map<?, ?> map) {
      control(7, map.size(), out);
      Map<String, Object> sorted = new TreeMap<>();
      map.forEach((key, each) -> sorted.put((String) key, each));
      sorted.forEach(
          (key, each) -> {
            encode(key, out);
            encode(each, out);
          });
    } else if (value instanceof List<?> list) {
      control(11, list.size(), out);
      list.forEach(each -> encode(each, out));
    } else if (value instanceof String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      control(2, bytes.length, out);
      out.writeBytes(bytes);
    } else if (value instanceof Double number) {
      control(3, 8, out);
      out.writeBytes(ByteBuffer.allocate(8).putDouble(number).array());
    } else if (value instanceof Boolean flag) {
      control(14, flag ? 1 : 0, out);
    } else if (value instanceof Integer number) {
      control(5, 2, out);
      out.writeBytes(ByteBuffer.allocate(2).putShort(number.shortValue()).array());
    } else {
      control(6, 4, out);
      out.writeBytes(ByteBuffer.allocate(4).putInt((int) (long) (Long) value).array());
    }
  }

  private static void control(int type, int size, ByteArrayOutputStream out) {
    int lowType = type > 7 ? 0 : type;
    out.write(lowType << 5 | Math.min(size, 29));
    if (type > 7) {
      out.write(type - 7);
    }
    if (size >= 29) {
      out.write(size - 29);
    }
  }
}
