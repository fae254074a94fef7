package dev.lockstep.detections.sigma.correlation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.sigma.document.CorrelationDocument;
import dev.lockstep.detections.sigma.document.Threshold;
import dev.lockstep.rules.Aggregate;
import dev.lockstep.rules.EventReference;
import dev.lockstep.schemas.Where;
import java.math.BigDecimal;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Members of a group on a day of which more come than are kept. */
class GroupDayTest {
  private static final long START = 1_795_046_400_000L;
  private static final WindowCondition TWO_IN_A_SECOND =
      new WindowCondition(
          CorrelationDocument.Type.EVENT_COUNT,
          List.of("a"),
          1_000,
          List.of(new Threshold(Threshold.Operator.GTE, BigDecimal.valueOf(2))),
          null,
          null);

  private static Aggregate.Kept event(String id, long at, boolean isProvisional) {
    BitSet rules = new BitSet();
    rules.set(0);
    return new Aggregate.Kept(
        new EventReference("GatewayLogs", id, at, at, new Where("files", null, null, 0, 0L, 0)),
        Member.texts(rules, List.of(), List.of()),
        isProvisional);
  }

  /** Returns an event whose hash is larger, or not larger, than those of most others. */
  private static Aggregate.Kept event(
      String name, long at, boolean isProvisional, boolean isLarge) {
    for (int i = 0; ; i++) {
      Aggregate.Kept event = event(name + i, at, isProvisional);
      long hash = Member.of(event).id();
      if (isLarge ? hash > Long.MAX_VALUE / 100 * 99 : hash < 0) {
        return event;
      }
    }
  }

  private static final WindowCondition THREE_IN_FIVE_MINUTES =
      new WindowCondition(
          CorrelationDocument.Type.EVENT_COUNT,
          List.of("a"),
          300_000,
          List.of(new Threshold(Threshold.Operator.GTE, BigDecimal.valueOf(3))),
          null,
          null);

  private static long hit(GroupDay day) {
    Hit hit =
        new HitFinder(THREE_IN_FIVE_MINUTES, day, List.of(), (int) (START / 86_400_000L))
            .earliest();
    return hit == null ? GroupDay.NO_HIT : hit.at() - START;
  }

  private static void add(GroupDay day, String id, int minute) {
    day.add(event(id, START + minute * 60_000L, false));
  }

  @Test
  void findsTheNextHit_whenACopyMovesAnEventOfTheFirst() {
    GroupDay day = new GroupDay(THREE_IN_FIVE_MINUTES, false);
    add(day, "a", 60);
    add(day, "b", 61);
    add(day, "x", 62);
    assertThat(hit(day)).isEqualTo(62 * 60_000);

    add(day, "x", 0);
    assertThat(hit(day)).isEqualTo(GroupDay.NO_HIT);
    add(day, "c", 63);
    add(day, "e", 64);
    assertThat(hit(day)).isEqualTo(63 * 60_000);
  }

  @Test
  void findsTheNextHit_whenAnEventOfTheFirstIsRetracted() {
    GroupDay day = new GroupDay(THREE_IN_FIVE_MINUTES, false);
    add(day, "a", 60);
    add(day, "b", 61);
    add(day, "x", 62);
    day.remove(event("x", START + 62 * 60_000L, false));
    assertThat(hit(day)).isEqualTo(GroupDay.NO_HIT);

    add(day, "c", 63);
    assertThat(hit(day)).isEqualTo(63 * 60_000);
  }

  @Test
  void findsTheHit_thatACopyMakesOfAnEventOfTheFirst() {
    GroupDay day = new GroupDay(THREE_IN_FIVE_MINUTES, false);
    add(day, "a", 60);
    add(day, "b", 61);
    add(day, "d", 2);
    add(day, "e", 3);
    add(day, "x", 62);

    add(day, "x", 1);
    assertThat(hit(day)).isEqualTo(3 * 60_000);
  }

  @Test
  void keepsALimitedNumberOfEvents_alsoWhereAllEndTheFirstHit() {
    GroupDay day = new GroupDay(THREE_IN_FIVE_MINUTES, false);
    for (int i = 0; i < GroupDay.MOST_AT_ONCE + 100; i++) {
      add(day, "event" + i, 60);
    }

    assertThat(day.size()).isEqualTo(GroupDay.MOST_AT_ONCE);
    assertThat(day.hasOverflow()).isTrue();
    assertThat(hit(day)).isEqualTo(60 * 60_000);
  }

  @Test
  void countsTheOtherEvents_whenAProvisionalOneIsLeftOut() {
    GroupDay day = new GroupDay(TWO_IN_A_SECOND, false);
    long at = START;
    for (int i = 0; i < GroupDay.MOST_AT_ONCE; i++) {
      at = START + i * 5_000L;
      day.add(event("event" + i + "/", at, false, false));
    }

    day.add(event("provisional", at + 100, true, true));
    day.add(event("last", at + 200, false, false));

    assertThat(day.hasOverflow()).isTrue();
    assertThat(
            new HitFinder(TWO_IN_A_SECOND, day, List.of(), (int) (START / 86_400_000L)).earliest())
        .isNotNull();
  }
}
