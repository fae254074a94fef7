package dev.lockstep.ingest.message;

import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.lockstep.ingest.outcome.Reason;

/**
 * Limits to size and nesting of one message, record or compressed file. A message or record beyond
 * a limit is rejected. A compressed file is read up to the limit, and the rest is rejected.
 *
 * @param depth nested objects and arrays
 * @param numberCharacters characters of one number
 * @param stringBytes bytes of one text in UTF-8 without its escapes, whether the text is needed or
 *     not
 * @param nameCharacters characters of one key
 * @param messageBytes bytes of one message, one line, or one record of a larger document
 * @param tokens JSON tokens of one record
 * @param decompressionRatio decompressed size of a file or block as a multiple of its stored size
 * @param decompressedBytes decompressed bytes of one file
 */
public record Limits(
    int depth,
    int numberCharacters,
    int stringBytes,
    int nameCharacters,
    int messageBytes,
    int tokens,
    int decompressionRatio,
    long decompressedBytes) {

  /**
   * Default limit of the decompression ratio, above which the rest of a file is rejected. Deflate
   * reaches at most 1,032, for a file of one repeated byte. Identical lines of 100 bytes give 300;
   * logs with an id and a time in each record give 10 to 100.
   */
  private static final int USUAL_RATIO = 500;

  private static final long USUAL_DECOMPRESSED_BYTES = 64L << 30;

  /**
   * Creates the limits of messages, records and compressed files, each of which is at least 1.
   *
   * @throws IllegalArgumentException if a limit is less than 1
   */
  public Limits {
    check("depth", depth);
    check("numberCharacters", numberCharacters);
    check("stringBytes", stringBytes);
    check("nameCharacters", nameCharacters);
    check("messageBytes", messageBytes);
    check("tokens", tokens);
    check("decompressionRatio", decompressionRatio);
    check("decompressedBytes", decompressedBytes);
  }

  private static void check(String name, long limit) {
    if (limit < 1) {
      throw new IllegalArgumentException(
          "could not use the limits of records and files: %s is %d; give at least 1"
              .formatted(name, limit));
    }
  }

  /**
   * Creates limits with the given values for messages and records, and with default values for
   * compressed files.
   */
  public Limits(
      int depth,
      int numberCharacters,
      int stringBytes,
      int nameCharacters,
      int messageBytes,
      int tokens) {
    this(
        depth,
        numberCharacters,
        stringBytes,
        nameCharacters,
        messageBytes,
        tokens,
        USUAL_RATIO,
        USUAL_DECOMPRESSED_BYTES);
  }

  /** Returns the default limits, which no genuine record comes near. */
  public static Limits defaults() {
    return new Limits(64, 100, 262_144, 256, 1_048_576, 50_000);
  }

  StreamReadConstraints constraints(long tokensAtMost) {
    return StreamReadConstraints.builder()
        .maxNestingDepth(depth)
        .maxNumberLength(numberCharacters)
        .maxStringLength(stringBytes)
        .maxNameLength(nameCharacters)
        .maxTokenCount(tokensAtMost)
        .build();
  }

  String beyond(Reason reason) {
    return switch (reason) {
      case TOO_DEEP ->
          "objects and arrays are nested more than %d deep (limits.depth)".formatted(depth);
      case NUMBER_TOO_LONG ->
          "a number has more than %d characters (limits.numberCharacters)"
              .formatted(numberCharacters);
      case STRING_TOO_LONG ->
          "a text has more than %d bytes (limits.stringBytes)".formatted(stringBytes);
      case NAME_TOO_LONG ->
          "a key has more than %d characters (limits.nameCharacters)".formatted(nameCharacters);
      case TOO_MANY_TOKENS ->
          "the record has more than %d JSON tokens (limits.tokens)".formatted(tokens);
      default -> "the message has more than %d bytes (limits.messageBytes)".formatted(messageBytes);
    };
  }
}
