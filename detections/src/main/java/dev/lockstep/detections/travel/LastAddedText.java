package dev.lockstep.detections.travel;

import dev.lockstep.rules.Aggregate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Aggregate that keeps only the last text added to a fact, even if an earlier text is of a later
 * event. The rule {@code impossible-travel} keeps in it the number of other users who are regularly
 * at a place.
 *
 * <p>The texts of a fact are the answers of one place. They come in the order in which the place
 * gave them, so the last one is the answer to everything that the place knows, in whatever order
 * the place came to know it.
 */
final class LastAddedText implements Aggregate {
  private @Nullable Kept latest;

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
    return "";
  }

  @Override
  public void restore(List<Kept> kept, String mark) {
    latest = kept.isEmpty() ? null : kept.get(0);
  }

  @Nullable String text() {
    return latest == null ? null : latest.texts().get(0);
  }
}
