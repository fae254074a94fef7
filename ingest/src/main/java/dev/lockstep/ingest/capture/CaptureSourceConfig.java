package dev.lockstep.ingest.capture;

import java.nio.file.Path;

/**
 * A folder of captured files to read.
 *
 * @param name the source's name in the configuration; part of positions and transactional ids
 * @param folder where the files lie, in folders below too
 */
public record CaptureSourceConfig(String name, Path folder) {
  /** Refuses an empty name. */
  public CaptureSourceConfig {
    if (name.isBlank()) {
      throw new IllegalArgumentException("could not take a source: its name is empty; give one");
    }
  }
}
