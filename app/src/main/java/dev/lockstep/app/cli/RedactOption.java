package dev.lockstep.app.cli;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.privacy.Pseudonyms;
import dev.lockstep.app.privacy.Redaction;
import dev.lockstep.app.setting.Secret;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.schemas.Quoted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Option {@code --redact}: pseudonyms in place of people in what a command writes. Addresses,
 * workloads, subscriptions and partners stay.
 */
final class RedactOption {
  private static final long MOST_KEY_BYTES = 4_096;

  @Option(
      names = "--redact",
      description = {
        "Put pseudonyms in place of users, their devices, sessions and tokens.",
        "Workloads, subscriptions, partners and addresses stay."
      })
  private boolean redact;

  @Option(
      names = "--redact-key",
      paramLabel = "FILE",
      description = {
        "The key of the pseudonyms, at least 16 characters: the same key, the same pseudonyms",
        "(default: redact.key of the configuration, else a random one for this run)."
      })
  private @Nullable Path keyFile;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  /** Returns the redaction, or null without the option; prints which key it uses. */
  @Nullable Redaction redaction(Config config) {
    if (!redact) {
      if (keyFile != null) {
        throw new CommandLine.ParameterException(
            spec.commandLine(), "--redact-key needs --redact beside it");
      }
      return null;
    }
    Pseudonyms pseudonyms = Pseudonyms.of(keyFile == null ? config.redactKey() : key(keyFile));
    System.err.println(
        pseudonyms.isKeyed()
            ? "People are redacted, under the key that was given."
            : "People are redacted, under a random key: another run has other pseudonyms;"
                + " --redact-key or redact.key keeps them.");
    return new Redaction(pseudonyms);
  }

  private static Secret key(Path file) {
    String key;
    try {
      if (Files.size(file) > MOST_KEY_BYTES) {
        throw unusable(file, "it is larger than " + MOST_KEY_BYTES + " bytes");
      }
      key = Files.readString(file).strip();
    } catch (IOException e) {
      throw unusable(file, e.getClass().getSimpleName());
    }
    if (key.length() < Config.FEWEST_KEY_CHARS) {
      throw unusable(file, "it has fewer than " + Config.FEWEST_KEY_CHARS + " characters");
    }
    return new Secret(key);
  }

  private static OperatorException unusable(Path file, String why) {
    return new OperatorException(
        "could not read the key of --redact-key: %s: %s; name a file that holds a random one, such as that of openssl rand -hex 32"
            .formatted(Quoted.of(file.toString()), why));
  }
}
