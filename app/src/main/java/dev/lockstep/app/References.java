package dev.lockstep.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Replaces references within a value: {@code env:NAME} and {@code file:PATH}, each in braces after
 * a dollar sign. A second dollar sign before the brace makes it plain text.
 */
final class References {
  private static final String ENV = "env:";
  private static final String FILE = "file:";
  private static final long MAX_FILE_BYTES = 1 << 20;

  private final Environment environment;
  private final Path folder;

  References(Environment environment, Path folder) {
    this.environment = environment;
    this.folder = folder;
  }

  /** Returns the value with its references replaced, once: what they bring in is not looked at. */
  String resolve(String raw, String key, String origin) {
    int start = raw.indexOf("${");
    if (start < 0) {
      return raw;
    }
    StringBuilder resolved = new StringBuilder(raw.length() + 64);
    int done = 0;
    while (start >= 0) {
      if (start > done && raw.charAt(start - 1) == '$') {
        resolved.append(raw, done, start - 1).append("${");
        done = start + 2;
      } else {
        int end = raw.indexOf('}', start);
        if (end < 0) {
          throw unknown(raw, key, origin);
        }
        resolved.append(raw, done, start);
        resolved.append(lookUp(raw.substring(start + 2, end), raw, key, origin));
        done = end + 1;
      }
      start = raw.indexOf("${", done);
    }
    return resolved.append(raw, done, raw.length()).toString();
  }

  private String lookUp(String reference, String raw, String key, String origin) {
    if (reference.startsWith(ENV)) {
      String name = reference.substring(ENV.length()).strip();
      String value = environment.referenced(name);
      if (value == null) {
        throw OperatorException.inConfig(
            origin,
            key + " names the environment variable " + Quoted.of(name) + ", which is not set",
            "set it, or write the value");
      }
      return value;
    }
    if (reference.startsWith(FILE)) {
      return content(reference.substring(FILE.length()).strip(), key, origin);
    }
    throw unknown(raw, key, origin);
  }

  private String content(String name, String key, String origin) {
    try {
      Path file = folder.resolve(name);
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new IOException("larger than " + MAX_FILE_BYTES + " bytes");
      }
      return Files.readString(file, UTF_8).stripTrailing();
    } catch (IOException | InvalidPathException e) {
      throw OperatorException.inConfig(
          origin,
          key
              + " names the file "
              + Quoted.of(name)
              + ", which cannot be read ("
              + e.getClass().getSimpleName()
              + ")",
          "put the value there; relative paths start from the configuration");
    }
  }

  private static OperatorException unknown(String raw, String key, String origin) {
    return OperatorException.inConfig(
        origin,
        key + " " + Quoted.of(raw) + " holds a reference that is not known",
        "write ${env:NAME} or ${file:PATH}, or $${ for the characters themselves");
  }
}
