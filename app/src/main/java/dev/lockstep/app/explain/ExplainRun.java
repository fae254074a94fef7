package dev.lockstep.app.explain;

import dev.lockstep.app.privacy.Redaction;
import dev.lockstep.app.replay.ArrivalFeed;
import dev.lockstep.app.replay.SortedCapture;
import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.rules.RuleSets;
import dev.lockstep.app.rules.RuleStatus;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.alert.AlertWithGate;
import dev.lockstep.detections.explain.ReferencedEvents;
import dev.lockstep.detections.explain.SubjectEvents;
import dev.lockstep.detections.explain.SubjectWatch;
import dev.lockstep.detections.judgement.JudgedSubject;
import dev.lockstep.detections.local.LocalDriver;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.FindingState;
import dev.lockstep.schemas.Principal;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Replay of captured logs that evicts no state and returns explanations of subjects, of a finding's
 * subject, or of an incident. It writes no findings.
 */
public final class ExplainRun {
  private final ConfiguredRules rules;
  private final Enrichment enrichment;
  private final int threads;
  private final Limits limits;
  private final Map<Subject, @Nullable Principal> subjects = new LinkedHashMap<>();
  private final Set<String> alerts = new ConcurrentSkipListSet<>();
  private Consumer<Activity> reader = activity -> {};
  private @Nullable FindingSearch search;

  public ExplainRun(ConfiguredRules rules, Enrichment enrichment, int threads, Limits limits) {
    this.rules = rules;
    this.enrichment = enrichment;
    this.threads = threads;
    this.limits = limits;
  }

  /**
   * Explanations of the subjects that were asked for, with the counts and all findings of the run.
   *
   * @param firstArrival first arrival of an activity, 0 if there was none
   * @param lastArrival last arrival of an activity, 0 if there was none
   * @param rules state of each rule
   * @param detections last revision of each finding that is not retracted
   * @param watch counters of the watched subjects
   * @param explanations explanation of each subject, in the order of adding
   * @param finding finding whose subject is explained, or null if the operator named a subject
   */
  public record Result(
      IngestCounts counts,
      long firstArrival,
      long lastArrival,
      List<RuleStatus> rules,
      DetectionCounters counters,
      List<Detection> detections,
      SubjectWatch watch,
      List<Explanation> explanations,
      FindingSearch.@Nullable Found finding) {}

  /**
   * Result of a run that explains an incident.
   *
   * @param firstArrival first arrival of an activity, 0 if there was none
   * @param lastArrival last arrival of an activity, 0 if there was none
   * @param rules state of each rule
   */
  public record IncidentResult(
      IngestCounts counts,
      long firstArrival,
      long lastArrival,
      List<RuleStatus> rules,
      IncidentExplanation incident) {

    /**
     * Returns this result with pseudonyms in the incident. All other texts are redacted when they
     * are shown.
     */
    public IncidentResult redacted(Redaction redaction) {
      return new IncidentResult(
          counts, firstArrival, lastArrival, rules, incident.redacted(redaction));
    }
  }

  /**
   * Adds a consumer of every activity that is read. Several threads call the consumer, in no
   * particular order.
   */
  public ExplainRun reading(Consumer<Activity> also) {
    reader = reader.andThen(also);
    return this;
  }

  /**
   * Adds a subject to explain. Call this method before {@link #run}, or at the latest in the
   * function {@code hasRead} of that run.
   *
   * @param principal principal that the subject is; null if it is none, or if its name and type are
   *     unknown
   */
  public void add(Subject subject, @Nullable Principal principal) {
    subjects.put(subject, principal);
  }

  public void search(FindingSearch of) {
    search = of;
  }

  /**
   * Replays the captured logs and returns the explanations.
   *
   * @param hasRead function that is called after all records are read, before the first one enters
   *     the engine
   */
  public Result run(
      List<String> paths, InputStream in, Progress progress, Consumer<IngestCounts> hasRead)
      throws IOException {
    try (SortedCapture capture = read(paths, in, progress)) {
      hasRead.accept(capture.counts());
      return drive(capture, progress);
    }
  }

