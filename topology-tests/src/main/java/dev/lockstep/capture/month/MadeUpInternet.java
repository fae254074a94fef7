package dev.lockstep.capture.month;

import dev.lockstep.capture.month.Net.Operator;
import dev.lockstep.capture.record.Dice;
import dev.lockstep.capture.record.GeoDatabase;
import dev.lockstep.capture.record.Site;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Networks of a made-up internet. Its addresses come from ranges that are hardly announced, and its
 * autonomous systems have private numbers, so that no real network is meant.
 *
 * <p>Geolocation sources make different errors: eight of ten ranges are placed correctly (vendors
 * state 70 to 90 of a hundred within 50 km), and most of the others in a neighbouring place.
 */
final class MadeUpInternet {
  /** Half of the way around the earth, the largest distance between two places. */
  private static final int ANYWHERE_KM = 20_040;

  private static final int[] FIRST_BYTES = {11, 21, 22, 26, 28, 29, 30, 33};

  private final Dice dice;
  private final List<Net> nets = new ArrayList<>();
  private final Map<String, List<Net>> homes = new LinkedHashMap<>();
  private final Map<String, List<Net>> homesWide = new LinkedHashMap<>();
  private final Map<String, List<List<Net>>> carriers = new LinkedHashMap<>();
  private final Map<String, List<Net>> hotels = new LinkedHashMap<>();
  private final Map<String, List<Net>> others = new LinkedHashMap<>();
  private final List<Operator> chains;
  private int systems = 64_512;
  private int narrow;

  MadeUpInternet(Dice dice) {
    this.dice = dice;
    List<String> countries = Town.ALL.stream().map(Town::country).distinct().toList();
    countries.forEach(this::residential);
    countries.forEach(this::mobile);
    chains = List.of(operator("Bed and Bandwidth"), operator("Grand Lobby Hotels"));
    for (Town town : Town.ALL) {
      // A hotel's guests leave by the line of its town, or by that of its chain's head office.
      hotels.put(town.name(), new ArrayList<>());
      Operator local = operator(town.name() + " Business Lines");
      for (int hotel = 0; hotel < 4; hotel++) {
        hotels.get(town.name()).add(placed(local, town, false));
      }
      Operator chain = dice.pick(chains);
      Town headOffice = Town.named(chain == chains.get(0) ? "Dallas" : "Paris");
      hotels.get(town.name()).add(net(chain, town, headOffice, headOffice, headOffice, 100));
      others.put("guest " + town.name(), List.of(placed(local, town, false)));
      others.put(
          "airport " + town.name(),
          List.of(placed(operator(town.name() + " Airport"), town, false)));
    }
  }

  Operator operator(String name) {
    return new Operator(systems++, name);
  }

  private void residential(String country) {
    for (int isp = 0; isp < 3; isp++) {
      Operator operator = operator("Broadband " + (isp + 1) + " " + country);
      for (Town town : Town.of(country)) {
        for (int range = 0; range < 2; range++) {
          homes
              .computeIfAbsent(town.name(), any -> new ArrayList<>())
              .add(placed(operator, town, false));
        }
        homesWide
            .computeIfAbsent(town.name(), any -> new ArrayList<>())
            .add(placed(operator, town, true));
      }
    }
  }

  private void mobile(String country) {
    for (int carrier = 0; carrier < 3; carrier++) {
      Operator operator = operator("Mobile " + (carrier + 1) + " " + country);
      List<Net> gateways = new ArrayList<>();
      for (int gateway = 0; gateway < 6; gateway++) {
        gateways.add(placed(operator, dice.pick(Town.of(country)), false));
      }
      carriers.computeIfAbsent(country, any -> new ArrayList<>()).add(gateways);
    }
  }

  private Net placed(Operator operator, Town town, boolean wide) {
    Opinion records = opinion(town);
    // One range in 25 has another place in the records of non-interactive sign-ins.
    Opinion others = dice.oneIn(25) ? opinion(town) : records;
    Opinion database = opinion(town);
    return net(operator, town, wide, records, others, database);
  }

  /**
   * Place of an address range according to one source: Entra's interactive sign-ins, its
   * non-interactive sign-ins, or the GeoIP database. Without a city only the country is known.
   */
  private record Opinion(
      String country, String city, double latitude, double longitude, int radius) {
    static Opinion of(Town town, int radius) {
      return new Opinion(town.country(), town.name(), town.latitude(), town.longitude(), radius);
    }
  }

