package dev.lockstep.detections;

import static dev.lockstep.detections.ActivityBuilder.at;
import static dev.lockstep.detections.ActivityBuilder.call;
import static dev.lockstep.detections.ActivityBuilder.day;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.Detection;
import java.util.List;

/** Calls of partners by day and minute, on a desk of their own. */
final class PartnerCalls {
  static final String RULE = "partner-ip-drift";
  static final String BERLIN = "10.12.0.1"; // AS64512, DE
  static final String HAMBURG = "10.16.0.1"; // AS64516, DE
  static final String FRANKFURT_HOSTING = "10.14.0.1"; // AS64514, DE
  static final String PARIS = "10.15.0.1"; // AS64512, FR
  static final String CORPORATE = "10.7.0.1";

  final Desk desk = new Desk();

  static long minute(String date, int minuteOfDay) {
    return at(date + "T00:00:00Z") + minuteOfDay * 60_000L;
  }

  void calls(String subscription, String address, String date, int... minutes) {
    for (int minute : minutes) {
      desk.see(call(minute(date, minute)).subscription(subscription).from(address));
    }
  }

  /** Teaches a partner on the first days of November, in so many minutes a day. */
  void learn(String subscription, String address, int days, int minutesADay) {
    for (int i = 1; i <= days; i++) {
      for (int minute = 0; minute < minutesADay; minute++) {
        desk.see(
            call(minute("2026-11-%02d".formatted(i), 540 + minute))
                .subscription(subscription)
                .from(address));
      }
    }
  }

  void learned() {
    learn("fabrikam-prod", BERLIN, 7, 8);
  }

  List<Detection> of(String date) {
    return desk.standing(RULE).stream()
        .filter(finding -> Days.of(finding.getStartTime()) == day(date))
        .toList();
  }

  Detection fires(String address, String date) {
    calls("fabrikam-prod", address, date, 1200);
    List<Detection> findings = of(date);
    assertThat(findings).hasSize(1);
    return findings.get(0);
  }
}
