package dev.lockstep.app;

import dev.lockstep.detections.TravelExplanation;
import dev.lockstep.schemas.Stay;
import java.time.LocalDate;
import java.util.IdentityHashMap;

/** Letters for the stays of each day: A to Z, then A2 and so on. */
final class StayLabels {
  private record Label(LocalDate date, String letter) {}

  private final IdentityHashMap<Stay, Label> labels = new IdentityHashMap<>();

  StayLabels(TravelExplanation travel) {
    for (TravelExplanation.Day day : travel.days()) {
      int number = 0;
      for (Stay stay : day.stays()) {
        String letter = String.valueOf((char) ('A' + number % 26));
        labels.put(stay, new Label(day.date(), number < 26 ? letter : letter + (number / 26 + 1)));
        number++;
      }
    }
  }

  /** Returns the letter, with the day where that is another one. */
  String of(Stay stay, LocalDate seenFrom) {
    Label label = labels.get(stay);
    if (label == null) {
      return "?";
    }
    return label.date().equals(seenFrom)
        ? label.letter()
        : label.letter() + " of " + label.date().toString().substring(5);
  }

  /** Returns day and letter. */
  String whole(Stay stay) {
    Label label = labels.get(stay);
    return label == null ? "?" : label.date() + "/" + label.letter();
  }
}
