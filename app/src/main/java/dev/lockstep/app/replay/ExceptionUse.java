package dev.lockstep.app.replay;

import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.enrichment.exception.ExceptionEntry;
import dev.lockstep.enrichment.exception.Exceptions;
import java.util.List;

/**
 * An exception and what it did.
 *
 * @param expired whether it holds no more at the time that is asked about
 */
public record ExceptionUse(ExceptionEntry entry, DetectionCounters.Excepted did, boolean expired) {

  /**
   * Returns all exceptions, as listed.
   *
   * @param now milliseconds since 1970: of a replay, the last arrival
   */
  static List<ExceptionUse> of(Exceptions exceptions, DetectionCounters counters, long now) {
    var did = counters.exceptions();
    return exceptions.all().stream()
        .map(
            entry ->
                new ExceptionUse(
                    entry,
                    did.getOrDefault(entry.id(), DetectionCounters.Excepted.NOTHING),
                    entry.expiresAt() <= now))
        .toList();
  }

  boolean unused() {
    return did.removed() == 0 && did.outweighed() == 0;
  }

  /** Returns what there is to fix about it, empty if nothing. */
  String remark() {
    if (expired) {
      return unused() ? "expired, unused: remove it" : "expired: renew or remove it";
    }
    return unused() ? "unused" : "";
  }
}
