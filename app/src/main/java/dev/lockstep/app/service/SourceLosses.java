package dev.lockstep.app.service;

import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.outcome.Losses;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Latest loss of records in each partition of a source, among the losses found in the last hour.
 * Offsets that were removed before they were read are lost, and so are unread records of a
 * partition that was created again or truncated. An instance with such losses counts as degraded.
 */
public record SourceLosses(String source, List<Losses.Loss> recent) {
  private static final Duration RECENT = Duration.ofHours(1);

  private static final int MOST = 3;

  public static SourceLosses of(String source, IngestCounts counts, Instant now) {
    return new SourceLosses(source, counts.losses().since(now.minus(RECENT).toEpochMilli()));
  }

  /** Returns the losses as a text for people. It is empty without losses. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (Losses.Loss loss : recent.subList(0, Math.min(MOST, recent.size()))) {
      text.append(text.isEmpty() ? "" : ". ")
          .append(Instant.ofEpochMilli(loss.at()))
          .append(": ")
          .append(loss.what());
    }
    if (recent.size() > MOST) {
      text.append(". And ")
          .append(DisplayFormat.count(recent.size() - MOST, "more partition"))
          .append(", which the log lists");
    }
    return text.toString();
  }

  void addTo(List<String> reasons) {
    if (!recent.isEmpty()) {
      reasons.add("ingest: source " + source + ": " + text());
    }
  }
}
