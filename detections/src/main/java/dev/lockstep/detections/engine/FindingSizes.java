package dev.lockstep.detections.engine;

import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.state.DayCodec;
import dev.lockstep.detections.state.KeptFinding;
import dev.lockstep.detections.state.StateCodec;
import java.util.Map;
import java.util.function.BiPredicate;

/**
 * Measurement of the bytes that the findings of a day take in the state record of the day. A
 * finding that would make the record too large for a message is refused.
 *
 * <p>Findings of a built-in rule are short, and are measured only if {@code setCap} lets a day have
 * very many.
 */
final class FindingSizes {
  /**
   * Largest value of the setting {@code setCap} at which the findings of a built-in rule always fit
   * into a state record.
   */
  private static final int MOST_THAT_FIT = 1_024;

  private final ActiveRule rule;
  private final Map<String, KeptFinding> before;
  private final BiPredicate<String, KeptFinding> stays;
  private long total = -1;

  /**
   * Creates a measurement of the findings of a day. Nothing is measured before the first finding is
   * added.
   *
   * @param before findings that were given out, by id
   * @param stays test of whether one of these findings stays in the state record of the day
   */
  FindingSizes(
      ActiveRule rule, Map<String, KeptFinding> before, BiPredicate<String, KeptFinding> stays) {
    this.rule = rule;
    this.before = before;
    this.stays = stays;
  }

  /**
   * Adds the bytes of a finding to the bytes of the day's findings. If the finding was given out
   * before, its former bytes are subtracted. Throws an exception if the finding grows and the
   * findings of the day are then too large.
   */
  void add(String id, KeptFinding finding) {
    if (!rule.isOfJar() && rule.settings().setCap() <= MOST_THAT_FIT) {
      return;
    }
    if (total < 0) {
      total = 0;
      before.forEach(
          (known, one) -> total += stays.test(known, one) ? DayCodec.findingBytes(known, one) : 0);
    }
    KeptFinding lastOutput = before.get(id);
    int more =
        DayCodec.findingBytes(id, finding)
            - (lastOutput == null ? 0 : DayCodec.findingBytes(id, lastOutput));
    if (more > 0 && total + more > StateCodec.MOST_RECORD_BYTES) {
      throw new IllegalArgumentException(
          "the findings of one subject and day take %d bytes of state, which is more than %d; pass shorter texts to Fired.in(), or report fewer verdicts that fire"
              .formatted(total + more, StateCodec.MOST_RECORD_BYTES));
    }
    total += more;
  }
}
