package dev.lockstep.app.config;

import dev.lockstep.app.setting.ConfiguredValue;
import dev.lockstep.app.setting.Section;
import dev.lockstep.app.setting.Section.Keys;
import dev.lockstep.ingest.message.Limits;

/** Reads how much of anything one record or compressed file may hold. */
final class LimitsReader {
  private static final int MOST_BYTES = 64 << 20;

  private LimitsReader() {}

  static Limits read(Section root) {
    Limits usual = Limits.defaults();
    Section limits =
        root.section(
            "limits",
            Keys.of(
                "depth",
                "numberCharacters",
                "stringBytes",
                "nameCharacters",
                "messageBytes",
                "tokens",
                "decompressionRatio",
                "decompressedBytes"));
    ConfiguredValue decompressedBytes = limits.setting("decompressedBytes");
    return new Limits(
        limits.integer("depth", usual.depth(), 8, 1_000),
        limits.integer("numberCharacters", usual.numberCharacters(), 20, 10_000),
        limits.integer("stringBytes", usual.stringBytes(), 1_024, MOST_BYTES),
        limits.integer("nameCharacters", usual.nameCharacters(), 64, 50_000),
        limits.integer("messageBytes", usual.messageBytes(), 1_024, MOST_BYTES),
        limits.integer("tokens", usual.tokens(), 1_000, 10_000_000),
        limits.integer("decompressionRatio", usual.decompressionRatio(), 1, 1_000_000),
        decompressedBytes == null
            ? usual.decompressedBytes()
            : decompressedBytes.whole(1 << 20, 1L << 50));
  }
}
