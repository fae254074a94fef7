package dev.lockstep.app.cli;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.option.ConfigOption;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.rules.ConfiguredRule;
import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.WrappedText;
import dev.lockstep.app.tune.Promotion;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.schemas.text.Quoted;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Command {@code rules promote}, which shows what a rule in shadow would have sent. */
@Command(
    name = "promote",
    description = {
      "Shows which findings a rule in shadow would have sent.",
      "Also shows which of these findings would be held back by exceptions, and which are confirmed"
          + " by alerts of Defender. Changes nothing."
    })
final class RulesPromoteCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "ID",
      description = "Id of the rule, as the command \"rules list\" shows it.")
  private String id = "";

  @Option(
      names = "--from",
      paramLabel = "FILE",
      required = true,
      description =
          "File of detections that \"replay --output\" wrote, or file with rows of the topic"
              + " lockstep.detections; give - for standard input.")
  private String from = "";

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    Config read = config.read();
    Path file = config.file();
    Path parent = file == null ? null : file.getParent();
    Promotion promotion =
        new Promotion(
            rule(read.rules(), id, "promote"),
            from,
            Wiring.enrichment(read).exceptions(),
            parent == null ? Path.of("") : parent);
    if (json) {
      System.out.println(promotion.json());
    } else {
      promotion.print(new WrappedText(System.out, spec.usageMessage().width()));
    }
    return ExitCode.DONE;
  }

  static ConfiguredRule rule(ConfiguredRules rules, String id, String verb) {
    ConfiguredRule rule = rules.rule(id);
    if (rule == null) {
      String nearest = NearestNames.similarAmong(rules.ids(), id);
      throw new OperatorException(
          "could not %s the rule: the configuration has no rule with the id %s%s; correct the id, or add the folder of the rule to rules.directories, since replay --rule adds a rule for one run only"
              .formatted(
                  verb,
                  Quoted.of(id),
                  nearest.isEmpty() ? "" : ", and the nearest is " + Quoted.of(nearest)));
    }
    return rule;
  }
}
