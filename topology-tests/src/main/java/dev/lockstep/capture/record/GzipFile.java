package dev.lockstep.capture.record;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Writer of gzip files without a time, so that the same content gives the same bytes. */
public final class GzipFile extends GZIPOutputStream {
  private GzipFile(OutputStream out, int level) throws IOException {
    super(out, 1 << 16);
    def.setLevel(level);
  }

  public static OutputStream output(OutputStream out) throws IOException {
    return new GzipFile(out, Deflater.BEST_COMPRESSION);
  }

  public static OutputStream quickly(OutputStream out) throws IOException {
    return new GzipFile(out, Deflater.BEST_SPEED);
  }
}
