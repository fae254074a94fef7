package dev.lockstep.rules.kit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** The kit where no engine is on the class path, as in this module. */
final class NoEngineTest {
  @Test
  void saysWhatIsMissing_andTheFix() {
    assertThatThrownBy(KitEngine::find)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "could not run a rule: no engine for rules is on the class path;"
                + " add dev.lockstep:detections to the dependencies of the tests");
  }
}
