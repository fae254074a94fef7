package dev.lockstep.detections.sigma;

import dev.lockstep.detections.sigma.document.SigmaDocument;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Set of Sigma rules that were loaded together. Immutable. */
public final class SigmaSet {
  /** Set without a rule. */
  public static final SigmaSet NONE = new SigmaSet(List.of(), List.of());

  private final List<ServiceRules> services;
  private final List<SigmaRule> rules;
  private final List<SigmaDocument> documents;

  SigmaSet(List<ServiceRules> services, List<SigmaDocument> documents) {
    this.services = List.copyOf(services);
    this.documents = List.copyOf(documents);
    List<SigmaRule> all = new ArrayList<>();
    services.forEach(service -> all.addAll(service.rules()));
    all.forEach(rule -> rule.join(this));
    this.rules =
        all.stream()
            .filter(SigmaRule::generates)
            .sorted(Comparator.comparing(rule -> rule.info().id()))
            .toList();
  }

  /** Returns the rules with findings of their own, by id. */
  public List<SigmaRule> rules() {
    return rules;
  }

  /** Returns all documents of the set. */
  public List<SigmaDocument> documents() {
    return documents;
  }

  /** Returns a pass for the use of one thread. */
  public SigmaPass pass() {
    return new SigmaPass(services);
  }
}
