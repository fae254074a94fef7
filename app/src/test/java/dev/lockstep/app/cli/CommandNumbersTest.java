package dev.lockstep.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.cluster.SourceBacklogs;
import dev.lockstep.ingest.outcome.IngestCounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Commands write large numbers for people with commas, and pages show the same lines. */
class CommandNumbersTest {
  private static String page(String name) throws IOException {
    return Files.readString(Path.of("..", name), UTF_8);
  }

  @Test
  void theDemoSaysWhatItRead_asTheReadmeShows() throws IOException {
    String line = DemoCommand.read(new IngestCounts.Totals(4640, 72, 0, 4), 84, 2);
    assertThat(line)
        .isEqualTo(
            "4,716 records read: 4,640 activities, 72 ignored, 0 rejected, 4 quarantined; 84"
                + " repeated, 2 late");
    assertThat(page("README.md")).contains(line);
  }

  @Test
  void playSaysHowManyMessagesItPlayed_asThePageShows() throws IOException {
    String line = PlayCommand.played(2857, "captured");
    assertThat(line).isEqualTo("2,857 messages played into captured");
    assertThat(page("docs/try-run.md")).contains(line);
  }

  @Test
  void positionsSayHowManyRecordsAreLost_asThePageShows() throws IOException {
    String note = PositionsCommand.note(new SourceBacklogs.Backlog(500, 3700, false));
    assertThat(note).isEqualTo("3,700 messages lost: removed from the source before being read");
    assertThat(page("docs/sources.md")).contains(note);
  }
}
