package dev.lockstep.app.rules;

import dev.lockstep.app.setting.ConfigValue;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.detections.sigma.SigmaLoader;
import dev.lockstep.detections.sigma.SigmaSet;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Loader of the Sigma rules in the configured folders. */
final class SigmaFolders {
  private static final int MOST_FAULTS_SHOWN = 50;

  private SigmaFolders() {}

  /**
   * Loads the rules of folders and of added files as one set, except the files that are left out.
   *
   * @param added files to load in addition to the folders; a file that is also in a folder is
   *     loaded once
   * @param leftOut files of the folders that are not loaded
   * @throws OperatorException if a folder cannot be used, or a document has a fault; the lines of
   *     the exception name the first 50 faults, and the files without faults
   */
  static SigmaLoader.Result load(List<ConfigValue> folders, List<Path> added, List<Path> leftOut) {
    SigmaDocuments all = new SigmaDocuments();
    Set<Path> known = new HashSet<>();
    leftOut.forEach(path -> known.add(real(path)));
    for (ConfigValue folder : folders) {
      Path written = Path.of(folder.raw());
      for (Path path : files(folder)) {
        if (known.add(real(path))) {
          String shown = written.resolve(folder.path().relativize(path).toString()).toString();
          all.read(
              path, shown, folder.path(), written.resolve(SigmaDocuments.PLACEHOLDERS).toString());
        }
      }
    }
    for (Path path : added) {
      if (known.add(real(path))) {
        all.read(path, folders.isEmpty() ? null : folders.get(0).path());
      }
    }
    SigmaLoader.Result result = all.load();
    if (all.size() > 0 && !result.faults().isEmpty()) {
      throw added.isEmpty() && !folders.isEmpty()
          ? refused(folders, result)
          : new OperatorException(
                  "could not add Sigma rules: the files of the option --rule%s have %s; fix the faults in the following lines"
                      .formatted(
                          folders.isEmpty() ? "" : " and of the key rules.directories",
                          DisplayFormat.count(result.faults().size(), "fault")))
              .with(lines(result));
    }
    return result;
  }

  static SigmaFiles read(List<ConfigValue> folders) {
    try {
      return SigmaFiles.read(names(folders));
    } catch (IOException e) {
      throw folders
          .get(0)
          .bad(
              "or another folder of the same list cannot be used (" + Failures.message(e) + ")",
              ("check that the folder named in parentheses exists and has at most %d files that end"
                      + " in .yml, and give this process read access to it and to the folders below"
                      + " it")
                  .formatted(SigmaDocuments.MOST_FILES));
    }
  }

  private static Map<Path, String> names(List<ConfigValue> folders) {
    Map<Path, String> names = new LinkedHashMap<>();
    folders.forEach(folder -> names.putIfAbsent(folder.path(), folder.raw()));
    return names;
  }

  /**
   * Returns one hash of all Sigma files and placeholder files in folders. It is empty if a folder
   * cannot be read.
   */
  static String hash(List<ConfigValue> folders) {
    try {
      return SigmaFiles.read(names(folders)).hash();
    } catch (IOException e) {
      return "";
    }
  }

  /**
   * Compiles the Sigma documents in files into one set of rules.
   *
   * @param folders folders of the files, for messages about a fault
   * @throws OperatorException if a document has a fault; the lines of the exception name the first
   *     50 faults, and the files without faults
   */
  static SigmaSet compile(SigmaFiles files, List<ConfigValue> folders) {
    if (files.size() == 0) {
      return SigmaSet.NONE;
    }
    SigmaDocuments all = new SigmaDocuments();
    all.add(files);
    SigmaLoader.Result result = all.load();
    if (!result.faults().isEmpty()) {
      throw refused(folders, result);
    }
    return result.set();
  }

  /**
   * Returns a text with the attributes of the Sigma files and placeholder files in folders, to
   * notice changes. For each file it has the path, size, modification time and file key, and
   * whether the file can be read. A change that keeps all of these does not show.
   */
  static String look(List<ConfigValue> folders) {
    StringBuilder look = new StringBuilder();
    for (ConfigValue folder : folders) {
      try {
        List<Path> paths = new ArrayList<>(SigmaDocuments.in(folder.path()));
        paths.add(folder.path().resolve(SigmaDocuments.PLACEHOLDERS));
        for (Path path : paths) {
          if (Files.exists(path)) {
            BasicFileAttributes read = Files.readAttributes(path, BasicFileAttributes.class);
            look.append(path)
                .append(' ')
                .append(read.size())
                .append(' ')
                .append(read.lastModifiedTime())
                .append(' ')
                .append(read.fileKey())
                .append(' ')
                .append(Files.isReadable(path))
                .append('\n');
          }
        }
      } catch (IOException | UncheckedIOException e) {
        look.append(Failures.message(e)).append('\n');
      }
    }
    return look.toString();
  }

  static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) { // reading the file says why it cannot be used
      return path.toAbsolutePath().normalize();
    }
  }

  static boolean hasAny(ConfigValue folder) {
    return !files(folder).isEmpty();
  }

  static boolean isEmpty(ConfigValue folder) {
    return !hasAny(folder) && !RuleLoader.hasJar(folder.path());
  }

  private static List<Path> files(ConfigValue folder) {
    Path root = folder.path();
    List<Path> files;
    try {
      files = SigmaDocuments.in(root);
    } catch (IOException | UncheckedIOException e) {
      throw folder.bad(
          "names a folder of Sigma rules that cannot be read (" + Failures.message(e) + ")",
          "give this process read access to " + Quoted.of(root) + " and the folders below it");
    }
    if (files.size() > SigmaDocuments.MOST_FILES) {
      throw folder.bad(
          "has more than %d files that end in .yml".formatted(SigmaDocuments.MOST_FILES),
          "keep at most %d such files in the folder and the folders below it"
              .formatted(SigmaDocuments.MOST_FILES));
    }
    return files;
  }

  /**
   * Returns the configured folder that contains a file, for a message about the file. If none is
   * known to contain the file, it is the first folder.
   *
   * @param file path of the file as messages show it; it begins with the path of its folder as the
   *     configuration gives it
   */
  static ConfigValue holding(List<ConfigValue> folders, String file) {
    Path shown = Path.of(file);
    return folders.stream()
        .filter(folder -> shown.startsWith(Path.of(folder.raw())))
        .max(Comparator.comparingInt(folder -> Path.of(folder.raw()).getNameCount()))
        .orElse(folders.get(0));
  }

  private static OperatorException refused(List<ConfigValue> folders, SigmaLoader.Result result) {
    ConfigValue first = holding(folders, result.faults().get(0).at().file());
    boolean isOnly =
        result.faults().stream()
            .allMatch(fault -> holding(folders, fault.at().file()).equals(first));
    return first
        .bad(
            "%s Sigma rules with %s"
                .formatted(
                    isOnly ? "has" : "and at least one more folder of the same list have",
                    DisplayFormat.count(result.faults().size(), "fault")),
            "fix the faults in the following lines")
        .with(lines(result));
  }

  private static List<String> lines(SigmaLoader.Result result) {
    List<String> lines = new ArrayList<>();
    result.faults().stream().limit(MOST_FAULTS_SHOWN).forEach(fault -> lines.add(fault.message()));
    int more = result.faults().size() - lines.size();
    if (more > 0) {
      lines.add("and %s more".formatted(DisplayFormat.count(more, "fault")));
    }
    lines.add(
        result.good().isEmpty()
            ? "every file has a fault"
            : "files without a fault: " + String.join(", ", result.good()));
    return lines;
  }
}
