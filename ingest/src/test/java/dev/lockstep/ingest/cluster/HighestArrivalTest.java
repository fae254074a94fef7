package dev.lockstep.ingest.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HighestArrivalTest {
  private static final long DAY = 86_400_000L;
  private static final long NOW = 20_000 * DAY;
  private static final long FAR = NOW + 30_000 * DAY;

  @Test
  void isTheHighestArrival() {
    HighestArrival clock = new HighestArrival(0);
    assertThat(clock.at()).isZero();
    clock.observe(NOW);
    clock.observe(NOW - 5000);
    clock.observe(NOW + DAY);
    assertThat(clock.at()).isEqualTo(NOW + DAY);
  }

  @Test
  void ignoresWhatIsNoTime() {
    HighestArrival clock = new HighestArrival(0);
    clock.observe(0);
    clock.observe(-1);
    clock.observe(Long.MIN_VALUE);
    assertThat(clock.at()).isZero();
  }

  @Test
  void isNotMovedByARecordFromTheFuture() {
    HighestArrival clock = settled(NOW);
    clock.observe(FAR);
    clock.observe(Long.MAX_VALUE);
    assertThat(clock.at()).isEqualTo(NOW);
    clock.observe(NOW + 1);
    assertThat(clock.at()).isEqualTo(NOW + 1);
  }

  @Test
  void believesAJump_whenSixteenRecordsHaveCome() {
    HighestArrival clock = settled(NOW);
    clock.observe(FAR); // at or beyond whatever is believed
    for (int i = 0; i < 14; i++) {
      clock.observe(NOW + 3 * DAY + i);
      assertThat(clock.at()).isEqualTo(NOW);
    }
    clock.observe(NOW + 3 * DAY + 14);
    assertThat(clock.at()).isEqualTo(NOW + 3 * DAY + 14);
  }

  @Test
  void forgetsRecordsFromTheFuture_thatComeNowAndThen() {
    HighestArrival clock = settled(NOW);
    for (int i = 0; i < 100; i++) {
      clock.observe(FAR);
      for (int k = 0; k < 300; k++) {
        clock.observe(NOW + i);
      }
    }
    assertThat(clock.at()).isEqualTo(NOW + 99);
  }

  @Test
  void doesNotStayInTheFuture_whereTheFirstRecordIsFromThere() {
    HighestArrival clock = new HighestArrival(0);
    clock.observe(FAR);
    assertThat(clock.at()).isEqualTo(FAR);
    clock.observe(NOW);
    assertThat(clock.at()).isEqualTo(NOW);
  }

  @Test
  void doesNotStayInTheFuture_whereThatWasStored() {
    HighestArrival clock = new HighestArrival(FAR);
    clock.observe(NOW);
    assertThat(clock.at()).isEqualTo(NOW);
  }

  @Test
  void doesNotFallBack_onceItIsBorneOut() {
    HighestArrival clock = settled(NOW);
    for (int i = 0; i < 1000; i++) {
      clock.observe(NOW - 2 * DAY);
    }
    assertThat(clock.at()).isEqualTo(NOW);
  }

  @Test
  void recovers_whereTheSecondRecordIsFromLongAgo() {
    HighestArrival clock = new HighestArrival(0);
    clock.observe(NOW);
    clock.observe(DAY);
    for (int i = 1; i <= 16; i++) {
      clock.observe(NOW + i);
    }
    assertThat(clock.at()).isEqualTo(NOW + 16);
  }

  @Test
  void doesNotFallBack_whereTimesThatWereAheadAreBehindIt() {
    HighestArrival clock = settled(NOW);
    for (int i = 0; i < 15; i++) {
      clock.observe(NOW + 2 * DAY);
    }
    for (int day = 1; day <= 4; day++) {
      clock.observe(NOW + day * DAY);
    }
    clock.observe(NOW + 7 * DAY);
    assertThat(clock.at()).isEqualTo(NOW + 4 * DAY);
  }

  private static HighestArrival settled(long at) {
    HighestArrival clock = new HighestArrival(0);
    for (int i = 0; i < 20; i++) {
      clock.observe(at);
    }
    return clock;
  }
}
