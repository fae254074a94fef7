package dev.lockstep.detections.alert;

import static dev.lockstep.detections.ActivityBuilder.alert;
import static dev.lockstep.detections.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.lockstep.detections.encoding.Hashes;
import dev.lockstep.detections.local.LocalRun;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Records of one alert that come far apart, or that name very much. */
final class AlertRecordsTest {
  private static final String LONDON = "10.1.0.1";
  private static final String RULE = "defender-corroboration";

  /** Ids of alerts, of which the last is dropped if all of them name an address on one day. */
  private static final List<String> ALERTS =
      IntStream.range(0, 65)
          .mapToObj(number -> "alert-" + number)
          .sorted(Comparator.comparingLong(Hashes::of))
          .toList();

  @Test
  void unitesARecord_withOneOfTwoWeeksBefore() {
    LocalRun run =
        new LocalRun()
            .see(alert("a", "2026-11-03T12:00:00Z").severity(Severity.High).namesAddresses(LONDON))
            .watermark("2026-11-03T12:30:00Z")
            .see(signIn("bob", "2026-11-17T11:00:00Z").from("10.2.0.1"))
            .see(
                alert("a", "2026-11-17T12:00:00Z").severity(null),
                signIn("alice", "2026-11-17T12:10:00Z").from(LONDON))
            .watermark("2026-11-17T13:00:00Z");
    assertThat(run.active(RULE))
        .extracting(Detection::getReason, Detection::getSeverity)
        .containsExactly(tuple("flagged-address", Severity.High));
  }

  @Test
  void flagsASignIn_thatComesAfterTheRecordsOfTwoWeeks() {
    LocalRun run =
        new LocalRun()
            .see(alert("a", "2026-11-03T12:00:00Z").severity(Severity.High).namesAddresses(LONDON))
            .watermark("2026-11-03T12:30:00Z")
            .see(signIn("bob", "2026-11-17T11:00:00Z").from("10.2.0.1"))
            .see(alert("a", "2026-11-17T12:00:00Z").severity(null))
            .watermark("2026-11-17T12:30:00Z")
            .see(signIn("carol", "2026-11-17T12:35:00Z").from("10.2.0.1"))
            .see(signIn("alice", "2026-11-17T12:40:00Z").from(LONDON))
            .watermark("2026-11-17T13:00:00Z");
    assertThat(run.active(RULE))
        .singleElement()
        .satisfies(one -> assertThat(one.getSeverity()).isEqualTo(Severity.High))
        .extracting(Detection::getDescription)
        .asString()
        .contains("\"Suspicious a\" at 2026-11-17 12:00:00 UTC, within 1 h of a sign-in or call");
  }

  @Test
  void flagsTheSame_whetherOrNotAnAlertIsJudged_beforeItNamesTooManyAddresses() {
    assertThat(ofManyAddresses(true).verdicts().keySet())
        .isEqualTo(ofManyAddresses(false).verdicts().keySet());
  }

  @Test
  void flagsNothing_byAnAlertThatANewRecordMovesToADayWithTooManyAlerts() {
    assertThat(ofAFullDay(true).active(RULE)).isEmpty();
    assertThat(ofAFullDay(false).active(RULE)).isEmpty();
  }

  @Test
  void flagsNothing_byAnAlertOfTwoDays_thatOthersOfTheSecondReplace() {
    String last = ALERTS.get(64);
    LocalRun run =
        new LocalRun()
            .see(signIn("alice", "2026-11-12T12:10:00Z").from(LONDON))
            .see(alert(last, "2026-11-12T12:00:00Z").namesAddresses(LONDON))
            .see(alert(last, "2026-11-18T08:00:00Z").namesAddresses(LONDON))
            .watermark("2026-11-18T08:30:00Z");
    assertThat(run.active(RULE)).hasSize(1);
    for (String id : ALERTS.subList(0, 64)) {
      run.see(alert(id, "2026-11-18T09:00:00Z").namesAddresses(LONDON));
    }
    assertThat(run.watermark("2026-11-18T13:00:00Z").active(RULE)).isEmpty();
  }

  private static LocalRun ofAFullDay(boolean judgedBetween) {
    String last = ALERTS.get(64);
    LocalRun run =
        new LocalRun()
            .see(signIn("alice", "2026-11-17T12:10:00Z").from(LONDON))
            .see(alert(last, "2026-11-17T12:00:00Z").namesAddresses(LONDON));
    if (judgedBetween) {
      run.watermark("2026-11-17T12:30:00Z");
      assertThat(run.active(RULE)).hasSize(1);
    }
    for (String id : ALERTS.subList(0, 64)) {
      run.see(alert(id, "2026-11-18T09:00:00Z").namesAddresses(LONDON));
    }
    if (judgedBetween) {
      run.watermark("2026-11-18T09:30:00Z");
    }
    run.see(alert(last, "2026-11-18T09:40:00Z").namesAddresses(LONDON));
    return run.watermark("2026-11-18T13:00:00Z");
  }

  private static String address(int number) {
    return "10.1.%d.%d".formatted(number / 250, 1 + number % 250);
  }

  private static String[] addresses(int from, int to) {
    return IntStream.range(from, to).mapToObj(AlertRecordsTest::address).toArray(String[]::new);
  }

  private static LocalRun ofManyAddresses(boolean judgedBetween) {
    LocalRun run = new LocalRun();
    for (int i = 0; i < 256; i += 5) {
      run.see(signIn("alice", "2026-11-17T12:00:00Z").id("s" + i).from(address(i)));
    }
    run.see(alert("a", "2026-11-17T12:00:00Z").namesAddresses(addresses(0, 256)));
    if (judgedBetween) {
      run.watermark("2026-11-17T12:30:00Z");
    }
    run.see(alert("a", "2026-11-17T12:00:00Z").namesAddresses(addresses(256, 400)));
    return run.watermark("2026-11-17T13:00:00Z");
  }
}
