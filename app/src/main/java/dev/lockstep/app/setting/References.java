package dev.lockstep.app.setting;

import dev.lockstep.app.file.SmallFile;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.schemas.text.Quoted;
import dev.lockstep.schemas.text.SecretMask;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Resolver of a configured value that refers to environment variables or files. A reference is
 * {@code env:NAME} or {@code file:PATH}, in braces after a dollar sign. With a second dollar sign
 * before the brace the text is no reference.
 */
public final class References {
  private static final String ENV = "env:";
  private static final String FILE = "file:";
  private static final String BYTE_ORDER_MARK = "\ufeff";

  private final Environment environment;
  private final Path folder;
  private final Map<Path, String> files;

  /**
   * Creates a resolver.
   *
   * @param folder folder from which relative paths start
   * @param files receiver of each file that a reference names, with the configuration key whose
   *     value has the reference
   */
  public References(Environment environment, Path folder, Map<Path, String> files) {
    this.environment = environment;
    this.folder = folder;
    this.files = files;
  }

  /**
   * Replaces references in a value, such as <code>${env:NAME}</code>, by the texts that they refer
   * to. References in an inserted text stay as they are.
   */
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
          throw unknown(key, origin);
        }
        resolved.append(raw, done, start);
        String found = lookUp(raw.substring(start + 2, end), key, origin);
        SecretMask.hide(found, raw.substring(start, end + 1));
        resolved.append(found);
        done = end + 1;
      }
      start = raw.indexOf("${", done);
    }
    return resolved.append(raw, done, raw.length()).toString();
  }

  private String lookUp(String reference, String key, String origin) {
    if (reference.startsWith(ENV)) {
      String name = reference.substring(ENV.length()).strip();
      String value = environment.referenced(name);
      if (value == null) {
        throw OperatorException.inConfig(
            origin,
            key + " names the environment variable " + Quoted.of(name) + ", which is not set",
            "set the variable for the process of Lockstep, or name a file with ${file:PATH}");
      }
      return value;
    }
    if (reference.startsWith(FILE)) {
      return content(reference.substring(FILE.length()).strip(), key, origin);
    }
    throw unknown(key, origin);
  }

  private String content(String name, String key, String origin) {
    try {
      Path file = folder.resolve(name);
      files.putIfAbsent(file, key);
      String text = SmallFile.read(file).stripTrailing();
      return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    } catch (IOException | InvalidPathException e) {
      throw OperatorException.inConfig(
          origin,
          key
              + " names the file "
              + Quoted.of(name)
              + ", which cannot be read ("
              + e.getClass().getSimpleName()
              + ")",
          "name a file that this process can read and that has the value; relative paths start from"
              + " the folder of the configuration");
    }
  }

  private static OperatorException unknown(String key, String origin) {
    // the value is left out, because it may be a secret that only looks like a reference
    return OperatorException.inConfig(
        origin,
        key + " has an unknown reference",
        "write ${env:NAME} or ${file:PATH}, or $${ for the characters ${ themselves");
  }
}
