package dev.lockstep.app.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RunbookTest {
  @Test
  void takesTheStepsBelowTheHeading_withoutLinks_andOneLineEach() {
    assertThat(
            Runbook.steps(
                """
                # rule
                1. not a step of the runbook
                ## At 3 a.m.
                Some words before.
                1. Look at `ip` in [the log](../logs.md), and
                   at its owner.
                12. Close it.

                ## After
                1. nor this
                """))
        .containsExactly("Look at `ip` in the log, and at its owner.", "Close it.");
    assertThat(Runbook.steps("# rule")).isEmpty();
    assertThat(Runbook.of("no-such-rule")).isEmpty();
  }

  @Test
  void findsStepsOnThePageOfEachRule() throws IOException {
    List<Path> pages;
    try (Stream<Path> files = Files.list(Path.of("..", "docs", "rules"))) {
      pages = files.filter(page -> page.toString().endsWith(".md")).toList();
    }
    assertThat(pages).hasSizeGreaterThan(10);
    for (Path page : pages) {
      assertThat(Runbook.steps(Files.readString(page)))
          .as(page.toString())
          .hasSizeGreaterThanOrEqualTo(2)
          .noneMatch(step -> step.contains("]("));
    }
  }
}
