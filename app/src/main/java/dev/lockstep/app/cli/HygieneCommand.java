package dev.lockstep.app.cli;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.estate.Hygiene;
import dev.lockstep.app.estate.HygieneSurvey;
import dev.lockstep.app.option.CaptureOptions;
import dev.lockstep.app.option.ConfigOption;
import dev.lockstep.app.option.TimeRangeOptions;
import dev.lockstep.app.replay.SortedCapture;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.app.wiring.Wiring;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Command {@code hygiene}, which lists weak settings that captured logs reveal, such as old keys.
 */
@Command(
    name = "hygiene",
    description = {
      "Reads captured logs and lists weak settings that should be improved but are no alerts.",
      "These are keys that should be replaced, workloads that sign in with secrets, partner ranges"
          + " that never occur, gateways without identity links, sign-ins to listed applications"
          + " without a policy, calls that bypass Front Door, and standing role holders who never"
          + " used the role.",
      "Exit code 3: done, but some input was rejected."
    })
public final class HygieneCommand implements Callable<Integer> {
  private static final int MOST_DAYS = 3_650;

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(
      names = "--rotation",
      paramLabel = "DAYS",
      defaultValue = "90",
      description = "Age in days after which a key should be replaced (default: 90).")
  private long rotation; // long, so that the range is checked here

  @Mixin private TimeRangeOptions range = new TimeRangeOptions();

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Mixin private CaptureOptions input = new CaptureOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    if (rotation < 1 || rotation > MOST_DAYS) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "could not use --rotation: %d is out of range; give 1 to %d days"
              .formatted(rotation, MOST_DAYS));
    }
    Config read = config.read();
    HygieneSurvey survey = new HygieneSurvey(Wiring.enrichment(read), Duration.ofDays(rotation));
    Progress progress = input.progress();
    try (SortedCapture capture =
        new SortedCapture(read.limits(), read.rules().rawFields(), range.from(), range.to())) {
      capture.read(input.paths(), System.in, progress);
      capture.forEach("looking for weak settings", progress, survey::add);
      Hygiene found = survey.result();
      if (json) {
        System.out.println(found.json());
      } else {
        found.print(System.out);
      }
      return input.end(capture.counts());
    } catch (IOException | UncheckedIOException e) {
      throw OperatorException.of(e);
    }
  }
}
