package dev.lockstep.detections.engine;

import dev.lockstep.detections.state.KeptFact;
import dev.lockstep.detections.state.SubjectState;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Subjects with changes in memory that are not yet in their state records, in the order of their
 * first such change.
 */
final class ChangedSubjects {
  private final Set<SubjectState> subjects = new LinkedHashSet<>();

  void markChanged(SubjectState subject) {
    if (subject.markChanged()) {
      subjects.add(subject);
    }
  }

  void drop(SubjectState subject, KeptFact fact) {
    byte[] key = fact.storedKey();
    if (key != null) {
      subject.gone().add(key);
    }
    markChanged(subject);
  }

  Set<SubjectState> all() {
    return subjects;
  }

  void remove(SubjectState subject) {
    subjects.remove(subject);
  }

  void clear() {
    subjects.clear();
  }
}
