package dev.lockstep.detections.sigma.document;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lines of a Sigma rule or filter at which the parts of its section {@code detection} are written.
 *
 * @param selections line of each selection by name
 * @param fields fields of all selections as written
 * @param condition line of the condition
 */
public record DetectionLines(
    Map<String, SourceLine> selections, List<WrittenField> fields, SourceLine condition) {
  public DetectionLines {
    selections = Collections.unmodifiableMap(new LinkedHashMap<>(selections));
    fields = List.copyOf(fields);
  }
}
