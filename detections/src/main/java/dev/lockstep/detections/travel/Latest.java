package dev.lockstep.detections.travel;

import dev.lockstep.rules.Aggregate;
import dev.lockstep.rules.EventReference;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Aggregate of a fact that one subject alone states again and again: it keeps the latest texts, and
 * the number that was last answered to it.
 */
final class Latest implements Aggregate {
  private @Nullable Kept latest;
  private String answered = "";

  @Override
  public boolean add(Kept event) {
    Kept before = latest;
    if (before != null && before.texts().equals(event.texts())) {
      return false;
    }
    latest = event;
    return true;
  }

  @Override
  public boolean remove(Kept event) {
    return false;
  }

  @Override
  public int size() {
    return latest == null ? 0 : 1;
  }

  @Override
  public List<Kept> kept() {
    return latest == null ? List.of() : List.of(latest);
  }

  @Override
  public String mark() {
    return answered;
  }

  @Override
  public void restore(List<Kept> kept, String mark) {
    latest = kept.isEmpty() ? null : kept.get(0);
    answered = mark;
  }

  /** Returns the only text of the latest event, or null. */
  @Nullable String text() {
    return latest == null || latest.texts().isEmpty() ? null : latest.texts().get(0);
  }

  /** Returns the event to which a number is the answer, or null if it was the last answer. */
  @Nullable EventReference answers(String number) {
    Kept asked = latest;
    if (asked == null || answered.equals(number)) {
      return null;
    }
    answered = number;
    return asked.event();
  }
}
