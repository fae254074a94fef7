package dev.lockstep.capture.load;

import dev.lockstep.capture.record.Account;
import dev.lockstep.capture.record.Alert;
import dev.lockstep.capture.record.AlertRecord;
import dev.lockstep.capture.record.Call;
import dev.lockstep.capture.record.CallRecord;
import dev.lockstep.capture.record.Device;
import dev.lockstep.capture.record.Dice;
import dev.lockstep.capture.record.GeoDatabase;
import dev.lockstep.capture.record.Link;
import dev.lockstep.capture.record.SignIn;
import dev.lockstep.capture.record.SignInRecord;
import dev.lockstep.capture.record.Site;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Load for measuring the service: messages of ten sign-ins, ten gateway calls or ten Defender
 * alerts.
 *
 * <p>20% of the records are sign-ins, 79% gateway calls and 1% Defender alerts. The load has 2,000
 * partners and 100,000 people. A tenth of the people make half of the traffic. A third of the calls
 * carry claims, and a third are a partner's. All events lie within one hour.
 */
public final class ServiceLoad {
  /** Number of records in a message. */
  public static final int RECORDS = 10;

  private static final int PEOPLE = 100_000;
  private static final int BUSY = PEOPLE / 10;
  private static final int PARTNERS = 2_000;
  private static final int HOSTS = 50;
  private static final int HOMES = PEOPLE / HOSTS;
  private static final Duration SPAN = Duration.ofHours(1);

  // Reserved ranges are never looked up in a database, so these ranges are public ones; their
  // owners are not meant.
  private static final int HOME_BYTE = 11;
  private static final int PHONE_BYTE = 21;
  private static final int PARTNER_BYTE = 22;
  private static final int FAR_BYTE = 26;

  static final Town[] TOWNS = {
    new Town("Hamburg", "DE", 53.5511, 9.9937),
    new Town("Lisbon", "PT", 38.7167, -9.1333),
    new Town("Oslo", "NO", 59.9127, 10.7461),
    new Town("Milan", "IT", 45.4642, 9.1900),
    new Town("London", "GB", 51.5074, -0.1278),
    new Town("Warsaw", "PL", 52.2297, 21.0122),
    new Town("Athens", "GR", 37.9838, 23.7275),
    new Town("Dublin", "IE", 53.3498, -6.2603)
  };
  private static final Town FAR = new Town("Singapore", "SG", 1.2897, 103.8501);

  private final Dice dice;
  private final Instant first;
  private final long records;
  private final @Nullable UUID[] tokens = new UUID[PEOPLE];
  private final Instant[] issued = new Instant[PEOPLE];
  private final Deque<String> signIns = new ArrayDeque<>();
  private final Deque<String> calls = new ArrayDeque<>();
  private final Deque<String> alerts = new ArrayDeque<>();
  private long made;

  /** Town in which networks of this load lie. */
  record Town(String name, String country, double latitude, double longitude) {
    Site site(String prefix, int asn) {
      return Site.placed(prefix, asn, country, name, latitude, longitude);
    }
  }

  /**
   * Creates a load whose events are spread over one hour.
   *
   * @param first time of the first event; the last is almost an hour later
   * @param records number of records whose events are spread over the hour
   * @param seed seed of the random source
   */
  public ServiceLoad(Instant first, long records, long seed) {
    this.first = first;
    this.records = records;
    this.dice = new Dice(seed);
  }

  /** Returns the next message. All its records are of one hub. */
  public byte[] next() {
    while (true) {
      if (signIns.size() >= RECORDS) {
        return message(signIns);
      }
      if (calls.size() >= RECORDS) {
        return message(calls);
      }
      if (alerts.size() >= RECORDS) {
        return message(alerts);
      }
      record();
    }
  }

  /**
   * Returns a message that gives one finding of {@code impossible-travel}. It has two sign-ins of a
   * user who is nowhere else in the load, a minute and more than 10,000 km apart.
   *
   * @param person object id of the user of the two sign-ins
   */
  public byte[] travel(UUID person, Instant at) {
    Account account =
        new Account(
            person.toString(), person.toString(), person + "@probe.example", "", Device.UNKNOWN);
    Deque<String> both = new ArrayDeque<>();
    both.add(signIn(SignIn.of(account, home(PEOPLE - 1), 7, at.minusSeconds(60)), dice.guid()));
    both.add(signIn(SignIn.of(account, far(1), 7, at), dice.guid()));
    return message(both);
  }

  private static byte[] message(Deque<String> from) {
    StringBuilder text = new StringBuilder(1 << 15).append("{\"records\":[");
    int size = Math.min(RECORDS, from.size());
    for (int i = 0; i < size; i++) {
      text.append(i == 0 ? "" : ",").append(from.remove());
    }
    return text.append("]}").toString().getBytes(StandardCharsets.UTF_8);
  }

  private void record() {
    Instant at = first.plusMillis((long) (SPAN.toMillis() * ((double) made++ / records)));
    int person = dice.oneIn(2) ? dice.below(BUSY) : BUSY + dice.below(PEOPLE - BUSY);
    int kind = dice.below(100);
    if (kind < 20) {
      UUID token = dice.guid();
      tokens[person] = token;
      issued[person] = at;
      boolean abroad = dice.below(10_000) < 5;
      Site from = abroad ? far(person) : dice.oneIn(5) ? phone(person) : home(person);
      SignIn signIn = SignIn.of(account(person), from, host(person), at).inFull();
      signIns.add(signIn(dice.oneIn(3) ? signIn : signIn.nonInteractive(), token));
    } else if (kind < 99) {
      calls.add(call(person, at));
    } else {
      Alert alert =
          Alert.raised(dice, at).naming(account(person)).naming(home(person).address(host(person)));
      alerts.add(AlertRecord.exported(alert));
    }
  }

