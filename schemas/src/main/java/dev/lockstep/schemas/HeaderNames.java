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

  /**
   * Header of a detection with the arrival time of the event that caused it, in milliseconds since
   * 1970, as eight bytes. The last stage of the topology writes it.
   */
  public static final String CAUSE_ARRIVAL = "arrival";

  /** Header, in each part of a set of published Sigma files, with the hash of the whole set. */
  public static final String RULES_HASH = "hash";

  /**
   * Header, in each part of a set of published Sigma files, with the number of parts as decimal
   * digits.
   */
  public static final String RULES_PARTS = "parts";

  private HeaderNames() {}
}
