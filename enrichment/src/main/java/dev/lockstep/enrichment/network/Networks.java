package dev.lockstep.enrichment.network;

import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.address.Cidr;
import dev.lockstep.enrichment.address.RangeMap;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.file.FileWarning;
import dev.lockstep.enrichment.file.TextFile;
import inet.ipaddr.IPAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Table of networks by range and by autonomous system. The operator's files come first, and then
 * the bundled list of providers. Immutable.
 *
 * <p>For an address, each file gives the row of its narrowest range and the row of the autonomous
 * system. A cell comes from the first file that fills it in a row of a range. Rows of autonomous
 * systems count only for cells that no file fills for the range.
 */
public final class Networks {

  private static final Networks NONE = new Networks(List.of(), Providers.none());

  private final List<Table> tables;
  private final Providers providers;
  private final boolean hasTrustedProxy;

  /** Rows of one networks file, by range and by autonomous system, with the name of the file. */
  private record Table(
      String file,
      RangeMap<NetworkRow> ranges,
      Map<Long, NetworkRow> systems,
      List<FileWarning> warnings) {}

  private Networks(List<Table> tables, Providers providers) {
    this.tables = List.copyOf(tables);
    this.providers = providers;
    this.hasTrustedProxy = this.tables.stream().anyMatch(Networks::hasTrustedProxy);
  }

  private static boolean hasTrustedProxy(Table table) {
    return Stream.concat(table.ranges().values().stream(), table.systems().values().stream())
        .anyMatch(row -> row.networkClass() == NetworkClass.TRUSTED_PROXY);
  }

  static Networks of(
      String file,
      RangeMap<NetworkRow> ranges,
      Map<Long, NetworkRow> systems,
      List<FileWarning> warnings) {
    Table table = new Table(file, ranges, Map.copyOf(systems), List.copyOf(warnings));
    return new Networks(List.of(table), Providers.none());
  }

  /**
   * Reads a networks file: comma-separated, UTF-8, with a header.
   *
   * @throws FileProblemException if the file cannot be read or one of its lines is wrong
   */
  public static Networks read(Path file) throws FileProblemException {
    String text = TextFile.read(NetworksFile.KIND, file);
    return NetworksFile.parse(file.toString(), text);
  }

  /**
   * Parses the text of a networks file with its header.
   *
   * @param name name for messages
   * @throws FileProblemException if a line is wrong
   */
  public static Networks parse(String name, String text) throws FileProblemException {
    return NetworksFile.parse(name, text);
  }

  /**
   * Reads several networks files. Of several rows about one network, the first counts, and later
   * rows fill its empty cells.
   *
   * @throws FileProblemException if a file cannot be read or one of its lines is wrong
   */
  public static Networks read(List<Path> files) throws FileProblemException {
    List<Table> tables = new ArrayList<>();
    for (Path file : files) {
      tables.addAll(read(file).tables);
    }
    return new Networks(tables, Providers.none());
  }

  /** Returns networks without rows. */
  public static Networks none() {
    return NONE;
  }

  /**
   * Returns a warning about each networks file without rows, and about each row that gives a wide
   * range a trusted class. The trusted classes are {@code corporate}, {@code backend} and {@code
   * trusted-proxy}. A range is wide if it cannot be one company's.
   */
  public List<FileWarning> warnings() {
    return tables.stream().flatMap(table -> table.warnings().stream()).toList();
  }

  /**
   * Returns whether a row of the networks files has the class {@link NetworkClass#TRUSTED_PROXY}.
   */
  public boolean hasTrustedProxy() {
    return hasTrustedProxy;
  }

  /**
   * Returns a copy of these networks with the bundled list of providers. The list is asked where
   * the files say nothing.
   */
  public Networks withBundledProviders() {
    return new Networks(tables, Providers.bundled());
  }

  /**
   * Returns a copy of these networks to which the files of the networks {@code behind} are added as
   * the last files. Rows of later files only fill empty cells.
   */
  public Networks and(Networks behind) {
    List<Table> all = new ArrayList<>(tables);
    all.addAll(behind.tables);
    return new Networks(all, providers);
  }

  /**
   * Returns the network class that the networks files give to an address range, or null if they
   * give no class. In each file the narrowest range that contains all of {@code cidr} counts. The
   * first file that gives this range a class decides.
   *
   * @param cidr range or address as files write it; any other text has no class
   */
  public @Nullable NetworkClass classOf(String cidr) {
    IPAddress range = Cidr.parse(cidr).range();
    if (range == null) {
      return null;
    }
    NetworkRow row = first(table -> table.ranges().longest(range));
    return row == null ? null : row.networkClass();
  }

  /**
   * Returns the network class that the networks files give to an address, or null if they give no
   * class. The class of a range goes before that of the autonomous system.
   */
  public @Nullable NetworkClass classOf(Address address, @Nullable Long asn) {
    NetworkRow range = ofRange(address);
    NetworkClass ofRange = range == null ? null : range.networkClass();
    if (ofRange != null) {
      return ofRange;
    }
    NetworkRow system = ofSystem(asn);
    return system == null ? null : system.networkClass();
  }

  /** Row of a networks file for an address or an autonomous system, with file and line. */
  public record FileRow(NetworkRow row, String where) {}

  /**
   * Returns the row that each networks file has for an address, with file and line. The row is that
   * of the file's narrowest range that contains the address. The files are read again to find the
   * lines.
   */
  public List<FileRow> rowsOfRange(Address address) {
    List<FileRow> rows = new ArrayList<>();
    for (Table table : tables) {
      NetworkRow row = table.ranges().longest(address);
      if (row != null) {
        rows.add(new FileRow(row, NetworkLines.of(table.file()).ofRange(address)));
      }
    }
    return rows;
  }

  /** Returns each file's row of an autonomous system, with file and line. */
  public List<FileRow> rowsOfSystem(@Nullable Long asn) {
    List<FileRow> rows = new ArrayList<>();
    for (Table table : tables) {
      NetworkRow row = asn == null ? null : table.systems().get(asn);
      if (asn != null && row != null) {
        rows.add(new FileRow(row, NetworkLines.of(table.file()).ofSystem(asn)));
      }
    }
    return rows;
  }

  /**
   * Returns the row of an address in the networks files, or null if no file has such a row. In each
   * file, the row with the narrowest range that contains the address counts. Rows of later files
   * only fill empty cells.
   */
  public @Nullable NetworkRow ofRange(Address address) {
    return first(table -> table.ranges().longest(address));
  }

  /**
   * Returns the row of an autonomous system in the networks files, or null if no file has such a
   * row. Rows of later files only fill empty cells.
   */
  public @Nullable NetworkRow ofSystem(@Nullable Long asn) {
    return asn == null ? null : first(table -> table.systems().get(asn));
  }

  /**
   * Returns the row of an autonomous system in the bundled list of providers, or null if the list
   * has no such row.
   */
  public @Nullable NetworkRow ofProvider(@Nullable Long asn) {
    return providers.of(asn);
  }

  private @Nullable NetworkRow first(Function<Table, @Nullable NetworkRow> ask) {
    NetworkRow row = null;
    for (Table table : tables) {
      NetworkRow next = ask.apply(table);
      if (next != null) {
        row = row == null ? next : row.filledFrom(next);
      }
    }
    return row;
  }
}
