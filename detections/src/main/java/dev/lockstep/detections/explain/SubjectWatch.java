package dev.lockstep.detections.explain;

import dev.lockstep.detections.local.Watcher;
import dev.lockstep.detections.message.EventObserver;
import dev.lockstep.detections.message.RuleCounts;
import dev.lockstep.detections.message.RuleFailure;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.sigma.SigmaPass;
import dev.lockstep.detections.sigma.SigmaSet;
import dev.lockstep.detections.sigma.SigmaSetRule;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Subject;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Watcher of selected subjects, which has the rules observe each event of these subjects once more
 * and keeps the result.
 */
public final class SubjectWatch implements Watcher {
  private static final String FAILED = "the rule failed: ";
  private static final int LONGEST_FAILURE = 200;

  private final List<ActiveRule> rules;
  private final Enrichment enrichment;
  private final Map<Subject, SubjectEvents> events = new LinkedHashMap<>();
  private final Set<Subject> wanted = ConcurrentHashMap.newKeySet();
  private final Map<Counted, LongAdder> counted = new ConcurrentHashMap<>();
  private final IdentityHashMap<SigmaSet, SigmaPass> passes = new IdentityHashMap<>();
  private final Recorder recorder = new Recorder();
  private final EventObserver observer;

  private record Counted(Subject subject, String rule, String gate) {}

  /** Creates a watch to which {@link #add} adds subjects. */
  public SubjectWatch(List<ActiveRule> rules, Enrichment enrichment) {
    this.rules = List.copyOf(rules);
    this.enrichment = enrichment;
    this.observer = new EventObserver(rules, recorder);
  }

  /** Adds a subject to watch. It has to be called before the first event is processed. */
  public void add(Subject subject) {
    events.put(subject, new SubjectEvents(subject, rules, enrichment));
    wanted.add(subject);
  }

  public SubjectEvents of(Subject subject) {
    SubjectEvents seen = events.get(subject);
    if (seen == null) {
      throw new IllegalArgumentException(
          "could not show the events of this subject, a "
              + subject.kind()
              + ": the subject was not added to the watch; add it before the first event");
    }
    return seen;
  }

  @Override
  public void sees(Event event) {
    add(event);
  }

  @Override
  public void revises(Event event, boolean retracts) {
    if (!retracts) {
      add(event);
      return;
    }
    for (SubjectEvents each : events.values()) {
      if (each.isOfGroup() || each.concerns(event)) {
        each.retract(event);
      }
    }
  }

  private void add(Event event) {
    ObservedEvent observed = null;
    for (SubjectEvents each : events.values()) {
      each.keepForAddress(event);
      boolean concerns = each.concerns(event);
      if (!concerns && !each.isOfGroup()) {
        continue;
      }
      if (observed == null) {
        observed = observe(event);
      }
      if (concerns) {
        each.add(observed);
        wanted.addAll(observed.subjects());
      } else {
        each.addOfGroup(observed);
      }
    }
  }

  private ObservedEvent observe(Event event) {
    recorder.start();
    Set<Subject> subjects = new LinkedHashSet<>();
    boolean[] hasFacts = new boolean[rules.size()];
    observer.observe(
        event,
        visit -> {
          subjects.add(visit.subject());
          for (int i = 0; i < hasFacts.length; i++) {
            hasFacts[i] |= visit.isOf(i);
          }
        });
    List<ObservedEvent.ByRule> byRule = new ArrayList<>(rules.size());
    for (int i = 0; i < rules.size(); i++) {
      String id = rules.get(i).info().id();
      List<String> selections =
          rules.get(i).rule() instanceof SigmaSetRule sigma
              ? passes.computeIfAbsent(sigma.set(), SigmaSet::pass).words(sigma, event)
              : List.of();
      byRule.add(
          new ObservedEvent.ByRule(
              List.copyOf(recorder.gates.getOrDefault(id, List.of())),
              List.copyOf(recorder.counted.getOrDefault(id, List.of())),
              hasFacts[i],
              selections));
    }
    return new ObservedEvent(event, byRule, subjects);
  }

  @Override
  public void suppressed(Subject subject, String rule, String gate) {
    if (subject.kind() == Subject.Kind.GROUP || wanted.contains(subject)) {
      counted
          .computeIfAbsent(new Counted(subject, rule, gate), none -> new LongAdder())
          .increment();
    }
  }

  /**
   * Returns how often each gate suppressed facts of a subject, by rule and gate. Only new and
   * changed facts count.
   */
  public Map<String, Map<String, Long>> gates(Subject subject) {
    Map<String, Map<String, Long>> gates = new TreeMap<>();
    counted.forEach(
        (key, number) -> {
          if (key.subject().equals(subject)) {
            gates
                .computeIfAbsent(key.rule(), rule -> new TreeMap<>())
                .put(key.gate(), number.sum());
          }
        });
    return gates;
  }

  /**
   * Collector of what each rule counts for one event. These are the gates that suppress the event,
   * the names of the coverage counters that count it, and a failure of the rule.
   */
  private static final class Recorder implements RuleCounts {
    private final Map<String, List<String>> gates = new TreeMap<>();
    private final Map<String, List<String>> counted = new TreeMap<>();

    void start() {
      gates.clear();
      counted.clear();
    }

    @Override
    public void suppressed(String rule, String gate) {
      gates.computeIfAbsent(rule, none -> new ArrayList<>(1)).add(gate);
    }

    @Override
    public void counted(String rule, String name) {
      counted.computeIfAbsent(rule, none -> new ArrayList<>(1)).add(name);
    }

    @Override
    public void failed(String rule, String what, Throwable failure) {
      counted(rule, FAILED + RuleFailure.text(failure, LONGEST_FAILURE - FAILED.length()));
    }
  }
}
