package dev.lockstep.detections.sigma;

import dev.lockstep.detections.sigma.document.FilterDocument;
import dev.lockstep.detections.sigma.match.Pass;
import dev.lockstep.detections.sigma.match.Truth;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.GateChecked;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Matcher of events against all Sigma rules of a set. It reports the matching rules and the result
 * of each selection of a rule. The engine enters events by {@link
 * dev.lockstep.detections.message.EventObserver}. A matcher is for one thread.
 */
public final class SigmaPass {
  private static final int MOST_EXPLAINED = 16;
  private static final MatchOutcome CUT = MatchOutcome.suppressed(SigmaRule.CUT);

  private final Map<String, List<OfService>> byCategory = new HashMap<>();
  private final IdentityHashMap<SigmaRule, List<CorrelatedLeaf>> correlated =
      new IdentityHashMap<>();
  private final Map<CorrelationRule, List<CorrelationLeaf>> matched = new LinkedHashMap<>();

  /** Correlation rule with one of its references to a rule about single events. */
  private record CorrelatedLeaf(CorrelationRule rule, CorrelationLeaf leaf) {}

  /**
   * Receiver of matched rules with their outcomes. A rule counts as matched also if a filter
   * removes the event, or if the match depends on a part of the record that ingest cut. The outcome
   * is then a suppression.
   */
  @FunctionalInterface
  public interface Receiver {
    /** Receives a rule that matched the event, and the outcome of the match. */
    void take(SigmaSetRule rule, MatchOutcome outcome);
  }

  SigmaPass(List<ServiceRules> services, List<CorrelationRule> correlations) {
    for (CorrelationRule rule : correlations) {
      for (CorrelationLeaf leaf : rule.leaves()) {
        correlated
            .computeIfAbsent(leaf.rule(), any -> new ArrayList<>(1))
            .add(new CorrelatedLeaf(rule, leaf));
      }
    }
    for (ServiceRules service : services) {
      OfService pass = new OfService(service);
      for (String category : service.scope().categories()) {
        byCategory.computeIfAbsent(category, any -> new ArrayList<>(1)).add(pass);
      }
    }
  }

  /**
   * Matches an event against all rules of its log source, and passes the matching rules to a
   * receiver. Each rule comes with the outcome of its match. An event whose claims are pending is
   * left out.
   */
  public void observe(Event event, Receiver receiver) {
    List<OfService> services = byCategory.get(event.activity().getCategory());
    if (services == null || event.claims() == Event.Claims.PENDING) {
      return; // a pending call is observed again when its claims are known or given up
    }
    matched.clear(); // a failure may have left matches of an earlier event
    for (OfService service : services) {
      if (service.of.scope().covers(event)) {
        service.observe(event, receiver);
      }
    }
    if (!matched.isEmpty()) {
      Map<CorrelationRule, List<CorrelationLeaf>> all = new LinkedHashMap<>(matched);
      matched.clear();
      all.forEach(
          (rule, leaves) -> receiver.take(rule, (of, facts) -> rule.state(of, leaves, facts)));
    }
  }

  private void matched(SigmaRule rule, Receiver receiver) {
    if (rule.generates()) {
      receiver.take(rule, rule::state);
    }
    for (CorrelatedLeaf each : correlated.getOrDefault(rule, List.of())) {
      matched.computeIfAbsent(each.rule(), any -> new ArrayList<>(2)).add(each.leaf());
    }
  }

  private void suppressed(SigmaRule rule, MatchOutcome outcome, Receiver receiver) {
    if (rule.generates()) {
      receiver.take(rule, outcome);
    }
    CorrelationRule before = null;
    for (CorrelatedLeaf each : correlated.getOrDefault(rule, List.of())) {
      if (each.rule() != before) {
        before = each.rule();
        receiver.take(before, outcome);
      }
    }
  }

  /**
   * Returns whether an event fulfils a rule and all of its filters. It is false for a call whose
   * claims are pending.
   */
  public boolean matches(SigmaRule rule, Event event) {
    for (OfService service : byCategory.getOrDefault(event.activity().getCategory(), List.of())) {
      int number = service.of.rules().indexOf(rule);
      if (number >= 0
          && event.claims() != Event.Claims.PENDING
          && service.of.scope().covers(event)) {
        return service.matches(number, event);
      }
    }
    return false;
  }

  /**
   * Returns in words the results of a rule's selections on an event. The results of a filter that
   * removes the event follow. For a correlation the words are about its first 16 rules.
   *
   * @return words; empty for an event of another log source
   */
  public List<String> words(SigmaSetRule rule, Event event) {
    if (rule instanceof SigmaRule single) {
      return words(single, event);
    }
    List<String> words = new ArrayList<>();
    Set<SigmaRule> known = new LinkedHashSet<>();
    for (CorrelationLeaf leaf : ((CorrelationRule) rule).leaves()) {
      SigmaRule single = leaf.rule();
      if (known.size() < MOST_EXPLAINED && known.add(single)) {
        List<String> own = words(single, event);
        if (!own.isEmpty()) {
          words.add(
              "%s (%s)".formatted(single.document().header().title(), String.join("; ", own)));
        }
      }
    }
    return words;
  }

