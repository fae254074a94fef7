package dev.lockstep.detections.message;

import dev.lockstep.rules.AlertOnSubject;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Activity;

/**
 * Message to the task that keeps the state of a subject. It has facts that rules state, parts of an
 * alert, a sign-in name, or a finding that mentions the subject.
 */
public sealed interface Message {
  /** Returns the subject to which the message goes. */
  Subject subject();

  /**
   * Returns the UTC day, in days since 1970, of what the message adds to the subject's state. If
   * the message adds to several days, this is the first of them.
   */
  int day();

  private static int dayOf(long millis) {
    return (int) Math.floorDiv(millis, 86_400_000L);
  }

  /** Message with the facts that rules state or retract about a subject because of one event. */
  record OfVisit(Visit visit) implements Message {
    @Override
    public Subject subject() {
      return visit.subject();
    }

    @Override
    public int day() {
      return visit.reference().day();
    }
  }

  /**
   * Message with one record of a Defender alert. Its subject stands for the alert, and has the same
   * id for all records of the alert.
   */
  record AlertRecord(Subject subject, Activity activity) implements Message {
    @Override
    public int day() {
      return dayOf(activity.getEventAt());
    }
  }

  /**
   * Message with an account to which a name in an alert was resolved.
   *
   * @param account object id
   */
  record AlertAccount(Subject subject, String account) implements Message {
    /**
     * Returns {@link Integer#MAX_VALUE}, because this message changes no day: it only adds an
     * account to an alert. The days of the alert's records are known from the messages that brought
     * the records.
     */
    @Override
    public int day() {
      return Integer.MAX_VALUE;
    }
  }

  /**
   * Message to a subject that an alert names, with the united records of the alert.
   *
   * @param counts if the subject is judged by the alert; false if the alert is retracted
   */
  record Alerted(Subject subject, AlertOnSubject alert, boolean counts) implements Message {
    @Override
    public int day() {
      return dayOf(alert.times().get(0));
    }
  }

  /**
   * Message that a principal signed in under a sign-in name. It goes to the subject that stands for
   * this name.
   *
   * @param subject sign-in name
   * @param principal id of the principal
   * @param at time of the sign-in in milliseconds since 1970
   */
  record Named(Subject subject, String principal, long at) implements Message {
    @Override
    public int day() {
      return dayOf(at);
    }
  }

  /**
   * Message about a finding to a subject that the finding mentions.
   *
   * @param finding id of the finding
   * @param startAt time of its first event in milliseconds since 1970
   * @param endAt time of its last event in milliseconds since 1970
   * @param networkClass network class of the subject if it is an address; empty for a principal
   */
  record Mentioned(Subject subject, String finding, long startAt, long endAt, String networkClass)
      implements Message {
    @Override
    public int day() {
      return dayOf(startAt);
    }
  }
}
