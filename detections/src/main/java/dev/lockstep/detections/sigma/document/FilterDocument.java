package dev.lockstep.detections.sigma.document;

import dev.lockstep.detections.sigma.match.DetectionSection;
import java.util.List;

/**
 * Sigma filter: document with a condition that is added to the conditions of rules, so that the
 * rules match fewer events.
 *
 * @param source log source of the filter
 * @param any if the filter applies to every rule of its log source
 * @param rules rules that the filter applies to; empty if it applies to any
 * @param detection selections and condition, joined with {@code and} to those of a rule
 * @param lines places of the detection's parts
 */
public record FilterDocument(
    Header header,
    LogSource source,
    boolean any,
    List<Reference> rules,
    DetectionSection detection,
    DetectionLines lines)
    implements SigmaDocument {
  public FilterDocument {
    rules = List.copyOf(rules);
  }
}
