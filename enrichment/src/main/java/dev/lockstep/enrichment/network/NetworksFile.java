package dev.lockstep.enrichment.network;

import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import dev.lockstep.enrichment.address.Cidr;
import dev.lockstep.enrichment.address.RangeMap;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.file.FileWarning;
import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.enrichment.file.TextFile;
import dev.lockstep.enrichment.file.ValueParsers;
import dev.lockstep.enrichment.file.Wording;
import inet.ipaddr.IPAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Parser of a networks file, which refuses the whole file at the first mistake. */
public final class NetworksFile {

  static final String KIND = "networks";

  private static final List<String> COLUMNS =
      List.of(
          "cidr",
          "class",
          "country",
          "city",
          "latitude",
          "longitude",
          "accuracyKm",
          "asn",
          "organisation");

  private static final String HEADER_FIX =
      "begin the file with the line " + String.join(",", COLUMNS);

  private static final String NOTHING_KNOWN =
      "it does not list your offices, VPN exits and servers; unless another networks file lists"
          + " them, most findings will be false alarms";

  private static final String ROWS_FIX =
      "write a row for each of your ranges: the command \"networks suggest\" proposes rows from"
          + " your logs, and the command \"networks import\" makes rows from lists of providers";

  private static final double HALF_WAY_ROUND_KM = 20_040;

  /** Shortest prefix length, in bits, of an IPv4 range that can belong to one company alone. */
  private static final int SHORTEST_IPV4 = 8;

  /** Shortest prefix length, in bits, of an IPv6 range that can belong to one company alone. */
  private static final int SHORTEST_IPV6 = 16;

  /** Range of the unique local addresses of IPv6; no row within it counts as too wide. */
  private static final IPAddress UNIQUE_LOCAL =
      Objects.requireNonNull(Cidr.parse("fc00::/7").range());

  private final String file;
  private final Map<String, Integer> columns = new HashMap<>();
  private final RangeMap<NetworkRow> ranges = new RangeMap<>();
  private final Map<Long, NetworkRow> systems = new HashMap<>();
  private final Map<NetworkRow, NetworkRow> alike = new HashMap<>();
  private final Map<String, Long> linesByRange = new HashMap<>();
  private final List<FileWarning> warnings = new ArrayList<>();

  /** Line number of each range in the file, or null if the parser does not collect line numbers. */
  private final @Nullable RangeMap<Long> lines;

  private NetworksFile(String file, @Nullable RangeMap<Long> lines) {
    this.file = file;
    this.lines = lines;
  }

  public static Networks parse(String file, String text) throws FileProblemException {
    return new NetworksFile(file, null).read(TextFile.withoutMark(text));
  }

  /**
   * Returns the line number of each range and autonomous system in a networks file.
   *
   * @param ranges map that receives the line of each range
   * @return lines by the canonical text of range or autonomous system
   */
  static Map<String, Long> lines(String file, String text, RangeMap<Long> ranges)
      throws FileProblemException {
    NetworksFile read = new NetworksFile(file, ranges);
    read.read(TextFile.withoutMark(text));
    return read.linesByRange;
  }

  private Networks read(String text) throws FileProblemException {
    CsvReader<CsvRecord> records =
        CsvReader.builder()
            .commentStrategy(CommentStrategy.SKIP)
            .skipEmptyLines(true)
            .allowMissingFields(true)
            .allowExtraFields(true)
            .trimWhitespacesAroundQuotes(true)
            .ofCsvRecord(text);
    long line = 0;
    try {
      for (CsvRecord cells : records) {
        line = cells.getStartingLineNumber();
        if (blank(cells)) {
          continue;
        }
        if (columns.isEmpty()) {
          header(cells, line);
        } else {
          row(cells, line);
        }
      }
    } catch (CsvParseException e) {
      throw at(
          line + 1,
          "or a later line has a cell that cannot be read",
          "close the quotes of the cell");
    }
    if (columns.isEmpty()) {
      throw at(1, "has no header", HEADER_FIX);
    }
    if (linesByRange.isEmpty()) {
      warnings.add(FileWarning.of(file, "has 0 rows, so " + NOTHING_KNOWN, ROWS_FIX));
    }
    return Networks.of(file, ranges, systems, warnings);
  }

