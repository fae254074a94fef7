package dev.lockstep.detections.topology;

/**
 * Number of the format of stored state and of the records in topics between processing stages. The
 * number is a part of the names of stores and internal topics.
 *
 * <p>A version with another format therefore finds names that it does not know. It refuses the
 * topics and the state folder at the start, instead of failing at the first record that it cannot
 * read. After an upgrade, an earlier version does the same.
 *
 * <p>Format 1 has no number in its names.
 */
final class StateFormat {
  /**
   * Number of the format that this version reads and writes. It has to be raised with each change
   * after which this version cannot read the records of an earlier version, or an earlier version
   * cannot read the records of this one. {@code StateFormatTest} fails if the bytes of a record
   * change.
   */
  static final int NUMBER = 1;

  /**
   * Suffix that adds the format's number to the names of stores and internal topics, empty for
   * format 1. In the name of a topic it stands before {@code -repartition} or {@code -changelog}.
   */
  static final String SUFFIX = NUMBER == 1 ? "" : "-" + NUMBER;

  private StateFormat() {}
}
