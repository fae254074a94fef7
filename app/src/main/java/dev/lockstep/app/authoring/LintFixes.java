package dev.lockstep.app.authoring;

import dev.lockstep.app.file.AtomicFile;
import dev.lockstep.app.rules.SigmaDocuments;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.detections.sigma.lint.MechanicalFix;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** Writer of the fixes that {@code rules lint --fix} makes in files with Sigma rules. */
public final class LintFixes {
  private LintFixes() {}

  /**
   * Fixes simple faults in files with Sigma rules, and returns a line for each change.
   *
   * @param today date for documents without a date
   */
  public static List<String> fix(SigmaDocuments files, LocalDate today) {
    List<String> lines = new ArrayList<>();
    for (Map.Entry<String, Path> file : new TreeMap<>(files.paths()).entrySet()) {
      MechanicalFix fix =
          new MechanicalFix(
              file.getKey(), files.placeholders(file.getKey()), today, UUID::randomUUID);
      try {
        MechanicalFix.Result fixed = fix.fix(Files.readString(file.getValue()));
        if (!fixed.changes().isEmpty()) {
          AtomicFile.replace(file.getValue(), fixed.text());
        }
        fixed
            .changes()
            .forEach(
                change ->
                    lines.add(
                        "fixed  %s:%d %s"
                            .formatted(
                                Quoted.visible(file.getKey()), change.line(), change.what())));
      } catch (CharacterCodingException e) {
        // the report names the line that is not UTF-8
      } catch (IOException e) {
        throw OperatorException.of(new UncheckedIOException(e));
      }
    }
    return lines;
  }
}