  private static boolean blank(CsvRecord cells) {
    for (String cell : cells.getFields()) {
      if (!cell.isBlank()) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns the failure for a file whose header is missing or has semicolons or tabs between its
   * columns.
   */
  private FileProblemException noHeader(String first) {
    String commas = "save the file with commas, as " + String.join(",", COLUMNS);
    if (first.startsWith("cidr;")) {
      return at(1, "has semicolons between its columns", commas);
    }
    return first.startsWith("cidr\t")
        ? at(1, "has tabs between its columns", commas)
        : at(1, "has no header", HEADER_FIX);
  }

  private void header(CsvRecord cells, long line) throws FileProblemException {
    List<String> names = new ArrayList<>();
    for (String cell : cells.getFields()) {
      names.add(cell.strip());
    }
    if (names.stream().noneMatch(COLUMNS::contains)) {
      throw noHeader(names.get(0));
    }
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      if (!COLUMNS.contains(name)) {
        throw at(
            line,
            "unknown column " + Wording.quote(name),
            "the nearest known one is " + NearestNames.among(COLUMNS, name));
      }
      if (columns.put(name, i) != null) {
        throw at(line, "has the column " + name + " twice", "keep one of the two");
      }
    }
    if (!columns.containsKey("cidr")) {
      throw at(line, "has no column cidr", HEADER_FIX);
    }
  }

  private void row(CsvRecord cells, long line) throws FileProblemException {
    if (cells.getFieldCount() > columns.size()) {
      throw at(
          line,
          "has "
              + cells.getFieldCount()
              + " cells, but the header has "
              + (columns.size() == 1 ? "1 column" : columns.size() + " columns"),
          "quote a cell that contains a comma");
    }
    for (String cell : cells.getFields()) {
      if (cell.indexOf('\n') >= 0 || cell.indexOf('\r') >= 0) {
        throw at(line, "has a cell over several lines " + Wording.quote(cell), "close its quotes");
      }
    }
    String cidr = cell(cells, "cidr");
    if (cidr == null) {
      throw at(line, "has no cidr", "write a range such as 203.0.113.0/24, or AS64500");
    }
    NetworkRow row =
        coordinatesChecked(
            new NetworkRow(
                networkClass(cells, line),
                country(cells, line),
                cell(cells, "city"),
                number(cells, line, "latitude", -90, 90),
                number(cells, line, "longitude", -180, 180),
                number(cells, line, "accuracyKm", 0, HALF_WAY_ROUND_KM),
                asn(cells, line),
                cell(cells, "organisation")),
            line);
    NetworkRow shared = alike.computeIfAbsent(row, first -> first);
    if (ValueParsers.startsWithAs(cidr)) {
      system(cidr, shared, line);
    } else {
      range(cidr, shared, line);
    }
  }

  private void system(String text, NetworkRow row, long line) throws FileProblemException {
    Long asn = ValueParsers.asn(text);
    if (asn == null) {
      throw at(line, "bad network " + Wording.quote(text), "write it as AS64500");
    }
    if (row.asn() != null && !row.asn().equals(asn)) {
      throw at(
          line,
          "has " + row.asn() + " in the column asn of the row of AS" + asn,
          "leave the column asn empty in this row, or correct one of the two numbers");
    }
    once("AS" + asn, line);
    systems.put(asn, row);
  }

  private void range(String text, NetworkRow row, long line) throws FileProblemException {
    Cidr cidr = Cidr.parse(text);
    IPAddress range = cidr.range();
    if (range == null) {
      throw at(line, "bad cidr " + Wording.quote(text), cidr.fix());
    }
    once(range.toCanonicalString(), line);
    ranges.put(range, row);
    warnIfTooWide(range, row, line);
    if (lines != null) {
      lines.put(range, line);
    }
  }

  /**
   * Adds a warning if a row gives the class corporate, backend or trusted-proxy to a range too wide
   * for one company. Such a class suppresses findings, or makes headers believed.
   */
  private void warnIfTooWide(IPAddress range, NetworkRow row, long line) {
    Integer bits = range.getNetworkPrefixLength();
    int shortest = range.isIPv4() ? SHORTEST_IPV4 : SHORTEST_IPV6;
    NetworkClass own = row.networkClass();
    boolean isSuppressing = own == NetworkClass.CORPORATE || own == NetworkClass.BACKEND;
    if (own == null || !(isSuppressing || own == NetworkClass.TRUSTED_PROXY)) {
      return;
    }
    if (bits == null || bits >= shortest || UNIQUE_LOCAL.contains(range)) {
      return;
    }
    warnings.add(
        FileWarning.at(
            file,
            line,
            "gives the class %s to %s, which is wider than any company's own range (/%d), so %s"
                .formatted(
                    own.word(),
                    range.toCanonicalString(),
                    shortest,
                    isSuppressing
                        ? "findings about addresses of other people are suppressed"
                        : "headers in requests of other people are believed"),
            isSuppressing
                ? "write the ranges that are your own"
                : "write the ranges of your proxies"));
  }

  private void once(String range, long line) throws FileProblemException {
    Long earlier = linesByRange.putIfAbsent(range, line);
    if (earlier != null) {
      throw at(
          line, range + " is listed twice, first in line " + earlier, "keep one of the two rows");
    }
  }

  private NetworkRow coordinatesChecked(NetworkRow row, long line) throws FileProblemException {
    if ((row.latitude() == null) != (row.longitude() == null)) {
      throw at(
          line,
          row.latitude() == null ? "longitude without latitude" : "latitude without longitude",
          "write both or neither");
    }
    return row;
  }

  private @Nullable NetworkClass networkClass(CsvRecord cells, long line)
      throws FileProblemException {
    String word = cell(cells, "class");
    if (word == null) {
      return null;
    }
    NetworkClass known = NetworkClass.ofWord(word);
    if (known != null) {
      return known;
    }
    String words =
        Arrays.stream(NetworkClass.values())
            .map(NetworkClass::word)
            .collect(Collectors.joining(", "));
    throw at(line, "bad class " + Wording.quote(word), "write one of " + words + ", or nothing");
  }

  private @Nullable String country(CsvRecord cells, long line) throws FileProblemException {
    String text = cell(cells, "country");
    String code = ValueParsers.country(text);
    if (text != null && code == null) {
      throw at(
          line, "bad country " + Wording.quote(text), "write the two letters of ISO 3166, e.g. GB");
    }
    return code;
  }

  private @Nullable Double number(
      CsvRecord cells, long line, String column, double least, double most)
      throws FileProblemException {
    String text = cell(cells, column);
    Double number = ValueParsers.decimal(text);
    if (text != null && (number == null || number < least || number > most)) {
      throw at(
          line,
          "bad " + column + " " + Wording.quote(text),
          "write a number from " + Math.round(least) + " to " + Math.round(most));
    }
    return number;
  }

  private @Nullable Long asn(CsvRecord cells, long line) throws FileProblemException {
    String text = cell(cells, "asn");
    Long asn = ValueParsers.asn(text);
    if (text != null && asn == null) {
      throw at(line, "bad asn " + Wording.quote(text), "write it as 64500 or AS64500");
    }
    return asn;
  }

  private @Nullable String cell(CsvRecord cells, String column) {
    Integer index = columns.get(column);
    if (index == null || index >= cells.getFieldCount()) {
      return null;
    }
    return ValueParsers.text(cells.getField(index));
  }

  private FileProblemException at(long line, String what, String fix) {
    return FileProblemException.at(KIND, file, line, what, fix);
  }
}
