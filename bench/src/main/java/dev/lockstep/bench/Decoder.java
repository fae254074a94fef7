package dev.lockstep.bench;

import java.io.IOException;

/** Decoder that a benchmark runs over the records of a message. */
public interface Decoder {
  /** Reads a message; returns a sum over all values, so that the JVM cannot skip reading any. */
  long decode(byte[] body) throws IOException;
}
