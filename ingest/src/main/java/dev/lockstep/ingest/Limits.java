package dev.lockstep.ingest;

import com.fasterxml.jackson.core.StreamReadConstraints;

/**
 * How much of anything one record may hold before it is rejected.
 *
 * @param depth objects and arrays within each other
 * @param numberChars characters of one number
 * @param stringBytes characters of one string that is read; what is skipped is not measured
 * @param nameChars characters of one key
 * @param messageBytes bytes of one message, one line, or one record of a larger document
 * @param tokens JSON tokens of one record
 */
public record Limits(
    int depth, int numberChars, int stringBytes, int nameChars, int messageBytes, int tokens) {

  /** Refuses limits below 1. */
  public Limits {
    if (depth < 1
        || numberChars < 1
        || stringBytes < 1
        || nameChars < 1
        || messageBytes < 1
        || tokens < 1) {
      throw new IllegalArgumentException(
          "could not take the limits: one is below 1; give positive numbers");
    }
  }

  /** Returns limits that no genuine record comes near. */
  public static Limits defaults() {
    return new Limits(64, 100, 262_144, 256, 1_048_576, 50_000);
  }

  StreamReadConstraints constraints(long tokensAtMost) {
    return StreamReadConstraints.builder()
        .maxNestingDepth(depth)
        .maxNumberLength(numberChars)
        .maxStringLength(stringBytes)
        .maxNameLength(nameChars)
        .maxTokenCount(tokensAtMost)
        .build();
  }
}
