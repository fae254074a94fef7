package dev.lockstep.app.config;

import dev.lockstep.app.setting.ConfigKey;
import dev.lockstep.app.setting.ConfigKeys;
import dev.lockstep.app.setting.Section;
import dev.lockstep.ingest.message.Limits;
import java.util.List;

/** Reader of the limits of a message, of a record and of a compressed file. */
final class LimitsReader {
  private static final int MOST_BYTES = 64 << 20;
  private static final Limits USUAL = Limits.defaults();

  private static final ConfigKey<Integer> DEPTH =
      ConfigKey.integer("depth", 8, 1_000, "Nested objects and arrays.").byDefault(USUAL.depth());
  private static final ConfigKey<Integer> NUMBER_CHARACTERS =
      ConfigKey.integer("numberCharacters", 20, 10_000, "Characters of one number.")
          .byDefault(USUAL.numberCharacters());
  private static final ConfigKey<Integer> STRING_BYTES =
      ConfigKey.integer(
              "stringBytes",
              1_024,
              MOST_BYTES,
              "Bytes of one text in UTF-8 with its escapes resolved, also of a text that no rule"
                  + " needs.")
          .byDefault(USUAL.stringBytes());
  private static final ConfigKey<Integer> NAME_CHARACTERS =
      ConfigKey.integer("nameCharacters", 64, 50_000, "Characters of one JSON key.")
          .byDefault(USUAL.nameCharacters());
  private static final ConfigKey<Integer> MESSAGE_BYTES =
      ConfigKey.integer(
              "messageBytes",
              1_024,
              MOST_BYTES,
              "Bytes of one message, one line, or one record of a larger document.")
          .byDefault(USUAL.messageBytes());
  private static final ConfigKey<Integer> TOKENS =
      ConfigKey.integer("tokens", 1_000, 10_000_000, "JSON tokens of one record.")
          .byDefault(USUAL.tokens());
  private static final ConfigKey<Integer> DECOMPRESSION_RATIO =
      ConfigKey.integer(
              "decompressionRatio",
              1,
              1_000_000,
              "The factor by which a compressed file or block may grow.")
          .byDefault(USUAL.decompressionRatio());
  private static final ConfigKey<Long> DECOMPRESSED_BYTES =
      ConfigKey.whole(
              "decompressedBytes",
              1 << 20,
              1L << 50,
              "Bytes of one compressed file after decompression.")
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
              "explain",
              "records",
              "play",
              "cost",
              "networks",
              "estate",
              "hygiene",
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
