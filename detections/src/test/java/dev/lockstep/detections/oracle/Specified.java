package dev.lockstep.detections.oracle;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What may stand of a set of events: for each finding what each way to read the specification makes
 * of it. Nearly always that is one.
 */
final class Specified {
  private final List<Map<String, Verdict>> readings = new ArrayList<>();

  /** Adds what stands by one way to read. */
  void add(List<Verdict> verdicts) {
    readings.add(byKey(verdicts));
  }

  /** Returns the findings by the first way to read, in their order. */
  List<Verdict> first() {
    return readings.get(0).values().stream().sorted().toList();
  }

  /** Returns what the readings do not allow of what was said, one a line; empty if nothing. */
  String difference(List<Verdict> said) {
    Map<String, Verdict> given = byKey(said);
    Set<String> keys = new TreeSet<>(given.keySet());
    readings.forEach(reading -> keys.addAll(reading.keySet()));
    StringBuilder text = new StringBuilder();
    if (given.size() < said.size()) {
      text.append("two of one subject among ").append(said).append('\n');
    }
    for (String key : keys) {
      Set<Optional<Verdict>> allowed = new HashSet<>();
      readings.forEach(reading -> allowed.add(Optional.ofNullable(reading.get(key))));
      Optional<Verdict> verdict = Optional.ofNullable(given.get(key));
      if (!allowed.contains(verdict)) {
        text.append("specified ").append(text(allowed));
        text.append(", said ").append(text(Set.of(verdict))).append('\n');
      }
    }
    return text.toString();
  }

  private static String text(Set<Optional<Verdict>> verdicts) {
    List<String> texts = new ArrayList<>();
    verdicts.forEach(each -> texts.add(each.map(Verdict::toString).orElse("nothing")));
    return String.join(" or ", texts);
  }

  private static Map<String, Verdict> byKey(List<Verdict> verdicts) {
    Map<String, Verdict> byKey = new TreeMap<>();
    verdicts.forEach(each -> byKey.put(each.key(), each));
    return byKey;
  }
}
