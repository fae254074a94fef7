package dev.lockstep.rules;

import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finding of a rule about one subject and UTC day, before it is put into words.
 *
 * @param parts texts that, with rule, subject and day, make up the finding's id
 * @param reason reason of the most severe verdict; of several, the one that the rule declares
 *     first; for a finding that replaces others, the reason that {@link RuleInfo.Collapse} has
 * @param severity severity of the most severe verdict, or one level lower if the finding replaces
 *     others and {@link RuleInfo.Collapse} lowers it
 * @param count count that the detection shows; at most the configured {@code rules.setCap}, unless
 *     {@link Fired#count(int)} set it
 * @param counted number of distinct {@link Fired#counting} texts or minutes, also above {@code
 *     rules.setCap}, but perhaps too low for very many verdicts; for a finding that replaces
 *     others, the number of those others if {@link RuleInfo.Collapse} counts findings
 * @param fired verdicts of the finding, by severity, reason and weight; beyond some hundreds the
 *     rest is unordered
 * @param principal the finding's subject if that is a principal, otherwise the principal of the
 *     earliest event that has one; null if unknown, or if the finding replaces others and its
 *     subject is no principal
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
   * Returns the time of the earliest event in the first fact of any of this finding's verdicts, in
   * milliseconds since 1970.
   */
  public long firstAt() {
    return fired.stream().mapToLong(each -> each.fact(0).firstAt()).min().orElseThrow();
  }
}
