package dev.lockstep.app.rules;

import dev.lockstep.app.setting.ConfiguredValue;
import dev.lockstep.app.setting.Section;
import dev.lockstep.app.terminal.OperatorException;
import java.util.List;

/**
 * Source of the Sigma rules of a configuration, from which a running service reads them again. All
 * else is as it was read at the start: the configuration, and the rules of jars.
 */
public final class SigmaSource {
  private final Section root;
  private final List<ConfiguredValue> folders;
  private final RuleCatalogue catalogue;
  private final String hash;

  SigmaSource(Section root, List<ConfiguredValue> folders, RuleCatalogue catalogue, String hash) {
    this.root = root;
    this.folders = List.copyOf(folders);
    this.catalogue = catalogue;
    this.hash = hash;
  }

  /** Returns the hash of the files that were read at the start. */
  public String hash() {
    return hash;
  }

  /** Returns a text that differs when files in the folders may have changed. */
  public String look() {
    return SigmaFolders.look(folders);
  }

  /**
   * Reads the files of the folders.
   *
   * @throws OperatorException if a folder cannot be read
   */
  public SigmaFiles files() {
    return SigmaFolders.read(folders);
  }

  /**
   * Returns all rules, with the Sigma rules of files.
   *
   * @throws OperatorException if a file has a fault, or a rule does not fit the configuration
   */
  public ConfiguredRules rules(SigmaFiles files) {
    ConfiguredValue named = folders.get(0);
    RuleCatalogue next = catalogue.with(SigmaFolders.compile(files, named), named);
    return RulesReader.read(root, next).readBy(this);
  }
}
