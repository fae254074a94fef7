package dev.lockstep.detections.judgement;

import dev.lockstep.detections.state.RuleState;
import dev.lockstep.rules.AlertOnSubject;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Subject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * State of a subject with the reports of each rule on each day.
 *
 * @param days days by rule, ascending within a rule
 * @param lessons lessons of closed days
 * @param alerts Defender alerts that rules compare with the subject
 */
public record JudgedSubject(
    Subject subject, List<JudgedDay> days, List<Lesson> lessons, List<AlertOnSubject> alerts) {
  public JudgedSubject {
    days = List.copyOf(days);
    lessons = List.copyOf(lessons);
    alerts = List.copyOf(alerts);
  }

  /**
   * Returns the part of this subject with the facts that fulfil a predicate and the verdicts on
   * these facts, without lessons and alerts. A verdict may be about facts of other days, all of
   * which are in the part.
   */
  public JudgedSubject part(Predicate<Fact> holds) {
    Set<Fact> compared = Collections.newSetFromMap(new IdentityHashMap<>());
    for (JudgedDay day : days) {
      for (JudgedFacts verdict : day.verdictsOn(holds)) {
        compared.addAll(verdict.facts());
        compared.addAll(verdict.grounds());
      }
    }
    List<JudgedDay> parts =
        days.stream()
            .map(day -> day.part(holds, compared))
            .filter(day -> !day.facts().isEmpty() || !day.verdicts().isEmpty())
            .toList();
    return new JudgedSubject(subject, parts, List.of(), List.of());
  }

  /**
   * Trait that a rule learned from closed days of a subject, such as a usual country. For each of
   * these days it has the number that the rule gave to the trait. The number may be a count, or 0
   * if only the trait matters.
   *
   * @param shown trait in the form for people
   * @param amounts number that the rule gave to the trait, by UTC day in days since 1970
   */
  public record Lesson(
      RuleInfo rule, String trait, String shown, NavigableMap<Integer, Integer> amounts) {
    public static List<Lesson> of(RuleState state) {
      TreeMap<String, NavigableMap<Integer, Integer>> traits = new TreeMap<>();
      for (Map.Entry<Integer, Map<String, Integer>> day : state.lessons().entrySet()) {
        day.getValue()
            .forEach(
                (trait, amount) ->
                    traits
                        .computeIfAbsent(trait, none -> new TreeMap<>())
                        .put(day.getKey(), amount));
      }
      List<Lesson> lessons = new ArrayList<>();
      traits.forEach(
          (trait, amounts) ->
              lessons.add(
                  new Lesson(
                      state.rule().info(),
                      trait,
                      JudgedDay.shown(state.rule().rule(), trait),
                      amounts)));
      return lessons;
    }
  }
}
