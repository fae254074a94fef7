package dev.lockstep.rules;

/** Facts that an event means: what a rule states of it, and what it could not see. */
public interface Facts {
  /** Returns the settings of the rule. */
  Settings settings();

  /**
   * Starts a fact about a subject; {@link Draft#state} ends it. Only one is under way at a time.
   *
   * @throws IllegalArgumentException if the rule has not declared the kind of fact, or of subject
   */
  Draft about(Subject subject, FactKind kind);

  /** Counts an event under a gate that keeps it from being an observation. */
  void suppressed(String gate);

  /** Counts an event for the rule's coverage, under a name in camel case. */
  void counted(String name);

  /** Fact that is being stated. */
  interface Draft {
    /** Sets a flag. */
    Draft with(Field flag, boolean value);

    /** Sets a number. */
    Draft with(Field number, long value);

    /** Sets a text; null leaves it unset. */
    Draft with(Field text, @org.jspecify.annotations.Nullable String value);

    /** Adds a member to a set. */
    Draft adding(Field set, String member);

    /**
     * Sets how soon it goes where too many facts are kept.
     *
     * @param rank from 0, which goes last, to 7
     */
    Draft rank(int rank);

    /** Leaves the event's principal out: it is not known whose it is. */
    Draft ofNobody();

    /** Leaves the event's address out. */
    Draft withoutAddress();

    /** States the fact. */
    void state();
  }
}
