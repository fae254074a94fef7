package dev.lockstep.app.cli;

import dev.lockstep.app.Main;
import dev.lockstep.app.terminal.CapturedOutput;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** Exit code and output of a command that was run in this process. */
record Ran(int code, String out, String err) {
  /** Runs a command. */
  static Ran run(String... arguments) {
    StringWriter err = new StringWriter();
    try (CapturedOutput out = CapturedOutput.open()) {
      CommandLine command = Main.commandLine(arguments).setErr(new PrintWriter(err));
      return new Ran(Main.run(command, arguments), out.text(), err.toString());
    }
  }
}
