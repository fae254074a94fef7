package dev.lockstep.capture.month;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AcceptedDetectionsTest {
  @TempDir Path folder;

  /** What a replay found, one detection on each day from one to another. */
  private String found(String file, int first, int last) throws IOException {
    LocalDate before = BenignMonth.FIRST.minusDays(1);
    String lines =
        IntStream.rangeClosed(first, last)
            .mapToObj(
                day ->
                    "{\"id\":\"%s-%d\",\"endTime\":\"%sT23:59:59.000Z\"}\n"
                        .formatted(file, day, before.plusDays(day)))
            .collect(Collectors.joining());
    return Files.writeString(folder.resolve(file), lines).toString();
  }

  @Test
  void hearsNothingOnTheDayAfter_thatWhatWasAcceptedWouldHaveHidden() throws IOException {
    Path accepted =
        Files.writeString(
            folder.resolve("accepted.json"),
            "[{\"id\":\"x-8\",\"alsoHides\":[\"x-8\",\"x-9\"]},"
                + "{\"id\":\"x-9\",\"alsoHides\":[\"x-10\"]},{\"id\":\"x-7\",\"alsoHides\":[\"x-11\"]}]");
    Path found = Path.of(found("x", 7, 11));
    assertThat(AcceptedDetections.read(accepted).remaining(Files.readAllLines(found)))
        .extracting(line -> line.split("\"", 5)[3])
        .containsExactly("x-7", "x-8", "x-10", "x-11");
  }
}
