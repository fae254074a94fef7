package dev.lockstep.detections.finding;

import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.detections.storage.KeyedStore;
import dev.lockstep.enrichment.exception.Exceptions;
import dev.lockstep.schemas.FindingState;
import java.util.List;

/** Findings by the default settings whose revisions nobody receives; tests read their store. */
final class FindingsWithoutOutput {
  private FindingsWithoutOutput() {}

  static Findings over(KeyedStore<FindingState> store) {
    return new Findings(
        store,
        5,
        RuleNumbers.defaults().ruleSet().alerts(),
        Exceptions.of(List.of()),
        new DetectionCounters(),
        (revision, at) -> {},
        member -> {});
  }
}
