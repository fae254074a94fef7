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
      Config read = config.read();
      if (json) {
        System.out.println(asJson(read));
        return Main.DONE;
      }
      TextTable table =
          new TextTable("Rule", "Runs", "Out of step", "Keyed by", "Severities", "ATT&CK");
      for (RuleInfo rule : RuleInfo.all()) {
        table.row(
            List.of(
                rule.id(),
                enabled(read, rule) ? "yes" : "no",
                rule.fallsOutOfStep(),
                rule.keyedBy(),
                String.join(", ", rule.severities()),
                String.join(", ", rule.techniques())));
      }
      table.print(System.out);
      return Main.DONE;
    }

    private static boolean enabled(Config config, RuleInfo rule) {
      Config.Rules rules = config.rules();
      return switch (rule.id()) {
        case "impossible-travel" -> rules.impossibleTravel().enabled();
        case "token-replay" -> rules.tokenReplay().enabled();
        case "partner-ip-drift" -> rules.partnerIpDrift().enabled();
        case "defender-corroboration" -> rules.defenderCorroboration().enabled();
        default -> true;
      };
    }

    private static String asJson(Config config) {
      return JsonText.of(
          json -> {
            json.writeStartArray();
            for (RuleInfo rule : RuleInfo.all()) {
              json.writeStartObject();
              json.writeStringField("id", rule.id());
              json.writeNumberField("version", rule.version());
              json.writeStringField("title", rule.title());
              json.writeBooleanField("enabled", enabled(config, rule));
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
