package dev.lockstep.bench;

import java.io.IOException;

/** A way to read the records of a message. */
public interface Decoder {
  /** Reads a message; returns a sum over what was read, so that nothing is left undone. */
  long decode(byte[] body) throws IOException;
}
