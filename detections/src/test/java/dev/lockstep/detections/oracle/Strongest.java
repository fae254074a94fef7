package dev.lockstep.detections.oracle;

import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.schemas.Severity;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** One finding in the making: everything that fired in it. */
final class Strongest {
  private final String rule;
  private final String subject;
  private final List<String> reasons;
  private final Set<Said> said = new HashSet<>();
  private final Set<String> counted = new TreeSet<>();
  private final Set<Observation> events = new HashSet<>();

  private record Said(String reason, Severity severity) {}

  /** Starts a finding of a rule whose reasons are listed first to last. */
  Strongest(String rule, String subject, List<String> reasons) {
    this.rule = rule;
    this.subject = subject;
    this.reasons = reasons;
  }

  void fires(String reason, Severity severity, Observation... fired) {
    said.add(new Said(reason, severity));
    events.addAll(List.of(fired));
  }

  void counts(String what) {
    counted.add(what);
  }

  /**
   * Returns the finding of all that fired.
   *
   * @param whose says whose finding it is, of the events that fired
   */
  Found found(Function<Collection<Observation>, Set<String>> whose) {
    Set<Found.Client> clients = new HashSet<>();
    for (Observation each : events) {
      Location from = each.from();
      if (from != null) {
        clients.add(new Found.Client(from.address().text(), from.network().networkClass()));
      }
    }
    return new Found(
        verdict(),
        whose.apply(events),
        events.stream().mapToLong(Observation::at).min().orElseThrow(),
        events.stream().mapToLong(Observation::at).max().orElseThrow(),
        clients);
  }

  /** Returns the highest severity and the first reason that goes with it. */
  private Verdict verdict() {
    Said told =
        said.stream()
            .min(
                Comparator.comparing(Said::severity, Comparator.reverseOrder())
                    .thenComparingInt(each -> reasons.indexOf(each.reason())))
            .orElseThrow();
    return new Verdict(rule, subject, told.reason(), told.severity(), Math.max(1, counted.size()));
  }
}
