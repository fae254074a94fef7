package dev.lockstep.ingest.kafka;

import java.util.Map;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/**
 * Detector of an endpoint that accepts logins and then hangs up. It reads the counters of the Kafka
 * client.
 *
 * <p>A service that does not support the client's protocol version should answer with an error. If
 * it resets the connection instead, Kafka's client retries forever without a message. The sign of
 * that is a series of authenticated connections without a single response.
 */
final class HangUpDetector {
  private static final int SUSPICIOUS = 2;

  private double authenticated;
  private double answers;

  /**
   * Returns whether the counters show two or more logins and no response since the previous call of
   * this method. The first call counts from zero.
   */
  boolean hangsUp(Map<MetricName, ? extends Metric> counters) {
    double authenticatedNow = 0;
    double answersNow = 0;
    for (Map.Entry<MetricName, ? extends Metric> counter : counters.entrySet()) {
      MetricName name = counter.getKey();
      if (name.group().equals("consumer-metrics")
          && counter.getValue().metricValue() instanceof Double value) {
        if (name.name().equals("successful-authentication-total")) {
          authenticatedNow += value;
        } else if (name.name().equals("response-total")) {
          answersNow += value;
        }
      }
    }
    boolean hangsUp = authenticatedNow - authenticated >= SUSPICIOUS && answersNow - answers == 0;
    authenticated = authenticatedNow;
    answers = answersNow;
    return hangsUp;
  }
}
