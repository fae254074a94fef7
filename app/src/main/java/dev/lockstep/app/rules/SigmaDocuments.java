package dev.lockstep.app.rules;

import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.detections.sigma.SigmaLoader;
import dev.lockstep.detections.sigma.document.CasesReader;
import dev.lockstep.detections.sigma.document.DocumentFault;
import dev.lockstep.detections.sigma.document.DocumentReader;
import dev.lockstep.detections.sigma.document.PlaceholdersReader;
import dev.lockstep.detections.sigma.document.SigmaDocument;
import dev.lockstep.detections.sigma.document.SourceLine;
import dev.lockstep.detections.sigma.field.SigmaFields;
import dev.lockstep.detections.sigma.match.Placeholders;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Collection of the Sigma documents in {@code .yml} files. The files are named one by one, or by a
 * folder that contains them directly or in folders below it. Hidden files in a folder are left out.
 *
 * <p>The values of placeholders come from {@code placeholders.yaml} in the folder, or in the folder
 * of a named file. If the command line names the path, and that folder has no such file, the
 * nearest folder above that has one is used.
 */
public final class SigmaDocuments {
  static final int MOST_FILES = 5_000;

  private static final int MOST_DEPTH = 8;
  private static final String ENDING = ".yml";
  private static final List<String> ENDINGS_IN_ANY_CASE = List.of(".yml", ".yaml");
  private static final int MOST_SKIPPED = 10;
  static final String PLACEHOLDERS = "placeholders.yaml";

  private final List<String> skipped = new ArrayList<>();
  private final SigmaLoader loader = new SigmaLoader(SigmaFields.bundled());
  private final Map<String, Path> paths = new LinkedHashMap<>();
  private final Map<Path, Placeholders> placeholders = new LinkedHashMap<>();
  private final Map<String, Placeholders> placeholdersOf = new LinkedHashMap<>();
  private final Map<String, List<SigmaDocument>> documents = new LinkedHashMap<>();

  /**
   * Reads the Sigma documents in files and folders that a person named.
   *
   * @throws OperatorException if a path does not exist, does not end in {@code .yml}, or is a
   *     folder without Sigma files or with more than {@link #MOST_FILES}
   */
  public static SigmaDocuments of(List<Path> named) {
    SigmaDocuments files = new SigmaDocuments();
    Set<Path> seen = new HashSet<>();
    for (Path path : named) {
      List<Path> found = Files.isDirectory(path) ? below(path) : List.of(path);
      if (!Files.exists(path)) {
        throw new OperatorException(
            "could not read the Sigma rules: there is no file or folder %s; name a file that ends in .yml, or a folder with such files"
                .formatted(Quoted.of(path)));
      }
      if (isJar(path)) {
        throw new OperatorException(
            "could not read the Sigma rules: the file %s is a jar with rules in Java, and this command reads only Sigma rules; name a file that ends in .yml, or a folder with such files"
                .formatted(Quoted.of(path)));
      }
      if (!Files.isDirectory(path) && path.toString().endsWith(CasesReader.ENDING)) {
        throw new OperatorException(
            "could not read the Sigma rules: the file %s has tests, and no Sigma rule; run the tests with %s, or name a file that ends in .yml"
                .formatted(Quoted.of(path), ShellCommand.call("rules test")));
      }
      if (!Files.isDirectory(path) && !path.toString().endsWith(ENDING)) {
        throw new OperatorException(
            "could not read the Sigma rules: the file %s does not end in .yml; rename the file"
                .formatted(Quoted.of(path)));
      }
      if (found.isEmpty()) {
        List<String> skipped = skipped(path);
        boolean hasJar = RuleLoader.hasJar(path);
        throw new OperatorException(
            "could not read the Sigma rules: the folder %s has %sno file that ends in .yml; %s"
                .formatted(
                    Quoted.of(path),
                    hasJar ? "jars with rules in Java, which this command does not read, but " : "",
                    skipped.isEmpty()
                        ? "name another folder, or create a rule with "
                            + ShellCommand.call("rules new")
                        : skipped.get(0)));
      }
      if (found.size() > MOST_FILES) {
        throw new OperatorException(
            "could not read the Sigma rules: the folder %s has more than %d files that end in .yml; name some of its files, or a folder in it"
                .formatted(Quoted.of(path), MOST_FILES));
      }
      if (Files.isDirectory(path)) {
        files.skipped.addAll(skipped(path));
      }
      for (Path file : found) {
        if (seen.add(file.toAbsolutePath().normalize())) {
          Path parent = file.toAbsolutePath().getParent();
          Path folder = withPlaceholders(Files.isDirectory(path) || parent == null ? path : parent);
          files.read(file, file.toString(), folder, folder.resolve(PLACEHOLDERS).toString());
        }
      }
    }
    return files;
  }