  public IncidentResult incident(
      List<String> paths, InputStream in, Progress progress, IncidentSearch asked)
      throws IOException {
    try (SortedCapture capture = read(paths, in, progress)) {
      return incident(capture, progress, asked);
    }
  }

  private SortedCapture read(List<String> paths, InputStream in, Progress progress)
      throws IOException {
    SortedCapture capture =
        new SortedCapture(
            limits,
            rules.rawFields(),
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            threads,
            reader.andThen(this::keepAlertId));
    try {
      capture.read(paths, in, progress);
    } catch (IOException | RuntimeException e) {
      capture.close();
      throw e;
    }
    return capture;
  }

  private void keepAlertId(Activity activity) {
    if (activity.getAlert() != null) {
      alerts.add(activity.getAlert().getId());
    }
  }

  private Result drive(SortedCapture capture, Progress progress) throws IOException {
    RuleSet running = RuleSets.of(rules);
    FindingSearch.Found found = null;
    if (search != null) {
      found =
          search.find(
              running,
              capture.counts().total().read(),
              (watcher, atEnd) ->
                  capture.watched(running, enrichment, watcher, atEnd, "searching", progress));
      add(found.subject(), found.principal());
    }
    SubjectWatch watch = new SubjectWatch(running.rules(), enrichment);
    subjects.keySet().forEach(watch::add);
    DetectionCounters counters = new DetectionCounters();
    try (LocalDriver driver = capture.driver(running, enrichment, counters, false)) {
      driver.watch(watch);
      ArrivalFeed entered = capture.enter(driver, false, "correlating", progress);
      List<Detection> detections = driver.detections();
      List<Explanation> explanations = new ArrayList<>();
      subjects.forEach(
          (subject, principal) -> explanations.add(explain(subject, principal, driver, watch)));
      return new Result(
          capture.counts(),
          entered.first(),
          entered.last(),
          RuleStatus.all(rules.all(), enrichment),
          counters,
          detections,
          watch,
          explanations,
          found);
    }
  }

  private IncidentResult incident(SortedCapture capture, Progress progress, IncidentSearch asked) {
    RuleSet running = RuleSets.of(rules);
    List<IncidentExplanation> found = new ArrayList<>(1);
    ArrivalFeed entered =
        capture.watched(
            running,
            enrichment,
            new ReferencedEvents(running.rules()),
            driver -> found.add(asked.find(driver, capture.counts().total().read())),
            "searching",
            progress);
    return new IncidentResult(
        capture.counts(),
        entered.first(),
        entered.last(),
        RuleStatus.all(rules.all(), enrichment),
        found.get(0));
  }

  private Explanation explain(
      Subject subject, @Nullable Principal principal, LocalDriver driver, SubjectWatch watch) {
    SubjectEvents events = watch.of(subject);
    List<JudgedSubject> judged = new ArrayList<>();
    judged.add(driver.judged(subject));
    for (Subject other : events.related()) {
      boolean isOther = subject.kind() != Subject.Kind.GROUP;
      if (isOther && other.kind() == Subject.Kind.GROUP) { // shown whole, with facts about others
        judged.add(driver.judged(other));
      }
    }
    if (subject.kind() == Subject.Kind.PRINCIPAL) {
      for (Subject other : events.related()) {
        if (!other.equals(subject) && other.kind() != Subject.Kind.GROUP) {
          JudgedSubject part = driver.judged(other).part(fact -> isOf(fact, subject.id()));
          if (!part.days().isEmpty()) {
            judged.add(part);
          }
        }
      }
    }
    if (subject.kind() == Subject.Kind.RESOURCE) {
      for (Subject other : events.related()) {
        if (other.kind() == Subject.Kind.RESOURCE && other.id().startsWith(subject.id() + " ")) {
          judged.add(driver.judged(other));
        }
      }
    }
    return new Explanation(
        subject,
        principal,
        subject.kind() == Subject.Kind.PARTNER ? enrichment.partners().byId(subject.id()) : null,
        events,
        judged,
        gates(events.gates(), watch.gates(subject)),
        alerts(subject, principal, events, driver),
        findings(subject, judged, driver));
  }

