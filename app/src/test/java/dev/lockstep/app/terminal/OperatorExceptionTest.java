package dev.lockstep.app.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import org.junit.jupiter.api.Test;

class OperatorExceptionTest {
  @Test
  void saysWhatAFailureSays_withoutTheNamesOfClasses() {
    IOException worded = new IOException("could not read the capture: \"x\" does not exist; name");
    assertThat(OperatorException.of(worded)).hasMessage(worded.getMessage());
    assertThat(OperatorException.of(new UncheckedIOException(worded)))
        .hasMessage(worded.getMessage());
  }

  @Test
  void namesTheFileThatTheSystemRefuses_andTheMend() {
    AccessDeniedException refused = new AccessDeniedException("/captures/locked");
    assertThat(OperatorException.of(refused))
        .hasMessageStartingWith(
            "could not use the file \"/captures/locked\" (AccessDeniedException); check")
        .hasCause(refused);
  }
}
