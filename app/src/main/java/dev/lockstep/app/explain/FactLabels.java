package dev.lockstep.app.explain;

import dev.lockstep.detections.judgement.JudgedDay;
import dev.lockstep.detections.judgement.JudgedSubject;
import dev.lockstep.rules.Fact;
import java.time.LocalDate;
import java.util.IdentityHashMap;

/**
 * Map from the facts of a rule about a subject to their labels in an explanation. For each day
 * these are A to Z, then A2 and so on.
 */
final class FactLabels {
  /**
   * Label of a fact in an explanation: the fact's day, and a letter such as {@code A}. After Z
   * follows A2.
   */
  private record Label(LocalDate date, String letter) {}

  private final IdentityHashMap<Fact, Label> labels = new IdentityHashMap<>();

  FactLabels(JudgedSubject subject, String rule) {
    for (JudgedDay day : subject.days()) {
      if (!day.info().id().equals(rule)) {
        continue;
      }
      int number = 0;
      for (Fact fact : day.facts()) {
        String letter = String.valueOf((char) ('A' + number % 26));
        labels.put(
            fact,
            new Label(
                LocalDate.ofEpochDay(day.day()),
                number < 26 ? letter : letter + (number / 26 + 1)));
        number++;
      }
    }
  }

  /**
   * Returns the label of a fact in an explanation, such as {@code A} or {@code A of 11-19}. The day
   * is added if the text around the label is about another day. The label is {@code ?} for a fact
   * without a label.
   */
  String of(Fact fact, LocalDate seenFrom) {
    Label label = labels.get(fact);
    if (label == null) {
      return "?";
    }
    return label.date().equals(seenFrom)
        ? label.letter()
        : label.letter() + " of " + label.date().toString().substring(5);
  }

  /**
   * Returns the label of a fact with the fact's day, such as {@code 2026-11-19/A}. It is {@code ?}
   * for a fact without a label.
   */
  String whole(Fact fact) {
    Label label = labels.get(fact);
    return label == null ? "?" : label.date() + "/" + label.letter();
  }
}
