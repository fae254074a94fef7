package dev.lockstep.app.detection;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.terminal.WrappedText;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is printed of the findings of one rule. */
class FindingRateTest {
  private static ComparedDetection finding(int number) {
    Detection finding = new Detection();
    finding.setId("id" + number);
    finding.setRule("rule");
    finding.setReason("reason");
    finding.setSeverity(Severity.Low);
    finding.setTitle("title");
    finding.setPrincipal(new Principal("p%02d".formatted(number), null, "user"));
    finding.setEvidence(List.of());
    return ComparedDetection.of(finding);
  }

  private static String printed(int findings) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new FindingRate(
            IntStream.range(0, findings).mapToObj(FindingRateTest::finding).toList(), 0, 1_000)
        .print(new WrappedText(new PrintStream(out, true, UTF_8), 200));
    return out.toString(UTF_8);
  }

  private static String printed(ComparedDetection finding, PrincipalNames names, int width) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new FindingRate(List.of(finding), 0, 1_000, names)
        .print(new WrappedText(new PrintStream(out, true, UTF_8), width));
    return out.toString(UTF_8);
  }

  private static PrincipalNames names(Principal... principals) {
    PrincipalNames names = new PrincipalNames();
    for (Principal principal : principals) {
      Activity activity = new Activity();
      activity.setPrincipal(principal);
      names.keepName(activity);
    }
    return names;
  }

  @Test
  void namesASubjectThatTheFindingHasOnlyByItsId_withTheIdWhereRoomIs() {
    PrincipalNames names =
        names(
            new Principal("p07", null, "user"),
            new Principal("p07", "mia@contoso.example", "user"),
            new Principal("p07", "mia", "user"));

    assertThat(printed(finding(7), names, 80))
        .contains("  subjects    mia 1\n", "; mia; count 0")
        .doesNotContain("p07");
    assertThat(printed(finding(7), names, 100)).contains("  subjects    mia (p07) 1\n");
    assertThat(printed(finding(8), names, 100)).contains("  subjects    p08 1\n");
  }

  @Test
  void countsTheSubjectsThatAreNotListed() {
    assertThat(printed(10)).contains("p09 1\n").doesNotContain(" more");
    assertThat(printed(11)).contains("p09 1, and 1 more\n");
    assertThat(printed(12)).contains("p09 1, and 2 more\n");
  }
}
