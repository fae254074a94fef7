package dev.lockstep.detections.sigma.match;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Section {@code detection} of a Sigma rule or filter: its selections and its condition.
 *
 * @param selections selections by name, in the order of the document
 * @param condition condition over the names
 */
public record DetectionSection(Map<String, Selection> selections, Expression condition) {
  public DetectionSection {
    selections = Collections.unmodifiableMap(new LinkedHashMap<>(selections));
  }
}