  private List<String> words(SigmaRule rule, Event event) {
    List<String> words = new ArrayList<>();
    for (OfService service : byCategory.getOrDefault(event.activity().getCategory(), List.of())) {
      int number = service.of.rules().indexOf(rule);
      if (number >= 0 && service.of.scope().covers(event)) {
        service.addWords(number, event, words);
      }
    }
    return words;
  }

  /**
   * Returns in words what a matching event lacks to be counted: a subject, a group or a counted
   * value. A correlation counts events that one of its rules matches. The list is empty for other
   * events.
   */
  public List<String> missing(SigmaSetRule rule, Event event) {
    if (!(rule instanceof CorrelationRule correlation)) {
      return rule instanceof SigmaRule single
              && SigmaRule.subject(event) == null
              && matches(single, event)
          ? List.of("in no finding, because the event has no principal, address or resource")
          : List.of();
    }
    return correlation.leaves().stream()
        .filter(leaf -> matches(leaf.rule(), event))
        .flatMap(leaf -> leaf.missing(event).stream())
        .distinct()
        .toList();
  }

  /**
   * Returns the groups of a correlation, and of its inner correlations, in which an event may
   * count. The set is empty for an event that no rule of the correlation matches, and for a rule
   * that is not a correlation.
   */
  public Set<Subject> groups(SigmaSetRule rule, Event event) {
    Set<Subject> groups = new LinkedHashSet<>();
    if (rule instanceof CorrelationRule correlation) {
      for (CorrelationLeaf leaf : correlation.leaves()) {
        if (matches(leaf.rule(), event)) {
          groups.addAll(leaf.groups(event));
        }
      }
    }
    return groups;
  }

  /**
   * Returns a text about what the largest window of a correlation's group lacks to fulfil the
   * condition. The result is null if the window fulfils the condition, or if the rule is no
   * correlation.
   *
   * @param fact fact of the group, about which the rule gave a report
   * @param gates gates of that report
   */
  public @Nullable String missed(SigmaSetRule rule, Fact fact, List<GateChecked> gates) {
    return rule instanceof CorrelationRule correlation ? correlation.missed(fact, gates) : null;
  }

  /** Matcher of events against the rules of one log source. */
  private final class OfService {
    private final ServiceRules of;
    private final Pass pass;
    private final Pass filters;

    OfService(ServiceRules of) {
      this.of = of;
      this.pass = of.matcher().pass();
      this.filters = of.filterMatcher().pass();
    }

    void observe(Event event, Receiver receiver) {
      pass.start(of.fields(event));
      boolean[] isStarted = new boolean[1];
      pass.match(
          new Pass.Matches() {
            @Override
            public void matched(int rule) {
              if (of.filtersOf(rule).length > 0 && !isStarted[0]) {
                isStarted[0] = true;
                filters.start(of.filterFields(event));
              }
              filtered(rule, receiver);
            }

            @Override
            public void cut(int rule) {
              suppressed(of.rules().get(rule), CUT, receiver);
            }
          });
    }

    void addWords(int rule, Event event, List<String> words) {
      pass.start(of.fields(event));
      for (String name : pass.selections(rule)) {
        words.add(pass.selection(rule, name).words());
      }
      if (of.filtersOf(rule).length == 0 || pass.truth(rule) != Truth.TRUE) {
        return;
      }
      filters.start(of.filterFields(event));
      for (int filter : of.filtersOf(rule)) {
        if (filters.truth(filter) == Truth.FALSE) {
          String gate = SigmaRule.gate(of.filters().get(filter));
          for (String name : filters.selections(filter)) {
            words.add(gate + ": " + filters.selection(filter, name).words());
          }
          return;
        }
      }
    }

    boolean matches(int rule, Event event) {
      pass.start(of.fields(event));
      filters.start(of.filterFields(event));
      boolean holds = pass.truth(rule) == Truth.TRUE;
      for (int filter : of.filtersOf(rule)) {
        holds &= filters.truth(filter) == Truth.TRUE;
      }
      return holds;
    }

    private void filtered(int rule, Receiver receiver) {
      for (int filter : of.filtersOf(rule)) {
        Truth truth = filters.truth(filter);
        if (truth == Truth.FALSE) {
          FilterDocument document = of.filters().get(filter);
          suppressed(
              of.rules().get(rule), MatchOutcome.suppressed(SigmaRule.gate(document)), receiver);
          return;
        }
        if (truth == Truth.CUT) {
          suppressed(of.rules().get(rule), CUT, receiver);
          return;
        }
        if (truth == Truth.UNKNOWN) {
          return;
        }
      }
      SigmaPass.this.matched(of.rules().get(rule), receiver);
    }
  }
}