  private String signIn(SignIn signIn, UUID token) {
    signIn.minting(token);
    return SignInRecord.envelope(
        signIn, SignInRecord.properties(signIn, dice), signIn.at.plusSeconds(1), dice.guid());
  }

  private String call(int person, Instant at) {
    int whose = dice.below(3);
    if (whose == 0) {
      UUID token = tokens[person];
      if (token == null) {
        token = dice.guid();
        tokens[person] = token;
        issued[person] = at;
      }
      boolean stolen = dice.below(10_000) < 5;
      Site from = stolen ? far(person) : dice.oneIn(10) ? phone(person) : home(person);
      Call call =
          Call.from(from.address(host(person)), at)
              .answered(dice.oneIn(50) ? 403 : 200)
              .traced(Link.of(account(person), token, issued[person]).withoutExpiry());
      return CallRecord.of(call, dice.guid(), dice);
    }
    if (whose == 1) {
      int partner = dice.below(PARTNERS);
      Call call =
          Call.from(address(PARTNER_BYTE, partner, 1 + dice.below(4)), at)
              .by("partner-" + partner + "-live", "partners");
      return CallRecord.of(call, dice.guid(), dice);
    }
    return CallRecord.of(Call.from(home(person).address(host(person)), at), dice.guid(), dice);
  }

  private static Account account(int person) {
    return new Account(
        new UUID(0x5EEDL << 48 | 0x4000L, 0x8000_0000_0000_0000L | person).toString(),
        "Person " + person,
        "person" + person + "@northwindtraders.example",
        "",
        laptop(person));
  }

  private static Device laptop(int person) {
    return new Device(
        new UUID(0x1A9L << 48 | 0x4000L, 0x8000_0000_0000_0000L | person).toString(),
        "LAPTOP-" + person,
        "Windows10",
        true,
        true);
  }

  private static int host(int person) {
    return 1 + person % HOSTS;
  }

  private static Site home(int person) {
    return site(HOME_BYTE, person / HOSTS, TOWNS[person / HOSTS % TOWNS.length]);
  }

  private static Site phone(int person) {
    return site(PHONE_BYTE, person / HOSTS, TOWNS[person / HOSTS % TOWNS.length]);
  }

  private static Site far(int person) {
    return site(FAR_BYTE, person / HOSTS % 16, FAR);
  }

  private static Site site(int firstByte, int network, Town town) {
    return town.site(address(firstByte, network, -1), asn(firstByte, network));
  }

  private static int asn(int firstByte, int network) {
    return 64_512 + (firstByte - HOME_BYTE) * 100 + network % 50;
  }

  private static String address(int firstByte, int network, int host) {
    return firstByte + "." + (network >> 8) + "." + (network & 0xFF) + "." + (host < 0 ? "" : host);
  }

  /**
   * Writes the operator's files: {@code networks.csv}, {@code partners.yaml}, {@code city.mmdb} and
   * {@code asn.mmdb}.
   */
  public static void writeFiles(Path folder) throws IOException {
    Files.createDirectories(folder);
    GeoDatabase cities = new GeoDatabase("Made-Up-City");
    GeoDatabase systems = new GeoDatabase("Made-Up-ASN");
    for (int network = 0; network < HOMES; network++) {
      Town town = TOWNS[network % TOWNS.length];
      put(cities, systems, HOME_BYTE, network, town);
      put(cities, systems, PHONE_BYTE, network, town);
      put(cities, systems, PARTNER_BYTE, network, town);
    }
    for (int network = 0; network < 16; network++) {
      put(cities, systems, FAR_BYTE, network, FAR);
    }
    cities.write(folder.resolve("city.mmdb"));
    systems.write(folder.resolve("asn.mmdb"));
    StringBuilder networks =
        new StringBuilder(
            "cidr,class,country,city,latitude,longitude,accuracyKm,asn,organisation\n");
    for (int office = 0; office < 20; office++) {
      networks.append(address(HOME_BYTE, office, 0)).append("/24,corporate,,,,,,,Office\n");
    }
    for (int system = 0; system < 50; system++) {
      networks.append("AS").append(asn(PHONE_BYTE, system)).append(",mobile,,,,,,,Carrier\n");
    }
    write(folder.resolve("networks.csv"), networks);
    StringBuilder partners = new StringBuilder("partners:\n");
    for (int partner = 0; partner < PARTNERS; partner++) {
      partners
          .append("  - {id: partner-%1$d, name: Partner %1$d, ".formatted(partner))
          .append("subscriptions: [partner-%d-live], products: [], apps: [], ".formatted(partner))
          .append(
              partner % 2 == 0
                  ? "cidrs: [%s/24]}\n".formatted(address(PARTNER_BYTE, partner, 0))
                  : "cidrs: []}\n");
    }
    write(folder.resolve("partners.yaml"), partners);
  }

  private static void put(
      GeoDatabase cities, GeoDatabase systems, int firstByte, int network, Town town)
      throws IOException {
    String range = address(firstByte, network, 0);
    cities.put(
        range, 24, GeoDatabase.place(town.country, town.name, town.latitude, town.longitude, 20));
    int asn = asn(firstByte, network);
    systems.put(range, 24, GeoDatabase.system(asn, "Operator " + asn));
  }

  private static void write(Path file, StringBuilder text) throws IOException {
    Files.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
  }
}