  /** Returns whether a path is a folder with {@code .yml} files, or itself ends in {@code .yml}. */
  public static boolean isIn(Path path) {
    return Files.isDirectory(path) ? !below(path).isEmpty() : path.toString().endsWith(ENDING);
  }

  public static boolean isJar(Path path) {
    return path.toString().endsWith(".jar") && Files.isRegularFile(path);
  }

  private static Path withPlaceholders(Path folder) {
    // a person may name a part of a rules directory
    Path at = folder;
    for (int up = 0; up <= MOST_DEPTH && at != null; up++) {
      if (Files.exists(at.resolve(PLACEHOLDERS))) {
        return at;
      }
      at = up == 0 ? folder.toAbsolutePath().normalize().getParent() : at.getParent();
    }
    return folder;
  }

  private static List<Path> below(Path folder) {
    try {
      return in(folder);
    } catch (IOException | UncheckedIOException e) {
      throw new OperatorException(
          "could not read the Sigma rules: the folder %s cannot be read (%s); give this process read access"
              .formatted(Quoted.of(folder), Failures.message(e)),
          e);
    }
  }

  /**
   * Returns the {@code .yml} files of a folder and of the folders below it, up to 8 levels deep,
   * sorted by path. Hidden files are left out. The list has at most one file more than {@link
   * #MOST_FILES}.
   */
  static List<Path> in(Path root) throws IOException {
    return walked(root, name -> name.endsWith(ENDING), Files::isRegularFile, MOST_FILES + 1);
  }

