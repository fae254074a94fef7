package dev.lockstep.app.explain;

import dev.lockstep.detections.judgement.JudgedDay;
import dev.lockstep.detections.judgement.JudgedSubject;
import dev.lockstep.rules.Fact;
import java.time.LocalDate;
import java.util.IdentityHashMap;

/**
 * Labels by which an explanation refers to the facts of a rule and day: A to Z, then A2 and so on.
 */
final class FactLabels {
  /** Letter of a fact, with the day of the fact. */
  private record Label(LocalDate date, String letter) {}

  private final IdentityHashMap<Fact, Label> labels = new IdentityHashMap<>();

  FactLabels(JudgedSubject subject) {
    for (JudgedDay day : subject.days()) {
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
   * Returns the letter of a fact, and its day if the text is about another day. It is {@code ?} for
   * a fact without a letter.
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

  /** Returns the day and the letter of a fact, such as {@code 2026-11-19/A}. */
  String whole(Fact fact) {
    Label label = labels.get(fact);
    return label == null ? "?" : label.date() + "/" + label.letter();
  }
}
