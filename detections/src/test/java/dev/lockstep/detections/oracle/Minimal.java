package dev.lockstep.detections.oracle;

import dev.lockstep.schemas.Activity;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Finds few events that still fail, by leaving out ever smaller runs of them. */
final class Minimal {
  private Minimal() {}

  /** Returns a part of a failing list, in its order, of which nothing can be left out. */
  static List<Activity> of(List<Activity> failing, Predicate<List<Activity>> fails) {
    List<Activity> kept = failing;
    for (int run = Math.max(1, kept.size() / 2); run >= 1; run /= 2) {
      boolean again = true;
      while (again) {
        again = false;
        for (int from = 0; from < kept.size(); ) {
          List<Activity> fewer = new ArrayList<>(kept.subList(0, from));
          fewer.addAll(kept.subList(Math.min(kept.size(), from + run), kept.size()));
          if (fails.test(fewer)) {
            kept = fewer;
            again = true;
          } else {
            from += run;
          }
        }
      }
    }
    return kept;
  }
}
