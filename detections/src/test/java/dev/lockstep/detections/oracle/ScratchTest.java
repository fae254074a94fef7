package dev.lockstep.detections.oracle;

import dev.lockstep.detections.oracle.History.Theme;
import dev.lockstep.schemas.Activity;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ScratchTest {
  @Test
  void show() {
    long seed = Long.getLong("scratch", -240848135816755120L);
    List<Theme> themes = List.of(Theme.valueOf(System.getProperty("theme", "TOKEN")));
    History history = HistoryMaker.make(themes, seed);
    Entered e = Entering.inSomeOrder(history, new SplittableRandom(~seed));
    System.out.println("D " + e.difference());
    List<Activity> left = new ArrayList<>(e.events());
    for (int run = left.size() / 2; run >= 1; run /= 2) {
      for (int i = 0; i + run <= left.size(); ) {
        List<Activity> fewer = new ArrayList<>(left);
        fewer.subList(i, i + run).clear();
        String d;
        try {
          d = e.with(fewer).difference();
        } catch (Throwable t) {
          d = t.toString();
        }
        if (d.isEmpty()) {
          i += run;
        } else {
          left = fewer;
        }
      }
    }
    System.out.println("LEFT " + e.with(left) + "\n" + e.with(left).difference());
  }
}
