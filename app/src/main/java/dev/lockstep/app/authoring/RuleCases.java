package dev.lockstep.app.authoring;

import dev.lockstep.app.rules.RuleCatalogue;
import dev.lockstep.app.rules.RuleJar;
import dev.lockstep.app.rules.RuleLoader;
import dev.lockstep.app.rules.SigmaDocuments;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.detections.sigma.document.CasesReader;
import dev.lockstep.detections.sigma.document.DocumentFault;
import dev.lockstep.detections.sigma.document.RuleCase;
import dev.lockstep.detections.sigma.document.SourceLine;
import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.rules.Rule;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Tests of Java rules, read from files that end in {@code .tests.yaml}, with the rules loaded from
 * the jars of the same folder. Built-in rules can be tested as well.
 */
public final class RuleCases {
  private final List<OfRule> all = new ArrayList<>();
  private final List<DocumentFault> faults = new ArrayList<>();
  private int size;

  private RuleCases() {}

  /**
   * Tests of one Java rule, with the file that has them.
   *
   * @param file name of the file with the tests, for messages
   */
  record OfRule(String file, Rule rule, List<RuleCase> tests) {
    OfRule {
      tests = List.copyOf(tests);
    }
  }

  /**
   * Returns whether a path is a {@code .tests.yaml} file, or a folder with such a file directly in
   * it.
   */
  public static boolean isIn(Path path) {
    return !files(path).isEmpty();
  }

  /**
   * Reads the files with tests, and loads the jars in the same folders.
   *
   * @throws OperatorException if a jar cannot be used
   */
  public static RuleCases of(List<Path> paths) {
    RuleCases cases = new RuleCases();
    Map<Path, Map<String, Rule>> byFolder = new LinkedHashMap<>();
    Set<Path> seen = new HashSet<>();
    for (Path path : paths) {
      for (Path file : files(path)) {
        Path absolute = file.toAbsolutePath().normalize();
        Path folder = Objects.requireNonNull(absolute.getParent());
        if (seen.add(absolute)) {
          cases.read(file, byFolder.computeIfAbsent(folder, RuleCases::rules));
        }
      }
    }
    return cases;
  }

  /**
   * Returns a warning for each file in the given folders that is not read as tests of Java rules
   * because its name is misspelt. The name resembles one that ends in {@code .tests.yaml}.
   */
  public static List<String> skipped(List<Path> paths) {
    return paths.stream()
        .flatMap(path -> misnamed(path).stream())
        .map(
            file ->
                "%s is not read, because files with tests of Java rules end in %s; %s"
                    .formatted(Quoted.of(file), CasesReader.ENDING, renaming(file)))
        .toList();
  }

  /**
   * Throws an exception if a path is a jar, or a file of tests whose name lacks the ending {@code
   * .tests.yaml}. A folder that has a jar but neither tests nor Sigma rules is refused too.
   *
   * @throws OperatorException with the place at which the tests are expected
   */
  public static void refuseUntestable(Path path) {
    if (SigmaDocuments.isJar(path)) {
      Path parent = path.getParent();
      Path folder = parent == null ? Path.of(".") : parent;
      throw new OperatorException(
          "could not test the rules of the jar %s: their tests are in files that end in %s in the folder of the jar; %s"
              .formatted(
                  Quoted.of(path),
                  CasesReader.ENDING,
                  isIn(folder) ? "name the folder " + Quoted.of(folder) : missing(folder)));
    }
    if (isMisnamed(path)) {
      throw new OperatorException(
          "could not read the tests of Java rules: the name of the file %s does not end in %s; %s"
              .formatted(Quoted.of(path), CasesReader.ENDING, renaming(path)));
    }
    if (Files.isDirectory(path)
        && RuleLoader.hasJar(path)
        && !SigmaDocuments.isIn(path)
        && !isIn(path)) {
      throw new OperatorException(
          "could not test the rules of the jar %s: the folder %s has no file that ends in %s; %s"
              .formatted(
                  Quoted.of(jars(path).get(0)),
                  Quoted.of(path),
                  CasesReader.ENDING,
                  missing(path)));
    }
  }

  private static String missing(Path folder) {
    List<Path> misnamed = misnamed(folder);
    return misnamed.isEmpty()
        ? "write a file such as %s, with the keys \"rule\" and \"tests\""
            .formatted(Quoted.of(folder.resolve("RULE-ID" + CasesReader.ENDING).normalize()))
        : renaming(misnamed.get(0));
  }

  private static String renaming(Path file) {
    return "rename %s to %s"
        .formatted(
            Quoted.of(file), Quoted.of(CasesReader.fileName(String.valueOf(file.getFileName()))));
  }

  private static List<Path> jars(Path folder) {
    return listed(folder, SigmaDocuments::isJar);
  }

  private static List<Path> misnamed(Path folder) {
    return Files.isDirectory(folder) ? listed(folder, RuleCases::isMisnamed) : List.of();
  }

  private static boolean isMisnamed(Path file) {
    return CasesReader.isMisnamed(file.toString())
        && !SigmaDocuments.isIn(file)
        && Files.isRegularFile(file);
  }

  private static List<Path> files(Path path) {
    if (!Files.isDirectory(path)) {
      return path.toString().endsWith(CasesReader.ENDING) ? List.of(path) : List.of();
    }
    return listed(path, file -> file.toString().endsWith(CasesReader.ENDING));
  }

  private static List<Path> listed(Path folder, Predicate<Path> wanted) {
    try (Stream<Path> in = Files.list(folder)) {
      return in.filter(wanted).sorted().toList();
    } catch (IOException e) {
      throw OperatorException.of(new UncheckedIOException(e));
    }
  }

  private static Map<String, Rule> rules(Path folder) {
    Map<String, Rule> rules = new LinkedHashMap<>(RuleCatalogue.builtIn().byId());
    for (RuleJar jar : RuleLoader.jarsIn(folder)) {
      jar.rules().forEach(each -> rules.put(each.info().id(), each.rule()));
    }
    return rules;
  }

  private void read(Path file, Map<String, Rule> rules) {
    size++;
    String shown = file.toString();
    try {
      CasesReader.Reading reading =
          CasesReader.read(shown, Files.readString(file, StandardCharsets.UTF_8));
      DocumentFault fault = reading.fault();
      Rule rule = rules.get(reading.rule());
      if (fault != null) {
        faults.add(fault);
      } else if (rule == null) {
        String nearest = NearestNames.similarAmong(rules.keySet(), reading.rule());
        faults.add(
            new DocumentFault(
                new SourceLine(shown, 1),
                "has tests of the rule %s, which no jar in the same folder contains"
                    .formatted(Quoted.of(reading.rule())),
                "put the jar of the rule into that folder, or correct the id"
                    + (nearest.isEmpty() ? "" : "; the nearest known rule is " + nearest)));
      } else {
        all.add(new OfRule(shown, rule, reading.tests()));
      }
    } catch (IOException e) {
      faults.add(
          new DocumentFault(
              new SourceLine(shown, 1),
              "cannot be read (" + Failures.message(e) + ")",
              "save the file as UTF-8, and give this process read access"));
    }
  }

  List<OfRule> all() {
    return all;
  }

  List<DocumentFault> faults() {
    return faults;
  }

  int size() {
    return size;
  }
}
