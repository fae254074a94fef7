package dev.lockstep.app.option;

import dev.lockstep.app.authoring.LintReport;
import dev.lockstep.app.compare.DetectionFilter;
import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.rules.RuleLoader;
import dev.lockstep.app.rules.SigmaDocuments;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.schemas.text.Quoted;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Options {@code --rule} and {@code --severity} of a replay, by which a person selects findings.
 * {@code --rule} can also add the rules of a file, folder or jar.
 */
public final class ReplayRuleOptions {
  private static final String ENDING = ".yml";
  private static final String JAR = ".jar";

  @Option(
      names = "--rule",
      paramLabel = "ID|PATH",
      split = ",",
      description =
          "An id shows only findings of that rule. A file that ends in .yml, a folder with such"
              + " files, or a jar adds its rules, and shows how often they fire and which findings"
              + " change. Separate several values with commas.")
  private List<String> rules = List.of();

  @Mixin private SeverityOption severity = new SeverityOption();

  public DetectionFilter filter() {
    return new DetectionFilter(Set.copyOf(ids()), severity.severities());
  }

  /**
   * Returns whether a value of the option {@code --rule} is taken as a path, and not as the id of a
   * rule.
   */
  public static boolean isPath(String rule) {
    return rule.endsWith(ENDING)
        || rule.endsWith(JAR)
        || isFolder(rule)
        || (rule.contains(".") && Files.exists(Path.of(rule))); // no id has a dot
  }

  private static boolean isFolder(String rule) {
    Path path = Path.of(rule);
    boolean isWord = path.toString().equals(rule) && path.getNameCount() == 1;
    // a word is the id of a rule if the folder has no rules, as one of rules new --java
    return Files.isDirectory(path)
        && (!isWord || SigmaDocuments.isIn(path) || RuleLoader.hasJar(path));
  }

  private List<String> ids() {
    return rules.stream().filter(rule -> !isPath(rule)).toList();
  }

  public List<String> paths() {
    return rules.stream().filter(ReplayRuleOptions::isPath).toList();
  }

  public static boolean isJar(String path) {
    return path.endsWith(JAR);
  }

  /**
   * Returns the jars and Sigma files at the given paths. A path is a jar, a Sigma file or a folder
   * of Sigma files. Mistakes because of which a rule may find nothing are printed on standard
   * error.
   *
   * @throws OperatorException if a path is empty, or there is no such file
   */
  public static List<Path> added(List<String> paths) {
    if (paths.stream().anyMatch(String::isBlank)) {
      throw new OperatorException(
          "could not use --rule: a value is empty; name a file or a folder");
    }
    List<Path> documents = new ArrayList<>();
    List<Path> added = new ArrayList<>();
    paths.forEach(path -> (isJar(path) ? added : documents).add(Path.of(path)));
    for (Path jar : added) {
      if (!Files.isRegularFile(jar)) {
        throw new OperatorException(
            "could not add the rules of a jar: there is no file %s; name an existing jar"
                .formatted(Quoted.of(jar)));
      }
    }
    for (Path path : documents) {
      if (Files.isDirectory(path) && !SigmaDocuments.isIn(path) && RuleLoader.hasJar(path)) {
        throw new OperatorException(
            "could not add the rules of the folder %s: it has jars, but no file that ends in .yml; name each jar"
                .formatted(Quoted.of(path)));
      }
    }
    if (!documents.isEmpty()) {
      SigmaDocuments read = SigmaDocuments.of(documents);
      read.skipped().forEach(System.err::println);
      LintReport.mistakes(read).forEach(System.err::println);
      added.addAll(read.paths().values());
    }
    return added;
  }

  /**
   * Returns a message about an unknown rule id in the option {@code --rule}, or null if all ids are
   * known.
   */
  public @Nullable String problem(ConfiguredRules known) {
    for (String rule : ids()) {
      if (!known.idsWithCandidates().contains(rule)) {
        String nearest = NearestNames.similarAmong(known.idsWithCandidates(), rule);
        return "could not use --rule: there is no rule %s, and no file or folder of that name with rules; %s"
            .formatted(
                Quoted.of(rule),
                nearest.isEmpty()
                    ? "name a rule that %s lists, or an existing file or folder"
                        .formatted(ShellCommand.call("rules list"))
                    : "did you mean the rule " + nearest + "?");
      }
    }
    return null;
  }
}
