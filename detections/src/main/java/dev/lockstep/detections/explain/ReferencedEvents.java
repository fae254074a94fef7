package dev.lockstep.detections.explain;

import dev.lockstep.detections.local.Watcher;
import dev.lockstep.detections.message.EventObserver;
import dev.lockstep.detections.message.RuleCounts;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Subject;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Watcher that records what the rules did with the events that findings cite. It keeps the subjects
 * about which each rule stated facts for such an event, and the gates by which a rule left the
 * event out of its facts. For one thread.
 */
public final class ReferencedEvents implements Watcher {
  private final List<ActiveRule> rules;
  private final UnaryOperator<String> shown;
  private final EventObserver observer;
  private final Map<Id, @Nullable Observed> events = new HashMap<>();
  private @Nullable Observed current;

  private record Id(String category, String eventId) {}

  /**
   * Subjects of the facts that each rule stated for one event, and gates that made rules leave the
   * event out of their facts.
   */
  private static final class Observed {
    private final Map<String, Set<Subject>> subjects = new HashMap<>();
    private final Map<String, Set<String>> gates = new HashMap<>();
  }

  /**
   * Creates a watcher that records what the given rules state about the events that are registered
   * with {@link #add}.
   */
  public ReferencedEvents(List<ActiveRule> rules) {
    this(rules, id -> id);
  }

  /**
   * Creates a watcher of the events registered with {@link #add}, with a function that gives the
   * shown form of their ids. The watcher records what the given rules state about these events.
   *
   * @param shown function from the id of an event to the form in which a citation shows it, such as
   *     redacted
   */
  public ReferencedEvents(List<ActiveRule> rules, UnaryOperator<String> shown) {
    this.rules = List.copyOf(rules);
    this.shown = shown;
    this.observer = new EventObserver(rules, new Counts());
  }

  /** Adds an event to watch. It has to be called before the first event is processed. */
  public void add(String category, String eventId) {
    events.put(new Id(category, eventId), null);
  }

  /** Returns whether a watched event has been processed. */
  public boolean isSeen(String category, String eventId) {
    return events.get(new Id(category, eventId)) != null;
  }

  /** Returns the subjects about which a rule stated facts for an event. */
  public Set<Subject> subjects(String category, String eventId, String rule) {
    Observed observed = events.get(new Id(category, eventId));
    return observed == null ? Set.of() : observed.subjects.getOrDefault(rule, Set.of());
  }

  /** Returns the gates that made a rule leave an event out of its facts. */
  public List<String> gates(String category, String eventId, String rule) {
    Observed observed = events.get(new Id(category, eventId));
    return observed == null ? List.of() : List.copyOf(observed.gates.getOrDefault(rule, Set.of()));
  }

  @Override
  public void sees(Event event) {
    Id id = new Id(event.activity().getCategory(), shown.apply(event.activity().getEventId()));
    if (!events.containsKey(id)) {
      return;
    }
    Observed known = events.get(id);
    Observed observed = known == null ? new Observed() : known;
    events.put(id, observed);
    current = observed;
    observer.observe(
        event,
        visit -> {
          for (int i = 0; i < rules.size(); i++) {
            if (visit.isOf(i)) {
              observed
                  .subjects
                  .computeIfAbsent(rules.get(i).info().id(), rule -> new LinkedHashSet<>())
                  .add(visit.subject());
            }
          }
        });
    current = null;
  }

  /** Recorder of the gates that make rules leave a cited event out of their facts. */
  private final class Counts implements RuleCounts {
    @Override
    public void suppressed(String rule, String gate) {
      if (current != null) {
        current.gates.computeIfAbsent(rule, any -> new LinkedHashSet<>()).add(gate);
      }
    }

    @Override
    public void counted(String rule, String name) {}

    @Override
    public void failed(String rule, String what, Throwable failure) {}
  }
}
