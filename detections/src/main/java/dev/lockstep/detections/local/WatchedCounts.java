package dev.lockstep.detections.local;

import dev.lockstep.detections.message.OngoingCall;
import dev.lockstep.detections.message.RuleCounts;
import dev.lockstep.rules.Subject;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Receiver of an engine's counts, which also reports to a watcher each suppression that names a
 * subject.
 */
final class WatchedCounts implements RuleCounts {
  private final RuleCounts counts;
  private final Supplier<@Nullable Watcher> watcher;

  WatchedCounts(RuleCounts counts, Supplier<@Nullable Watcher> watcher) {
    this.counts = counts;
    this.watcher = watcher;
  }

  @Override
  public void suppressed(String rule, String gate) {
    counts.suppressed(rule, gate);
  }

  @Override
  public void suppressed(Subject subject, String rule, String gate) {
    counts.suppressed(subject, rule, gate);
    Watcher watching = watcher.get();
    if (watching != null) {
      watching.suppressed(subject, rule, gate);
    }
  }

  @Override
  public void counted(String rule, String name) {
    counts.counted(rule, name);
  }

  @Override
  public void slow(String rule, long millis) {
    counts.slow(rule, millis);
  }

  @Override
  public void calls(OngoingCall call) {
    counts.calls(call);
  }

  @Override
  public void failed(String rule, String what, Throwable failure) {
    counts.failed(rule, what, failure);
  }
}
