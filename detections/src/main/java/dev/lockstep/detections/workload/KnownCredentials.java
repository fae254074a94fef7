package dev.lockstep.detections.workload;

import dev.lockstep.rules.Day;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Learned;
import dev.lockstep.rules.Lessons;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Credentials and classes of network that a workload used before the judged day. The days on which
 * they were used are at least two and at most {@link WorkloadCredentialDrift#DAYS_BACK} days before
 * the judged day. The method {@link #teach} stores the credentials of a day as lessons for later
 * days.
 *
 * @param days number of these days with sign-ins
 * @param overflows if the workload used more keys on one of these days than the rule can learn, so
 *     that no key counts as new
 */
record KnownCredentials(
    int days, Set<CredentialKind> kinds, Set<String> keys, Set<String> classes, boolean overflows) {
  static final String OVERFLOW = "overflow";

  private static final String KIND = "kind ";
  private static final String KEY = "key ";
  private static final String CLASS = "class ";

  static void teach(Day day, Lessons lessons) {
    for (Fact used : day.facts(WorkloadCredentialDrift.KIND_OF_DAY)) {
      lessons.teach(KIND + used.text(WorkloadCredentialDrift.USED_KIND));
    }
    List<Fact> keys = day.facts(WorkloadCredentialDrift.KEY_OF_DAY);
    if (keys.size() > WorkloadCredentialDrift.MOST_KEYS) {
      lessons.teach(OVERFLOW);
    }
    for (Fact used : keys) {
      lessons.teach(KEY + used.text(WorkloadCredentialDrift.USED_KEY));
    }
    for (Fact used : day.facts(WorkloadCredentialDrift.CLASS_OF_DAY)) {
      lessons.teach(CLASS + used.text(WorkloadCredentialDrift.USED_CLASS));
    }
  }

  static KnownCredentials of(Learned learned, int day) {
    Set<CredentialKind> kinds = EnumSet.noneOf(CredentialKind.class);
    Set<String> keys = new TreeSet<>();
    Set<String> classes = new TreeSet<>();
    boolean overflows = false;
    Set<Integer> days =
        learned.days().subSet(day - WorkloadCredentialDrift.DAYS_BACK, true, day - 2, true);
    for (int each : days) {
      for (String trait : learned.on(each).keySet()) {
        if (trait.startsWith(KIND)) {
          CredentialKind kind = CredentialKind.ofWord(trait.substring(KIND.length()));
          if (kind != CredentialKind.UNKNOWN) {
            kinds.add(kind);
          }
        } else if (trait.startsWith(KEY)) {
          keys.add(trait.substring(KEY.length()));
        } else if (trait.startsWith(CLASS)) {
          classes.add(trait.substring(CLASS.length()));
        } else {
          overflows = true;
        }
      }
    }
    return new KnownCredentials(days.size(), kinds, keys, classes, overflows);
  }

  boolean isWeaker(CredentialKind kind) {
    return kind != CredentialKind.UNKNOWN
        && !kinds.isEmpty()
        && kinds.stream().allMatch(known -> known.compareTo(kind) < 0);
  }

  String shown() {
    return "%s (%d %s, networks: %s)"
        .formatted(
            listed(kinds.stream().map(CredentialKind::word)),
            keys.size(),
            keys.size() == 1 ? "key" : "keys",
            listed(classes.stream()));
  }

  private static String listed(Stream<String> words) {
    String text = words.collect(Collectors.joining(", "));
    return text.isEmpty() ? "none" : text;
  }
}
