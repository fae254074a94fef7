package dev.lockstep.app.explain;

import dev.lockstep.app.detection.ComparedDetection;
import dev.lockstep.app.detection.ComparedDetection.EventKey;
import dev.lockstep.app.rules.RuleStatus;
import dev.lockstep.detections.explain.ReferencedEvents;
import dev.lockstep.detections.judgement.JudgedDay;
import dev.lockstep.detections.judgement.JudgedFacts;
import dev.lockstep.detections.judgement.JudgedFacts.Outcome;
import dev.lockstep.detections.local.LocalDriver;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.rules.EventReference;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.DetectionStatus;
import dev.lockstep.schemas.GateChecked;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Explanation of why findings of an earlier run are gone: what the rules now decide about the
 * events that these findings cite. For this, the rules judge only the subjects of the cited events.
 */
public final class GoneFindings {
  private final List<ComparedDetection> gone;
  private final List<RuleStatus> rules;
  private final ReferencedEvents referenced;
  private final OutputForm form;

  /**
   * Functions that bring texts and finding ids into the form of the output, which may have
   * pseudonyms. The findings of the earlier run are expected in the same form.
   *
   * @param text function from a text to its form
   * @param id function from a finding's id to its form
   */
  public record OutputForm(UnaryOperator<String> text, UnaryOperator<String> id) {
    /** Form that leaves all texts and ids as they are, without pseudonyms. */
    public static final OutputForm PLAIN =
        new OutputForm(UnaryOperator.identity(), UnaryOperator.identity());
  }

  /**
   * Creates an explanation of why findings of an earlier run are gone.
   *
   * @param gone gone findings with the events that they cite
   * @param rules state of each rule in the run
   * @param active active rules of the run
   * @param form form of the findings
   */
  public GoneFindings(
      List<ComparedDetection> gone,
      List<RuleStatus> rules,
      List<ActiveRule> active,
      OutputForm form) {
    this.gone = List.copyOf(gone);
    this.rules = List.copyOf(rules);
    this.form = form;
    this.referenced = new ReferencedEvents(active, form.text());
    gone.forEach(finding -> FindingPlace.watch(finding, referenced));
  }

  /**
   * Returns the watcher of the events that the gone findings cite, for a replay without eviction.
   * After the replay, {@link #decisions} can be called.
   */
  public ReferencedEvents watcher() {
    return referenced;
  }

  public Map<String, GoneReason> decisions(LocalDriver driver) {
    Set<String> ids = new HashSet<>();
    gone.forEach(finding -> ids.add(finding.id()));
    Map<String, String> withdrawn = new HashMap<>();
    driver.forEachFinding(
        state -> {
          Detection last = state.getSaid();
          if (DetectionStatus.isWithdrawn(last)) {
            String id = form.id().apply(last.getId());
            if (ids.contains(id)) {
              withdrawn.put(id, last.getDescription());
            }
          }
        });
    Map<String, GoneReason> decisions = new HashMap<>();
    for (ComparedDetection finding : gone) {
      GoneReason decision = decision(finding, withdrawn.get(finding.id()), driver);
      decisions.put(finding.id(), decision.shown(form.text()));
    }
    return decisions;
  }

  private GoneReason decision(
      ComparedDetection finding, @Nullable String withdrawn, LocalDriver driver) {
    RuleStatus status =
        rules.stream()
            .filter(rule -> rule.rule().id().equals(finding.rule()))
            .findFirst()
            .orElse(null);
    if (status == null) {
      return GoneReason.of("off", "there is no such rule");
    }
    if (status.runs() == RuleStatus.Runs.OFF || status.runs() == RuleStatus.Runs.ASLEEP) {
      return GoneReason.of("off", "the rule is " + status.text());
    }
    if (finding.events().stream()
        .noneMatch(event -> referenced.isSeen(event.category(), event.eventId()))) {
      return GoneReason.of("unseen", "none of the finding's events was read");
    }
    FindingPlace place =
        FindingPlace.of(
            finding, referenced, driver, id -> form.id().apply(id).equals(finding.id()));
    if (place == null) {
      return leftOut(finding);
    }
    JudgedDay day = place.day();
    if (day == null) {
      return GoneReason.of("not-kept", "the rule keeps none of the finding's events");
    }
    if (day.failure() != null) {
      return GoneReason.of("failed", "the rule failed: " + day.failure());
    }
    JudgedFacts verdict = nearest(finding, day);
    if (verdict == null) {
      return GoneReason.of(
          "not-compared",
          "on %s there is nothing left with which to compare the finding's events"
              .formatted(LocalDate.ofEpochDay(day.day())));
    }
    return decision(finding, withdrawn, place.subject(), verdict);
  }

