package dev.lockstep.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.Main;
import dev.lockstep.app.process.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class DeadLettersCommandTest {
  @Test
  void refusesAnIdThatIsNone_asWrongUsage() {
    for (String command : new String[] {"show", "retry"}) {
      StringWriter err = new StringWriter();
      int code =
          Main.commandLine()
              .setErr(new PrintWriter(err))
              .execute("dead-letters", command, "--config", "none.yaml", "17");
      assertThat(code).isEqualTo(ExitCode.WRONG_USAGE);
      assertThat(err.toString())
          .startsWith(
              "could not use the id of a dead letter: \"17\" is not a partition and offset");
    }
  }
}
