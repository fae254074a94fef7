package dev.lockstep.app.cli;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.config.ConfigSchema;
import dev.lockstep.app.option.ConfigOption;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.setting.EffectiveValue;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.app.terminal.TextTable;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Command group {@code config}, with the commands {@code show} and {@code schema}. */
@Command(
    name = "config",
    description = "Shows the configuration: the values in effect, and a JSON Schema of the keys.",
    subcommands = {ConfigCommand.Shower.class, ConfigCommand.Schema.class})
public final class ConfigCommand {
  private ConfigCommand() {}

  /** Command {@code config show}, which prints the values in effect. */
  @Command(
      name = "show",
      description = {
        "Shows each value that is in effect, and its origin: file and line, environment variable,"
            + " or default.",
        "Secrets are not printed."
      })
  static final class Shower implements Callable<Integer> {
    @Mixin private ConfigOption config = new ConfigOption();

    @Option(names = "--json", description = "Print a JSON array.")
    private boolean json;

    @Override
    public Integer call() {
      List<EffectiveValue> values = Config.effectiveValues(config.file(), System.getenv());
      if (json) {
        System.out.println(
            JsonText.objects(
                values,
                (out, value) -> {
                  out.writeStringField("key", value.key());
                  out.writeStringField("value", value.value());
                  out.writeStringField("origin", value.origin());
                }));
        return ExitCode.DONE;
      }
      TextTable table = new TextTable("Key", "Value", "Origin").whole("Key");
      for (EffectiveValue value : values) {
        table.row(List.of(value.key(), value.value(), value.origin()));
      }
      table.print(System.out);
      return ExitCode.DONE;
    }
  }

  /** Command {@code config schema}, which prints the JSON Schema of the configuration. */
  @Command(
      name = "schema",
      description = {
        "Prints the JSON Schema of lockstep.yaml for an editor.",
        "The schema has the settings of the built-in rules, and of the rules in jars that a"
            + " configuration names."
      })
  static final class Schema implements Callable<Integer> {
    @Mixin private ConfigOption config = new ConfigOption();

    @Override
    public Integer call() {
      System.out.println(ConfigSchema.of(config.read().rules().catalogue()));
      return ExitCode.DONE;
    }
  }
}
