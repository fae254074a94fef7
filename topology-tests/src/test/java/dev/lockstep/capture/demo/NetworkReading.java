package dev.lockstep.capture.demo;

import dev.lockstep.capture.demo.Observed.Seen;
import dev.lockstep.capture.demo.Observed.Spot;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The networks file and client addresses, read the slow and plain way. */
final class NetworkReading {
  private static final List<String> BLANK = Collections.nCopies(9, "");

  private record Range(String prefix, int addressBytes, int bits, List<String> cells) {}

  private final List<Range> ranges = new ArrayList<>();
  private final Map<Long, List<String>> systems = new HashMap<>();
  private final Map<String, List<String>> rows = new HashMap<>();

  NetworkReading(List<String> lines) {
    for (String line : lines.subList(1, lines.size())) {
      List<String> cells = cells(line);
      String key = cells.get(0);
      if (key.startsWith("AS")) {
        systems.put(Long.parseLong(key.substring(2)), cells);
      } else {
        int slash = key.indexOf('/');
        byte[] first = bytes(key.substring(0, slash));
        int bits = Integer.parseInt(key.substring(slash + 1));
        ranges.add(new Range(prefix(first, bits), first.length, bits, cells));
      }
    }
  }

  /** Returns the client behind a trusted proxy, or null if neither value gives one. */
  @Nullable String behind(String socket, String forwarded) {
    if (!socket.isEmpty() && !proxy(socket)) {
      return socket;
    }
    List<String> entries = new ArrayList<>(cells(forwarded));
    Collections.reverse(entries);
    for (String entry : entries) {
      String plain = entry.strip();
      int colon = plain.indexOf(':');
      if (colon >= 0 && plain.indexOf(':', colon + 1) < 0) {
        plain = plain.substring(0, colon);
      }
      if (plain.isEmpty() || !plain.chars().allMatch(NetworkReading::partOfAnAddress)) {
        return null;
      }
      if (!proxy(plain)) {
        return plain;
      }
    }
    return null;
  }

  boolean proxy(String address) {
    return "trusted-proxy".equals(seen(address, 0, null).kind());
  }

  /** Returns what the file, and where it is silent the record, says of an address. */
  Seen seen(String address, long recordAsn, @Nullable Spot record) {
    byte[] bytes = bytes(address);
    List<String> row = rows.computeIfAbsent(address, any -> row(bytes));
    long asn = row.get(7).isEmpty() ? recordAsn : Long.parseLong(row.get(7));
    List<String> system = systems.getOrDefault(asn, BLANK);
    String country = row.get(2).isEmpty() && record != null ? record.country() : row.get(2);
    Spot spot = record == null || Double.isNaN(record.latitude()) ? null : record;
    if (!row.get(4).isEmpty()) {
      spot =
          new Spot(
              row.get(2),
              row.get(3),
              Double.parseDouble(row.get(4)),
              Double.parseDouble(row.get(5)),
              Double.parseDouble(row.get(6)));
    }
    return new Seen(
        address,
        new BigInteger(1, bytes) + "/" + bytes.length,
        prefix(bytes, bytes.length == 4 ? 24 : 48) + "/" + bytes.length,
        asn,
        country,
        row.get(1).isEmpty() ? system.get(1) : row.get(1),
        spot);
  }

  /** Returns the row of the narrowest range that holds the address. */
  private List<String> row(byte[] bytes) {
    List<String> row = BLANK;
    int longest = -1;
    for (Range range : ranges) {
      if (range.bits > longest
          && range.addressBytes == bytes.length
          && range.prefix.equals(prefix(bytes, range.bits))) {
        row = range.cells;
        longest = range.bits;
      }
    }
    return row;
  }

  private static boolean partOfAnAddress(int letter) {
    return Character.digit(letter, 16) >= 0 || letter == '.' || letter == ':';
  }

  private static String prefix(byte[] address, int bits) {
    return new BigInteger(1, address).shiftRight(address.length * 8 - bits).toString();
  }

  private static byte[] bytes(String literal) {
    try {
      return InetAddress.getByName(literal).getAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(literal, e);
    }
  }

  private static List<String> cells(String line) {
    List<String> cells = new ArrayList<>();
    int from = 0;
    for (int at = line.indexOf(','); at >= 0; at = line.indexOf(',', from)) {
      cells.add(line.substring(from, at));
      from = at + 1;
    }
    cells.add(line.substring(from));
    return cells;
  }
}
