package dev.lockstep.app.authoring;

import dev.lockstep.app.terminal.Failures;
import dev.lockstep.detections.sigma.document.DocumentFault;
import dev.lockstep.detections.sigma.document.RegressionCase;
import dev.lockstep.detections.sigma.document.RegressionReader;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reader of a rule's regression tests in SigmaHQ's form: {@code info.yml}, and the files of records
 * that {@code info.yml} names. A rule's {@code regression_tests_path} names {@code info.yml}
 * relative to the folder of the rule or a folder above.
 */
final class RegressionFiles {
  private static final long MOST_BYTES = 64L * 1024 * 1024;

  private @Nullable Path root;
  private List<RegressionCase> tests = List.of();
  private @Nullable String fault;

  /**
   * Reads {@code info.yml}, the list of a rule's regression tests.
   *
   * @param rule file of the rule
   * @param written value of {@code regression_tests_path}
   */
  RegressionFiles(Path rule, String written) {
    Path info = null;
    for (Path at = rule.toAbsolutePath().normalize().getParent();
        at != null && info == null;
        at = at.getParent()) {
      Path found = below(at, written);
      if (found != null && Files.isRegularFile(found)) {
        root = at;
        info = found;
      }
    }
    if (info == null) {
      fault =
          "could not read the file %s of regression_tests_path: neither the folder of the rule nor a folder above has this file; write the path relative to one of these folders, without \"..\""
              .formatted(Quoted.of(written));
      return;
    }
    try {
      RegressionReader.Reading reading =
          RegressionReader.read(written, Files.readString(info, StandardCharsets.UTF_8));
      DocumentFault refused = reading.fault();
      tests = reading.tests();
      fault = refused == null ? null : refused.messageOfFile();
    } catch (IOException e) {
      fault =
          "could not read the file %s (%s); save the file as UTF-8, and give this process read access"
              .formatted(Quoted.of(written), Failures.message(e));
    }
  }

  private static @Nullable Path below(Path folder, String written) {
    try {
      Path path = folder.resolve(written).normalize();
      return path.startsWith(folder) ? path : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }

  List<RegressionCase> tests() {
    return tests;
  }

  Optional<String> fault() {
    return Optional.ofNullable(fault);
  }

  /**
   * Returns the bytes of the file with the records of a test.
   *
   * @throws IOException with a message for the author, if the file cannot be used
   */
  byte[] records(RegressionCase test) throws IOException {
    String path = test.path().toLowerCase(Locale.ROOT);
    if (!path.endsWith(".json") && !path.endsWith(".ndjson") && !path.endsWith(".jsonl")) {
      throw new IOException(
          "could not read the records %s (type %s): the file's name ends in none of .json, .ndjson and .jsonl; name a JSON or NDJSON file"
              .formatted(Quoted.of(test.path()), Quoted.of(test.type())));
    }
    Path at = root == null ? null : below(root, test.path());
    if (at == null || !Files.isRegularFile(at)) {
      throw new IOException(
          "could not read the records %s: there is no such file, or its path leads out of %s; write the path relative to that folder, like the path in regression_tests_path"
              .formatted(
                  Quoted.of(test.path()),
                  root == null ? "the folder of the rules" : Quoted.of(root.toString())));
    }
    if (Files.size(at) > MOST_BYTES) {
      throw new IOException(
          "could not read the records %s: the file has more than %d bytes; split the file"
              .formatted(Quoted.of(test.path()), MOST_BYTES));
    }
    return Files.readAllBytes(at);
  }
}
