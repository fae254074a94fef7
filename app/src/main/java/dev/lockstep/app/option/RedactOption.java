package dev.lockstep.app.option;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.privacy.Pseudonyms;
import dev.lockstep.app.privacy.Redaction;
import dev.lockstep.app.setting.Secret;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Option {@code --redact}, which replaces people by pseudonyms in the output of a command.
 * Addresses, workloads, subscriptions and partners are not replaced.
 */
public final class RedactOption {
  private static final long MOST_KEY_BYTES = 4_096;

  @Option(
      names = "--redact",
      description =
          "Replace users and their devices, sessions and tokens by pseudonyms. Workloads,"
              + " subscriptions, partners and addresses are not replaced.")
  private boolean redact;

  @Option(
      names = "--redact-key",
      paramLabel = "FILE",
      description =
          "File with the key of the pseudonyms, at least 16 characters; the same key gives the same"
              + " pseudonyms (default: the key redact.key of the configuration, otherwise a random"
              + " key for this run).")
  private @Nullable Path keyFile;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  /**
   * Returns the redaction, which replaces people by pseudonyms in the output, or null without the
   * option {@code --redact}. It also prints whether the key of the pseudonyms was given or is
   * random.
   */
  public @Nullable Redaction redaction(Config config) {
    if (!redact) {
      if (keyFile != null) {
        throw new CommandLine.ParameterException(
            spec.commandLine(),
            "could not use --redact-key: the option needs --redact; add --redact");
      }
      return null;
    }
    Pseudonyms pseudonyms = Pseudonyms.of(keyFile == null ? config.redactKey() : key(keyFile));
    System.err.println(
        pseudonyms.isKeyed()
            ? "People are replaced by pseudonyms made with the given key."
            : "People are replaced by pseudonyms made with a random key. For the same pseudonyms in"
                + " each run, set the option --redact-key or the key redact.key.");
    return new Redaction(pseudonyms);
  }

  /**
   * Returns a map from the file of {@code --redact-key} to that option's name. The map is empty if
   * the option is not given.
   */
  public Map<Path, String> files() {
    return keyFile == null ? Map.of() : Map.of(keyFile, "--redact-key");
  }

  private static Secret key(Path file) {
    String key;
    try {
      if (!Files.isDirectory(file) && Files.size(file) > MOST_KEY_BYTES) {
        throw unusable(file, "it is larger than " + MOST_KEY_BYTES + " bytes");
      }
      key = Files.readString(file).strip();
    } catch (CharacterCodingException e) {
      throw unusable(file, "it is not text in UTF-8");
    } catch (IOException e) {
      throw unusable(
          file, Files.isDirectory(file) ? "it is a folder" : e.getClass().getSimpleName());
    }
    if (key.length() < Config.FEWEST_KEY_CHARS) {
      throw unusable(file, "it has fewer than " + Config.FEWEST_KEY_CHARS + " characters");
    }
    return new Secret(key);
  }

  private static OperatorException unusable(Path file, String why) {
    return new OperatorException(
        "could not read the key of --redact-key: %s: %s; name a file with a random key, such as the output of the command openssl rand -hex 32"
            .formatted(Quoted.of(file.toString()), why));
  }
}
