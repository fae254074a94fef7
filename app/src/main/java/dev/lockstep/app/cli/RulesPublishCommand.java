package dev.lockstep.app.cli;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.kafka.LatestRules;
import dev.lockstep.app.kafka.PublishedRules;
import dev.lockstep.app.option.ConfigOption;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.rules.RuleChanges;
import dev.lockstep.app.rules.SigmaFiles;
import dev.lockstep.app.rules.SigmaRulesReader;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.schemas.text.Quoted;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Command {@code rules publish}, which shows what changes in a set of Sigma rules and publishes it
 * to a topic.
 */
@Command(
    name = "publish",
    description = {
      "Publishes the Sigma rules of a folder to a topic. Instances whose configuration sets"
          + " rules.topic to true take their rules from that topic.",
      "Shows which rules are new, gone or changed, and which lose their state."
    })
final class RulesPublishCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "Folder with files that end in .yml.")
  private Path folder = Path.of("");

  @Option(names = "--dry-run", description = "Show what would change, but publish nothing.")
  private boolean dryRun;

  @Mixin private ConfigOption config = new ConfigOption();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    Config read = config.read();
    // Rules that cannot be loaded have made the reading of the configuration fail.
    SigmaRulesReader sigma = Objects.requireNonNull(read.rules().sigma());
    SigmaFiles files = SigmaRulesReader.filesOf(folder);
    SigmaRulesReader.skippedIn(folder).forEach(spec.commandLine().getErr()::println);
    ConfiguredRules next = sigma.rulesOf(files, folder);
    ConfiguredRules published = published(read, sigma);
    // Until a set is published, the rules of the folders are in force.
    ConfiguredRules before = published == null ? read.rules() : published;
    String changes = changes(RuleChanges.between(before, next), published == null);
    if (!dryRun) {
      String topic = PublishedRules.publish(read.kafka(), files.contents(), files.hash());
      System.out.printf(
          "published %s to %s, hash %s%n",
          DisplayFormat.count(files.size(), "file"), topic, files.hash());
    }
    System.out.println((dryRun ? "not published; " : "") + Quoted.visible(changes));
    if (!sigma.isPublished()) {
      spec.commandLine()
          .getErr()
          .println(
              "the configuration of this command does not set rules.topic to true; an instance"
                  + " takes published rules only if its own configuration sets rules.topic to true");
    }
    return ExitCode.DONE;
  }

  /**
   * Returns text that says which rules are new, gone or changed, and with which earlier rules they
   * were compared.
   */
  static String changes(RuleChanges changes, boolean isFirst) {
    return (isFirst
            ? "compared with the rules of rules.directories, because this version can read no"
                + " published set: "
            : "compared with the set that was published before: ")
        + changes.text();
  }

  private static @Nullable ConfiguredRules compiled(SigmaRulesReader sigma, SigmaFiles files) {
    try {
      return sigma.rules(files);
    } catch (OperatorException e) {
      return null;
    }
  }

  private static @Nullable ConfiguredRules published(Config config, SigmaRulesReader sigma) {
    SigmaFiles latest = LatestRules.files(config);
    return latest == null ? null : compiled(sigma, latest);
  }
}
