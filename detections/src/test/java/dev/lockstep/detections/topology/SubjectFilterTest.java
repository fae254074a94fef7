package dev.lockstep.detections.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class SubjectFilterTest {
  private static final int SUBJECTS = 50_000;

  @Test
  void holdsWhatWasAdded_andLittleElse_whenItIsFull() {
    SubjectFilter filter = new SubjectFilter(SUBJECTS);
    for (int i = 0; !filter.isFull(); i++) {
      filter.add(subject("u", i));
    }
    int held = 0;
    int others = 0;
    for (int i = 0; i < SUBJECTS; i++) {
      held += filter.mayHold(subject("u", i)) ? 1 : 0;
      others += filter.mayHold(subject("v", i)) ? 1 : 0;
    }
    assertThat(held).isEqualTo(SUBJECTS);
    assertThat(others).isLessThan(SUBJECTS / 200);
  }

  private static long subject(String kind, int number) {
    return SubjectFilter.hash(
        (kind + number + "@contoso.example").getBytes(StandardCharsets.UTF_8));
  }
}
