package dev.lockstep.app.explain;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What lists say of a finding that does not stand. */
class BriefRetractionTest {
  @Test
  void namesExceptionOwnerAndDay() {
    assertThat(
            BriefRetraction.of(
                "Held back by exception known: 1 of soc, until 2026-12-31 00:00:00 UTC: Ana: known."
                    + " It said: Ana calls. It said: more."))
        .isEqualTo("Held back by exception known: 1 of soc, until 2026-12-31 00:00:00 UTC");
  }

  @Test
  void leavesOutWhatTheFindingSaid() {
    assertThat(BriefRetraction.of("Retracted: this finding no longer holds. It said: Ana calls."))
        .isEqualTo("Retracted: this finding no longer holds.");
    assertThat(BriefRetraction.of("its last revision is withdrawn"))
        .isEqualTo("its last revision is withdrawn");
  }
}
