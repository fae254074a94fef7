package dev.lockstep.schemas;

import org.jspecify.annotations.NullMarked;

/** Names of the headers of Kafka records. */
@NullMarked
public final class HeaderNames {
  /** Arrival time of a message, in milliseconds since 1970, decimal. */
  public static final String ARRIVAL = "lockstep-arrival";

  /** Request to delete what is kept of a person. */
  public static final String ERASE = "lockstep-erase";

  private HeaderNames() {}
}
