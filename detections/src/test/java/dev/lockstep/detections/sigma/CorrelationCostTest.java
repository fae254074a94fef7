package dev.lockstep.detections.sigma;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.sigma.correlation.GroupDay;
import dev.lockstep.detections.sigma.correlation.HitFinder;
import dev.lockstep.detections.sigma.correlation.Member;
import dev.lockstep.detections.sigma.correlation.WindowCondition;
import dev.lockstep.detections.sigma.document.CorrelationDocument;
import dev.lockstep.detections.sigma.document.Threshold;
import dev.lockstep.rules.Aggregate;
import dev.lockstep.rules.EventReference;
import dev.lockstep.schemas.Where;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.math.BigDecimal;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Processor time of an event of a group with 100,000 members: adding it, and the earliest hit. */
@Tag("long")
final class CorrelationCostTest {
  private static final int EVENTS = 100_000;
  private static final long START = 1_795_046_400_000L;

  @ParameterizedTest
  @CsvSource({
    "VALUE_COUNT,10,600,100000",
    "VALUE_COUNT,1000,600,100000",
    "VALUE_COUNT,1000,600,900",
    "VALUE_COUNT,4096,86400,100000",
    "VALUE_COUNT,4096,86400,4000",
    "TEMPORAL,3,600,2",
    "TEMPORAL,3,86400,2",
    "TEMPORAL,2,600,2"
  })
  void costsLessThanFiveMicroseconds(
      CorrelationDocument.Type type, int need, int seconds, int distinct) {
    WindowCondition condition =
        new WindowCondition(
            type,
            List.of("a", "b", "c"),
            seconds * 1_000L,
            List.of(new Threshold(Threshold.Operator.GTE, BigDecimal.valueOf(need))),
            null,
            null);
    ThreadMXBean processor = ManagementFactory.getThreadMXBean();
    double best = Double.MAX_VALUE;
    for (int run = 0; run < 3; run++) {
      GroupDay day = new GroupDay(condition, false);
      Where where = new Where("files", null, null, 0, 0L, 0);
      Aggregate.Kept[] events = new Aggregate.Kept[EVENTS];
      for (int i = 0; i < EVENTS; i++) {
        BitSet rules = new BitSet();
        rules.set(type == CorrelationDocument.Type.TEMPORAL ? i % distinct : 0);
        List<String> values =
            type == CorrelationDocument.Type.VALUE_COUNT
                ? List.of("value" + i % distinct)
                : List.of();
        long at = START + i * 860L;
        events[i] =
            new Aggregate.Kept(
                new EventReference("AuditLogs", "event" + i, at, at, where),
                Member.texts(rules, values, List.of()),
                false);
      }
      HitFinder windows = new HitFinder(condition, day, List.of(), (int) (START / 86_400_000L));
      long began = processor.getCurrentThreadCpuTime();
      for (Aggregate.Kept event : events) {
        if (day.add(event)) {
          windows.earliest();
        }
      }
      best = Math.min(best, (processor.getCurrentThreadCpuTime() - began) / 1_000.0 / EVENTS);
    }
    System.out.printf("%s gte %d in %d s of %d: %.2f us%n", type, need, seconds, distinct, best);
    assertThat(best).isLessThan(5);
  }
}
