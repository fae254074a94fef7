package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.DeadLetter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RefusedRecordsTest {
  private long nanos = -5;
  private final IngestCounts counts = new IngestCounts();
  private final Map<String, IngestCounts> read = Map.of("hub", counts);
  private final RefusedRecords refused = new RefusedRecords(() -> nanos);

  @Test
  void namesTheSource_theShareAndTheFix_whereMostRecordsAreOutOfTime() {
    mapped(20);
    quarantined(1_979, "future");
    rejected(1, "no-time");
    assertThat(refused.found(read))
        .singleElement()
        .asString()
        .startsWith(
            "ingest: source hub: 1,980 of its last 2,000 records (99%) were rejected or quarantined"
                + " within 5 minutes, so no rule gets them; the most frequent reason is future:"
                + " their times are more than 5 minutes ahead of their arrival; correct the clocks")
        .contains("dead-letters list --quarantine");
  }

  @Test
  void namesTheFix_ofOtherReasons() {
    quarantined(300, "too-old");
    assertThat(one()).contains("reason is too-old").contains("30 days");
    rejected(400, "not-json");
    assertThat(one())
        .contains(": 700 of its last 700 records (100%) were rejected or quarantined")
        .contains("reason is not-json: ")
        .endsWith("dead-letters list lists the records; correct what sends them");
  }

  @Test
  void isQuiet_whereFew_orNoMoreThanHalf_areRefused_andCountsNoIgnoredRecord() {
    assertThat(refused.found(read)).isEmpty();
    quarantined(199, "future");
    assertThat(refused.found(read)).isEmpty();
    quarantined(1, "future");
    ignored(5_000);
    assertThat(refused.found(read)).hasSize(1);
    mapped(200);
    assertThat(refused.found(read)).isEmpty();
  }

  @Test
  void lastsAsLongAsTheCause_andEndsSoonAfterIt() {
    for (int minute = 0; minute < 20; minute++) {
      mapped(1_000);
      pass(Duration.ofMinutes(1));
    }
    assertThat(refused.found(read)).isEmpty();
    for (int minute = 0; minute < 20; minute++) {
      quarantined(1_000, "future");
      pass(Duration.ofMinutes(1));
      assertThat(refused.found(read)).as("minute %d", minute).hasSize(minute < 2 ? 0 : 1);
    }
    assertThat(one()).contains("records (100%)");
    pass(Duration.ofSeconds(230));
    assertThat(refused.found(read)).hasSize(1);
    pass(Duration.ofSeconds(45));
    assertThat(refused.found(read)).isEmpty();
  }

  @Test
  void doesNotBlameASourceForAnother() {
    IngestCounts sound = new IngestCounts();
    quarantined(500, "future");
    mapped(sound, 5_000);
    assertThat(refused.found(Map.of("hub", counts, "sound", sound)))
        .singleElement()
        .asString()
        .contains("source hub");
  }

  private String one() {
    List<String> found = refused.found(read);
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  /** Lets time pass in which the service looks each 5 s. */
  private void pass(Duration time) {
    for (long second = 0; second < time.toSeconds(); second += 5) {
      nanos += Duration.ofSeconds(5).toNanos();
      refused.look(read);
    }
  }

  private void mapped(int number) {
    mapped(counts, number);
  }

  private static void mapped(IngestCounts counts, int number) {
    for (int i = 0; i < number; i++) {
      Activity activity = new Activity();
      activity.setCategory("SignInLogs");
      counts.count(new Outcome.Mapped(activity));
    }
  }

  private void ignored(int number) {
    for (int i = 0; i < number; i++) {
      counts.count(new Outcome.Ignored("StorageRead"));
    }
  }

  private void quarantined(int number, String reason) {
    for (int i = 0; i < number; i++) {
      counts.count(new Outcome.Quarantined(letter(reason)));
    }
  }

  private void rejected(int number, String reason) {
    for (int i = 0; i < number; i++) {
      counts.count(new Outcome.Rejected(letter(reason)));
    }
  }

  private static DeadLetter letter(String reason) {
    DeadLetter letter = new DeadLetter();
    letter.setReason(reason);
    return letter;
  }
}
