package dev.lockstep.detections.message;

/**
 * Constant with the longest time that a call waits, from its arrival, for its identity link or for
 * Front Door's record.
 *
 * <p>The joins apply it: what has not come by then counts as missing. The grace of a provisional
 * event runs from the end of that wait, see {@link Visit#graceFrom}.
 */
public final class LinkWait {
  public static final long MILLIS = 3_600_000L;

  private LinkWait() {}
}
