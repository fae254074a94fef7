package dev.lockstep.ingest.source;

import dev.lockstep.schemas.Quoted;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/** Where a source without a stored position begins: {@code earliest}, {@code latest}, or a time. */
public final class Beginning {
  public static final String EARLIEST = "earliest";
  public static final String LATEST = "latest";

  private Beginning() {}

  /**
   * Refuses what is none.
   *
   * @param source the source's name
   * @throws IllegalArgumentException if it is neither word and no ISO 8601 time
   */
  public static void check(String source, String from) {
    if (from.equals(EARLIEST) || from.equals(LATEST)) {
      return;
    }
    try {
      Instant.parse(from);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "could not take the source %s: from is %s; give earliest, latest, or a time like 2026-01-31T00:00:00Z"
              .formatted(Quoted.of(source), Quoted.of(from)),
          e);
    }
  }
}
