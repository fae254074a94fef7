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
 * It knows no order of arrival, and of the cap of a set only that a count stays there.
 */
final class Oracle {
  private final Enrichment enrichment;
  private final RuleSettings settings;

  /** What may be kept of events. */
  private enum Kept {
    /** All of it. */
    WHOLE,
    /** Of uses of a token that are alike, the first and the last. */
    ENDS,
    /** Of these, and where any of them was. */
    ALIKE,
    /** Of a partner's calls, the minutes. */
    MINUTES
  }

  Oracle(Enrichment enrichment, RuleSettings settings) {
    this.enrichment = enrichment;
    this.settings = settings;
  }

  /** Returns the findings that may stand. */
  Specified specified(Collection<Activity> events) {
    List<Observation> observations = Observations.of(events, enrichment);
    List<Observation> ofKeys = new ArrayList<>(observations);
    ofKeys.addAll(Observations.ofKeys(events, enrichment));
    Specified specified = new Specified();
    for (Kept kept : Kept.values()) {
      List<Found> found = findings(observations, ofKeys, kept);
      int principals = found.stream().mapToInt(each -> each.principals().size()).max().orElse(0);
      for (DefenderOracle.Reading reading : DefenderOracle.Reading.all(principals)) {
        specified.add(
            new DefenderOracle(settings.defender(), reading)
                .verdicts(events, observations, found).stream()
                    .map(verdict -> verdict.countingTo(settings.setCap()))
                    .toList());
      }
    }
    return specified;
  }

  private List<Found> findings(
      List<Observation> observations, List<Observation> ofKeys, Kept kept) {
    List<Found> found = new ArrayList<>();
    if (settings.travel().enabled()) {
      found.addAll(new TravelOracle(settings.travel()).findings(observations));
    }
    if (settings.token().enabled()) {
      boolean alike = kept == Kept.ALIKE;
      boolean ends = kept == Kept.ENDS || alike;
      found.addAll(new TokenOracle(settings.token(), ends, alike).findings(observations));
    }
    if (settings.drift().enabled()) {
      long unit = kept == Kept.MINUTES ? 60_000L : 1;
      found.addAll(new DriftOracle(settings.drift(), enrichment.partners(), unit).findings(ofKeys));
    }
    return found;
  }

  /** Returns the findings that stand, in their order. */
  List<Verdict> verdicts(Collection<Activity> events) {
    return specified(events).first();
  }
}
