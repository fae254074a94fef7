package dev.lockstep.schemas;

import org.jspecify.annotations.NullMarked;

/** Names of the headers of Kafka records that Lockstep reads or writes. */
@NullMarked
public final class HeaderNames {
  /** Header with the arrival time of a message, in milliseconds since 1970, decimal. */
  public static final String ARRIVAL = "lockstep-arrival";

  /**
   * Header of a request to erase a principal from state and detections, and of the records that
   * result from the request.
   */
  public static final String ERASE = "lockstep-erase";

  private HeaderNames() {}
}
