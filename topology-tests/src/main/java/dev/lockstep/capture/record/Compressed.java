package dev.lockstep.capture.record;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Gzip that says no time of writing. */
public final class Compressed extends GZIPOutputStream {
  private Compressed(OutputStream out, int level) throws IOException {
    super(out, 1 << 16);
    def.setLevel(level);
  }

  public static OutputStream output(OutputStream out) throws IOException {
    return new Compressed(out, Deflater.BEST_COMPRESSION);
  }

  public static OutputStream quickly(OutputStream out) throws IOException {
    return new Compressed(out, Deflater.BEST_SPEED);
  }
}
