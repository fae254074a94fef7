package dev.lockstep.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DoctorTest {
  private final Doctor doctor = new Doctor(Duration.ofSeconds(20));

  @Test
  void aCheckThatRunsOutOfStackOrHeap_isAFailureOfTheThing() throws Exception {
    doctor.add(
        "networks",
        into -> {
          throw new StackOverflowError();
        });
    doctor.add(
        "partners",
        into -> {
          throw new OutOfMemoryError("Java heap space");
        });
    assertThat(doctor.run())
        .hasSize(2)
        .allSatisfy(line -> assertThat(line.verdict()).isEqualTo(Checkup.Verdict.FAIL))
        .extracting(Checkup.Line::check)
        .containsExactly("networks", "partners");
  }
}
