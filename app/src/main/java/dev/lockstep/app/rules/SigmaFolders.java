package dev.lockstep.app.rules;

import dev.lockstep.app.setting.ConfiguredValue;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.detections.sigma.SigmaLoader;
import dev.lockstep.detections.sigma.document.DocumentFault;
import dev.lockstep.detections.sigma.document.DocumentReader;
import dev.lockstep.detections.sigma.document.PlaceholdersReader;
import dev.lockstep.detections.sigma.document.SourceLine;
import dev.lockstep.detections.sigma.field.SigmaFields;
import dev.lockstep.detections.sigma.match.Placeholders;
import dev.lockstep.schemas.Quoted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Sigma rules of the folders with rules: every file with the ending {@code .yml}, in folders below
 * too, hidden ones aside.
 *
 * <p>{@code placeholders.yaml} of a folder holds the values of placeholders of its files.
 */
final class SigmaFolders {
  private static final int MOST_DEPTH = 8;
  private static final int MOST_FILES = 5_000;
  private static final int MOST_FAULTS_SHOWN = 50;
  private static final String ENDING = ".yml";
  private static final String PLACEHOLDERS = "placeholders.yaml";

  private SigmaFolders() {}

  /**
   * Loads the rules of folders as one set.
   *
   * @throws OperatorException if a document has a fault; its lines name each fault, and the files
   *     without one
   */
  static SigmaLoader.Result load(List<ConfiguredValue> folders) {
    SigmaLoader loader = new SigmaLoader(SigmaFields.bundled());
    boolean isAny = false;
    for (ConfiguredValue folder : folders) {
      List<Path> files = files(folder);
      if (!files.isEmpty()) {
        isAny = true;
        read(folder, files, loader);
      }
    }
    SigmaLoader.Result result = loader.load();
    if (isAny && !result.faults().isEmpty()) {
      throw refused(folders.get(0), result);
    }
    return result;
  }

  /** Returns whether a folder has a file with Sigma rules. */
  static boolean hasAny(ConfiguredValue folder) {
    return !files(folder).isEmpty();
  }

  private static List<Path> files(ConfiguredValue folder) {
    Path root = folder.path();
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(root, MOST_DEPTH)) {
      all.filter(path -> path.toString().endsWith(ENDING) && !isHidden(root, path))
          .filter(Files::isRegularFile)
          .limit(MOST_FILES + 1L)
          .forEach(files::add);
    } catch (IOException | UncheckedIOException e) {
      throw folder.bad(
          "names a folder that cannot be read (" + Failures.said(e) + ")",
          "let this process read " + Quoted.of(root) + " and its files");
    }
    if (files.size() > MOST_FILES) {
      throw folder.bad(
          "holds more than %d files with Sigma rules".formatted(MOST_FILES), "load fewer rules");
    }
    files.sort(null);
    return files;
  }

  private static boolean isHidden(Path root, Path path) {
    for (Path part : root.relativize(path)) {
      if (part.toString().startsWith(".")) {
        return true;
      }
    }
    return false;
  }

  private static void read(ConfiguredValue folder, List<Path> files, SigmaLoader loader) {
    DocumentReader reader = new DocumentReader(placeholders(folder, loader));
    for (Path path : files) {
      String file = folder.path().relativize(path).toString();
      String shown = Path.of(folder.raw()).resolve(file).toString();
      String name = String.valueOf(path.getFileName());
      String stem = name.substring(0, name.length() - ENDING.length());
      try {
        if (Files.size(path) > DocumentReader.MOST_BYTES) {
          loader.refuse(
              new DocumentFault(
                  new SourceLine(shown, 1),
                  "has more than %d bytes".formatted(DocumentReader.MOST_BYTES),
                  "split the file"));
          continue;
        }
        DocumentReader.Reading reading = reader.read(shown, Files.readAllBytes(path));
        loader.add(shown, stem, reading.documents(), reading.faults());
      } catch (IOException e) {
        loader.refuse(
            new DocumentFault(
                new SourceLine(shown, 1),
                "cannot be read (" + Failures.said(e) + ")",
                "let this process read it"));
      }
    }
  }

  private static Placeholders placeholders(ConfiguredValue folder, SigmaLoader loader) {
    Path path = folder.path().resolve(PLACEHOLDERS);
    if (!Files.exists(path)) {
      return Placeholders.NONE;
    }
    String shown = Path.of(folder.raw()).resolve(PLACEHOLDERS).toString();
    try {
      PlaceholdersReader.Reading reading =
          PlaceholdersReader.read(shown, Files.readString(path, StandardCharsets.UTF_8));
      DocumentFault fault = reading.fault();
      if (fault != null) {
        loader.refuse(fault);
      }
      return reading.placeholders();
    } catch (IOException e) {
      loader.refuse(
          new DocumentFault(
              new SourceLine(shown, 1),
              "cannot be read (" + Failures.said(e) + ")",
              "save it as UTF-8, and let this process read it"));
      return Placeholders.NONE;
    }
  }

  private static OperatorException refused(ConfiguredValue folder, SigmaLoader.Result result) {
    List<String> lines = new ArrayList<>();
    result.faults().stream().limit(MOST_FAULTS_SHOWN).forEach(fault -> lines.add(fault.message()));
    int more = result.faults().size() - lines.size();
    if (more > 0) {
      lines.add("and %s more".formatted(DisplayFormat.count(more, "fault")));
    }
    lines.add(
        result.good().isEmpty() ? "no file is good" : "good: " + String.join(", ", result.good()));
    return folder
        .bad(
            "holds Sigma rules with %s"
                .formatted(DisplayFormat.count(result.faults().size(), "fault")),
            "fix what the following lines name")
        .with(lines);
  }
}
