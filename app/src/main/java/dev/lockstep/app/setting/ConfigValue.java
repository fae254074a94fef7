package dev.lockstep.app.setting;

import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.enrichment.file.FileAndFolder;
import dev.lockstep.schemas.text.Quoted;
import dev.lockstep.schemas.text.SecretMask;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Scalar value of the configuration, with methods that parse it and refuse a wrong value, such as a
 * number out of range. The error message names the key and the place of the value.
 *
 * @param key full key, such as {@code kafka.partitions}
 * @param raw value as written, which error messages show
 * @param value value with its references resolved
 * @param origin file and line, or environment variable
 * @param folder folder from which relative paths start
 */
public record ConfigValue(String key, String raw, String value, String origin, Path folder) {
  private static final String OUT_OF_RANGE = "is out of range";
  private static final long MOST_BYTES = 1_000_000_000_000_000L;

  /** Number of digits up to which every whole number fits into a {@code long}. */
  private static final int MOST_SIZE_DIGITS = 18;

  private static final Map<String, Long> UNITS =
      Map.of(
          "", 1L,
          "B", 1L,
          "KB", 1_000L,
          "MB", 1_000_000L,
          "GB", 1_000_000_000L,
          "TB", 1_000_000_000_000L,
          "KIB", 1L << 10,
          "MIB", 1L << 20,
          "GIB", 1L << 30,
          "TIB", 1L << 40);

  /** Returns one item of a comma-separated list, with the key and origin of the list. */
  ConfigValue part(String one) {
    return new ConfigValue(key, isReferenced() ? raw : one, one, origin, folder);
  }

  private boolean isReferenced() {
    // what a reference stands for may be a secret under the wrong key
    return !raw.equals(value);
  }

  public String text() {
    if (value.isBlank()) {
      throw bad("is empty", "give it a value, or remove it");
    }
    return value;
  }

  public Secret secret() {
    if (value.isBlank()) {
      throw OperatorException.inConfig(origin, key + " is empty", "give it a value, or remove it");
    }
    SecretMask.hide(value, isReferenced() ? raw : "(hidden)");
    return new Secret(value);
  }

  public int integer(int min, int max) {
    return (int) whole(min, max);
  }

  public long whole(long min, long max) {
    return whole(min, max, "give a whole number from " + min + " to " + max);
  }

  /**
   * Returns the value as a whole number between two bounds.
   *
   * @param fix what the message about a wrong value tells to do
   */
  long whole(long min, long max, String fix) {
    String text = value.strip();
    long number;
    try {
      number = Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw bad(isWhole(text) ? OUT_OF_RANGE : "is not a whole number", fix);
    }
    if (number < min || number > max) {
      throw bad(OUT_OF_RANGE, fix);
    }
    return number;
  }

  private static boolean isWhole(String text) {
    int from = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
    return text.length() > from && text.chars().skip(from).allMatch(c -> c >= '0' && c <= '9');
  }

  public double decimal(double min, double max) {
    double number;
    try {
      number = Double.parseDouble(value.strip());
    } catch (NumberFormatException e) {
      throw bad("is not a number", "give a number from " + shown(min) + " to " + shown(max));
    }
    if (!(number >= min && number <= max)) {
      throw bad(OUT_OF_RANGE, "give a number from " + shown(min) + " to " + shown(max));
    }
    return number;
  }

  static String shown(double number) {
    return Math.rint(number) == number && Math.abs(number) < 1e18
        ? Long.toString((long) number)
        : Double.toString(number);
  }

  /**
   * Parses a size, such as {@code 200 MB} or {@code 64 KiB}. A number without a unit is in bytes.
   */
  public long bytes(long min) {
    String text = value.strip();
    int digits = 0;
    while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
      digits++;
    }
    Long unit = UNITS.get(text.substring(digits).strip().toUpperCase(Locale.ROOT));
    if (digits == 0 || unit == null) {
      throw bad(
          "is not a size",
          "give a whole number of bytes, or a whole number with a unit, such as 200 MB");
    }
    long number =
        digits > MOST_SIZE_DIGITS ? Long.MAX_VALUE : Long.parseLong(text.substring(0, digits));
    long size = number <= MOST_BYTES / unit ? number * unit : Long.MAX_VALUE;
    if (size < min || size > MOST_BYTES) {
      throw bad(OUT_OF_RANGE, "give a size from " + min + " bytes to 1000 TB");
    }
    return size;
  }

  public boolean yesOrNo() {
    return switch (value.strip().toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw bad("is neither true nor false", "give true or false");
    };
  }

  public <T> T oneOf(Map<String, T> words) {
    T chosen = words.get(value.strip());
    if (chosen == null) {
      String known = words.keySet().stream().sorted().collect(Collectors.joining(", "));
      throw bad("is not known", "give one of " + known);
    }
    return chosen;
  }

  /** Returns the value as a path. A relative path starts from {@code folder}. */
  public Path path() {
    try {
      Path path = folder.resolve(text()).normalize();
      String shown = SecretMask.of(raw);
      if (isReferenced() || !shown.equals(raw)) { // normalizing may have changed the secret part
        SecretMask.hide(path.toString(), shown);
      }
      return path;
    } catch (InvalidPathException e) {
      throw bad("is not a path", "give a path that this operating system allows");
    }
  }

  /**
   * Returns the value as the path of a folder, which may be mounted later. A pattern such as {@code
   * logs/*.gz} is refused, unless a folder has that name.
   */
  public Path namedFolder() {
    Path path = path();
    boolean isPattern = text().indexOf('*') >= 0 || text().indexOf('?') >= 0;
    if (isPattern && Files.notExists(path)) {
      throw bad(
          "is a pattern, and no folder has that name",
          "name the folder itself; the folders below it are read too");
    }
    return path;
  }

  /**
   * Returns the path of an existing file or folder, or of a missing file such as {@code
   * exceptions.yaml} whose folder {@code exceptions.d} exists. Any other path is refused.
   */
  public Path existingFileOrFolder() {
    Path path = path();
    return !Files.isRegularFile(path) && FileAndFolder.of(path).exists() ? path : existingFile();
  }

  public Path existingFile() {
    Path path = path();
    if (Files.isDirectory(path)) {
      throw bad("names a folder (" + Quoted.of(path) + ")", "name a file in it");
    }
    if (!Files.isRegularFile(path)) {
      throw bad(
          "does not name an existing file (" + Quoted.of(path) + ")",
          "put the file there, or correct the path; relative paths start from the folder of the"
              + " configuration");
    }
    if (!Files.isReadable(path)) {
      throw bad("names a file that cannot be read", "grant read access to " + Quoted.of(path));
    }
    return path;
  }

  public OperatorException bad(String what, String fix) {
    return OperatorException.inConfig(origin, key + " " + Quoted.of(raw) + " " + what, fix);
  }
}
