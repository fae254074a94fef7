package dev.lockstep.rules;

import java.util.List;

/**
 * Collection that a rule implements to keep the events of a fact. It takes the place of a set of
 * texts in the fact.
 *
 * <p>Whether a rule fires may depend on the events that were added to an aggregate, but not on
 * their order and not on how often each was added. An aggregate limits its own size, and above that
 * limit the order may matter.
 */
public interface Aggregate {
  /**
   * Event that an aggregate keeps.
   *
   * @param texts texts that the rule stated of the event
   * @param provisional if the event may be retracted
   */
  record Kept(EventReference event, List<String> texts, boolean provisional) {
    public Kept {
      texts = List.copyOf(texts);
    }
  }

  /**
   * Adds an event, and returns whether the event may have changed what the rule reads from this
   * aggregate.
   */
  boolean add(Kept event);

  /**
   * Removes a retracted event, and returns whether the removal may have changed what the rule reads
   * from this aggregate.
   */
  boolean remove(Kept event);

  int size();

  /**
   * Returns the kept events to be saved in state, each with the texts that {@link #restore} needs
   * to rebuild this aggregate.
   */
  List<Kept> kept();

  /**
   * Returns the text that the method {@link #restore} needs in addition to the kept events. The
   * text is empty if the kept events are enough.
   */
  String mark();

  /**
   * Restores this aggregate from the events and the mark that were saved in state.
   *
   * @param kept events that {@link #kept()} returned when the aggregate was stored
   * @param mark text that {@link #mark()} returned then
   */
  void restore(List<Kept> kept, String mark);
}
