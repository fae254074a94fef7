package dev.lockstep.app;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.detections.RuleInfo;
import java.io.IOException;
import java.io.StringWriter;
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
    public Integer call() throws IOException {
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

    private static String asJson(Config config) throws IOException {
      StringWriter text = new StringWriter();
      try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
        json.writeStartArray();
        for (RuleInfo rule : RuleInfo.all()) {
          json.writeStartObject();
          json.writeStringField("id", rule.id());
          json.writeNumberField("version", rule.version());
          json.writeStringField("title", rule.title());
          json.writeBooleanField("enabled", enabled(config, rule));
          json.writeStringField("outOfStep", rule.fallsOutOfStep());
          json.writeStringField("keyedBy", rule.keyedBy());
          writeArray(json, "reasons", rule.reasons());
          writeArray(json, "severities", rule.severities());
          writeArray(json, "gates", rule.gates());
          writeArray(json, "tactics", rule.tactics());
          writeArray(json, "techniques", rule.techniques());
          json.writeEndObject();
        }
        json.writeEndArray();
      }
      return text.toString();
    }

    private static void writeArray(JsonGenerator json, String name, List<String> words)
        throws IOException {
      json.writeArrayFieldStart(name);
      for (String word : words) {
        json.writeString(word);
      }
      json.writeEndArray();
    }
  }
}
