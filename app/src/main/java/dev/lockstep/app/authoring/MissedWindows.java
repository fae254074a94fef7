package dev.lockstep.app.authoring;

import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.detections.judgement.JudgedFacts;
import dev.lockstep.detections.judgement.JudgedSubject;
import dev.lockstep.detections.sigma.SigmaSetRule;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.text.Quoted;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Text for authors about the windows that came nearest to a correlation's condition without
 * fulfilling it.
 */
final class MissedWindows {
  /**
   * Window that did not fulfil the condition.
   *
   * @param group subject that the facts in the window are about
   * @param kind kind of these facts, which differs from correlation to correlation
   * @param number number that the condition compares
   * @param words window in words
   */
  private record Missed(Subject group, String kind, double number, String words) {}

  private MissedWindows() {}

  /**
   * Returns a line for each correlation of the rule, about the largest window that did not fulfil
   * the correlation's condition. Groups with a finding are left out. A correlation without such a
   * window has no line.
   */
  static List<String> of(SigmaSetRule rule, List<JudgedSubject> groups) {
    Map<String, List<Missed>> byKind = new LinkedHashMap<>();
    for (JudgedSubject group : groups) {
      List<JudgedFacts> verdicts =
          group.days().stream()
              .filter(day -> day.info().id().equals(rule.info().id()))
              .flatMap(day -> day.verdicts().stream())
              .toList();
      if (verdicts.stream().noneMatch(one -> one.outcome() == JudgedFacts.Outcome.FIRES)) {
        missed(rule, group.subject(), verdicts)
            .forEach(
                each -> byKind.computeIfAbsent(each.kind(), any -> new ArrayList<>()).add(each));
      }
    }
    return byKind.values().stream().map(MissedWindows::line).toList();
  }

  private static List<Missed> missed(SigmaSetRule rule, Subject group, List<JudgedFacts> verdicts) {
    List<Missed> missed = new ArrayList<>();
    for (JudgedFacts verdict : verdicts) {
      Fact fact = verdict.facts().get(0);
      List<GateChecked> gates = verdict.gates();
      String words = rule.set().pass().missed(rule, fact, gates);
      if (words != null) {
        Object number = Objects.requireNonNull(gates.get(0).getNumbers().get("number"));
        missed.add(new Missed(group, fact.kind().name(), (Double) number, words));
      }
    }
    return missed;
  }

  private static String line(List<Missed> all) {
    Missed largest = all.get(0);
    for (Missed each : all) {
      largest = each.number() > largest.number() ? each : largest;
    }
    long others = all.stream().map(Missed::group).distinct().count() - 1;
    return Quoted.visible(largest.words())
        + (others == 0
            ? ""
            : "; none larger in %s".formatted(DisplayFormat.count(others, "further group")));
  }
}
