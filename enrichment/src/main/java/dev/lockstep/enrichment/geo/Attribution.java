package dev.lockstep.enrichment.geo;

import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.geo.Locator.Known;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.enrichment.network.NetworkRow;
import dev.lockstep.enrichment.network.Networks;
import dev.lockstep.enrichment.network.Networks.Said;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finder of the source of each part of a location. It repeats the look-up with fewer sources; the
 * first source that yields the same value of a part is the source of that part.
 */
public final class Attribution {
  private static final Map<String, Function<Location, @Nullable Object>> PARTS = parts();

  private final Networks networks;
  private final Locator locator;
  private final Locator alone = new Locator(Networks.none(), GeoDatabases.none());

  public Attribution(Networks networks, Locator locator) {
    this.networks = networks;
    this.locator = locator;
  }

  public Provenance of(Address address, RecordLocation record) {
    Known known = locator.known(address);
    Location whole = locator.locate(address, known, record);
    List<Said> ranges = networks.saidOfRange(address);
    List<Said> systems = networks.saidOfSystem(whole.network().asn());
    Location ofRange = alone.locate(address, only(known.range()), RecordLocation.NOTHING);
    Location withRecord = alone.locate(address, only(known.range()), record);
    Location withDatabases = alone.locate(address, known, record);
    Map<String, String> sources = new LinkedHashMap<>();
    PARTS.forEach(
        (name, part) -> {
          Object value = part.apply(whole);
          if (value == null) {
            return;
          }
          String source = null;
          if (value.equals(part.apply(ofRange))) {
            source = inFile(ranges, address, part, value);
          } else if (!value.equals(part.apply(withDatabases))) {
            source = inFile(systems, address, part, value);
            if (source == null) {
              source = "the bundled list of providers";
            }
          } else if (value.equals(part.apply(withRecord))) {
            source = "the record";
          }
          sources.put(name, source == null ? database(name) : source);
        });
    return new Provenance(whole, sources);
  }

  private static String database(String part) {
    return switch (part) {
      case "class" -> "the database of anonymisers";
      case "asn", "organisation" -> "the ASN database";
      default -> "the city database";
    };
  }

  private @Nullable String inFile(
      List<Said> rows, Address address, Function<Location, @Nullable Object> part, Object value) {
    for (Said said : rows) {
      Location here = alone.locate(address, only(said.row()), RecordLocation.NOTHING);
      if (value.equals(part.apply(here))) {
        return said.where();
      }
    }
    return null;
  }

  private static Known only(NetworkRow row) {
    return new Known(row, GeoEntry.city(Map.of()), GeoEntry.system(Map.of()), null);
  }

  private static Map<String, Function<Location, @Nullable Object>> parts() {
    Map<String, Function<Location, @Nullable Object>> parts = new LinkedHashMap<>();
    parts.put(
        "class",
        at ->
            at.network().networkClass() == NetworkClass.UNKNOWN
                ? null
                : at.network().networkClass());
    parts.put("asn", at -> at.network().asn());
    parts.put("organisation", at -> at.network().organisation());
    parts.put("country", at -> at.network().country());
    parts.put("city", at -> at.place().city());
    parts.put(
        "coordinates",
        at -> at.place().known() ? List.of(at.place().latitude(), at.place().longitude()) : null);
    return parts;
  }
}
