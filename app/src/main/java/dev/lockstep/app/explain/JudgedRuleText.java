package dev.lockstep.app.explain;

import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.WrappedText;
import dev.lockstep.detections.judgement.JudgedDay;
import dev.lockstep.detections.judgement.JudgedSubject;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Subject;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Printer of text that explains one rule's decisions about subjects, day by day, and what it
 * learned.
 */
final class JudgedRuleText {
  private static final int MOST_DAYS = 5;
  private static final int MOST_BRIEF = 50;
  private static final int MOST_OTHERS = 12;
  private static final int MOST_LESSONS = 12;
  private static final int LESSON = 24;
  private static final int MOST_LESSON = 48;

  private final WrappedText lines;
  private final ExplainScope scope;
  private final RuleInfo rule;
  private final Subject own;
  private final JudgedDayText dayText;

  /**
   * Creates a printer of the decisions of one rule.
   *
   * @param own explained subject
   */
  JudgedRuleText(WrappedText lines, ExplainScope scope, RuleInfo rule, Subject own) {
    this.lines = lines;
    this.scope = scope;
    this.rule = rule;
    this.own = own;
    this.dayText = new JudgedDayText(lines, scope, own);
  }

  /** Prints the rule's decisions about subjects. The first subject has to be the explained one. */
  void print(List<JudgedSubject> judged, Map<String, Long> gates) {
    List<JudgedDayText.Item> items = new ArrayList<>();
    int bare = 0;
    int days = 0;
    Set<LocalDate> others = new HashSet<>();
    for (JudgedSubject subject : judged) {
      FactLabels labels = null;
      boolean compared = false;
      for (JudgedDay day : subject.days()) {
        if (!day.info().id().equals(rule.id())) {
          continue;
        }
        days++;
        if (!scope.includes(LocalDate.ofEpochDay(day.day()))) {
          others.add(LocalDate.ofEpochDay(day.day()));
          continue;
        }
        labels = labels == null ? new FactLabels(subject, rule.id()) : labels;
        if (subject.subject().equals(own) || !day.verdicts().isEmpty() || day.failure() != null) {
          items.add(new JudgedDayText.Item(day, labels));
          compared = true;
        }
      }
      bare += labels != null && !compared ? 1 : 0;
    }
    if (days == 0) {
      return;
    }
    lines.heading(rule.title().toUpperCase(Locale.ROOT) + " (" + rule.id() + ")");
    if (!gates.isEmpty()) {
      lines.text(
          2,
          "Counts by gate, taken as events arrived: "
              + gates.entrySet().stream()
                  .map(gate -> gate.getKey() + " " + gate.getValue())
                  .collect(Collectors.joining(", "))
              + ".");
    }
    items.sort(
        Comparator.comparingInt((JudgedDayText.Item item) -> item.day().day())
            .reversed()
            .thenComparing(item -> !item.day().subject().equals(own))
            .thenComparing(item -> -item.weight())
            .thenComparing(item -> item.day().subject().id()));
    items(items);
    if (bare > 0) {
      lines.text(
          2,
          "and "
              + DisplayFormat.count(bare, "other subject")
              + " of the same events, with nothing to compare");
    }
    if (items.isEmpty() && bare == 0) {
      lines.text(
          2,
          "No facts on that day; there are facts on "
              + DisplayFormat.days(others.stream().sorted().toList()));
    }
    lessons(judged.get(0));
  }

  private void items(List<JudgedDayText.Item> items) {
    Set<JudgedDayText.Item> whole = Collections.newSetFromMap(new IdentityHashMap<>());
    for (int weight = 2; weight >= 1; weight--) {
      for (JudgedDayText.Item item : items) {
        boolean isOwn = item.day().subject().equals(own);
        if (item.weight() == weight
            && (scope.all() || whole.size() < MOST_DAYS)
            && (scope.all() || weight == 2 || isOwn || JudgedDayText.isCorrelation(item.day()))) {
          whole.add(item);
        }
      }
    }
    if (scope.wide()) {
      items.stream()
          .filter(item -> scope.all() || item.day().subject().equals(own))
          .forEach(whole::add);
    }
    int brief = 0;
    int others = 0;
    int leftOut = 0;
    boolean afterWhole = false;
    for (JudgedDayText.Item item : items) {
      if (whole.contains(item)) {
        dayText.whole(item);
        afterWhole = true;
      } else if (brief < MOST_BRIEF && (item.day().subject().equals(own) || others < MOST_OTHERS)) {
        brief++;
        others += item.day().subject().equals(own) ? 0 : 1;
        if (afterWhole) {
          lines.blank();
          afterWhole = false;
        }
        dayText.brief(item);
      } else {
        leftOut++;
      }
    }
    if (leftOut > 0) {
      lines.text(2, "and " + DisplayFormat.count(leftOut, "more day") + "; --at DAY shows one");
    }
  }

  private void lessons(JudgedSubject judged) {
    List<JudgedSubject.Lesson> lessons =
        judged.lessons().stream().filter(lesson -> lesson.rule().id().equals(rule.id())).toList();
    if (lessons.isEmpty()) {
      return;
    }
    lines.blank();
    lines.text(2, "Learned from closed days, in effect two days later:");
    List<JudgedSubject.Lesson> latest =
        lessons.stream()
            .sorted(
                Comparator.comparing((JudgedSubject.Lesson lesson) -> lesson.amounts().lastKey())
                    .reversed()
                    .thenComparing(JudgedSubject.Lesson::shown))
            .toList();
    int most = scope.most(MOST_LESSONS);
    int longest =
        latest.stream().limit(most).mapToInt(lesson -> lesson.shown().length()).max().orElse(0);
    int width = Math.min(Math.max(LESSON, longest + 2), MOST_LESSON);
    lines.first(most, latest, 4, ExplainText.MORE, lesson -> lesson(lesson, width));
  }

  private void lesson(JudgedSubject.Lesson lesson, int width) {
    int amount = lesson.amounts().values().stream().mapToInt(Integer::intValue).sum();
    lines.labelled(
        4,
        lesson.shown(),
        width,
        DisplayFormat.count(lesson.amounts().size(), "day")
            + (amount > 0 ? ", " + amount + " in all" : "")
            + ": "
            + DisplayFormat.days(
                lesson.amounts().keySet().stream().map(LocalDate::ofEpochDay).toList()));
  }
}
