package dev.lockstep.ingest.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.file.CaptureFiles;
import dev.lockstep.ingest.file.CaptureWriter;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.SourceMessage;
import dev.lockstep.ingest.outcome.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptureWriterTest {
  private static final long AT = Instant.parse("2026-11-20T10:05:07.123Z").toEpochMilli();

  @TempDir Path folder;

  @Test
  void writesWhatReplayReads_withArrivalAndOffset() throws IOException {
    byte[] notText = {(byte) 0xff, 0, '{'};
    try (CaptureWriter writer = new CaptureWriter(folder)) {
      writer.write(notText, 41, AT, 0);
      writer.write(new byte[0], 42, AT + 1, 0);
      writer.write("x".getBytes(StandardCharsets.US_ASCII), 43, null, AT);
      assertThat(writer.files()).isEqualTo(1);
    }
    List<SourceMessage> read = read();
    assertThat(read).hasSize(3);
    assertThat(read.get(0).body()).isEqualTo(notText);
    assertThat(read.stream().map(message -> message.where().getPosition()))
        .containsExactly(41L, 42L, 43L);
    assertThat(read.stream().map(SourceMessage::arrivalAt)).containsExactly(AT, AT + 1, null);
    assertThat(files()).containsExactly("2026/11/20/10/05/07.avro");
  }

  @Test
  void beginsAFileADay_andNeverTheSameTwice() throws IOException {
    try (CaptureWriter writer = new CaptureWriter(folder)) {
      writer.write(new byte[1], 1, AT, 0);
      writer.write(new byte[1], 2, AT + 86_400_000, 0);
      writer.write(new byte[1], 3, AT, 0);
      assertThat(files()).as("the last is hidden until it is complete").hasSize(2);
    }
    assertThat(files())
        .containsExactly(
            "2026/11/20/10/05/07-1.avro", "2026/11/20/10/05/07.avro", "2026/11/21/10/05/07.avro");
    assertThat(CapturePath.of("2026/11/20/10/05/07-1.avro").at()).isEqualTo(AT - 123);
  }

  @Test
  void leavesTheFileOfAWriter_thatWasKilled() throws IOException {
    new CaptureWriter(folder).write(new byte[1], 1, AT, 0); // never closed
    try (CaptureWriter writer = new CaptureWriter(folder)) {
      writer.write(new byte[1], 1, AT, 0);
    }
    assertThat(files()).containsExactly("2026/11/20/10/05/07-1.avro");
  }

  @Test
  void leavesATimeOpen_thatIsNone() throws IOException {
    try (CaptureWriter writer = new CaptureWriter(folder)) {
      writer.write(new byte[1], 1, Long.MAX_VALUE, AT);
    }
    assertThat(read().get(0).arrivalAt()).isNull();
    assertThat(files()).containsExactly("2026/11/20/10/05/07.avro");
  }

  private List<SourceMessage> read() throws IOException {
    List<SourceMessage> messages = new ArrayList<>();
    List<Outcome> damages = new ArrayList<>();
    new CaptureFiles(Limits.defaults())
        .read(
            List.of(folder.toString()),
            InputStream.nullInputStream(),
            messages::add,
            damages::add,
            bytes -> {});
    assertThat(damages).isEmpty();
    return messages;
  }

  private List<String> files() throws IOException {
    try (Stream<Path> found = Files.walk(folder)) {
      return found
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString().replace('\\', '/'))
          .filter(name -> !name.contains("/."))
          .sorted()
          .toList();
    }
  }
}
