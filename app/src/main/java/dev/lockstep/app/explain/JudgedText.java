package dev.lockstep.app.explain;

import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.WrappedText;
import dev.lockstep.detections.judgement.JudgedDay;
import dev.lockstep.detections.judgement.JudgedFacts;
import dev.lockstep.detections.judgement.JudgedFacts.Outcome;
import dev.lockstep.detections.judgement.JudgedSubject;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Gates;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.GateChecked;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Printer of text that explains one rule's decisions about subjects, day by day: the facts
 * compared, the numbers, and the results of gates. A gate is a condition that can suppress a
 * finding.
 */
final class JudgedText {
  private static final int MOST_DAYS = 5;
  private static final int MOST_BRIEF = 50;
  private static final int MOST_OTHERS = 12;
  private static final int MOST_FIRING = 6;
  private static final int MOST_ALIKE = 2;
  private static final int MOST_FACTS = 12;
  private static final int MOST_LESSONS = 12;
  private static final int MOST_LABELS = 4;
  private static final Comparator<Fact> BY_END =
      Comparator.comparingLong(Fact::lastAt).thenComparingLong(Fact::firstAt);

  private final WrappedText lines;
  private final ExplainScope scope;
  private final RuleInfo rule;
  private final Subject own;

  private static boolean isCorrelation(JudgedDay day) {
    return day.info().subjects().contains(Subject.Kind.GROUP);
  }

  /** Judged day of one subject, with the letters by which the text names its facts. */
  private record Item(JudgedDay day, FactLabels labels) {
    LocalDate date() {
      return LocalDate.ofEpochDay(day.day());
    }

    boolean has(Outcome outcome) {
      return day.verdicts().stream().anyMatch(verdict -> verdict.outcome() == outcome);
    }

    /**
     * Returns the importance of the day: 2 if the rule fired or failed, 1 if a gate suppressed a
     * finding, otherwise 0. For a correlation that was compared and did not fire it is 1 too. The
     * most important days are printed whole, up to a limit.
     */
    int weight() {
      return has(Outcome.FIRES) || !day.findings().isEmpty() || day.failure() != null
          ? 2
          : has(Outcome.SUPPRESSED) || (isCorrelation(day) && has(Outcome.PASSED)) ? 1 : 0;
    }
  }

  /**
   * Creates a printer of the decisions of one rule.
   *
   * @param own explained subject
   */
  JudgedText(WrappedText lines, ExplainScope scope, RuleInfo rule, Subject own) {
    this.lines = lines;
    this.scope = scope;
    this.rule = rule;
    this.own = own;
  }

  private List<Subject> known(Item item) {
    return List.of(own, item.day().subject());
  }

