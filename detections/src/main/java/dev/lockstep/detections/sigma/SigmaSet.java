package dev.lockstep.detections.sigma;

import dev.lockstep.detections.sigma.document.SigmaDocument;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Set of Sigma rules that were loaded together. Immutable. */
public final class SigmaSet {
  /** Set without any rule or document. */
  public static final SigmaSet NONE = new SigmaSet(List.of(), List.of(), List.of());

  private final List<ServiceRules> services;
  private final List<CorrelationRule> correlations;
  private final List<SigmaSetRule> rules;
  private final List<SigmaDocument> documents;

  SigmaSet(
      List<ServiceRules> services,
      List<CorrelationRule> correlations,
      List<SigmaDocument> documents) {
    this.services = List.copyOf(services);
    this.correlations = List.copyOf(correlations);
    correlations.forEach(rule -> rule.join(this));
    this.documents = List.copyOf(documents);
    List<SigmaRule> all = new ArrayList<>();
    services.forEach(service -> all.addAll(service.rules()));
    all.forEach(rule -> rule.join(this));
    this.rules =
        Stream.<SigmaSetRule>concat(
                all.stream().filter(SigmaRule::generates), correlations.stream())
            .sorted(Comparator.comparing(rule -> rule.info().id()))
            .toList();
  }

  /**
   * Returns the rules and correlations that give findings of their own, sorted by id. Rules that
   * only serve a correlation are left out.
   */
  public List<SigmaSetRule> rules() {
    return rules;
  }

  public List<SigmaDocument> documents() {
    return documents;
  }

  /** Returns a new matcher of events against the rules of this set, for one thread. */
  public SigmaPass pass() {
    return new SigmaPass(services, correlations);
  }
}
