package dev.lockstep.detections.engine;

import dev.lockstep.detections.state.KeptFact;
import dev.lockstep.detections.state.SubjectState;
import java.util.LinkedHashSet;
import java.util.Set;

/** Subjects whose state differs from their records, in the order in which it changed. */
final class ChangedSubjects {
  private final Set<SubjectState> subjects = new LinkedHashSet<>();

  /** Adds a subject of which something has to be written. */
  void soil(SubjectState subject) {
    if (subject.soil()) {
      subjects.add(subject);
    }
  }

  /** Removes a fact's record from state. */
  void drop(SubjectState subject, KeptFact fact) {
    byte[] key = fact.storedKey();
    if (key != null) {
      subject.gone().add(key);
    }
    soil(subject);
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
