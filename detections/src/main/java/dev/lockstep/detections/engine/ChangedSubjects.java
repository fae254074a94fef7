package dev.lockstep.detections.engine;

import dev.lockstep.detections.state.KeptFact;
import dev.lockstep.detections.state.SubjectState;
import java.util.LinkedHashSet;
import java.util.Set;

/** Subjects whose state differs from their records, in the order in which it changed. */
final class ChangedSubjects {
  private final Set<SubjectState> subjects = new LinkedHashSet<>();

  /** Adds a subject that has changes to write. */
  void markChanged(SubjectState subject) {
    if (subject.markChanged()) {
      subjects.add(subject);
    }
  }

  /** Marks a fact's record for deletion. */
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
