package dev.lockstep.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lockstep.app.Main;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** Exit code and output of a command that was run in this process. */
record Ran(int code, String out, String err) {
  /** Runs a command. */
  static Ran run(String... arguments) {
    StringWriter err = new StringWriter();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setOut(new PrintStream(out, true, UTF_8));
    try {
      CommandLine command = Main.commandLine(arguments).setErr(new PrintWriter(err));
      return new Ran(Main.run(command, arguments), out.toString(UTF_8), err.toString());
    } finally {
      System.setOut(before);
    }
  }
}
