package dev.lockstep.ingest.message;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Jazzer calls: the first argument of its target names a {@link FuzzTarget}. */
public final class Fuzz {
  private static FuzzTarget target = FuzzTarget.MESSAGE;

  private Fuzz() {}

  /** Chooses the target. */
  public static void fuzzerInitialize(String[] arguments) {
    target = FuzzTarget.valueOf(arguments[0]);
  }

  /** Runs the target once. */
  public static void fuzzerTestOneInput(byte[] data) {
    target.run(data);
  }

  /** Writes the seeds of each target into a folder of its own below the one that is named. */
  public static void main(String[] arguments) throws IOException {
    for (FuzzTarget each : FuzzTarget.values()) {
      Path folder = Files.createDirectories(Path.of(arguments[0], each.name()));
      int number = 0;
      for (byte[] seed : each.seeds()) {
        Files.write(folder.resolve("seed-" + number++), seed);
      }
    }
  }
}
