package dev.lockstep.capture.month;

import dev.lockstep.capture.record.Call;
import dev.lockstep.capture.record.Dice;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Calls of the simulated month's eight partners, each of which has its own key and networks. */
final class MonthPartners {
  private static final int PARTNERS = 8;

  /**
   * Number of the partner that moves its servers step by step over two weeks and does not announce
   * it.
   */
  private static final int MOVING = 2;

  /**
   * Number of the partner that moves its servers in one night, at the beginning of an announced
   * change window.
   */
  private static final int ANNOUNCED = 3;

  private static final int ANNOUNCED_DAY = 20;
  private static final Duration ANNOUNCED_FROM = Duration.ofHours(4);

  /** Number of the partner whose developers try the key from home. */
  private static final int TRYING = 4;

  /** Number of the partner that tests its second data centre, in another country, twice a month. */
  private static final int REHEARSING = 5;

  private final Dice dice;
  private final List<Net> own = new ArrayList<>();
  private final List<Net> second = new ArrayList<>();
  private final Net developer;

  MonthPartners(Company company, Dice dice) {
    this.dice = dice;
    MadeUpInternet internet = company.internet;
    List<Town> towns =
        List.of(
            Town.named("Frankfurt"),
            Town.named("Dublin"),
            Town.named("Amsterdam"),
            Town.named("London"),
            Town.named("Berlin"),
            Town.named("Zurich"),
            Town.named("Paris"),
            Town.named("New York"));
    for (int partner = 0; partner < PARTNERS; partner++) {
      Town town = towns.get(partner);
      Net.Operator operator = internet.operator("Partner " + partner);
      own.add(internet.net(operator, town, town, town, town, 20));
      Town other = partner == REHEARSING ? Town.named("Milan") : town;
      Net.Operator next =
          partner == REHEARSING ? operator : internet.operator("Cloud of partner " + partner);
      second.add(internet.net(next, other, other, other, other, 20));
    }
    developer = internet.homes(towns.get(TRYING), false).get(0);
  }

  String registry(LocalDate first) {
    StringBuilder text = new StringBuilder("partners:\n");
    for (int partner = 0; partner < PARTNERS; partner++) {
      text.append("  - id: partner-").append(partner).append('\n');
      text.append("    name: Partner ").append(partner).append('\n');
      text.append("    subscriptions: [partner-").append(partner).append("-live]\n");
      boolean declared = partner < 2 || partner == 7;
      text.append(
          declared
              ? "    cidrs: [%s0/24]\n".formatted(own.get(partner).prefix())
              : "    cidrs: []\n");
      if (partner == ANNOUNCED) {
        Instant opens =
            first
                .plusDays(ANNOUNCED_DAY)
                .atStartOfDay()
                .toInstant(ZoneOffset.UTC)
                .plus(ANNOUNCED_FROM);
        text.append("    changeWindows:\n");
        text.append(
            "      - {from: %s, to: %s, note: move}\n"
                .formatted(opens, opens.plus(Duration.ofDays(1))));
      }
    }
    return text.toString();
  }

  void play(int day, Instant midnight, Consumer<Call> add) {
    for (int partner = 0; partner < PARTNERS; partner++) {
      int calls = dice.from(60, 120);
      for (int call = 0; call < calls; call++) {
        Duration time = dice.seconds(0, 86_399);
        Instant at = midnight.plus(time);
        Net from = moved(partner, day, time) ? second.get(partner) : own.get(partner);
        call(partner, from.prefix() + dice.from(10, 14), at, add);
      }
      if (partner == TRYING && day % 7 == 1) {
        Instant at = midnight.plus(dice.seconds(9 * 3600, 18 * 3600));
        call(partner, developer.prefix() + 77, at, add);
      }
      if (partner == REHEARSING && (day == 11 || day == 25)) {
        for (int minute = 0; minute < 90; minute += 5) {
          Instant at = midnight.plus(Duration.ofMinutes(600 + minute));
          call(partner, second.get(partner).prefix() + 10, at, add);
        }
      }
    }
  }

  private boolean moved(int partner, int day, Duration time) {
    if (partner == MOVING) {
      return dice.below(14) < day - 11;
    }
    boolean open = day > ANNOUNCED_DAY || time.compareTo(ANNOUNCED_FROM) >= 0;
    return partner == ANNOUNCED && day >= ANNOUNCED_DAY && open;
  }

  private void call(int partner, String address, Instant at, Consumer<Call> add) {
    add.accept(
        Call.from(address, dice.withTicks(at))
            .by("partner-" + partner + "-live", "")
            .answered(dice.oneIn(60) ? 429 : 200));
  }
}
