package dev.lockstep.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.junit.jupiter.api.Test;

class HangUpDetectorTest {
  private final HangUpDetector hangUps = new HangUpDetector();

  @Test
  void seesConnectionsThatAuthenticate_andGetNoAnswer() {
    assertThat(hangUps.hangsUp(counters(3, 0))).isTrue();
    assertThat(hangUps.hangsUp(counters(6, 0))).isTrue();
  }

  @Test
  void seesItAlso_whereThereWereAnswersOnce() {
    assertThat(hangUps.hangsUp(counters(2, 40))).isFalse();
    assertThat(hangUps.hangsUp(counters(5, 40))).isTrue();
  }

  @Test
  void doesNotTakeSlownessForIt_norAnEndpointThatIsAway() {
    assertThat(hangUps.hangsUp(counters(1, 0))).isFalse();
    assertThat(hangUps.hangsUp(counters(1, 0))).isFalse();
    assertThat(hangUps.hangsUp(counters(9, 1))).isFalse();
    assertThat(new HangUpDetector().hangsUp(Map.of())).isFalse();
  }

  private static Map<MetricName, Metric> counters(double authenticated, double answers) {
    Metric first = metric("successful-authentication-total", authenticated);
    Metric second = metric("response-total", answers);
    return Map.of(first.metricName(), first, second.metricName(), second);
  }

  private static Metric metric(String name, double value) {
    MetricName named = new MetricName(name, "consumer-metrics", "", Map.of("client-id", "c"));
    return new Metric() {
      @Override
      public MetricName metricName() {
        return named;
      }

      @Override
      public Object metricValue() {
        return value;
      }
    };
  }
}
