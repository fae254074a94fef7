package dev.lockstep.app.kafka;

import dev.lockstep.schemas.text.Quoted;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Watch for brokers that do not answer although another broker of their cluster does. A cluster
 * without a majority of its controllers still names dead brokers as leaders.
 */
final class BrokerSilence {
  /**
   * Longest silence that is tolerated: a cluster with a majority of its controllers gives a dead
   * broker's partitions to others within this time.
   */
  static final Duration TOLERATED = Duration.ofSeconds(15);

  private final LongSupplier nanos;
  private boolean isSilent;
  private long since;

  /** Creates a watch without any silence so far. */
  BrokerSilence(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * Records whether all brokers that a check asked have answered.
   *
   * @param began start of the check, by the watch's clock
   */
  void record(boolean haveAnswered, long began) {
    if (!haveAnswered && !isSilent) {
      since = began;
    }
    isSilent = !haveAnswered;
  }

  /** Returns a message with the fix once the silence has lasted too long, otherwise null. */
  @Nullable String problem(String servers) {
    return isSilent && nanos.getAsLong() - since >= TOLERATED.toNanos()
        ? "the cluster at kafka.bootstrapServers %s answers, but brokers that lead its partitions or coordinate its groups do not; start these brokers, or check the network to them; Lockstep continues by itself when the brokers answer"
            .formatted(Quoted.of(servers))
        : null;
  }
}
