package dev.lockstep.ingest.split;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.text.Timestamps;
import org.junit.jupiter.api.Test;

final class PortalTimesTest {
  private static long read(String cell) {
    return Timestamps.parse(PortalTimes.withoutComma(cell));
  }

  @Test
  void readsATimeOfHalfDays_withTheMonthFirst() {
    assertThat(read("11/4/2025, 1:48:53.224 AM")).isEqualTo(read("2025-11-04T01:48:53.224Z"));
    assertThat(read("11/4/2025, 1:48:53 pm")).isEqualTo(read("2025-11-04T13:48:53Z"));
  }

  @Test
  void keepsAnyOtherTimeWithAComma_whichCannotBeRead() {
    assertThat(PortalTimes.withoutComma("4/11/2025, 01:48:53")).isEqualTo("4/11/2025, 01:48:53");
    assertThat(read("4/11/2025, 01:48:53")).isEqualTo(Timestamps.UNREADABLE);
  }
}