  private GoneReason decision(
      ComparedDetection finding, @Nullable String withdrawn, Subject subject, JudgedFacts verdict) {
    List<GateChecked> gates = verdict.gates();
    String by = String.join(", ", verdict.by());
    return switch (verdict.outcome()) {
      case SUPPRESSED ->
          new GoneReason(
              "suppressed",
              verdict.by(),
              "suppressed by " + by + numbers(verdict, gates, subject),
              null,
              gates);
      case PASSED ->
          new GoneReason(
              "passed",
              verdict.by(),
              "not near, by " + by + numbers(verdict, gates, subject),
              null,
              gates);
      case FIRES -> {
        String other = verdict.finding() == null ? null : form.id().apply(verdict.finding());
        if (other == null || other.equals(finding.id())) {
          yield new GoneReason(
              "withdrawn",
              verdict.by(),
              withdrawn == null ? "its last revision is withdrawn" : withdrawn,
              null,
              gates);
        }
        yield new GoneReason(
            "fires", verdict.by(), "its events are in finding " + other, other, gates);
      }
    };
  }

  private GoneReason leftOut(ComparedDetection finding) {
    Set<String> gates = new LinkedHashSet<>();
    for (EventKey event : finding.events()) {
      gates.addAll(referenced.gates(event.category(), event.eventId(), finding.rule()));
    }
    return gates.isEmpty()
        ? GoneReason.of("left-out", "the rule observes none of the finding's events")
        : new GoneReason(
            "left-out",
            List.copyOf(gates),
            "suppressed by " + String.join(", ", gates) + " before anything was compared",
            null,
            List.of());
  }

  /**
   * Returns the day's verdict that shares the most facts with a gone finding, or null if none
   * shares any. A shared fact is one of which the finding cites the first or the last event. Of
   * verdicts with equal numbers, one that fires comes first, and then one that is suppressed.
   */
  private @Nullable JudgedFacts nearest(ComparedDetection finding, JudgedDay day) {
    Set<EventKey> events = new HashSet<>(finding.events());
    JudgedFacts nearest = null;
    int most = 0;
    for (JudgedFacts verdict : day.verdicts()) {
      int facts = 0;
      for (Fact fact : verdict.facts()) {
        facts += has(events, fact.first()) || has(events, fact.last()) ? 1 : 0;
      }
      if (facts > most
          || (facts == most
              && nearest != null
              && rank(verdict.outcome()) < rank(nearest.outcome()))) {
        most = facts;
        nearest = verdict;
      }
    }
    return nearest;
  }

  private boolean has(Set<EventKey> events, EventReference event) {
    return events.contains(new EventKey(event.category(), form.text().apply(event.eventId())));
  }

  private static int rank(Outcome outcome) {
    return switch (outcome) {
      case FIRES -> 0;
      case SUPPRESSED -> 1;
      case PASSED -> 2;
    };
  }

  private static String numbers(JudgedFacts verdict, List<GateChecked> gates, Subject subject) {
    List<String> parts = new ArrayList<>();
    for (GateChecked gate : gates) {
      if (verdict.by().contains(gate.getGate())) {
        String words = NumberWords.of(gate.getGate(), gate.getNumbers(), List.of(subject));
        if (!words.isEmpty()) {
          parts.add(words);
        }
      }
    }
    return parts.isEmpty() ? "" : " (" + String.join("; ", parts) + ")";
  }
}
