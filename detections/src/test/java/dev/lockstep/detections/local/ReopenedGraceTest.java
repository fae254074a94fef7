package dev.lockstep.detections.local;

import static dev.lockstep.detections.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.Known;
import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.detections.join.JoinableLogs;
import dev.lockstep.schemas.Detection;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Graces that end after the state of their subject left memory. */
final class ReopenedGraceTest {
  private static final String LONDON = "10.1.0.1";
  private static final String AMSTERDAM_HOSTING = "10.3.0.1";
  private static final String TOKEN = "6f0e2b9c-0000-4000-8000-0000000000aa";

  private static byte[] use(String time, String address) {
    return ActivityBuilder.bytes(
        signIn("alice", time).from(address).minted(TOKEN).id("use of " + time).build());
  }

  @Test
  void leavesADayAlone_ofWhichOnlyAPartIsRead() {
    try (LocalDriver driver =
        new LocalDriver(
            RuleNumbers.defaults().ruleSet(),
            JoinableLogs.NONE,
            Known.WORLD,
            new DetectionCounters(),
            1,
            true)) {
      driver.enter(use("2026-03-02T23:00:00Z", LONDON));
      driver.enter(use("2026-03-03T12:00:00Z", AMSTERDAM_HOSTING));
      driver.enter(use("2026-03-07T04:30:00Z", LONDON));
      for (String clock :
          List.of("2026-03-02T23:00:00Z", "2026-03-07T04:40:00Z", "2026-03-07T06:40:00Z")) {
        Reopening.of(driver);
        driver.watermark(ActivityBuilder.at(clock));
      }
      List<Detection> found = driver.detections();
      assertThat(found).extracting(Detection::getRule).contains("token-replay");
    }
  }
}
