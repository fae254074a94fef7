package dev.lockstep.rules;

import java.util.List;

/**
 * Form of a rule's own in which a fact keeps its events, in place of a set.
 *
 * <p>What an aggregate answers has to follow from the added events alone, whatever their order and
 * however often each comes. It bounds itself.
 */
public interface Aggregate {
  /**
   * Event that an aggregate keeps.
   *
   * @param texts texts that the rule stated of it
   * @param provisional if the event may be retracted
   */
  record Kept(EventReference event, List<String> texts, boolean provisional) {
    /** Creates a kept event with a copy of its texts. */
    public Kept {
      texts = List.copyOf(texts);
    }
  }

  /** Adds an event; returns whether an answer may have changed. */
  boolean add(Kept event);

  /** Removes what the rule stated of an event; returns whether an answer may have changed. */
  boolean remove(Kept event);

  /** Returns the number of kept events. */
  int size();

  /** Returns the kept events in the form of state records. */
  List<Kept> kept();

  /** Returns what else a state record has to hold, or an empty text. */
  String mark();

  /** Restores what a state record holds. */
  void restore(List<Kept> kept, String mark);
}
