package dev.lockstep.rules;

/** Receiver of the facts that a rule states of one event. */
public interface Facts {
  Settings settings();

  /**
   * Starts a fact about a subject. {@link Draft#state} completes the fact, and only then the next
   * fact can be started.
   *
   * @throws IllegalArgumentException if the rule has not declared the kind of fact or the kind of
   *     subject
   */
  Draft about(Subject subject, FactKind kind);

  /**
   * Counts this event as suppressed by the gate with the given name. The rule states no fact of the
   * event.
   */
  void suppressed(String gate);

  /** Counts this event for the rule's coverage report, under a name in camel case. */
  void counted(String name);

  /** Fact that a rule is about to state, while its fields are set. */
  interface Draft {
    /** Sets a boolean field of the fact. */
    Draft with(Field flag, boolean value);

    /** Sets a number field of the fact. */
    Draft with(Field number, long value);

    /**
     * Sets a text field of the fact. A null value leaves the field unset. Of a text of more than
     * 512 characters only the beginning is kept, with a hash of the whole text.
     */
    Draft with(Field text, @org.jspecify.annotations.Nullable String value);

    /**
     * Adds a member to a set field of the fact. At most 64 members are taken from one event, or
     * 4,096 if an aggregate keeps the set. If a member has more than 512 characters, only its
     * beginning is kept, with a hash of the whole member.
     */
    Draft adding(Field set, String member);

    /**
     * Sets this fact's rank: if the subject has too many facts, those of the highest rank are
     * dropped first. A subject has too many if it has more facts of a kind on a day than are kept.
     *
     * @param rank 0 to 7; facts of rank 7 are dropped first
     */
    Draft rank(int rank);

    /**
     * Omits the event's principal from the fact. A rule does this where the fact is not of that
     * principal alone, or where the principal is uncertain or not needed.
     */
    Draft ofNobody();

    /** Omits the event's address from the fact. */
    Draft withoutAddress();

    /** Completes the fact and hands it to the engine. */
    void state();
  }
}
