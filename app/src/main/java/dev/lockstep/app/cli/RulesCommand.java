package dev.lockstep.app.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.option.ConfigOption;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.rules.AttackLayer;
import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.rules.RuleLoader;
import dev.lockstep.app.rules.RuleStatus;
import dev.lockstep.app.rules.RuleText;
import dev.lockstep.app.rules.SigmaDocuments;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.app.terminal.TextTable;
import dev.lockstep.app.terminal.WrappedText;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Command group {@code rules}, with commands to show, write, test, publish and tune rules. */
@Command(
    name = "rules",
    description = "Shows the rules, and helps to write, test and tune rules.",
    subcommands = {
      RulesCommand.Lister.class,
      RulesCommand.Shower.class,
      RulesLintCommand.class,
      RulesTestCommand.class,
      RulesDocsCommand.class,
      RulesPromoteCommand.class,
      RulesPublishCommand.class,
      RulesTuneCommand.class,
      RulesNewCommand.class
    })
public final class RulesCommand {
  private RulesCommand() {}

  /** Command {@code rules list}, which lists the rules. */
  @Command(
      name = "list",
      description = "Lists the rules: what each one finds, and whether it runs.")
  static final class Lister implements Callable<Integer> {
    @Mixin private ConfigOption config = new ConfigOption();

    @Option(names = "--json", description = "Print a JSON array.")
    private boolean json;

    @Option(
        names = "--navigator",
        description = "Print a layer for the ATT&CK Navigator with the techniques of the rules.")
    private boolean navigator;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      if (json && navigator) {
        throw new CommandLine.ParameterException(
            spec.commandLine(),
            "could not use --json and --navigator together; leave out one of the two");
      }
      Config read = config.read();
      List<RuleStatus> states = Wiring.ruleStates(read);
      read.rules().skipped().forEach(spec.commandLine().getErr()::println);
      if (!read.rules().notShown().isEmpty()) {
        spec.commandLine().getErr().println(read.rules().notShown());
      }
      if (navigator) {
        System.out.println(AttackLayer.of(states));
        return ExitCode.DONE;
      }
      if (json) {
        System.out.println(JsonText.objects(states, RulesCommand::write));
        return ExitCode.DONE;
      }
      TextTable table =
          new TextTable("Rule", "Origin", "Correlates", "Severities", "Runs").whole("Rule");
      for (RuleStatus state : states) {
        RuleInfo rule = state.rule().info();
        table.row(
            List.of(
                rule.id(),
                state.rule().entry().origin(),
                rule.correlates(),
                String.join(", ", RuleText.severities(rule)),
                state.text()));
      }
      table.print(System.out);
      return ExitCode.DONE;
    }
  }

  /** Command {@code rules show}, which prints the description of one rule. */
  @Command(
      name = "show",
      description =
          "Shows the description of a rule, and each of its settings with the place where it is"
              + " set.")
  static final class Shower implements Callable<Integer> {
    @Parameters(
        paramLabel = "ID",
        description = "Id of the rule, as the command \"rules list\" shows it.")
    private String id = "";

    @Mixin private ConfigOption config = new ConfigOption();

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      Config read = config.read();
      RuleStatus state =
          Wiring.ruleStates(read).stream()
              .filter(each -> each.rule().id().equals(id))
              .findFirst()
              .orElseThrow(() -> none(read.rules()));
      if (json) {
        System.out.println(
            JsonText.object(
                out -> {
                  write(out, state);
                  RuleText.writeDetails(out, state.rule());
                }));
      } else {
        new RuleText(state).print(new WrappedText(System.out, spec.usageMessage().width()));
      }
      return ExitCode.DONE;
    }

    private OperatorException none(ConfiguredRules rules) {
      String nearest = NearestNames.similarAmong(rules.idsWithCandidates(), id);
      return new OperatorException(
          "could not show the rule %s: there is no rule with that id; %s"
              .formatted(
                  Quoted.of(id),
                  nearest.isEmpty()
                      ? "name one that %s lists".formatted(ShellCommand.call("rules list"))
                      : "the nearest is " + Quoted.of(nearest)));
    }
  }

  /**
   * Returns the given paths, or the configured folders if none are given. A configured folder that
   * has jars, but no Sigma rules, is left out.
   *
   * @param alsoTaken predicate that is true for a folder that is taken although it has jars and no
   *     Sigma rules
   * @throws CommandLine.ParameterException if no path is given and no configured folder is left
   */
  static List<Path> orConfigured(
      List<Path> paths, @Nullable Path config, Predicate<Path> alsoTaken, CommandSpec spec) {
    if (!paths.isEmpty()) {
      return paths;
    }
    Path here = Path.of("").toAbsolutePath();
    List<Path> configured = Config.ruleFolders(config, System.getenv());
    List<Path> folders =
        configured.stream()
            .filter(
                folder ->
                    SigmaDocuments.isIn(folder)
                        || !RuleLoader.hasJar(folder)
                        || alsoTaken.test(folder))
            .map(folder -> folder.toAbsolutePath().normalize())
            .map(folder -> folder.startsWith(here) ? here.relativize(folder) : folder)
            .toList();
    if (folders.isEmpty()) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "could not find Sigma rules: no PATH is given, and %s; name a file or folder, such as %s my-rules/"
              .formatted(
                  !configured.isEmpty()
                      ? "the folders of rules.directories have only jars, without a file of Sigma"
                          + " rules or tests"
                      : config == null
                          ? "there is no lockstep.yaml"
                          : Quoted.of(config) + " names no rules.directories",
                  spec.qualifiedName()));
    }
    return folders;
  }

  private static void write(JsonGenerator json, RuleStatus state) throws IOException {
    RuleInfo rule = state.rule().info();
    json.writeStringField("id", rule.id());
    json.writeNumberField("version", rule.version());
    json.writeStringField("title", rule.title());
    json.writeStringField("origin", state.rule().entry().origin());
    json.writeBooleanField("enabled", state.runs() != RuleStatus.Runs.OFF);
    state.write(json);
    json.writeStringField("correlates", rule.correlates());
    json.writeStringField("keyedBy", RuleText.keyedBy(rule));
    JsonText.writeTexts(json, "reasons", rule.reasons());
    JsonText.writeTexts(json, "severities", RuleText.severities(rule));
    JsonText.writeTexts(json, "gates", rule.gates());
    JsonText.writeTexts(json, "tactics", rule.tactics());
    JsonText.writeTexts(json, "techniques", rule.techniques());
  }
}
