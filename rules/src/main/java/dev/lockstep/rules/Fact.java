package dev.lockstep.rules;

import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.schemas.Principal;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Statement about a subject on one UTC day, in which the engine unites all events that state the
 * same.
 *
 * <p>The first and last event of a kind with runs are exact to the millisecond. For other kinds
 * only the first event of each minute is considered.
 */
public interface Fact {
  /** Returns the kind of this fact. */
  FactKind kind();

  /** Returns the UTC day as the number of days since 1970. */
  int day();

  /** Returns the value of a boolean field; false if no event set it. */
  boolean is(Field flag);

  /** Returns the value of a number field; 0 if no event set it. */
  long number(Field number);

  /** Returns the value of a text field, or null if no event set it. */
  @Nullable String text(Field text);

  /**
   * Returns the members of a set field, sorted by text; if the set is full, those with the smallest
   * hashes.
   */
  List<Seen> members(Field set);

  /**
   * Returns the location of the fact's first event, or null if the kind keeps none or it is
   * unknown.
   */
  @Nullable Location location();

  /**
   * Returns the principal of the fact's events, with the alphabetically first of its names, or
   * null.
   */
  @Nullable Principal principal();

  /** Returns the first event of the fact. */
  EventReference first();

  /** Returns the last event of the fact. */
  EventReference last();

  /** Returns the time of the first event in milliseconds since 1970. */
  long firstAt();

  /** Returns the time of the last event in milliseconds since 1970. */
  long lastAt();

  /**
   * Returns whether the time spans of this fact and another fact overlap or lie at most this many
   * milliseconds apart.
   */
  default boolean isWithin(long millis, Fact other) {
    return Math.max(firstAt() - other.lastAt(), other.firstAt() - lastAt()) <= millis;
  }

  /**
   * Returns the minutes of the UTC day, 0 to 1439, in which the fact has events. The set must not
   * be changed. It is empty for a kind that keeps no minutes.
   */
  BitSet minutes();

  /**
   * Returns the addresses of the fact's events, sorted by text; if there are too many, those with
   * the smallest hashes.
   */
  List<Seen> addresses();

  /**
   * Returns the aggregate of the fact's events.
   *
   * @throws IllegalStateException if the kind has none
   */
  Aggregate aggregate();

  /**
   * Returns a text of all values that distinguish this fact from others of its kind, as a last
   * criterion for sorting.
   */
  String traits();
}
