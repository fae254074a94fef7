package dev.lockstep.bench;

import java.io.IOException;

/** Decoder that a benchmark runs over the records of a message. */
public interface Decoder {
  /** Reads a message, and returns a sum over its records, so that the JVM cannot skip the work. */
  long decode(byte[] body) throws IOException;
}