  private static List<Path> walked(
      Path root, Predicate<String> named, Predicate<Path> wanted, int most) throws IOException {
    Path real = root.toRealPath(); // the folder may be a link, and a link is not walked
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(real, MOST_DEPTH)) {
      all.map(real::relativize)
          .filter(path -> named.test(path.toString()) && !isHidden(path))
          .map(root::resolve)
          .filter(wanted)
          .limit(most)
          .forEach(files::add);
    }
    files.sort(null);
    return files;
  }

  /**
   * Returns warnings about what looks like Sigma rules in a folder but is not read. That is a file
   * without the ending {@code .yml}, such as one with {@code .yaml} or {@code .YML}, a link to a
   * folder, a link to no file, a pipe or device with the name of a file, and a folder that lies too
   * deep. There are at most 20 warnings.
   */
  static List<String> skipped(Path root) {
    List<String> warnings = new ArrayList<>();
    try {
      walked(root, SigmaDocuments::hasOtherEnding, SigmaDocuments::hasSigma, MOST_SKIPPED)
          .forEach(
              file ->
                  warnings.add(
                      "%s is not read, because files with Sigma rules end in .yml; rename the file"
                          .formatted(Quoted.of(file))));
      Path real = root.toRealPath();
      walked(root, name -> true, path -> isUnread(real, root, path), MOST_SKIPPED)
          .forEach(path -> warnings.add(whyUnread(path)));
    } catch (IOException | UncheckedIOException e) {
      return List.of(); // reading the folder says why it cannot be used
    }
    return warnings;
  }

  private static boolean isUnread(Path real, Path root, Path path) {
    if (!Files.isDirectory(path) && !Files.isRegularFile(path)) {
      return path.toString().endsWith(ENDING); // a link to no file, a pipe or a device
    }
    boolean isTooDeep = root.relativize(path).getNameCount() == MOST_DEPTH;
    if (!Files.isDirectory(path) || !(isTooDeep || Files.isSymbolicLink(path))) {
      return false;
    }
    try {
      Path target = path.toRealPath();
      boolean isReadElsewhere =
          Files.isSymbolicLink(path)
              && (real.startsWith(target)
                  || (target.startsWith(real) && !isHidden(real.relativize(target))));
      return !isReadElsewhere && !in(path).isEmpty();
    } catch (IOException | UncheckedIOException e) {
      return false;
    }
  }

  private static String whyUnread(Path path) {
    String why;
    if (Files.exists(path) && !Files.isDirectory(path)) {
      why = "it is a pipe or a device; put a file in its place";
    } else if (!Files.isSymbolicLink(path)) {
      why = "it lies more than %d folders deep; move it up";
    } else if (Files.exists(path)) {
      why = "it is a link to a folder; remove the link, and name the folder itself";
    } else {
      why = "it is a link to a file that is not there; correct or remove the link";
    }
    return Quoted.of(path) + " is not read, because " + why.formatted(MOST_DEPTH - 1);
  }

  private static boolean hasOtherEnding(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return !name.endsWith(ENDING) && ENDINGS_IN_ANY_CASE.stream().anyMatch(lower::endsWith);
  }

  private static boolean hasSigma(Path file) {
    try {
      return Files.isRegularFile(file)
          && Files.size(file) <= DocumentReader.MOST_BYTES
          && Files.readString(file)
              .lines()
              .anyMatch(line -> line.startsWith("logsource:") || line.startsWith("correlation:"));
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isHidden(Path below) {
    for (Path part : below) {
      if (part.toString().startsWith(".") && part.toString().length() > 1) {
        return true;
      }
    }
    return false;
  }

  /**
   * Reads one rule file that a person named by its path.
   *
   * @param otherwise folder whose placeholders are used if neither the file's folder nor any folder
   *     above it has placeholders; null for none
   */
  void read(Path path, @Nullable Path otherwise) {
    Path parent = path.getParent();
    Path nearest = withPlaceholders(parent == null ? Path.of("") : parent);
    Path folder =
        otherwise == null || Files.exists(nearest.resolve(PLACEHOLDERS)) ? nearest : otherwise;
    read(path, path.toString(), folder, folder.resolve(PLACEHOLDERS).toString());
  }

  /**
   * Reads a file with Sigma documents.
   *
   * @param shown name of the file for messages
   * @param folder folder of the file with placeholders
   * @param shownPlaceholders name of the file with placeholders, for messages
   */
  void read(Path path, String shown, Path folder, String shownPlaceholders) {
    paths.put(shown, path);
    try {
      byte[] content = SigmaFiles.content(path);
      if (content.length > DocumentReader.MOST_BYTES) {
        refuseSize(shown);
        return;
      }
      Placeholders values = placeholders.get(folder);
      if (values == null) {
        values = placeholders(folder, shownPlaceholders);
        placeholders.put(folder, values);
      }
      add(shown, content, values);
    } catch (IOException e) {
      loader.refuse(
          new DocumentFault(
              new SourceLine(shown, 1),
              "cannot be read (" + Failures.message(e) + ")",
              "give this process read access"));
    }
  }

  void add(SigmaFiles files) {
    Map<String, Placeholders> values = new HashMap<>();
    for (SigmaFiles.SigmaFile file : files.files()) {
      String problem = file.problem();
      if (problem != null) {
        loader.refuse(
            new DocumentFault(
                new SourceLine(file.shown(), 1), problem, "give this process read access"));
      } else if (file.content().length > DocumentReader.MOST_BYTES) {
        refuseSize(file.shown());
      } else {
        Placeholders own = values.get(file.placeholders());
        if (own == null) {
          own = placeholders(files.placeholders(file.placeholders()));
          values.put(file.placeholders(), own);
        }
        add(file.shown(), file.content(), own);
      }
    }
  }

  private void add(String shown, byte[] content, Placeholders values) {
    DocumentReader.Reading reading = new DocumentReader(values).read(shown, content);
    placeholdersOf.put(shown, values);
    documents.put(shown, reading.documents());
    loader.add(shown, stem(shown), reading);
  }

  /** Returns the name of a rule file without its folder and without {@code .yml}. */
  public static String stem(String file) {
    String name = String.valueOf(Path.of(file).getFileName());
    return name.endsWith(ENDING) ? name.substring(0, name.length() - ENDING.length()) : name;
  }

  private void refuseSize(String shown) {
    loader.refuse(
        new DocumentFault(
            new SourceLine(shown, 1),
            "has more than %d bytes".formatted(DocumentReader.MOST_BYTES),
            "split the file"));
  }

  private Placeholders placeholders(SigmaFiles.@Nullable SigmaFile file) {
    if (file == null) {
      return Placeholders.NONE;
    }
    String problem = file.problem();
    return problem == null
        ? placeholders(file.shown(), file.content())
        : unreadable(file.shown(), problem);
  }

  private Placeholders placeholders(Path folder, String shown) {
    Path path = folder.resolve(PLACEHOLDERS);
    if (!Files.exists(path)) {
      return new Placeholders(Map.of(), "a new file " + Quoted.of(shown));
    }
    if (!Files.isRegularFile(path)) {
      return unreadable(shown, SigmaFiles.NO_FILE);
    }
    try {
      return placeholders(shown, SigmaFiles.content(path));
    } catch (IOException e) {
      return unreadable(shown, "cannot be read (" + Failures.message(e) + ")");
    }
  }

  private Placeholders placeholders(String shown, byte[] content) {
    if (content.length > DocumentReader.MOST_BYTES) {
      refuseSize(shown);
      return Placeholders.NONE;
    }
    try {
      PlaceholdersReader.Reading reading =
          PlaceholdersReader.read(
              shown,
              StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString());
      DocumentFault fault = reading.fault();
      if (fault != null) {
        loader.refuse(fault);
      }
      return reading.placeholders();
    } catch (CharacterCodingException e) {
      return unreadable(shown, "is not UTF-8");
    }
  }

  private Placeholders unreadable(String shown, String problem) {
    loader.refuse(
        new DocumentFault(
            new SourceLine(shown, 1),
            problem,
            "put a file there that is in UTF-8 and that this process can read"));
    return Placeholders.NONE;
  }

  /**
   * Compiles all documents of this collection to one set of rules, and returns the set with the
   * faults.
   */
  public SigmaLoader.Result load() {
    return loader.load();
  }

  /**
   * Returns the path of each file of the collection, by the name that messages give the file. A
   * file that could not be read is among them.
   */
  public Map<String, Path> paths() {
    return new LinkedHashMap<>(paths);
  }

  /** Returns the placeholders that apply to the rules of a file, with their values. */
  public Placeholders placeholders(String shown) {
    return placeholdersOf.getOrDefault(shown, Placeholders.NONE);
  }

  /**
   * Returns warnings about Sigma files that lack the ending {@code .yml}, in the folders that a
   * person named. These files are not read.
   */
  public List<String> skipped() {
    return List.copyOf(skipped);
  }

  public int size() {
    return paths.size();
  }

  /** Returns the documents without fault, by the name that error messages give their file. */
  public Map<String, List<SigmaDocument>> documents() {
    return new LinkedHashMap<>(documents);
  }
}
