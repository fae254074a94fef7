package dev.lockstep.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.terminal.Terminal;
import dev.lockstep.detections.BuiltInRules;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** Tables on a terminal of 80 columns: what a person copies is not broken. */
@ResourceLock(Resources.SYSTEM_PROPERTIES)
class NarrowTablesTest {
  @TempDir Path folder;

  private interface Command {
    Ran run() throws Exception;
  }

  private static String printed(Command command) throws Exception {
    String before = System.setProperty(Terminal.COLUMNS, "80");
    try {
      Ran ran = command.run();
      assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
      return ran.out();
    } finally {
      if (before == null) {
        System.clearProperty(Terminal.COLUMNS);
      } else {
        System.setProperty(Terminal.COLUMNS, before);
      }
    }
  }

  @Test
  void haveIdsOfRulesWhole() throws Exception {
    String rules = printed(() -> Ran.run("rules", "list"));
    assertThat(BuiltInRules.all()).allSatisfy(rule -> assertThat(rules).contains(rule.info().id()));
  }

  @Test
  void haveKeysOfTheConfigurationWhole() throws Exception {
    assertThat(printed(() -> Ran.run("config", "show")))
        .contains(
            "rules.impossible-travel.minDistanceKm", "rules.workload-credential-drift.shadow");
  }

  @Test
  void haveWhatIsUntidyBelowItsSubject() throws Exception {
    BundledCapture capture = new BundledCapture(folder);
    assertThat(printed(() -> capture.run("hygiene", "{}")).lines())
        .anyMatch(line -> line.startsWith("    Northwind function signed in with a secret in 1"));
  }
}