  private static boolean isOf(Fact fact, String principal) {
    Principal whose = fact.principal();
    return whose != null && whose.getId().equals(principal);
  }

  private static Map<String, Map<String, Long>> gates(
      Map<String, Map<String, Long>> observed, Map<String, Map<String, Long>> judged) {
    Map<String, Map<String, Long>> all = new TreeMap<>();
    for (Map<String, Map<String, Long>> each : List.of(observed, judged)) {
      each.forEach(
          (rule, gates) ->
              gates.forEach(
                  (gate, number) ->
                      all.computeIfAbsent(rule, none -> new TreeMap<>())
                          .merge(gate, number, Long::sum)));
    }
    return all;
  }

  private List<AlertWithGate> alerts(
      Subject subject, @Nullable Principal principal, SubjectEvents events, LocalDriver driver) {
    List<AlertWithGate> named = new ArrayList<>();
    if (subject.kind() != Subject.Kind.PRINCIPAL && subject.kind() != Subject.Kind.ADDRESS) {
      return named;
    }
    for (String id : alerts) {
      AlertWithGate alert = driver.alert(id);
      if (alert != null && names(alert, subject, principal, events)) {
        named.add(alert);
      }
    }
    named.sort(
        Comparator.comparing((AlertWithGate one) -> one.alert().times().get(0))
            .reversed()
            .thenComparing(one -> one.alert().alert().getId()));
    return named;
  }

  private static boolean names(
      AlertWithGate alert, Subject subject, @Nullable Principal principal, SubjectEvents events) {
    List<String> addresses = alert.alert().alert().getAddresses();
    if (subject.kind() == Subject.Kind.ADDRESS) {
      return addresses.contains(subject.id());
    }
    if (alert.alert().alert().getAccounts().contains(subject.id())) {
      return true;
    }
    String name = principal == null ? null : principal.getName();
    if (name != null
        && alert.alert().alert().getNames().stream().anyMatch(name::equalsIgnoreCase)) {
      return true;
    }
    return addresses.stream()
        .anyMatch(
            address ->
                alert.alert().times().stream().anyMatch(time -> events.wasAt(address, time)));
  }

  private static List<Detection> findings(
      Subject subject, List<JudgedSubject> judged, LocalDriver driver) {
    Set<String> ids = new HashSet<>();
    judged.stream()
        .map(JudgedSubject::days)
        .flatMap(Collection::stream)
        .flatMap(day -> day.findings().stream())
        .forEach(finding -> ids.add(finding.id()));
    List<Detection> named = new ArrayList<>();
    driver.forEachFinding(
        state -> {
          if (ids.contains(state.getSaid().getId()) || names(state, subject)) {
            named.add(state.getSaid());
          }
        });
    named.sort(Explanation.NEWEST_FIRST);
    return named;
  }

  private static boolean names(FindingState state, Subject subject) {
    Detection detection = state.getSaid();
    String id = subject.id();
    return switch (subject.kind()) {
      case PRINCIPAL -> {
        Principal principal = detection.getPrincipal();
        yield (principal != null && principal.getId().equals(id))
            || entities(detection, "Account")
                .anyMatch(
                    entity ->
                        id.equals(entity.get("AadUserId")) || id.equals(entity.get("ObjectGuid")));
      }
      case PARTNER -> detection.getPartner() != null && detection.getPartner().getId().equals(id);
      case ADDRESS ->
          id.equals(detection.getIp())
              || state.getAddresses().stream().anyMatch(one -> one.getAddress().equals(id))
              || entities(detection, "IP").anyMatch(entity -> id.equals(entity.get("Address")))
              || detection.getEvidence().stream().anyMatch(event -> id.equals(event.getIp()));
      case TOKEN, SESSION, APPLICATION, RESOURCE, GROUP, PLACE -> false;
    };
  }

  private static Stream<Map<String, String>> entities(Detection detection, String kind) {
    return detection.getEntities().stream().filter(entity -> kind.equals(entity.get("kind")));
  }
}
