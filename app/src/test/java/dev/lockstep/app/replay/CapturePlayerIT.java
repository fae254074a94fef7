package dev.lockstep.app.replay;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.app.broker.CalmBroker;
import dev.lockstep.app.broker.LocalBroker;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.kafka.PlayedTopic;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.Progress;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CapturePlayerIT {
  @TempDir Path folder;

  @Test
  void fails_whereAMessageWasNotTaken_whicheverItIs() throws Exception {
    String small = "{\"category\":\"A\",\"time\":\"2026-11-02T08:00:0%dZ\"}\n";
    Path capture = folder.resolve("capture.jsonl");
    Files.writeString(capture, small.formatted(1) + large() + small.formatted(3));
    Config config =
        Config.read(
            null,
            Map.of(
                "LOCKSTEP_LIMITS_MESSAGE_BYTES",
                "8000000",
                "LOCKSTEP_LIMITS_STRING_BYTES",
                "8000000"));
    try (LocalBroker broker = LocalBroker.start(folder.resolve("broker"), 0, CalmBroker.OPTIONS);
        Producer<byte[], byte[]> producer = PlayedTopic.producer(broker.bootstrapServers())) {
      assertThatThrownBy(() -> PlayedTopic.create(broker.bootstrapServers(), "a name", 1))
          .isInstanceOf(OperatorException.class)
          .hasMessageContaining("InvalidTopicException")
          .hasMessageEndingWith(
              "; give another --topic or --partitions, or a broker that lets you create topics");
      PlayedTopic.create(broker.bootstrapServers(), "played", 1);
      CapturePlayer player = new CapturePlayer(producer, "played", 0, config.limits());
      Progress quiet = Progress.on(System.err, true, false, System::nanoTime);
      assertThatThrownBy(
              () -> player.play(List.of(capture.toString()), InputStream.nullInputStream(), quiet))
          .isInstanceOf(OperatorException.class)
          .hasMessageContaining("RecordTooLargeException");
    }
  }

  /** A message that is longer than the topic takes. */
  private static String large() {
    return "{\"category\":\"A\",\"time\":\"2026-11-02T08:00:02Z\",\"padding\":\""
        + "x".repeat(5_000_000)
        + "\"}\n";
  }
}
