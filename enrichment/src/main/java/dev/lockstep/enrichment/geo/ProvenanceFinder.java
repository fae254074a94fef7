package dev.lockstep.enrichment.geo;

import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.geo.Locator.Known;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.enrichment.network.NetworkRow;
import dev.lockstep.enrichment.network.Networks;
import dev.lockstep.enrichment.network.Networks.FileRow;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finder of the origin of each part of a location. A part is, for example, the country. Its origin
 * is a line of a networks file, the log record, a GeoIP database or the bundled list. The first row
 * of a networks file that fills the part is its origin. For other parts the finder repeats the
 * look-up with fewer sources; the first source that yields the same value of a part is the origin
 * of that part.
 */
public final class ProvenanceFinder {
  private static final String ASN = "asn";

  private static final List<Part> PARTS =
      List.of(
          new Part("class", ProvenanceFinder::networkClass, NetworkRow::networkClass),
          new Part(ASN, at -> at.network().asn(), NetworkRow::asn),
          new Part("organisation", at -> at.network().organisation(), NetworkRow::organisation),
          new Part("country", at -> at.network().country(), NetworkRow::country),
          new Part("city", at -> at.place().city(), NetworkRow::city),
          new Part("coordinates", ProvenanceFinder::coordinates, NetworkRow::latitude));

  private final Networks networks;
  private final Locator locator;
  private final Locator alone = new Locator(Networks.none(), GeoDatabases.none());

  /**
   * Part of a location, such as the country, with the cell of a networks file that has its value.
   *
   * @param value function that returns the value of the part in a location, or null if it has none
   * @param cell function that returns the cell of a row that fills the part, or null if the cell is
   *     empty
   */
  private record Part(
      String name,
      Function<Location, @Nullable Object> value,
      Function<NetworkRow, @Nullable Object> cell) {}

  public ProvenanceFinder(Networks networks, Locator locator) {
    this.networks = networks;
    this.locator = locator;
  }

  public Provenance of(Address address, RecordLocation record) {
    Known known = locator.known(address);
    Location whole = locator.locate(address, known, record);
    Long asn = whole.network().asn();
    List<FileRow> ranges = networks.rowsOfRange(address);
    List<FileRow> systems = networks.rowsOfSystem(asn);
    NetworkRow row = withSystem(known.range(), networks.ofSystem(asn));
    Location withRecord = alone.locate(address, only(row), record);
    Location withDatabases =
        alone.locate(
            address, new Known(row, known.city(), known.system(), known.anonymiser()), record);
    Map<String, String> sources = new LinkedHashMap<>();
    for (Part part : PARTS) {
      Object value = part.value().apply(whole);
      if (value == null) {
        continue;
      }
      String source = inFile(ranges, part);
      if (source == null && !part.name().equals(ASN)) { // the number finds its row
        source = inFile(systems, part);
      }
      if (source == null) {
        source = outsideFiles(part, value, withRecord, withDatabases);
      }
      sources.put(part.name(), source);
    }
    return new Provenance(whole, sources);
  }

  private static @Nullable String inFile(List<FileRow> rows, Part part) {
    for (FileRow match : rows) {
      if (part.cell().apply(match.row()) != null) {
        return match.where();
      }
    }
    return null;
  }

  private static String outsideFiles(
      Part part, Object value, Location withRecord, Location withDatabases) {
    if (!value.equals(part.value().apply(withDatabases))) {
      return "the bundled list of providers";
    }
    return value.equals(part.value().apply(withRecord)) ? "the record" : database(part.name());
  }

  private static String database(String part) {
    return switch (part) {
      case "class" -> "the database of anonymisers";
      case ASN, "organisation" -> "the ASN database";
      default -> "the city database";
    };
  }

  /**
   * Returns the row of a range with empty cells filled from the row of its autonomous system. The
   * AS number is not filled.
   */
  private static NetworkRow withSystem(NetworkRow range, @Nullable NetworkRow system) {
    if (system == null) {
      return range;
    }
    NetworkRow filled = range.filledFrom(system);
    return new NetworkRow(
        filled.networkClass(),
        filled.country(),
        filled.city(),
        filled.latitude(),
        filled.longitude(),
        filled.accuracyKm(),
        range.asn(),
        filled.organisation());
  }

  private static Known only(NetworkRow row) {
    return new Known(row, GeoEntry.city(Map.of()), GeoEntry.system(Map.of()), null);
  }

  private static @Nullable Object networkClass(Location at) {
    NetworkClass known = at.network().networkClass();
    return known == NetworkClass.UNKNOWN ? null : known;
  }

  private static @Nullable Object coordinates(Location at) {
    return at.place().known() ? List.of(at.place().latitude(), at.place().longitude()) : null;
  }
}
