package dev.lockstep.enrichment;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the operator's networks file says about ranges and autonomous systems. Immutable. */
public final class Networks {

  private static final Networks NONE = new Networks(new RangeMap<>(), Map.of());

  private final RangeMap<NetworkRow> ranges;
  private final Map<Long, NetworkRow> systems;

  Networks(RangeMap<NetworkRow> ranges, Map<Long, NetworkRow> systems) {
    this.ranges = ranges;
    this.systems = new HashMap<>(systems);
  }

  /**
   * Reads a networks file: comma-separated, UTF-8, with a header.
   *
   * @throws FileProblem if it cannot be read or a line of it is wrong
   */
  public static Networks read(Path file) throws FileProblem {
    String text = TextFile.read(NetworksFile.KIND, file);
    return NetworksFile.parse(file.toString(), text);
  }

  static Networks parse(String fileName, Reader reader) throws FileProblem, IOException {
    return NetworksFile.parse(fileName, TextFile.all(reader));
  }

  /** Returns networks about which nothing is known. */
  public static Networks none() {
    return NONE;
  }

  /** Returns the row of the longest range that contains the address, or null. */
  @Nullable NetworkRow ofRange(Address address) {
    return ranges.longest(address);
  }

  /** Returns the row of the autonomous system, or null. */
  @Nullable NetworkRow ofSystem(@Nullable Long asn) {
    return asn == null ? null : systems.get(asn);
  }
}
