package dev.lockstep.app.authoring;

import dev.lockstep.app.replay.ArrivalFeed;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.join.JoinableCalls;
import dev.lockstep.detections.join.JoinableLogs;
import dev.lockstep.detections.judgement.JudgedSubject;
import dev.lockstep.detections.local.LocalDriver;
import dev.lockstep.detections.local.Watcher;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.ingest.category.CategoryNames;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.SingleObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Engine of {@code rules test}, which runs a set of rules over the activities of one test. Each run
 * begins with empty state. Rules have their default settings, and Defender alerts do not raise
 * findings.
 */
final class TestEngine {
  private final RuleSet rules;
  private final SingleObject<Activity> codec = new SingleObject<>(Activity.getClassSchema());

  TestEngine(List<? extends Rule> rules) {
    List<ActiveRule> active = new ArrayList<>();
    for (Rule rule : rules) {
      active.add(new ActiveRule(active.size(), rule, Settings.defaults(rule.info())));
    }
    this.rules = new RuleSet(active, AlertSettings.NONE, 0);
  }

  /**
   * Result of a run: the findings, the observed events, and counts of suppressions and of coverage.
   *
   * @param findings last revision of each finding that was not withdrawn
   * @param events events that rules observed, each once; of a call with several revisions, the last
   *     one
   * @param suppressed how often each gate of each rule suppressed something, as {@code rule gate}
   * @param counted coverage by rule and by the name of the count: numbers of events that the rule
   *     could or could not use
   */
  record Run(
      List<Detection> findings,
      List<Event> events,
      Map<String, Integer> suppressed,
      Map<String, Map<String, Long>> counted) {}

  Run run(List<Activity> activities, Enrichment enrichment) {
    Recorder recorder = new Recorder();
    DetectionCounters counters = new DetectionCounters();
    try (LocalDriver driver =
        new LocalDriver(rules, joins(activities), enrichment, counters, 1, true)) {
      driver.watch(recorder);
      enter(activities, driver);
      return new Run(
          driver.detections(),
          List.copyOf(recorder.events.values()),
          recorder.suppressed,
          counters.coverage());
    }
  }

  /** Runs the rules over activities, and returns the judged states of subjects. */
  List<JudgedSubject> judged(
      List<Activity> activities, Enrichment enrichment, Set<Subject> subjects) {
    DetectionCounters counters = new DetectionCounters();
    try (LocalDriver driver =
        new LocalDriver(rules, joins(activities), enrichment, counters, 1, false)) {
      enter(activities, driver);
      return subjects.stream().map(driver::judged).toList();
    }
  }

  private void enter(List<Activity> activities, LocalDriver driver) {
    ArrivalFeed feed = new ArrivalFeed(driver, Progress.of(true), false);
    for (Activity activity : activities) {
      feed.take(activity.getArrivalAt(), codec.encode(activity));
    }
    feed.finish();
  }

  private static JoinableLogs joins(List<Activity> activities) {
    return new JoinableLogs(
        activities.stream().anyMatch(one -> one.getKind() == ActivityKind.IDENTITY_LINK),
        activities.stream()
            .anyMatch(
                one -> one.getKind() == ActivityKind.EDGE_REQUEST && JoinableCalls.isEdge(one)),
        activities.stream().anyMatch(one -> one.getCategory().equals(CategoryNames.FIREWALL)));
  }

  /** Category and id of an event. They stay the same if an API call comes again with more data. */
  private record EventId(String category, String eventId) {
    static EventId of(Event event) {
      return new EventId(event.activity().getCategory(), event.activity().getEventId());
    }
  }

  private static final class Recorder implements Watcher {
    private final Map<EventId, Event> events = new LinkedHashMap<>();
    private final Map<String, Integer> suppressed = new ConcurrentSkipListMap<>();

    @Override
    public void sees(Event event) {
      events.put(EventId.of(event), event);
    }

    @Override
    public void suppressed(Subject subject, String rule, String gate) {
      suppressed.merge(rule + " " + gate, 1, Integer::sum);
    }
  }
}
