package dev.lockstep.detections.sigma.document;

import java.util.List;
import java.util.Map;

/** Value in a YAML document, with the line of the value. */
sealed interface YamlValue {
  SourceLine at();

  /**
   * Single value of a YAML document, which is neither a list nor a mapping.
   *
   * @param text text without quotes
   * @param isPlain if it is written without quotes
   */
  record Scalar(String text, boolean isPlain, SourceLine at) implements YamlValue {
    boolean isNull() {
      return isPlain
          && (text.isEmpty()
              || text.equals("~")
              || text.equals("null")
              || text.equals("Null")
              || text.equals("NULL"));
    }
  }

  /** List of values. */
  record Sequence(List<YamlValue> items, SourceLine at) implements YamlValue {}

  /**
   * YAML mapping with its entries in order.
   *
   * @param entries values by key, in the order of the document
   */
  record Mapping(Map<String, Entry> entries, SourceLine at) implements YamlValue {}

  /**
   * Value of one key of a mapping, with the line of the key.
   *
   * @param keyAt line of the key
   */
  record Entry(YamlValue value, SourceLine keyAt) {}
}
