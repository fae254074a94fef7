package dev.lockstep.capture.record;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Builder of a GeoIP database in MaxMind's file format. It is a binary tree of address bits with an
 * entry at each leaf.
 */
public final class GeoDatabase {
  private static final byte[] MARKER = {
    (byte) 0xAB, (byte) 0xCD, (byte) 0xEF, 'M', 'a', 'x', 'M', 'i', 'n', 'd', '.', 'c', 'o', 'm'
  };
  private static final int NOTHING = -1;
  private static final int STRING = 2;
  private static final int DOUBLE = 3;
  private static final int UINT16 = 5;
  private static final int UINT32 = 6;
  private static final int MAP = 7;
  private static final int ARRAY = 11;

  private final String type;
  private final List<int[]> nodes = new ArrayList<>();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private final Map<String, Integer> places = new LinkedHashMap<>();

  public GeoDatabase(String type) {
    this.type = type;
    nodes.add(new int[] {NOTHING, NOTHING});
  }

  /**
   * Adds an entry for an address range, which must not overlap another range. IPv4 ranges are put
   * at {@code ::/96}.
   */
  public void put(String first, int bits, Map<String, ?> entry) throws IOException {
    byte[] given = InetAddress.getByName(first).getAddress();
    byte[] address = new byte[16];
    System.arraycopy(given, 0, address, 16 - given.length, given.length);
    int length = bits + 8 * (16 - given.length);
    int node = 0;
    for (int bit = 0; bit < length - 1; bit++) {
      int side = side(address, bit);
      if (nodes.get(node)[side] == NOTHING) {
        nodes.add(new int[] {NOTHING, NOTHING});
        nodes.get(node)[side] = nodes.size() - 1;
      }
      node = nodes.get(node)[side];
    }
    nodes.get(node)[side(address, length - 1)] = -2 - offset(entry);
  }

  /**
   * Returns an entry of a city database.
   *
   * @param city city, empty if only the country is known
   * @param radiusKm radius in km, 0 if the entry has no coordinates
   */
  public static Map<String, ?> place(
      String country, String city, double latitude, double longitude, int radiusKm) {
    Map<String, Object> place = new LinkedHashMap<>();
    if (!city.isEmpty()) {
      place.put("city", Map.of("names", Map.of("en", city)));
    }
    place.put("country", Map.of("iso_code", country));
    if (radiusKm > 0) {
      Map<String, Object> location = new LinkedHashMap<>();
      location.put("accuracy_radius", radiusKm);
      location.put("latitude", latitude);
      location.put("longitude", longitude);
      place.put("location", location);
    }
    return place;
  }

  /** Returns an entry of a database of autonomous systems. */
  public static Map<String, ?> system(int asn, String organisation) {
    Map<String, Object> system = new LinkedHashMap<>();
    system.put("autonomous_system_number", (long) asn);
    system.put("autonomous_system_organization", organisation);
    return system;
  }

  private static int side(byte[] address, int bit) {
    return address[bit / 8] >> (7 - bit % 8) & 1;
  }

  private int offset(Map<String, ?> entry) throws IOException {
    String text = new TreeMap<>(entry).toString();
    Integer known = places.get(text);
    if (known == null) {
      known = data.size();
      places.put(text, known);
      value(entry, new DataOutputStream(data));
    }
    return known;
  }

  public void write(Path file) throws IOException {
    try (OutputStream raw = Files.newOutputStream(file);
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(raw))) {
      for (int[] node : nodes) {
        for (int to : node) {
          out.writeInt(to == NOTHING ? nodes.size() : to >= 0 ? to : nodes.size() + 16 + (-2 - to));
        }
      }
      out.write(new byte[16]);
      data.writeTo(out);
      out.write(MARKER);
      Map<String, Object> about = new LinkedHashMap<>();
      about.put("node_count", (long) nodes.size());
      about.put("record_size", 32);
      about.put("ip_version", 6);
      about.put("database_type", type);
      about.put("languages", List.of("en"));
      about.put("binary_format_major_version", 2);
      about.put("binary_format_minor_version", 0);
      about.put("build_epoch", 1_790_000_000L);
      about.put("description", Map.of("en", "Made up"));
      value(about, out);
    }
  }

  private static void value(Object value, DataOutputStream out) throws IOException {
    if (value instanceof Map<?, ?> map) {
      control(MAP, map.size(), out);
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        value(entry.getKey(), out);
        value(entry.getValue(), out);
      }
    } else if (value instanceof List<?> list) {
      control(ARRAY, list.size(), out);
      for (Object item : list) {
        value(item, out);
      }
    } else if (value instanceof Double number) {
      control(DOUBLE, 8, out);
      out.writeDouble(number);
    } else if (value instanceof Integer number) {
      control(UINT16, 2, out);
      out.writeShort(number);
    } else if (value instanceof Long number) {
      control(UINT32, 4, out);
      out.writeInt((int) (long) number);
    } else {
      byte[] text = value.toString().getBytes(StandardCharsets.UTF_8);
      control(STRING, text.length, out);
      out.write(text);
    }
  }

  private static void control(int type, int size, DataOutputStream out) throws IOException {
    int shown = Math.min(size, 29);
    out.writeByte((type > 7 ? 0 : type) << 5 | shown);
    if (type > 7) {
      out.writeByte(type - 7);
    }
    if (shown == 29) {
      out.writeByte(size - 29);
    }
  }
}
