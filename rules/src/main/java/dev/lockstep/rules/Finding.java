package dev.lockstep.rules;

import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finding of a rule about one subject and UTC day, before it is put into words.
 *
 * @param parts texts that, with rule, subject and day, make up the finding's id
 * @param reason reason of the most severe verdict; of several, the one that the rule declares first
 * @param severity severity of the most severe verdict
 * @param count number of distinct members or minutes, at most the capacity of a set
 * @param counted number of distinct members or minutes without that bound, as far as it is known
 * @param fired verdicts of the finding, by severity, reason and weight; beyond some hundreds the
 *     rest is unordered
 * @param principal principal of the finding: its subject if that is one, otherwise the principal of
 *     the earliest event that has one; null if unknown
 * @param collapsed number of findings that this one replaces because a day had too many; 0 for an
 *     ordinary finding
 */
public record Finding(
    Case of,
    List<String> parts,
    String reason,
    Severity severity,
    int count,
    int counted,
    List<Fired> fired,
    @Nullable Principal principal,
    int collapsed) {
  public Finding {
    parts = List.copyOf(parts);
    fired = List.copyOf(fired);
  }

  /** Returns the verdict that comes first by severity, reason and weight. */
  public Fired first() {
    return fired.get(0);
  }

  /**
   * Returns the time of the earliest event among the first facts of all its verdicts, in
   * milliseconds since 1970.
   */
  public long firstAt() {
    return fired.stream().mapToLong(each -> each.fact(0).firstAt()).min().orElseThrow();
  }
}
