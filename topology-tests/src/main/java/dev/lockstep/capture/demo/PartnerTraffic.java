package dev.lockstep.capture.demo;

import static dev.lockstep.capture.demo.CaptureDays.at;
import static dev.lockstep.capture.demo.CaptureDays.minutes;

import dev.lockstep.capture.record.Account;
import dev.lockstep.capture.record.Call;
import dev.lockstep.capture.record.Dice;
import dev.lockstep.capture.record.Link;
import dev.lockstep.capture.record.SignIn;
import dev.lockstep.capture.record.Site;
import java.time.Instant;
import java.util.UUID;

/**
 * Daily calls of the demo's five partners, each within the same two hours of every day and always
 * from the same networks.
 */
final class PartnerTraffic {
  private static final Site STOCKHOLM =
      Site.placed("198.19.50.", 64506, "SE", "Stockholm", 59.3294, 18.0687);

  private final Scene scene;
  private final Dice dice;
  private final Account adatum;

  PartnerTraffic(Scene scene) {
    this.scene = scene;
    this.dice = scene.dice();
    this.adatum = scene.cast().workload("Adatum Analytics", NetworkFiles.ADATUM_APP);
  }

  Account adatum() {
    return adatum;
  }

  void play() {
    for (int day = 0; day < CaptureDays.COUNT; day++) {
      boolean dense = day >= CaptureDays.FIRST_DENSE;
      fabrikam(day, dense ? 18 : 4);
      tailspin(day, dense ? 18 : 8);
      adatum(day, dense ? 18 : 8);
      woodgrove(day, dense ? 18 : 8);
      litware(day, 1 + day % 2);
    }
  }

  private Instant moment(Instant start, int calls, int index) {
    // All times lie within 100 minutes, each in a different minute.
    int step = 100 / calls;
    return dice.withTicks(start.plus(minutes(index * (long) step + dice.below(step))));
  }

  private void fabrikam(int day, int calls) {
    for (int index = 0; index < calls; index++) {
      Instant moment = moment(at(day, "02:05:00"), calls, index);
      String ip =
          index % 4 == 3 ? "2001:db8:51::" + (10 + index) : "198.51.100." + dice.from(10, 14);
      scene.add(Call.from(ip, moment).by("fabrikam-prod", ""));
    }
  }

  private void tailspin(int day, int calls) {
    for (int index = 0; index < calls; index++) {
      Instant moment = moment(at(day, "05:05:00"), calls, index);
      Call call =
          switch (index % 4) {
            case 0 ->
                Call.from(TokenCases.FRONT_DOOR + 30, moment)
                    .headers("198.19.30.9", "198.19.30.9:" + dice.from(20_000, 60_000));
            case 3 -> Call.from("198.19.29.8", moment);
            default -> Call.from("198.19.30.9", moment);
          };
      scene.add(call.by("ts-63f0a2", "tailspin-orders"));
    }
  }

  private void adatum(int day, int calls) {
    UUID token = scene.recording().token();
    Instant issued = at(day, "09:02:00");
    scene.add(SignIn.of(adatum, STOCKHOLM, 9, issued).minting(token));
    for (int index = 0; index < calls; index++) {
      Instant moment = moment(at(day, "09:05:00"), calls, index);
      Link link = Link.of(adatum, token, issued).expiring(issued.plus(minutes(24 * 60)));
      Call call = Call.from(STOCKHOLM.address(9), moment).by("", "");
      scene.add(index % 3 == 1 ? call.linked(link, dice.seconds(1, 4)) : call.traced(link));
    }
  }

  private void woodgrove(int day, int calls) {
    for (int index = 0; index < calls; index++) {
      Instant moment = moment(at(day, "08:05:00"), calls, index);
      scene.add(Call.from("198.19.60.7", moment).by("woodgrove-live", ""));
    }
  }

  private void litware(int day, int calls) {
    for (int index = 0; index < calls; index++) {
      Instant moment = moment(at(day, "11:05:00"), calls, index);
      scene.add(Call.from("198.19.55.7", moment).by("litware-test", ""));
    }
  }
}
