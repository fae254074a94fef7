package dev.lockstep.app.rules;

import dev.lockstep.app.setting.ConfigValue;
import dev.lockstep.app.setting.Section;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reader of the Sigma rules of a configuration, of published rules, or of a folder that a person
 * names. A running service uses it to read rules again; the configuration and the rules of jars
 * stay as they were at the start.
 */
public final class SigmaRulesReader {
  private final Section root;
  private final List<ConfigValue> folders;
  private final boolean isPublished;
  private final RuleCatalogue catalogue;
  private final String hash;

  SigmaRulesReader(
      Section root,
      List<ConfigValue> folders,
      boolean isPublished,
      RuleCatalogue catalogue,
      String hash) {
    this.root = root;
    this.folders = List.copyOf(folders);
    this.isPublished = isPublished;
    this.catalogue = catalogue;
    this.hash = hash;
  }

  /**
   * Returns whether the Sigma rules come from the topic of published rules. Until the topic has
   * some, they come from the folders.
   */
  public boolean isPublished() {
    return isPublished;
  }

  public boolean hasFolders() {
    return !folders.isEmpty();
  }

  /**
   * Reads the Sigma files of a folder that a person named. The names of the files start in that
   * folder.
   *
   * @throws OperatorException if the folder or a Sigma file in it cannot be read, or it has no
   *     Sigma file or too many
   */
  public static SigmaFiles filesOf(Path folder) {
    SigmaFiles read;
    try {
      read = SigmaFiles.read(Map.of(folder, ""));
    } catch (IOException e) {
      throw new OperatorException(
          "could not read the Sigma rules: the folder %s cannot be used (%s); name a folder that this process can read, with at most %d files that end in .yml"
              .formatted(Quoted.of(folder), Failures.message(e), SigmaDocuments.MOST_FILES),
          e);
    }
    SigmaFiles.SigmaFile unread = read.firstUnread();
    if (unread != null) {
      throw new OperatorException(
          "could not read the Sigma rules: the file %s %s; give this process read access"
              .formatted(Quoted.of(unread.shown()), unread.problem()));
    }
    if (read.size() == 0) {
      List<String> skipped = SigmaDocuments.skipped(folder);
      throw new OperatorException(
          "could not read the Sigma rules: the folder %s has no file that ends in .yml; %s"
              .formatted(
                  Quoted.of(folder), skipped.isEmpty() ? "name another folder" : skipped.get(0)));
    }
    SortedMap<String, byte[]> contents = new TreeMap<>();
    read.contents().forEach((name, content) -> contents.put(name.replace('\\', '/'), content));
    return SigmaFiles.of(contents);
  }

  /** Returns warnings about files of a folder that look like rules but are not published. */
  public static List<String> skippedIn(Path folder) {
    List<String> skipped = new ArrayList<>(SigmaDocuments.skipped(folder));
    if (RuleLoader.hasJar(folder)) {
      skipped.add(
          "the jars of %s are not published, because only files that end in .yml are published; name the folder of the jars in rules.directories of each instance"
              .formatted(Quoted.of(folder)));
    }
    return skipped;
  }

  /**
   * Returns warnings about files that look like rules but are not read, and about folders without
   * rules.
   */
  public List<String> skipped() {
    List<String> skipped = new ArrayList<>();
    for (ConfigValue folder : folders) {
      List<String> files = SigmaDocuments.skipped(folder.path());
      skipped.addAll(files);
      if (files.isEmpty() && SigmaFolders.isEmpty(folder)) {
        skipped.add(
            "the folder %s of rules.directories has no file that ends in .yml and no jar; put rules into it, or remove it from rules.directories"
                .formatted(Quoted.of(folder.path())));
      }
    }
    return skipped;
  }

  /**
   * Returns a remark that published rules are not shown, or an empty text if the configuration
   * takes no published rules. It is for commands that read only the configuration and its folders.
   */
  public String notShown() {
    return isPublished
        ? "rules.topic is true: rules that \"lockstep rules publish\" sent to the topic are not"
            + " shown here; the log of a running service lists what changed with each new set"
        : "";
  }

  /**
   * Returns the hash of the Sigma files and the files with placeholders that were read at the
   * start.
   */
  public String hash() {
    return hash;
  }

  /**
   * Returns a text that changes whenever a Sigma file in the configured folders may have changed.
   * Files with placeholders count too.
   */
  public String look() {
    return SigmaFolders.look(folders);
  }

  /**
   * Reads the Sigma files, and the files with values for placeholders, in the configured folders.
   *
   * @throws OperatorException if a folder cannot be read
   */
  public SigmaFiles files() {
    return SigmaFolders.read(folders);
  }

  /**
   * Returns all rules, with the Sigma rules of the given files in place of the configured Sigma
   * rules.
   *
   * @throws OperatorException if a file has a fault, or a rule does not fit the configuration
   */
  public ConfiguredRules rules(SigmaFiles files) {
    return rules(
        files,
        isPublished || folders.isEmpty()
            ? List.of(named("rules.topic", "true", "the topic of published rules"))
            : folders);
  }

  /**
   * Returns all rules, with the Sigma rules of a folder from the command line in place of the
   * configured Sigma rules.
   *
   * @throws OperatorException if a file has a fault, or a rule does not fit the configuration
   */
  public ConfiguredRules rulesOf(SigmaFiles files, Path folder) {
    return rules(files, List.of(named("DIR", folder.toString(), "the command line")));
  }

  private static ConfigValue named(String key, String value, String origin) {
    return new ConfigValue(key, value, value, origin, Path.of(""));
  }

  private ConfiguredRules rules(SigmaFiles files, List<ConfigValue> named) {
    RuleCatalogue next = catalogue.with(SigmaFolders.compile(files, named), named);
    return RulesReader.read(root, RulesReader.keys(next), next).readBy(this);
  }
}
