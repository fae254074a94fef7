package dev.lockstep.app.explain;

import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.WrappedText;
import dev.lockstep.detections.judgement.JudgedDay;
import dev.lockstep.detections.judgement.JudgedFacts;
import dev.lockstep.detections.judgement.JudgedFacts.Outcome;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Gates;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.GateChecked;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
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
 * Printer of one judged day of a subject: the facts compared, the numbers, and the results of
 * gates. A gate is a condition that can suppress a finding.
 */
final class JudgedDayText {
  private static final int MOST_FIRING = 6;
  private static final int MOST_ALIKE = 2;
  private static final int MOST_FACTS = 12;
  private static final int MOST_LABELS = 4;
  private static final Comparator<Fact> BY_END =
      Comparator.comparingLong(Fact::lastAt).thenComparingLong(Fact::firstAt);

  private final WrappedText lines;
  private final ExplainScope scope;
  private final Subject own;

  /** Judged day of one subject, with the letters that stand for its facts in the text. */
  record Item(JudgedDay day, FactLabels labels) {
    LocalDate date() {
      return LocalDate.ofEpochDay(day.day());
    }

    boolean has(Outcome outcome) {
      return day.verdicts().stream().anyMatch(verdict -> verdict.outcome() == outcome);
    }

    /**
     * Returns the importance of the day: 2 if the rule fired or failed, 1 if a gate suppressed a
     * finding, otherwise 0. The importance is also 1 for a correlation that was compared and did
     * not fire. The most important days are printed whole, up to a limit.
     */
    int weight() {
      return has(Outcome.FIRES) || !day.findings().isEmpty() || day.failure() != null
          ? 2
          : has(Outcome.SUPPRESSED) || (isCorrelation(day) && has(Outcome.PASSED)) ? 1 : 0;
    }
  }

  /**
   * Creates a printer of the days of subjects.
   *
   * @param own explained subject
   */
  JudgedDayText(WrappedText lines, ExplainScope scope, Subject own) {
    this.lines = lines;
    this.scope = scope;
    this.own = own;
  }

  /** Returns whether the rule of a day is a correlation. */
  static boolean isCorrelation(JudgedDay day) {
    return day.info().subjects().contains(Subject.Kind.GROUP);
  }

  private List<Subject> known(Item item) {
    return List.of(own, item.day().subject());
  }

  /** Prints a day on one line. */
  void brief(Item item) {
    lines.labelled(2, item.date().toString(), 12, of(item) + summary(item.day()));
  }

  /** Prints a day with its facts, and with the comparisons that the scope selects. */
  void whole(Item item) {
    lines.blank();
    brief(item);
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
                + ") is still in effect, but the facts that made it fire are no longer kept.");
      }
    }
    leftOut(item.day(), shown);
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
        + (day.overflow() ? "; more facts or findings came than are kept" : "");
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
        NumberWords.of(gate.getGate(), gate.getNumbers(), known));
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
              String measured = NumberWords.measured(name, ranges.keySet());
              String from = NumberWords.number(measured, range[0]);
              String to = NumberWords.number(measured, range[1]);
              parts.add(NumberWords.named(name, from.equals(to) ? from : from + " to " + to));
            }
          });
    }
    return parts.isEmpty() ? "" : ": " + String.join(", ", parts);
  }
}
