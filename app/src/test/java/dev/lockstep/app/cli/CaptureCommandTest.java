package dev.lockstep.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.Main;
import dev.lockstep.app.process.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptureCommandTest {
  @TempDir Path folder;

  @Test
  void overwritesNothing() throws IOException {
    Path output = folder.resolve("out");
    Files.createDirectories(output);
    Files.writeString(output.resolve("mine"), "kept");
    assertThat(run(config(), output)).isEqualTo(ExitCode.FAILED);
    assertThat(Files.readString(output.resolve("mine"))).isEqualTo("kept");
  }

  @Test
  void saysThatThereIsNothingToRecord() throws IOException {
    Path config = folder.resolve("none.yaml");
    Files.writeString(config, "sources: [{name: old, type: capture, path: archive}]\n");
    assertThat(run(config, folder.resolve("out"))).isEqualTo(ExitCode.FAILED);
    assertThat(folder.resolve("out")).doesNotExist();
  }

  private Path config() throws IOException {
    Path config = folder.resolve("lockstep.yaml");
    Files.writeString(
        config, "sources: [{name: s, type: kafka, bootstrapServers: 'localhost:1', topic: t}]\n");
    return config;
  }

  private static int run(Path config, Path output) {
    return Main.commandLine()
        .setErr(new PrintWriter(new StringWriter()))
        .execute(
            "capture", "--config", config.toString(), "--output", output.toString(), "--for", "5s");
  }

  @Test
  void namesItsFolder_whereTheDiskIsFull() {
    Path full = Path.of("captured");
    assertThat(CaptureCommand.failed("hub", full, new IOException("No space left on device")))
        .hasMessageContainingAll(
            "source \"hub\"", "the folder \"captured\"", "No space left", "make room on its disk");
    assertThat(CaptureCommand.failed("hub", full, new KafkaException("no such host")))
        .hasMessageContaining("doctor to find the problem");
  }
}
