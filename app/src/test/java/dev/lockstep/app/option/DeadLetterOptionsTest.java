package dev.lockstep.app.option;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class DeadLetterOptionsTest {
  @Test
  void namesTheReasonsThatThereAre_whereNoneIsTheOneAskedFor() {
    assertThat(
            DeadLetterOptions.unknown(
                "dead letter", "reason", "to-deep", new TreeSet<>(Set.of("too-deep", "not-json"))))
        .isEqualTo(
            "no dead letter has the reason \"to-deep\"; give one of these to --reason: not-json, too-deep");
    assertThat(DeadLetterOptions.unknown("dead letter", "source", "a", Set.of()))
        .isEqualTo("no dead letter has the source \"a\"; the topic has none at all");
  }
}
