package dev.lockstep.detections.judgement;

import dev.lockstep.detections.state.RuleState;
import dev.lockstep.rules.AlertOnSubject;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Subject with all that is kept of it, and what each rule reports of each day.
 *
 * @param days by rule, and of a rule ascending
 * @param lessons of closed days
 * @param alerts of Defender on the subject that rules compare with
 */
public record JudgedSubject(
    Subject subject, List<JudgedDay> days, List<Lesson> lessons, List<AlertOnSubject> alerts) {
  /** Copies. */
  public JudgedSubject {
    days = List.copyOf(days);
    lessons = List.copyOf(lessons);
    alerts = List.copyOf(alerts);
  }

  /**
   * Trait that closed days have taught.
   *
   * @param shown the trait as people read it
   * @param amounts by UTC day since 1970
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
