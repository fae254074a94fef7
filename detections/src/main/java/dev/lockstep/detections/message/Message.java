package dev.lockstep.detections.message;

import dev.lockstep.rules.AlertOnSubject;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Activity;

/** Message to a subject, wherever its state is kept. */
public sealed interface Message {
  /** Returns the subject. */
  Subject subject();

  /** Statements of rules about a subject. */
  record OfVisit(Visit visit) implements Message {
    @Override
    public Subject subject() {
      return visit.subject();
    }
  }

  /** Record of a Defender alert, to where all records of the alert come together. */
  record AlertRecord(Subject subject, Activity activity) implements Message {}

  /**
   * Account that a name in an alert stands for.
   *
   * @param account object id
   */
  record AlertAccount(Subject subject, String account) implements Message {}

  /**
   * Alert that names a subject, as all its records together have it.
   *
   * @param counts if it is compared; else it is retracted
   */
  record Alerted(Subject subject, AlertOnSubject alert, boolean counts) implements Message {}

  /**
   * Sign-in of a principal under a name.
   *
   * @param subject name
   * @param at when it happened, milliseconds since 1970
   */
  record Named(Subject subject, String principal, long at) implements Message {}

  /**
   * Finding that has a part of a subject in it.
   *
   * @param finding its id
   * @param startAt of its first event, milliseconds since 1970
   * @param endAt of its last event
   * @param networkClass of the address that the subject is; empty for a principal
   */
  record Mentioned(Subject subject, String finding, long startAt, long endAt, String networkClass)
      implements Message {}
}