  private Opinion opinion(Town truth) {
    int chance = dice.below(1000);
    if (chance < 800) {
      return Opinion.of(truth, dice.oneIn(2) ? 10 : 50);
    } else if (chance < 920) { // a neighbour: up to 150 km to the north or south, or beside
      return new Opinion(
          truth.country(),
          truth.name() + " Land " + dice.from(1, 4),
          truth.latitude() + dice.from(-13, 13) / 10.0,
          truth.longitude() + dice.from(-10, 10) / 10.0,
          dice.oneIn(2) ? 50 : 200);
    } else if (chance < 950) { // where the provider has registered it
      return Opinion.of(dice.pick(Town.of(truth.country())), 100);
    } else if (chance < 980) { // the middle of the country
      return middle(truth.country());
    } else if (chance < 997) {
      return new Opinion(truth.country(), truth.name(), 0, 0, 0);
    } else { // bought from somebody abroad, and not yet corrected
      return Opinion.of(dice.pick(Town.ALL), 100);
    }
  }

  private static Opinion middle(String country) {
    List<Town> towns = Town.of(country);
    double latitude = towns.stream().mapToDouble(Town::latitude).average().orElse(0);
    double longitude = towns.stream().mapToDouble(Town::longitude).average().orElse(0);
    return new Opinion(country, "", latitude, longitude, country.equals("US") ? 1000 : 500);
  }

  Net net(Operator operator, Town truth, Town records, Town others, Town database, int radius) {
    return net(
        operator,
        truth,
        false,
        Opinion.of(records, radius),
        Opinion.of(others, radius),
        Opinion.of(database, radius));
  }

  private Net net(
      Operator operator,
      Town town,
      boolean wide,
      Opinion records,
      Opinion others,
      Opinion database) {
    int number = narrow++;
    String prefix =
        wide
            ? "3ffe:%x:%02x".formatted(operator.asn(), Town.ALL.indexOf(town) + 1)
            : FIRST_BYTES[number >> 16] + "." + (number >> 8 & 0xFF) + "." + (number & 0xFF) + ".";
    Net net =
        new Net(
            prefix,
            operator,
            town,
            site(prefix, operator, records),
            site(prefix, operator, others),
            GeoDatabase.place(
                database.country,
                database.city,
                database.latitude,
                database.longitude,
                database.radius));
    nets.add(net);
    return net;
  }

  private static Site site(String prefix, Operator operator, Opinion opinion) {
    return Site.placed(
        prefix, operator.asn(), opinion.country, opinion.city, opinion.latitude, opinion.longitude);
  }

  /**
   * Adds a row for each range to a networks file. The accuracy radius is very large where the place
   * says nothing about the users.
   */
  void rows(StringBuilder rows, Operator vpn, Operator cabins, Net backend) {
    Set<Operator> roaming = new HashSet<>(Set.of(vpn, cabins));
    carriers.values().forEach(of -> of.forEach(net -> roaming.add(net.get(0).operator())));
    roaming.addAll(chains);
    for (Net net : nets) {
      String kind = net.equals(backend) ? "backend" : net.operator().equals(vpn) ? "vpn" : "";
      int radius = roaming.contains(net.operator()) ? ANYWHERE_KM : 25;
      rows.append(net.row(kind, radius, net.operator().name()));
    }
  }

  void write(Path city, Path asn) throws IOException {
    GeoDatabase cities = new GeoDatabase("Made-Up-City");
    GeoDatabase systemsOf = new GeoDatabase("Made-Up-ASN");
    for (Net net : nets) {
      String first = net.wide() ? net.prefix() + "00::" : net.prefix() + "0";
      int bits = net.wide() ? 40 : 24;
      cities.put(first, bits, net.entry());
      systemsOf.put(first, bits, GeoDatabase.system(net.operator().asn(), net.operator().name()));
    }
    cities.write(city);
    systemsOf.write(asn);
  }

  List<Net> homes(Town town, boolean wide) {
    return (wide ? homesWide : homes).getOrDefault(town.name(), List.of());
  }

  List<List<Net>> carriers(String country) {
    return carriers.getOrDefault(country, List.of());
  }

  Net hotel(Town town) {
    return dice.pick(hotels.getOrDefault(town.name(), List.of()));
  }

  Net airport(Town town) {
    return others.getOrDefault("airport " + town.name(), List.of()).get(0);
  }

  Net guestLine(Town town) {
    return others.getOrDefault("guest " + town.name(), List.of()).get(0);
  }
}
