package dev.lockstep.capture.month;

import dev.lockstep.capture.month.Net.Operator;
import dev.lockstep.capture.month.Whereabouts.Span;
import dev.lockstep.capture.record.Call;
import dev.lockstep.capture.record.Device;
import dev.lockstep.capture.record.Dice;
import dev.lockstep.capture.record.Link;
import dev.lockstep.capture.record.SignIn;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Simulation of thieves during one month, to measure how many of the thieves the rules find.
 *
 * <p>The thieves rob each person about once in thirty days. A thief steals from a laptop or phone
 * that is in use, and uses the loot from another network within the hour.
 */
final class MonthThieves implements AutoCloseable {
  /** Kind of loot: a browser's session, or a token that was just issued to a device. */
  enum Loot {
    SESSION,
    LAPTOP_TOKEN,
    PHONE_TOKEN
  }

  /** Kind of network that a thief uses. */
  enum By {
    HOME_ABROAD,
    RENTED_SERVER,
    PRIVATE_VPN,
    CARRIER_ABROAD,
    CARRIER_OF_THE_COUNTRY
  }

  static final String HEADER = "user,time,loot,by,address";

  private final Company company;
  private final Net server;
  private final Dice dice;
  private final MonthRecording recording;
  private final List<String> thefts = new ArrayList<>(List.of(HEADER));
  private final Path truth;
  private int number;

  /**
   * Creates the simulated thieves of a month.
   *
   * @param server network of a hosting provider that rents to anybody
   * @param folder folder of the month; the thieves' records go to {@code thieves} in it, the list
   *     of thefts to {@code thefts.csv}
   */
  MonthThieves(Company company, Net server, Path folder, long seed) throws IOException {
    this.company = company;
    this.server = server;
    this.dice = new Dice(~seed);
    this.recording = new MonthRecording(folder.resolve("thieves"), dice);
    this.truth = folder.resolve("thefts.csv");
  }

  /**
   * Creates a network for the servers that thieves rent. The network is of the cloud that also has
   * the company's servers.
   */
  static Net rentedFrom(Company company) {
    Operator cloud = company.webApps.operator();
    Town town = Town.named("Dublin");
    return company.internet.net(cloud, town, town, town, town, 10);
  }

  void play(Colleague who, ColleagueDay day) {
    if (!dice.oneIn(30)) {
      return;
    }
    Loot loot = Loot.values()[number % Loot.values().length];
    By by = By.values()[number / Loot.values().length % By.values().length];
    Whereabouts where = loot == Loot.PHONE_TOKEN ? day.phone : day.laptop;
    if (where.spans.isEmpty()) {
      return;
    }
    number++;
    Span span = dice.pick(where.spans);
    Instant minted = span.moment(dice);
    Net net = network(who, by);
    String address = net.address(dice.below(256), dice);
    Instant at = minted.plus(dice.seconds(120, 3000));
    UUID token = dice.guid();
    if (loot == Loot.SESSION) {
      recording.add(signIn(who, net, address, at).minting(token));
      minted = at;
    } else {
      Device device = loot == Loot.PHONE_TOKEN ? who.phone : who.account.laptop();
      recording.add(
          SignIn.fromAddress(who.account, span.net().recordedElsewhere(), span.address(), minted)
              .nonInteractive()
              .on(device)
              .minting(token));
    }
    Link link = Link.of(who.account, token, minted);
    for (int call = 0; call < 3; call++) {
      Instant moment = dice.withTicks(at.plus(dice.seconds(1, 600)));
      recording.add(Call.from(address, moment).traced(link).answered(200));
    }
    thefts.add("%s,%s,%s,%s,%s".formatted(who.account.id(), at, loot.name(), by.name(), address));
  }

  private SignIn signIn(Colleague who, Net net, String address, Instant at) {
    return SignIn.fromAddress(who.account, net.recordedElsewhere(), address, at)
        .nonInteractive()
        .on(Device.UNKNOWN);
  }

  private Net network(Colleague who, By by) {
    Town abroad =
        dice.pick(
            Town.ALL.stream()
                .filter(town -> !town.country().equals(who.home.country()))
                .filter(town -> town.to(who.home) > 1500)
                .toList());
    return switch (by) {
      case HOME_ABROAD -> dice.pick(company.internet.homes(abroad, false));
      case RENTED_SERVER -> server;
      case PRIVATE_VPN -> dice.pick(company.privateVpn);
      case CARRIER_ABROAD -> dice.pick(dice.pick(company.internet.carriers(abroad.country())));
      case CARRIER_OF_THE_COUNTRY ->
          dice.pick(dice.pick(company.internet.carriers(who.home.country())));
    };
  }

  void deliverUntil(Instant now) throws IOException {
    recording.deliverUntil(now);
  }

  @Override
  public void close() throws IOException {
    recording.close();
    Files.write(truth, thefts, StandardCharsets.UTF_8);
  }
}
