package dev.lockstep.app;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One scalar value of the configuration and where it was written.
 *
 * @param key its full path, such as {@code kafka.partitions}
 * @param raw the value as written, which is what messages show
 * @param value the value with its references resolved
 * @param origin file and line, or the environment variable
 * @param folder that relative paths start from
 */
record Setting(String key, String raw, String value, String origin, Path folder) {

  /** Returns one of several values that were written as one. */
  Setting part(String one) {
    return new Setting(key, one, one, origin, folder);
  }

  String text() {
    if (value.isBlank()) {
      throw bad("is empty", "give it a value or remove it");
    }
    return value;
  }

  Secret secret() {
    if (value.isBlank()) {
      throw OperatorException.inConfig(origin, key + " is empty", "give it a value or remove it");
    }
    return new Secret(value);
  }

  int integer(int min, int max) {
    return (int) whole(min, max);
  }

  long whole(long min, long max) {
    long number;
    try {
      number = Long.parseLong(value.strip());
    } catch (NumberFormatException e) {
      throw bad("is not a whole number", "give one from " + min + " to " + max);
    }
    if (number < min || number > max) {
      throw bad("is out of range", "give a whole number from " + min + " to " + max);
    }
    return number;
  }

  boolean yesOrNo() {
    return switch (value.strip().toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw bad("is neither true nor false", "give one of the two");
    };
  }

  <T> T oneOf(Map<String, T> words) {
    T chosen = words.get(value.strip());
    if (chosen == null) {
      String known = words.keySet().stream().sorted().collect(Collectors.joining(", "));
      throw bad("is not known", "give one of " + known);
    }
    return chosen;
  }

  /** Returns the path, absolute; relative ones start from the configuration's folder. */
  Path path() {
    try {
      return folder.resolve(text()).normalize();
    } catch (InvalidPathException e) {
      throw bad("is not a path", "give a path of this system");
    }
  }

  Path existingFile() {
    Path path = path();
    if (!Files.isRegularFile(path)) {
      throw bad(
          "names no file (looked at " + Quoted.of(path) + ")",
          "put the file there or mend the path; relative paths start from the configuration");
    }
    if (!Files.isReadable(path)) {
      throw bad("names a file that cannot be read", "grant read access to " + Quoted.of(path));
    }
    return path;
  }

  OperatorException bad(String what, String mend) {
    return OperatorException.inConfig(origin, key + " " + Quoted.of(raw) + " " + what, mend);
  }
}
