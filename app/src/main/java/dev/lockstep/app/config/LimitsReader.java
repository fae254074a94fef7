package dev.lockstep.app.config;

import dev.lockstep.app.setting.ConfigKey;
import dev.lockstep.app.setting.ConfigKeys;
import dev.lockstep.app.setting.Section;
import dev.lockstep.ingest.message.Limits;
import java.util.List;

/**
 * Reader of the section {@code limits}, with the declaration of its keys. The section has limits of
 * messages, records and compressed files.
 */
final class LimitsReader {
  private static final int MOST_BYTES = 64 << 20;
  private static final Limits USUAL = Limits.defaults();

  private static final ConfigKey<Integer> DEPTH =
      ConfigKey.integer(
              "depth",
              8,
              1_000,
              "The most levels of nested objects and arrays; a record with more is rejected.")
          .byDefault(USUAL.depth());
  private static final ConfigKey<Integer> NUMBER_CHARACTERS =
      ConfigKey.integer(
              "numberCharacters",
              20,
              10_000,
              "The most characters of one number; a record with a longer number is rejected.")
          .byDefault(USUAL.numberCharacters());
  private static final ConfigKey<Integer> STRING_BYTES =
      ConfigKey.integer(
              "stringBytes",
              1_024,
              MOST_BYTES,
              "The most bytes of one text, in UTF-8 with its escapes resolved; a record with a"
                  + " longer text is rejected, even if no rule needs the text.")
          .byDefault(USUAL.stringBytes());
  private static final ConfigKey<Integer> NAME_CHARACTERS =
      ConfigKey.integer(
              "nameCharacters",
              64,
              50_000,
              "The most characters of one JSON key; a record with a longer key is rejected.")
          .byDefault(USUAL.nameCharacters());
  private static final ConfigKey<Integer> MESSAGE_BYTES =
      ConfigKey.integer(
              "messageBytes",
              1_024,
              MOST_BYTES,
              "The most bytes of one message, of one line, or of one record of a larger document; a"
                  + " larger one is rejected.")
          .byDefault(USUAL.messageBytes());
  private static final ConfigKey<Integer> TOKENS =
      ConfigKey.integer(
              "tokens",
              1_000,
              10_000_000,
              "The most JSON tokens (brackets, keys and values) of one record; a record with more"
                  + " is rejected.")
          .byDefault(USUAL.tokens());
  private static final ConfigKey<Integer> DECOMPRESSION_RATIO =
      ConfigKey.integer(
              "decompressionRatio",
              1,
              1_000_000,
              "The largest factor by which decompression may enlarge a compressed file or block.")
          .byDefault(USUAL.decompressionRatio());
  private static final ConfigKey<Long> DECOMPRESSED_BYTES =
      ConfigKey.whole(
              "decompressedBytes",
              1 << 20,
              1L << 50,
              "The most bytes of one compressed file after decompression; what comes before the"
                  + " limit is read, and the rest is rejected.")
          .byDefault(USUAL.decompressedBytes());
  static final ConfigKeys KEYS =
      ConfigKeys.mapping(
              "limits",
              "Limits of one record or one compressed file; input beyond a limit is rejected.",
              List.of(
                  DEPTH,
                  NUMBER_CHARACTERS,
                  STRING_BYTES,
                  NAME_CHARACTERS,
                  MESSAGE_BYTES,
                  TOKENS,
                  DECOMPRESSION_RATIO,
                  DECOMPRESSED_BYTES))
          .readBy(
              "run",
              "replay",
              "sweep",
              "explain",
              "records",
              "play",
              "cost",
              "networks",
              "estate",
              "hygiene",
              "rules",
              "dead-letters",
              "doctor");

  private LimitsReader() {}

  static Limits read(Section root) {
    Section limits = root.section(KEYS);
    return new Limits(
        limits.value(DEPTH),
        limits.value(NUMBER_CHARACTERS),
        limits.value(STRING_BYTES),
        limits.value(NAME_CHARACTERS),
        limits.value(MESSAGE_BYTES),
        limits.value(TOKENS),
        limits.value(DECOMPRESSION_RATIO),
        limits.value(DECOMPRESSED_BYTES));
  }
}
