package dev.lockstep.enrichment.geo;

import com.maxmind.db.CHMCache;
import com.maxmind.db.ClosedDatabaseException;
import com.maxmind.db.InvalidDatabaseException;
import com.maxmind.db.Metadata;
import com.maxmind.db.Reader;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.file.TextFile;
import dev.lockstep.enrichment.file.Wording;
import dev.lockstep.enrichment.network.NetworkClass;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * GeoIP databases (.mmdb) of cities, autonomous systems and anonymisers. Any of them may be absent.
 *
 * <p>The files are read into memory when this object is opened, and never again: a file may be
 * replaced meanwhile, and the look-ups still give what it had. Safe for use by many threads. Close
 * this object only after the last look-up.
 */
public final class GeoDatabases implements AutoCloseable {

  private static final String KIND = "GeoIP database";
  private static final int PROBES = 4096;
  private static final GeoDatabases NONE = new GeoDatabases(null, null, null);

  private final @Nullable Reader city;
  private final @Nullable Reader asn;
  private final @Nullable Reader anonymous;
  private final LongAdder unreadable = new LongAdder();

  /** Kind of data that a GeoIP database holds. */
  private enum Subject {
    CITY("cities", "geoip.city", "a city database"),
    ASN("autonomous systems", "geoip.asn", "an ASN database"),
    ANONYMOUS("anonymisers", "geoip.anonymous", "an Anonymous-IP database");

    final String holds;
    final String key;
    final String wanted;

    Subject(String holds, String key, String wanted) {
      this.holds = holds;
      this.key = key;
      this.wanted = wanted;
    }
  }

  private GeoDatabases(@Nullable Reader city, @Nullable Reader asn, @Nullable Reader anonymous) {
    this.city = city;
    this.asn = asn;
    this.anonymous = anonymous;
  }

  /**
   * Opens the GeoIP databases whose paths are given; null stands for an absent database.
   *
   * @throws FileProblemException if a file cannot be read, is no GeoIP database, or is one of
   *     another kind
   */
  public static GeoDatabases open(@Nullable Path city, @Nullable Path asn, @Nullable Path anonymous)
      throws FileProblemException {
    return new GeoDatabases(
        open(city, Subject.CITY), open(asn, Subject.ASN), open(anonymous, Subject.ANONYMOUS));
  }

  private static @Nullable Reader open(@Nullable Path file, Subject wanted)
      throws FileProblemException {
    if (file == null) {
      return null;
    }
    Reader database = openOne(file);
    Subject held = subject(database, wanted);
    if (wanted == Subject.ANONYMOUS && held == wanted && !isOfType(database, "anonym")) {
      throw FileProblemException.of(
          KIND,
          file.toString(),
          "is of the type "
              + Wording.quote(database.getMetadata().databaseType())
              + ", which does not list anonymisers",
          "name an Anonymous-IP database of MaxMind under " + wanted.key);
    }
    if (held != wanted) {
      throw FileProblemException.of(
          KIND,
          file.toString(),
          "contains " + held.holds + ", not " + wanted.holds,
          "set " + held.key + " to this file, and " + wanted.key + " to " + wanted.wanted);
    }
    return database;
  }

  private static Subject subject(Reader database, Subject wanted) {
    if (isOfType(database, "anonym")) {
      return Subject.ANONYMOUS;
    }
    boolean asn = isOfType(database, "asn");
    boolean place =
        isOfType(database, "city")
            || (wanted != Subject.ASN
                && (isOfType(database, "country") || isOfType(database, "location")));
    if (wanted == Subject.ANONYMOUS) {
      return place ? Subject.CITY : asn ? Subject.ASN : wanted;
    }
    return place == asn ? wanted : place ? Subject.CITY : Subject.ASN;
  }

  /** Returns an object without any database. */
  public static GeoDatabases none() {
    return NONE;
  }

  private static Reader openOne(Path file) throws FileProblemException {
    try {
      Reader database = new Reader(file.toFile(), Reader.FileMode.MEMORY, new CHMCache());
      probe(database);
      return database;
    } catch (InvalidDatabaseException e) {
      throw noDatabase(file);
    } catch (IOException e) {
      throw TextFile.unreadable(KIND, file, e);
    } catch (RuntimeException e) {
      throw noDatabase(file);
    }
  }

  /**
   * Looks up 4,096 addresses spread over the IPv4 space, and throws an exception if one of their
   * entries is damaged. Such a database is refused, so that it does not leave rules without places.
   */
  private static void probe(Reader database) throws IOException {
    for (int i = 0; i < PROBES; i++) {
      byte[] address = {(byte) (i >> 4), (byte) (i << 4), 0, 1};
      database.get(InetAddress.getByAddress(address), Map.class);
    }
  }

  private static FileProblemException noDatabase(Path file) {
    return FileProblemException.of(
        KIND,
        file.toString(),
        "is not a MaxMind DB file, or is damaged",
        "name an unpacked .mmdb file, or download the file again");
  }

  private static boolean isOfType(Reader database, String word) {
    return database.getMetadata().databaseType().toLowerCase(Locale.ROOT).contains(word);
  }

  /** Returns whether there is a city database. */
  public boolean hasCity() {
    return city != null;
  }

  /** Returns whether there is an ASN database. */
  public boolean hasAsn() {
    return asn != null;
  }

  /** Returns whether there is a database of anonymisers. */
  public boolean hasAnonymous() {
    return anonymous != null;
  }

  /** Returns the build time of each present database, by its key: city, asn or anonymous. */
  public Map<String, Instant> builtAt() {
    Map<String, Instant> built = new LinkedHashMap<>();
    putBuilt(built, "city", city);
    putBuilt(built, "asn", asn);
    putBuilt(built, "anonymous", anonymous);
    return built;
  }

  private static void putBuilt(Map<String, Instant> built, String key, @Nullable Reader database) {
    if (database != null) {
      built.put(key, database.getMetadata().buildTime());
    }
  }

  /**
   * Returns the number of look-ups that met a damaged entry of a database, which counts as absent.
   */
  public long unreadable() {
    return unreadable.sum();
  }

  GeoEntry.City city(Address address) {
    return GeoEntry.city(entry(city, address));
  }

  GeoEntry.AutonomousSystem system(Address address) {
    return GeoEntry.system(entry(asn, address));
  }

  @Nullable NetworkClass anonymiser(Address address) {
    return GeoEntry.anonymiser(entry(anonymous, address));
  }

  private Map<?, ?> entry(@Nullable Reader database, Address address) {
    if (database == null || address.special() || !covers(database.getMetadata(), address)) {
      return Map.of();
    }
    try {
      Map<?, ?> entry = database.get(address.inetAddress(), Map.class);
      return entry == null ? Map.of() : entry;
    } catch (ClosedDatabaseException e) {
      throw new IllegalStateException(
          "a GeoIP database was asked for an address after it was closed", e);
    } catch (IOException | RuntimeException e) {
      unreadable.increment();
      return Map.of();
    }
  }

  private static boolean covers(Metadata database, Address address) {
    // A database of IPv4 alone would answer for an IPv6 address with the data of an IPv4 address.
    return address.ipv4() || database.ipVersion() == 6;
  }

  @Override
  public void close() {
    close(city);
    close(asn);
    close(anonymous);
  }

  private static void close(@Nullable Reader database) {
    if (database != null) {
      try {
        database.close();
      } catch (IOException e) {
        // A database in memory loses nothing when it fails to close.
      }
    }
  }
}
