package dev.lockstep.ingest.kafka;

import java.util.Map;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/**
 * Tells an endpoint that takes a client's credential and then hangs up from one that is merely
 * away.
 *
 * <p>A service that does not know a version of the protocol should say so; one that resets the
 * connection instead leaves Kafka's client trying the same for ever, without a word. What it shows
 * is connections that authenticate, one after the other, and not one answer on any of them.
 */
final class Handshakes {
  private static final int SUSPICIOUS = 2;

  private double authenticated;
  private double answers;

  /** Returns whether that is what has happened since the last look at this client's counters. */
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
