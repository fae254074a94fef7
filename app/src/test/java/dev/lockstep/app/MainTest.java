package dev.lockstep.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final CommandLine command =
      Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));

  @Test
  void printsVersionAndHelp() {
    assertThat(command.execute("--version")).isEqualTo(Main.DONE);
    assertThat(command.execute("--help")).isEqualTo(Main.DONE);
    assertThat(command.execute("broker", "--help")).isEqualTo(Main.DONE);
    assertThat(out.toString()).contains("lockstep (unpackaged)", "broker", "--port=N");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void summarisesEachCommandInAWholeSentence() {
    command
        .getSubcommands()
        .forEach(
            (name, one) ->
                assertThat(one.getCommandSpec().usageMessage().description()[0])
                    .as(name)
                    .endsWith("."));
  }

  @Test
  void refusesWrongUsage_withCode2() {
    assertThat(command.execute("dance")).isEqualTo(Main.WRONG_USAGE);
    assertThat(command.execute()).isEqualTo(Main.WRONG_USAGE);
    assertThat(command.execute("broker", "--port", "x")).isEqualTo(Main.WRONG_USAGE);
    assertThat(err.toString()).contains("dance", "Usage: lockstep");
  }

  @Test
  void saysInOneLineWhatToMend_withCode1(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("other"), "");
    assertThat(command.execute("broker", "--data", folder.toString())).isEqualTo(Main.FAILED);
    assertThat(err.toString())
        .startsWith("could not start the local broker: folder ")
        .endsWith("name an empty folder" + System.lineSeparator());
    assertThat(err.toString().lines()).hasSize(1);
  }

  @Test
  void admitsAFaultOfItsOwn_withCode1() {
    command.addSubcommand(new Faulty()).setErr(new PrintWriter(err));
    assertThat(command.execute("faulty")).isEqualTo(Main.FAILED);
    assertThat(err.toString().lines())
        .singleElement()
        .asString()
        .startsWith("could not go on: IllegalStateException \"boom\\u001b\", which is a fault");
  }

  @Command(name = "faulty")
  private static final class Faulty implements Callable<Integer> {
    @Override
    public Integer call() {
      throw new IllegalStateException("boom\u001b");
    }
  }
}
