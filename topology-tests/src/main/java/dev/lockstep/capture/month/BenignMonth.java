package dev.lockstep.capture.month;

import dev.lockstep.capture.record.Cast;
import dev.lockstep.capture.record.Dice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Simulated month in which nobody does anything wrong, so that every finding in it is a false
 * alarm. People behave as in real life, whether or not the rules tolerate it. Comments beside the
 * random choices give the reasons.
 *
 * <p>Guests from other companies and whole offices that move are left out.
 */
public final class BenignMonth {
  static final LocalDate FIRST = LocalDate.of(2026, 10, 5);
  private static final int NEW_TOOL_FROM = 15;

  private final Dice dice;
  private final Company company;
  private final MonthPartners partners;
  private final Net rented;
  private final List<Colleague> people = new ArrayList<>();
  private final List<@Nullable Journey> journeys = new ArrayList<>();

  private BenignMonth(long seed, int people) {
    dice = new Dice(seed);
    company = new Company(dice);
    partners = new MonthPartners(company, dice);
    rented = MonthThieves.rentedFrom(company);
    Cast cast = new Cast(dice);
    for (int index = 0; index < people; index++) {
      this.people.add(new Colleague(index, company, cast, dice));
      journeys.add(null);
    }
  }

  /**
   * Writes the captures of a simulated month, and the files to replay them, into a folder. The
   * arguments are the folder, the seed, the number of people and the number of days.
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 4) {
      throw new IllegalArgumentException(
          "could not write the month: four arguments are needed; give the folder, the seed, the"
              + " number of people and the number of days");
    }
    long records =
        write(
            Path.of(arguments[0]),
            Long.parseLong(arguments[1]),
            Integer.parseInt(arguments[2]),
            Integer.parseInt(arguments[3]));
    System.out.println(records + " records");
  }

  /**
   * Writes the captures of a simulated month, and four configurations to replay them. Also writes
   * further captures of thefts, and the operator's files. The configurations are:
   *
   * <ul>
   *   <li>{@code lockstep.yaml}: as an operator writes it in the first week
   *   <li>{@code tended.yaml}: with carriers, private VPNs and aircraft described as being anywhere
   *   <li>{@code known.yaml}: with every network described
   *   <li>{@code without-networks.yaml}: without a networks file
   * </ul>
   *
   * @return number of records, counting copies but not the records of thefts; all records of an
   *     alert count as one
   */
  public static long write(Path folder, long seed, int people, int days) throws IOException {
    BenignMonth month = new BenignMonth(seed, people);
    Files.createDirectories(folder);
    month.company.internet.write(folder.resolve("city.mmdb"), folder.resolve("asn.mmdb"));
    text(folder, "networks.csv", month.company.networks());
    text(folder, "partners.yaml", month.partners.registry(FIRST));
    String both = "geoip: {city: city.mmdb, asn: asn.mmdb}\npartners: partners.yaml\n";
    MonthServices services = new MonthServices(month.people, month.company, seed);
    text(folder, "lockstep.yaml", both + "networks: networks.csv\n" + services.estate());
    text(folder, "tended.csv", month.company.withoutPlaces());
    text(
        folder, "tended.yaml", both + "networks: [networks.csv, tended.csv]\n" + services.estate());
    text(folder, "known.csv", month.company.everythingKnown());
    text(folder, "known.yaml", both + "networks: [networks.csv, known.csv]\n" + services.estate());
    text(folder, "without-networks.yaml", both);
    try (MonthRecording recording = new MonthRecording(folder.resolve("hubs"), month.dice);
        MonthServices.Recordings of = services.recordings(folder.resolve("hubs"));
        MonthThieves thieves = new MonthThieves(month.company, month.rented, folder, seed)) {
      ColleagueTraffic traffic = new ColleagueTraffic(month.company, recording, month.dice);
      for (int day = 0; day < days; day++) {
        Instant midnight = FIRST.plusDays(day).atStartOfDay().toInstant(ZoneOffset.UTC);
        // East of Greenwich a day begins half a day before ours.
        recording.deliverUntil(midnight.minus(Duration.ofHours(10)));
        thieves.deliverUntil(midnight.minus(Duration.ofHours(10)));
        month.partners.play(day, midnight, recording::add);
        of.deliverUntil(midnight.minus(Duration.ofHours(10)));
        services.play(day, midnight, of);
        month.day(day, midnight, traffic, thieves, services);
      }
      recording.deliverUntil(Instant.MAX);
      return recording.records() + of.records();
    }
  }

  private void day(
      int day,
      Instant midnight,
      ColleagueTraffic traffic,
      MonthThieves thieves,
      MonthServices services) {
    boolean weekend = FIRST.plusDays(day).getDayOfWeek().getValue() > 5;
    for (int index = 0; index < people.size(); index++) {
      Colleague who = people.get(index);
      Instant local = midnight.minus(Duration.ofHours(who.home.hours()));
      who.renew(local);
      ColleagueDay drawn =
          ColleagueDay.drawn(who, company, dice, local, weekend, journey(index, local, weekend));
      traffic.play(who, drawn, day >= NEW_TOOL_FROM);
      thieves.play(who, drawn);
      services.play(who, drawn);
      if (dice.below(100) < 3) {
        traffic.sprayed(who, midnight.plus(dice.seconds(0, 86_399)));
      }
      if (dice.below(5000) == 0) { // 0.2 alerts per 1,000 people and day
        traffic.atRisk(who, drawn);
      }
    }
  }

  /**
   * Returns the journey of a person on a day, or null if the person does not travel. A journey may
   * begin that day. One person in five travels for work, every other month.
   */
  private @Nullable Journey journey(int index, Instant local, boolean weekend) {
    Colleague who = people.get(index);
    Journey journey = journeys.get(index);
    if (journey != null && journey.back().isBefore(local)) {
      journey = null;
    }
    if (journey == null && !weekend && Journey.begins(who, dice)) {
      journey = Journey.drawn(who, local, company, dice);
    }
    journeys.set(index, journey);
    return journey;
  }

  private static void text(Path folder, String name, String text) throws IOException {
    Files.write(folder.resolve(name), text.getBytes(StandardCharsets.UTF_8));
  }
}
