package dev.lockstep.app.cli;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.config.MissingNetworks;
import dev.lockstep.app.option.CaptureOptions;
import dev.lockstep.app.option.ConfigOption;
import dev.lockstep.app.option.TimeRangeOptions;
import dev.lockstep.app.replay.Replay;
import dev.lockstep.app.sweep.SettingSweep;
import dev.lockstep.app.sweep.SweepText;
import dev.lockstep.app.sweep.SweptSetting;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.wiring.Wiring;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Command {@code sweep}, which shows how many findings a rule has for each of several values of one
 * of its settings.
 */
@Command(
    name = "sweep",
    description = {
      "Replays logs once, and shows how many findings a rule has for each value of one of its"
          + " settings.",
      "For each value, the number is the same as in a replay with only this setting changed. Exit"
          + " codes are those of the command replay."
    })
public final class SweepCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();

  @Mixin private TimeRangeOptions range = new TimeRangeOptions();

  @Option(
      names = "--set",
      required = true,
      paramLabel = "RULE.SETTING=VALUES",
      description =
          "Setting and its values, as a range FROM..TO:STEP or a list with commas, such as"
              + " impossible-travel.maxSpeedKmh=600..1200:50.")
  private String set = "";

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Mixin private CaptureOptions input = new CaptureOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    Config read = config.read();
    SweptSetting swept;
    try {
      swept = SweptSetting.parse(set, read.rules());
    } catch (OperatorException e) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
    SettingSweep sweep =
        new SettingSweep(
            swept, read.rules(), Wiring.enrichment(read), range.from(), range.to(), read.limits());
    input.refuseMissing(); // before the warning, which is about a replay
    String missing = MissingNetworks.warning(read);
    if (missing != null) {
      System.err.println(missing);
    }
    SettingSweep.Outcome outcome = run(sweep);
    SweepText text = new SweepText(outcome);
    if (json) {
      System.out.println(text.json());
    } else {
      text.print(System.out, spec.usageMessage().width());
    }
    Replay.Result result = outcome.result();
    if (result.counts().total().read() == 0) {
      System.err.println(ReplayCommand.nothing(result, input.paths()));
    }
    return ReplayCommand.end(result, System.err);
  }

  private SettingSweep.Outcome run(SettingSweep sweep) {
    try {
      return sweep.run(input.paths(), System.in, input.progress());
    } catch (IOException | UncheckedIOException e) {
      throw OperatorException.of(e);
    }
  }
}
