package dev.lockstep.detections.topology;

/**
 * Number of the format of stored state and of the records between stages. The number is a part of
 * the names of stores and internal topics.
 *
 * <p>So a version with another format does not find names that it knows. It refuses the topics and
 * the state folder at the start, instead of failing at the first record that it cannot read. The
 * same is true for an earlier version after an upgrade.
 *
 * <p>Format 1 has no number in its names.
 */
final class StateFormat {
  /**
   * Number of the format that this version reads and writes. It has to be raised with each change
   * after which this version cannot read the records of an earlier one, or an earlier one those of
   * this version. {@code StateFormatTest} fails if the bytes of a record change.
   */
  static final int NUMBER = 1;

  /**
   * Suffix that adds the format's number to the names of stores and internal topics, empty for
   * format 1. In the name of a topic it ends the middle part.
   */
  static final String SUFFIX = NUMBER == 1 ? "" : "-" + NUMBER;

  private StateFormat() {}
}
