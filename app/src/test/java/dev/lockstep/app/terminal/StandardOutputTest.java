package dev.lockstep.app.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.app.Main;
import dev.lockstep.app.process.ExitCode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class StandardOutputTest {
  /** Pipe whose reader takes some bytes and goes. */
  private static final class Pipe extends OutputStream {
    private final String message;
    private int left;

    Pipe(int left, String message) {
      this.left = left;
      this.message = message;
    }

    @Override
    public void write(int one) throws IOException {
      if (left-- <= 0) {
        throw new IOException(message);
      }
    }
  }

  private static String run(OutputStream to, boolean isPipe, int code, String... arguments) {
    PrintStream before = System.out;
    StringWriter err = new StringWriter();
    System.setOut(new StandardOutput(to, isPipe, UTF_8));
    try {
      assertThat(Main.run(Main.commandLine(arguments).setErr(new PrintWriter(err)), arguments))
          .as(String.join(" ", arguments))
          .isEqualTo(code);
    } finally {
      System.setOut(before);
    }
    return err.toString();
  }

  @Test
  void endsSilentlyWith0_whenTheReaderHasClosedThePipe() {
    for (String[] arguments :
        new String[][] {
          {"rules", "list"},
          {"rules", "list", "--json"},
          {"rules", "show", "impossible-travel"},
          {"config", "show"},
          {"--help"},
          {"--version"},
          {"help", "replay"},
          {"completion", "bash"},
        }) {
      for (int taken : new int[] {0, 20}) {
        assertThat(run(new Pipe(taken, "Broken pipe"), false, ExitCode.DONE, arguments)).isEmpty();
      }
      assertThat(run(new Pipe(9, "in another language"), true, ExitCode.DONE, arguments)).isEmpty();
    }
  }

  @Test
  void failsWithALine_whenTheDiskIsFull() {
    assertThat(
            run(new Pipe(20, "No space left on device"), false, ExitCode.FAILED, "rules", "list"))
        .contains("standard output: it is closed or its disk is full");
  }

  @Test
  void letsAServiceGoOn() {
    PrintStream before = System.out;
    System.setOut(new StandardOutput(new Pipe(0, "Broken pipe"), false, UTF_8));
    try {
      assertThatThrownBy(() -> System.out.println("a")).isInstanceOf(ClosedPipeException.class);
      StandardOutput.outliveReader();
      System.out.println("a");
      assertThat(System.out.checkError()).isFalse();
    } finally {
      System.setOut(before);
    }
  }
}
