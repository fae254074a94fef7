package dev.lockstep.app.authoring;

import dev.lockstep.app.file.AtomicFile;
import dev.lockstep.app.rules.RuleCatalogue;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.UUID;

/**
 * Writer of a file for a new Sigma rule or correlation. One of the tests in the file fails until
 * the author edits the file.
 */
public final class NewSigmaRule {
  private static final int MOST_NAME_CHARS = 128;

  private NewSigmaRule() {}

  /**
   * Writes the file of a new rule and returns its path.
   *
   * @param folder existing folder
   * @param name name of the rule, which is also the name of the file without its ending
   * @throws OperatorException if the name cannot be used, or the file exists already
   */
  public static Path write(
      Path folder, String name, boolean correlation, UUID id, UUID otherId, LocalDate today) {
    check(name);
    String holder = RuleCatalogue.holderOf(name);
    if (holder != null) {
      throw new OperatorException(
          "could not create the rule: the name %s is taken, because it is already %s; choose another name"
              .formatted(Quoted.of(name), holder));
    }
    if (!Files.isDirectory(folder)) {
      throw new OperatorException(
          "could not create the rule: there is no folder %s; create the folder, or correct rules.directories"
              .formatted(Quoted.of(folder)));
    }
    Path file = folder.resolve(name + ".yml");
    if (Files.exists(file)) {
      throw exists(file);
    }
    String text =
        template(correlation ? "correlation.yml" : "rule.yml")
            .replace("@TITLE@", title(name))
            .replace("@NAME@", name)
            .replace("@ID@", id.toString())
            .replace("@OTHER_ID@", otherId.toString())
            .replace("@DATE@", today.toString());
    AtomicFile.replace(file, text);
    return file;
  }

  static OperatorException exists(Path path) {
    return new OperatorException(
        "could not create the rule: the %s %s exists already; choose another name"
            .formatted(Files.isDirectory(path) ? "folder" : "file", Quoted.of(path)));
  }

  static void check(String name) {
    if (name.length() > MOST_NAME_CHARS) {
      throw new OperatorException(
          "could not create the rule: the name %s has %d characters; choose a name of at most %d"
              .formatted(Quoted.excerpt(name, 40), name.length(), MOST_NAME_CHARS));
    }
    if (!isName(name)) {
      throw new OperatorException(
          "could not create the rule: the name %s has to begin with a letter or digit, and may have only letters from A to Z or a to z, digits, underscores and dashes; choose a name such as role_given_by_hand"
              .formatted(Quoted.of(name)));
    }
  }

  static String title(String name) {
    String words = name.replace('_', ' ').replace('-', ' ');
    return Character.toUpperCase(words.charAt(0)) + words.substring(1);
  }

  private static boolean isName(String name) {
    return !name.isEmpty()
        && Character.isLetterOrDigit(name.charAt(0))
        && name.chars()
            .allMatch(c -> c < 0x80 && (Character.isLetterOrDigit(c) || c == '_' || c == '-'));
  }

  static String template(String name) {
    try (InputStream in = NewSigmaRule.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(
            "the rule template "
                + name
                + " is missing from Lockstep's own jar; install Lockstep again");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "could not read the template " + name + "; install Lockstep again", e);
    }
  }
}
