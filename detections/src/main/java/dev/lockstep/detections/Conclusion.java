package dev.lockstep.detections;

import dev.lockstep.schemas.Severity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a rule makes of one comparison.
 *
 * @param reason why it fires, null if it does not
 * @param severity with which it fires, null if it does not
 * @param quietBy what keeps it quiet, in the rule's order; of one that fires, what keeps a part of
 *     it quiet
 */
public record Conclusion(
    @Nullable String reason, @Nullable Severity severity, List<String> quietBy) {
  static Conclusion fires(String reason, Severity severity) {
    return new Conclusion(reason, severity, List.of());
  }

  static Conclusion quiet(String... gates) {
    return new Conclusion(null, null, List.of(gates));
  }

  /** Returns whether it makes a finding. */
  public boolean fires() {
    return reason != null;
  }
}
