package dev.lockstep.ingest.source;

import dev.lockstep.schemas.text.Quoted;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/**
 * Check of the configured start of a source without a stored position: {@code earliest}, {@code
 * latest}, or an ISO 8601 time.
 */
public final class StartPositionCheck {
  public static final String EARLIEST = "earliest";
  public static final String LATEST = "latest";

  private StartPositionCheck() {}

  /**
   * Checks that the start position configured for a source is valid.
   *
   * @param source name of the source
   * @throws IllegalArgumentException if the text is not {@code earliest}, {@code latest} or an ISO
   *     8601 time
   */
  public static void check(String source, String from) {
    if (from.equals(EARLIEST) || from.equals(LATEST)) {
      return;
    }
    try {
      Instant.parse(from);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "could not use the source %s: its key \"from\" has the value %s; give earliest, latest, or a time like 2026-01-31T00:00:00Z"
              .formatted(Quoted.of(source), Quoted.of(from)),
          e);
    }
  }
}
