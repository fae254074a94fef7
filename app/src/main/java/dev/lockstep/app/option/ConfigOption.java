package dev.lockstep.app.option;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.rules.RuleLoader;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Command-line option {@code --config} that names the configuration file. Without the option, the
 * file is {@code lockstep.yaml} in the current folder, if there is one.
 */
public final class ConfigOption {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Configuration file (default: lockstep.yaml of the current folder, if there is one).")
  private @Nullable Path file;

  /** Returns the configuration file to read, or null if there is none. */
  public @Nullable Path file() {
    return Config.find(file);
  }

  /** Reads the configuration, and adds the rules of the given jars and Sigma files. */
  public Config read(List<Path> rules) {
    return Config.read(file(), System.getenv(), RuleLoader.adding(rules));
  }

  public Config read() {
    return Config.read(file(), System.getenv());
  }
}
