package dev.lockstep.app.cli;

import dev.lockstep.app.config.Config;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The configuration that a command was given, or finds. */
final class ConfigOption {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Configuration (default: lockstep.yaml of the current folder, if there is one).")
  private @Nullable Path file;

  /** Returns the file to read, null if there is none. */
  @Nullable Path file() {
    return Config.find(file);
  }

  /** Reads the configuration, or that of the environment alone. */
  Config read() {
    return Config.read(file(), System.getenv());
  }
}
