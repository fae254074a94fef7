package dev.lockstep.detections.sigma.document;

import java.util.List;

/**
 * Field of a Sigma selection as the document writes it, with its modifiers and values, for lint and
 * the pages of rules.
 *
 * @param selection name of the selection
 * @param key name of the field with its modifiers; empty for keywords
 * @param values texts of the values
 * @param at line of the key, or of the first keyword
 */
public record WrittenField(String selection, String key, List<String> values, SourceLine at) {
  public WrittenField {
    values = List.copyOf(values);
  }

  /** Returns the name of the field without modifiers. */
  public String name() {
    int pipe = key.indexOf('|');
    return pipe < 0 ? key : key.substring(0, pipe);
  }

  /** Returns whether the field has the given modifier. */
  public boolean hasModifier(String modifier) {
    return (key + "|").contains("|" + modifier + "|");
  }
}
