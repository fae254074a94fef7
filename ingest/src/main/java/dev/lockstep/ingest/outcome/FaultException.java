package dev.lockstep.ingest.outcome;

import java.io.IOException;

/**
 * Exception for a bug of this program that appears while a record is read. The record becomes a
 * dead letter, and other records are read.
 */
public final class FaultException extends IOException {
  public FaultException(RuntimeException cause) {
    super("reading failed with " + cause.getClass().getSimpleName() + place(cause), cause);
  }

  private static String place(RuntimeException cause) {
    StackTraceElement[] frames = cause.getStackTrace();
    return frames.length == 0
        ? ""
        : " at " + frames[0].getFileName() + ":" + frames[0].getLineNumber();
  }
}
