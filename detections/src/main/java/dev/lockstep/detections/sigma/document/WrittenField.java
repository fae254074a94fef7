package dev.lockstep.detections.sigma.document;

import com.google.re2j.Pattern;
import java.util.List;

/**
 * Field of a Sigma selection as the document writes it, with its modifiers and values. Lint and the
 * Markdown pages about rules use it.
 *
 * @param selection name of the selection
 * @param key name of the field with its modifiers; empty for keywords
 * @param values texts of the values
 * @param isEmpty if no value is left once placeholders are replaced by their values
 * @param at line of the key, or of the first keyword
 */
public record WrittenField(
    String selection, String key, List<String> values, boolean isEmpty, SourceLine at) {
  private static final Pattern PIPE = Pattern.compile("\\|");

  public WrittenField {
    values = List.copyOf(values);
  }

  /** Returns the name of the field without modifiers. */
  public String name() {
    int pipe = key.indexOf('|');
    return (pipe < 0 ? key : key.substring(0, pipe)).strip();
  }

  /** Returns whether the field has the given modifier, regardless of case. */
  public boolean hasModifier(String modifier) {
    String[] parts = PIPE.split(key);
    for (int i = 1; i < parts.length; i++) {
      if (parts[i].strip().equalsIgnoreCase(modifier)) {
        return true;
      }
    }
    return false;
  }
}
