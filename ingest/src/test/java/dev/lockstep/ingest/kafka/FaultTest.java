package dev.lockstep.ingest.kafka;

import static dev.lockstep.ingest.message.Records.CALL;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.ingest.capture.CaptureFeed;
import dev.lockstep.ingest.capture.CaptureListing;
import dev.lockstep.ingest.capture.CapturePath;
import dev.lockstep.ingest.cluster.KafkaTarget;
import dev.lockstep.ingest.message.AccountedReader;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.MessageReader;
import dev.lockstep.ingest.message.Origin;
import dev.lockstep.ingest.message.Records;
import dev.lockstep.ingest.message.SourceMessage;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.raw.RawFieldPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What nobody foresaw ends no source in silence, and loses nothing. */
class FaultTest {
  private static final InstantSource CLOCK = () -> Instant.parse("2026-01-01T00:00:00Z");

  private final FakeKafkaClients clients = new FakeKafkaClients();
  private final IngestCounts counts = new IngestCounts();

  @Test
  void isATrouble_afterWhichASourceTriesOn() {
    KafkaIngest ingest = ingest();
    clients.source.schedulePollTask(
        () -> {
          ingest.close();
          throw new IllegalStateException("nobody foresaw this");
        });
    ingest.readUntilFailure();
    assertThat(ingest.status().problem()).contains("IllegalStateException");
    assertThat(ingest.status().open()).isZero();
    assertThat(clients.source.closed()).isTrue();
  }

  @Test
  void rejectsAMessage_whoseReadingFails() {
    int[] number = {0};
    MessageReader failing =
        new MessageReader(
            Limits.defaults(),
            (slice, outcome, sink) -> {
              if (++number[0] == 2) {
                throw new IllegalStateException("nobody foresaw this");
              }
              sink.accept(outcome);
            });
    AccountedReader reader = new AccountedReader(failing, counts);
    String body = "[" + CALL + "," + CALL + "," + CALL + "]";
    SourceMessage message =
        new SourceMessage(body.getBytes(UTF_8), Origin.file("f.json", 7, 0), null);
    List<Outcome> outcomes = reader.read(message);
    outcomes.forEach(counts::count);

    assertThat(Records.words(outcomes)).containsExactly("call-1@0", "unreadable");
    assertThat(Records.body(((Outcome.Rejected) outcomes.get(1)).letter())).isEqualTo(body);
    assertThat(counts.missing()).isNull();
  }

  @Test
  void isSaid_whereAnAnnouncementIsNotWritten() {
    clients.failAnnouncements = true;
    assertThatThrownBy(ingest()::announce)
        .isInstanceOf(KafkaException.class)
        .hasRootCauseMessage("no answer");
    clients.failAnnouncements = false;
    ingest().announce();
    assertThat(clients.last().history()).hasSize(2);
  }

  @Test
  @Timeout(20)
  void reachesWhoeverWaitsForAFile(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("a.jsonl"), CALL);
    CapturePath path = CapturePath.of("a.jsonl");
    // More memory than any machine gives.
    Limits large = new Limits(64, 100, 262_144, 256, (Integer.MAX_VALUE - (1 << 16)) / 2, 50_000);
    try (CaptureFeed feed =
        new CaptureFeed(new CaptureListing.Listed(file, path, 0, 1, 0), 0, large)) {
      assertThatThrownBy(
              () -> {
                while (!feed.awaitNext()) {
                  // the thread that reads has not begun yet
                }
              })
          .hasCauseInstanceOf(OutOfMemoryError.class);
    }
  }

  private KafkaIngest ingest() {
    return new KafkaIngest(
        new KafkaSourceConfig("src", "signins", Map.of(), false, "earliest"),
        new KafkaTarget(Map.of(), "lockstep."),
        clients,
        Limits.defaults(),
        RawFieldPlan::none,
        counts,
        CLOCK);
  }
}