  /** Prints the rule's decisions about subjects, the first of which has to be the explained one. */
  void print(List<JudgedSubject> judged, Map<String, Long> gates) {
    List<Item> items = new ArrayList<>();
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
          items.add(new Item(day, labels));
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
          "Counted by gates as events came: "
              + gates.entrySet().stream()
                  .map(gate -> gate.getKey() + " " + gate.getValue())
                  .collect(Collectors.joining(", "))
              + ".");
    }
    items.sort(
        Comparator.comparingInt((Item item) -> item.day().day())
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
          "Nothing on that day, but on " + DisplayFormat.days(others.stream().sorted().toList()));
    }
    lessons(judged.get(0));
  }

  private void items(List<Item> items) {
    Set<Item> whole = Collections.newSetFromMap(new IdentityHashMap<>());
    for (int weight = 2; weight >= 1; weight--) {
      for (Item item : items) {
        boolean isOwn = item.day().subject().equals(own);
        if (item.weight() == weight
            && (scope.all() || whole.size() < MOST_DAYS)
            && (scope.all() || weight == 2 || isOwn || isCorrelation(item.day()))) {
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
    for (Item item : items) {
      if (whole.contains(item)) {
        whole(item);
        afterWhole = true;
      } else if (brief < MOST_BRIEF && (item.day().subject().equals(own) || others < MOST_OTHERS)) {
        brief++;
        others += item.day().subject().equals(own) ? 0 : 1;
        if (afterWhole) {
          lines.blank();
          afterWhole = false;
        }
        lines.labelled(2, item.date().toString(), 12, of(item) + summary(item.day()));
      } else {
        leftOut++;
      }
    }
    if (leftOut > 0) {
      lines.text(2, "and " + DisplayFormat.count(leftOut, "more day") + "; --at DAY shows one");
    }
  }

  private String of(Item item) {
    Subject subject = item.day().subject();
    return subject.equals(own)
        ? ""
        : subject.kind().name().toLowerCase(Locale.ROOT) + " " + subject.id() + ": ";
  }

  private static String summary(JudgedDay day) {
    if (day.failure() != null) {
      return "THE RULE FAILED: " + day.failure();
    }
    Map<String, Integer> numbers = new LinkedHashMap<>();
    for (Outcome outcome : Outcome.values()) {
      for (JudgedFacts verdict : day.verdicts()) {
        if (verdict.outcome() == outcome) {
          numbers.merge(words(verdict), 1, Integer::sum);
        }
      }
    }
    List<String> parts = new ArrayList<>();
    numbers.forEach((words, number) -> parts.add(numbered(number, words, " ")));
    return DisplayFormat.count(day.facts().size(), "fact")
        + (parts.isEmpty()
            ? ""
            : ", "
                + DisplayFormat.count(day.verdicts().size(), "comparison")
                + ": "
                + String.join(", ", parts))
        + (day.overflow() ? "; more came than is kept" : "");
  }

  private static String numbered(int number, String words, String between) {
    boolean isPlural = number != 1 && words.startsWith("fires (");
    return number + between + (isPlural ? "fire" + words.substring("fires".length()) : words);
  }

  private static String words(JudgedFacts verdict) {
    String by = String.join(", ", verdict.by());
    return switch (verdict.outcome()) {
      case FIRES -> "fires (" + by + ")";
      case SUPPRESSED -> "suppressed by " + by;
      case PASSED -> "not near (" + by + ")";
    };
  }

  private void whole(Item item) {
    lines.blank();
    lines.labelled(2, item.date().toString(), 12, of(item) + summary(item.day()));
    List<JudgedFacts> shown = shown(item.day());
    facts(item, shown);
    shown.forEach(verdict -> verdict(verdict, item));
    for (JudgedDay.GivenOut finding : item.day().findings()) {
      boolean isShown =
          item.day().verdicts().stream().anyMatch(one -> finding.id().equals(one.finding()));
      if (!isShown) {
        lines.blank();
        lines.text(
            4,
            "Finding "
                + finding.id()
                + " ("
                + finding.reason()
                + ", "
                + finding.severity()
                + ") is still in effect, but the facts by which it fired are no longer kept.");
      }
    }
    leftOut(item.day(), shown);
  }

  private List<JudgedFacts> shown(JudgedDay day) {
    List<JudgedFacts> verdicts = new ArrayList<>(day.verdicts());
    verdicts.sort(
        Comparator.comparingLong(this::nearest)
            .thenComparingLong(this::farthest)
            .thenComparing(JudgedFacts::outcome)
            .thenComparing(JudgedFacts::severity, Comparator.nullsLast(Comparator.reverseOrder())));
    if (scope.all()) {
      return verdicts;
    }
    Map<String, Integer> alike = new HashMap<>();
    List<JudgedFacts> shown = new ArrayList<>();
    for (JudgedFacts verdict : verdicts) {
      boolean passed = verdict.outcome() == Outcome.PASSED;
      int most =
          scope.minute() != null || verdict.outcome() == Outcome.FIRES ? MOST_FIRING : MOST_ALIKE;
      if ((!passed || scope.minute() != null || isCorrelation(day))
          && alike.merge(words(verdict), 1, Integer::sum) <= most) {
        shown.add(verdict);
      }
    }
    return shown;
  }

  private long nearest(JudgedFacts verdict) {
    return verdict.facts().stream().mapToLong(scope::millisFrom).min().orElse(0);
  }

  private long farthest(JudgedFacts verdict) {
    return verdict.facts().stream().mapToLong(scope::millisFrom).max().orElse(0);
  }

  private void facts(Item item, List<JudgedFacts> shown) {
    Set<Fact> listed = Collections.newSetFromMap(new IdentityHashMap<>());
    for (JudgedFacts verdict : shown) {
      listed.addAll(verdict.facts());
      listed.addAll(verdict.grounds());
    }
    for (Fact fact : item.day().facts()) {
      if (scope.all() || listed.size() < MOST_FACTS) {
        listed.add(fact);
      }
    }
    listed.stream()
        .sorted(Comparator.comparingLong(Fact::firstAt).thenComparing(Fact::traits))
        .forEach(
            fact ->
                lines.labelled(
                    4,
                    item.labels().of(fact, item.date()),
                    3,
                    FactText.of(fact, item.day(), known(item))));
    long others = item.day().facts().stream().filter(fact -> !listed.contains(fact)).count();
    if (others > 0) {
      lines.text(4, "and " + DisplayFormat.count(others, "more fact") + "; --all lists them");
    }
  }

  private void verdict(JudgedFacts verdict, Item item) {
    lines.blank();
    String facts = labels(verdict, item);
    String by = String.join(", ", verdict.by());
    String words =
        switch (verdict.outcome()) {
          case FIRES ->
              "FIRES, "
                  + DisplayFormat.upper(Objects.requireNonNull(verdict.severity()))
                  + ": "
                  + by;
          case SUPPRESSED -> "SUPPRESSED by " + by;
          case PASSED -> (isCorrelation(item.day()) ? "does not fire: " : "not near: ") + by;
        };
    if (verdict.outcome() == Outcome.FIRES) {
      words +=
          verdict.finding() == null ? "; no finding was emitted" : "; finding " + verdict.finding();
    }
    lines.labelled(4, facts, Math.max(9, facts.length() + 2), words);
    if (verdict.facts().size() == 2) {
      List<Fact> pair = new ArrayList<>(verdict.facts());
      pair.sort(BY_END);
      Subject about = item.day().subject();
      lines.text(6, FactText.until(pair.get(0), about) + ", " + FactText.from(pair.get(1), about));
    }
    if (!verdict.grounds().isEmpty()) {
      lines.text(
          6,
          "rests on "
              + verdict.grounds().stream()
                  .map(fact -> item.labels().of(fact, item.date()))
                  .collect(Collectors.joining(", ")));
    }
    List<String> notReached = new ArrayList<>();
    for (GateChecked gate : verdict.gates()) {
      if (gate.getVerdict().equals(Gates.NOT_REACHED)) {
        notReached.add(gate.getGate());
      } else {
        gate(lines, gate, known(item));
      }
    }
    if (!notReached.isEmpty()) {
      lines.labelled(6, "not reached", 12, String.join(", ", notReached));
    }
  }

  private static String labels(JudgedFacts verdict, Item item) {
    List<String> labels =
        verdict.facts().stream()
            .sorted(BY_END)
            .map(fact -> item.labels().of(fact, item.date()))
            .toList();
    return labels.size() <= MOST_LABELS
        ? String.join(" and ", labels)
        : "%s to %s, %d facts"
            .formatted(labels.get(0), labels.get(labels.size() - 1), labels.size());
  }

  static void gate(WrappedText lines, GateChecked gate, List<Subject> known) {
    String verdict =
        switch (gate.getVerdict()) {
          case Gates.SUPPRESSED -> "SUPPRESSED";
          case Gates.FIRES -> "FIRES";
          default -> gate.getVerdict();
        };
    lines.labelled(
        6,
        verdict + " ".repeat(Math.max(1, 12 - verdict.length())) + gate.getGate(),
        30,
        NumberWords.of(gate.getNumbers(), known));
  }

  private void leftOut(JudgedDay day, List<JudgedFacts> shown) {
    Set<JudgedFacts> printed = Collections.newSetFromMap(new IdentityHashMap<>());
    printed.addAll(shown);
    Map<String, List<JudgedFacts>> more = new LinkedHashMap<>();
    for (JudgedFacts verdict : day.verdicts()) {
      if (!printed.contains(verdict)) {
        more.computeIfAbsent(words(verdict), none -> new ArrayList<>()).add(verdict);
      }
    }
    if (more.isEmpty()) {
      return;
    }
    List<String> parts = new ArrayList<>();
    more.forEach(
        (words, verdicts) ->
            parts.add(
                numbered(
                        verdicts.size(),
                        words,
                        verdicts.get(0).outcome() == Outcome.PASSED ? " " : " more ")
                    + ranges(verdicts)));
    lines.blank();
    lines.text(4, "Others: " + String.join("; ", parts) + ". --all lists them.");
  }

  private static String ranges(List<JudgedFacts> verdicts) {
    String decided = verdicts.get(0).by().get(0);
    Map<String, double[]> ranges = new TreeMap<>();
    for (JudgedFacts verdict : verdicts) {
      for (GateChecked gate : verdict.gates()) {
        if (gate.getGate().equals(decided)) {
          gate.getNumbers()
              .forEach(
                  (name, value) -> {
                    if (value instanceof Double number) {
                      double[] range =
                          ranges.computeIfAbsent(name, none -> new double[] {number, number});
                      range[0] = Math.min(range[0], number);
                      range[1] = Math.max(range[1], number);
                    }
                  });
        }
      }
    }
    List<String> parts = new ArrayList<>();
    for (boolean limits : new boolean[] {false, true}) {
      ranges.forEach(
          (name, range) -> {
            if (NumberWords.isLimit(name) == limits) {
              String from = NumberWords.number(name, range[0]);
              String to = NumberWords.number(name, range[1]);
              parts.add(NumberWords.named(name, from.equals(to) ? from : from + " to " + to));
            }
          });
    }
    return parts.isEmpty() ? "" : ": " + String.join(", ", parts);
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
    lines.first(scope.most(MOST_LESSONS), latest, 4, ExplainText.MORE, this::lesson);
  }

  private void lesson(JudgedSubject.Lesson lesson) {
    int amount = lesson.amounts().values().stream().mapToInt(Integer::intValue).sum();
    lines.labelled(
        4,
        lesson.shown(),
        24,
        DisplayFormat.count(lesson.amounts().size(), "day")
            + (amount > 0 ? ", " + amount + " in all" : "")
            + ": "
            + DisplayFormat.days(
                lesson.amounts().keySet().stream().map(LocalDate::ofEpochDay).toList()));
  }
}
