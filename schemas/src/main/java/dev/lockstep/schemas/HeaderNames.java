package dev.lockstep.schemas;

import org.jspecify.annotations.NullMarked;

/** Names of the headers of Kafka records. */
@NullMarked
public final class HeaderNames {
  /** Header with the arrival time of a message, in milliseconds since 1970, decimal. */
  public static final String ARRIVAL = "lockstep-arrival";

  /** Header that marks a record as a request to delete everything that is kept about a person. */
  public static final String ERASE = "lockstep-erase";

  private HeaderNames() {}
}
