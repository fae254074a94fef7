package dev.lockstep.detections.oracle;

import dev.lockstep.detections.RuleSettings;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.schemas.Activity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The findings of a set of events as the specification has them, by looking at every pair.
 *
 * <p>It shares the event types, the look-ups and the settings with the product, and nothing else.
 * It knows no order of arrival and no cap of a set.
 */
final class Oracle {
  private final Enrichment enrichment;
  private final RuleSettings settings;

  Oracle(Enrichment enrichment, RuleSettings settings) {
    this.enrichment = enrichment;
    this.settings = settings;
  }

  /** Returns the findings that stand, in their order. */
  List<Verdict> verdicts(Collection<Activity> events) {
    List<Observation> observations = Observations.of(events, enrichment);
    List<Verdict> verdicts = new ArrayList<>();
    if (settings.travel().enabled()) {
      verdicts.addAll(new TravelOracle(settings.travel()).verdicts(observations));
    }
    if (settings.token().enabled()) {
      verdicts.addAll(new TokenOracle(settings.token()).verdicts(observations));
    }
    if (settings.drift().enabled()) {
      verdicts.addAll(
          new DriftOracle(settings.drift(), enrichment.partners()).verdicts(observations));
    }
    return verdicts.stream().sorted().toList();
  }
}
