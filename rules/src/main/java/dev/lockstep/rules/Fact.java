package dev.lockstep.rules;

import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.schemas.Principal;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Fact about a subject on one UTC day, as the engine keeps it for all events that state it alike.
 *
 * <p>Of a kind with runs, {@code first} and {@code last} are told to the millisecond. Of another,
 * only the first event of a minute is looked at.
 */
public interface Fact {
  /** Returns its kind. */
  FactKind kind();

  /** Returns the UTC day since 1970. */
  int day();

  /** Returns the value of a flag. */
  boolean is(Field flag);

  /** Returns the value of a number. */
  long number(Field number);

  /** Returns the value of a text, or null. */
  @Nullable String text(Field text);

  /** Returns the members of a set, sorted by text; of many those smallest by hash. */
  List<Seen> members(Field set);

  /** Returns address, place and network of the first event that was seen of it, or null. */
  @Nullable Location location();

  /** Returns the principal of the events, with the smallest of its names, or null. */
  @Nullable Principal principal();

  /** Returns the first event. */
  EventReference first();

  /** Returns the last event. */
  EventReference last();

  /** Returns when the first event happened, in milliseconds since 1970. */
  long firstAt();

  /** Returns when the last event happened, in milliseconds since 1970. */
  long lastAt();

  /** Returns the distinct minutes of the day, not to be changed; empty where none are kept. */
  BitSet minutes();

  /** Returns the addresses, sorted by text; of many those smallest by hash. */
  List<Seen> addresses();

  /** Returns text that orders facts where nothing else does: what makes them alike. */
  String traits();
}
