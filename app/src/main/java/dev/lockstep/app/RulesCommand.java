package dev.lockstep.app;

import dev.lockstep.detections.RuleInfo;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "rules",
    description = "The catalogue of rules.",
    subcommands = RulesCommand.Lister.class)
final class RulesCommand {
  private RulesCommand() {}

  @Command(name = "list", description = "Lists the rules: what each finds, and whether it runs.")
  static final class Lister implements Callable<Integer> {
    @Mixin private ConfigOption config = new ConfigOption();

    @Option(names = "--json", description = "Print a JSON array.")
    private boolean json;

    @Override
    public Integer call() {
      List<RuleState> states = Wiring.ruleStates(config.read());
      if (json) {
        System.out.println(asJson(states));
        return Main.DONE;
      }
      TextTable table =
          new TextTable("Rule", "Runs", "Out of step", "Keyed by", "Severities", "ATT&CK");
      for (RuleState state : states) {
        RuleInfo rule = state.rule();
        table.row(
            List.of(
                rule.id(),
                state.text(),
                rule.fallsOutOfStep(),
                rule.keyedBy(),
                String.join(", ", rule.severities()),
                String.join(", ", rule.techniques())));
      }
      table.print(System.out);
      return Main.DONE;
    }

    private static String asJson(List<RuleState> states) {
      return JsonText.of(
          json -> {
            json.writeStartArray();
            for (RuleState state : states) {
              RuleInfo rule = state.rule();
              json.writeStartObject();
              json.writeStringField("id", rule.id());
              json.writeNumberField("version", rule.version());
              json.writeStringField("title", rule.title());
              json.writeBooleanField("enabled", state.runs() != RuleState.Runs.OFF);
              state.write(json);
              json.writeStringField("outOfStep", rule.fallsOutOfStep());
              json.writeStringField("keyedBy", rule.keyedBy());
              JsonText.writeTexts(json, "reasons", rule.reasons());
              JsonText.writeTexts(json, "severities", rule.severities());
              JsonText.writeTexts(json, "gates", rule.gates());
              JsonText.writeTexts(json, "tactics", rule.tactics());
              JsonText.writeTexts(json, "techniques", rule.techniques());
              json.writeEndObject();
            }
            json.writeEndArray();
          });
    }
  }
}
