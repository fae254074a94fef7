package dev.lockstep.ingest.capture;

import java.nio.file.Path;

/**
 * Configuration of a folder of captured files.
 *
 * @param name name of the source in the configuration; part of positions and transactional ids
 * @param folder folder with the files, also in folders below it
 */
public record CaptureSourceConfig(String name, Path folder) {
  /**
   * Creates a configuration.
   *
   * @throws IllegalArgumentException if the name is empty
   */
  public CaptureSourceConfig {
    if (name.isBlank()) {
      throw new IllegalArgumentException(
          "could not use a source of captured files: its name is empty; give a name");
    }
  }
}
