package dev.lockstep.app.rules;

import dev.lockstep.app.setting.ConfiguredValue;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.detections.sigma.SigmaLoader;
import dev.lockstep.schemas.Quoted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Sigma rules of the configured folders with rules. */
final class SigmaFolders {
  private static final int MOST_FAULTS_SHOWN = 50;

  private SigmaFolders() {}

  /**
   * Loads the rules of folders as one set.
   *
   * @throws OperatorException if a document has a fault; its lines name each fault, and the files
   *     without one
   */
  static SigmaLoader.Result load(List<ConfiguredValue> folders) {
    RuleFiles all = new RuleFiles();
    for (ConfiguredValue folder : folders) {
      Path written = Path.of(folder.raw());
      for (Path path : files(folder)) {
        String shown = written.resolve(folder.path().relativize(path).toString()).toString();
        all.read(path, shown, folder.path(), written.resolve(RuleFiles.PLACEHOLDERS).toString());
      }
    }
    SigmaLoader.Result result = all.load();
    if (all.size() > 0 && !result.faults().isEmpty()) {
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
    List<Path> files;
    try {
      files = RuleFiles.in(root);
    } catch (IOException | UncheckedIOException e) {
      throw folder.bad(
          "names a folder that cannot be read (" + Failures.said(e) + ")",
          "let this process read " + Quoted.of(root) + " and its files");
    }
    if (files.size() > RuleFiles.MOST_FILES) {
      throw folder.bad(
          "holds more than %d files with Sigma rules".formatted(RuleFiles.MOST_FILES),
          "load fewer rules");
    }
    return files;
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
