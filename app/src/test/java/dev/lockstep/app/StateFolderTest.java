package dev.lockstep.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFolderTest {
  @TempDir Path parent;

  @Test
  void isAnotherOne_whileTheFirstIsHeld_andTheSameAfterARestart() {
    Path first;
    try (StateFolder one = StateFolder.take(parent);
        StateFolder two = StateFolder.take(parent)) {
      first = one.path();
      assertThat(two.path()).isNotEqualTo(first).hasParent(parent);
    }
    try (StateFolder again = StateFolder.take(parent)) {
      assertThat(again.path()).isEqualTo(first);
    }
  }
}
