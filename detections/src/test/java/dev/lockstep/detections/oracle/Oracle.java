package dev.lockstep.detections.oracle;

import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.schemas.Activity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The findings of a set of events as the specification has them, by looking at every pair.
 *
 * <p>It shares the event types, the look-ups and the settings with the product, and nothing else.
 * It knows no order of arrival, and of the cap of a set only that a count stays there.
 */
final class Oracle {

  private final Enrichment enrichment;
  private final RuleNumbers settings;

  Oracle(Enrichment enrichment, RuleNumbers settings) {
    this.enrichment = enrichment;
    this.settings = settings;
  }

  /** Returns the findings that may stand. */
  Specified specified(Collection<Activity> events) {
    List<Observation> observations = Observations.of(events, enrichment);
    List<Observation> ofKeys = new ArrayList<>(observations);
    ofKeys.addAll(Observations.ofKeys(events, enrichment));
    Specified specified = new Specified();
    List<Found> found = findings(observations, ofKeys);
    int principals = found.stream().mapToInt(each -> each.principals().size()).max().orElse(0);
    for (DefenderOracle.Reading reading : DefenderOracle.Reading.all(principals)) {
      specified.add(
          new DefenderOracle(settings.defender(), reading)
              .verdicts(events, observations, found).stream()
                  .map(verdict -> verdict.countingTo(settings.setCap()))
                  .toList());
    }
    return specified;
  }

  /** Returns the findings of the rules that need no alert. */
  private List<Found> findings(List<Observation> observations, List<Observation> ofKeys) {
    List<Found> found = new ArrayList<>();
    if (settings.travel().enabled()) {
      found.addAll(new TravelOracle(settings.travel()).findings(observations));
    }
    if (settings.token().enabled()) {
      found.addAll(new TokenOracle(settings.token()).findings(observations));
    }
    if (settings.drift().enabled()) {
      found.addAll(new DriftOracle(settings.drift(), enrichment.partners()).findings(ofKeys));
    }
    return found;
  }

  /** Returns the findings that stand, in their order. */
  List<Verdict> verdicts(Collection<Activity> events) {
    return specified(events).first();
  }
}
