package dev.lockstep.app.explain;

import dev.lockstep.app.detection.ComparedDetection;
import dev.lockstep.detections.explain.ReferencedEvents;
import dev.lockstep.detections.judgement.JudgedDay;
import dev.lockstep.detections.local.LocalDriver;
import dev.lockstep.rules.Subject;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Subject and day of a finding, determined by the events that the finding cites.
 *
 * @param day judged day of the rule, or null if the rule has no facts of the subject on that day
 */
record FindingPlace(Subject subject, @Nullable JudgedDay day) {
  private static final long DAY_MILLIS = 86_400_000L;

  static void watch(ComparedDetection finding, ReferencedEvents referenced) {
    finding.events().forEach(event -> referenced.add(event.category(), event.eventId()));
  }

  /**
   * Returns the subject and day of a finding, or null if the rule observed none of the events that
   * the finding cites. The subject is the one whose judged day has the finding's id. If there is
   * none, a subject judged on the finding's last day comes first, then the subject with most of the
   * cited events.
   *
   * @param isIt predicate that is true for the finding's id in the run
   */
  static @Nullable FindingPlace of(
      ComparedDetection finding,
      ReferencedEvents referenced,
      LocalDriver driver,
      Predicate<String> isIt) {
    Map<Subject, Integer> candidates = new HashMap<>();
    for (ComparedDetection.EventKey event : finding.events()) {
      for (Subject subject :
          referenced.subjects(event.category(), event.eventId(), finding.rule())) {
        candidates.merge(subject, 1, Integer::sum);
      }
    }
    List<Subject> subjects =
        candidates.keySet().stream()
            .sorted(
                Comparator.comparing((Subject subject) -> -candidates.getOrDefault(subject, 0))
                    .thenComparing(Subject::kind)
                    .thenComparing(Subject::id))
            .toList();
    FindingPlace likely = null;
    for (Subject subject : subjects) {
      JudgedDay near = null;
      for (JudgedDay day : driver.judged(subject).days()) {
        if (!day.info().id().equals(finding.rule())) {
          continue;
        }
        if (day.hasFinding(isIt)) {
          return new FindingPlace(subject, day);
        }
        if (day.day() == Math.floorDiv(finding.endAt(), DAY_MILLIS)) {
          near = day;
        }
      }
      if (likely == null || (likely.day() == null && near != null)) {
        likely = new FindingPlace(subject, near);
      }
    }
    return likely;
  }
}
