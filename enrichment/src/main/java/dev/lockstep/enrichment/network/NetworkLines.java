package dev.lockstep.enrichment.network;

import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.address.RangeMap;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.file.TextFile;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Index of the line numbers in a networks file by range and by autonomous system. It is for output
 * to people. For an address it finds the line with the narrowest range that contains the address.
 * The file is read again on demand, so that other look-ups need not keep line numbers.
 */
final class NetworkLines {
  private final String name;
  private final RangeMap<Long> ranges;
  private final Map<String, Long> byText;

  private NetworkLines(String name, RangeMap<Long> ranges, Map<String, Long> byText) {
    this.name = name;
    this.ranges = ranges;
    this.byText = byText;
  }

  /**
   * Reads the line numbers of the rows of a networks file. There are none if the file cannot be
   * read any more.
   */
  static NetworkLines of(String file) {
    RangeMap<Long> ranges = new RangeMap<>();
    String shown = file;
    try {
      Path path = Path.of(file);
      shown = String.valueOf(path.getFileName());
      String text = TextFile.read(NetworksFile.KIND, path);
      return new NetworkLines(shown, ranges, NetworksFile.lines(file, text, ranges));
    } catch (FileProblemException | InvalidPathException e) {
      return new NetworkLines(shown, new RangeMap<>(), Map.of());
    }
  }

  String ofRange(Address address) {
    return at(ranges.longest(address));
  }

  String ofSystem(long asn) {
    return at(byText.get("AS" + asn));
  }

  private String at(@Nullable Long line) {
    return line == null ? name : name + " line " + line;
  }
}
