package dev.lockstep.app.cli;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.estate.EstateProposal;
import dev.lockstep.app.estate.EstateSurvey;
import dev.lockstep.app.estate.EstateTrials;
import dev.lockstep.app.estate.SuggestedEstate;
import dev.lockstep.app.file.PersonalFile;
import dev.lockstep.app.option.CaptureOptions;
import dev.lockstep.app.option.ConfigOption;
import dev.lockstep.app.option.TimeRangeOptions;
import dev.lockstep.app.replay.SortedCapture;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.app.terminal.StandardOutput;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.enrichment.Enrichment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Command {@code estate suggest}, which reads captured logs and proposes the configuration section
 * {@code estate}: gateways, applications, privileged operations and key vaults.
 */
@Command(
    name = "suggest",
    description = {
      "Reads captured logs and proposes the section \"estate\" of the configuration.",
      "The section has gateways with their hosts and Front Door ids, applications that users"
          + " call, privileged operations with the users who do them, and key vaults. Each entry"
          + " has comments with its counts, and with the findings of a replay with this entry. Doubtful"
          + " entries are commented out.",
      "Exit code 3: done, but some input was rejected."
    })
public final class EstateSuggestCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "File to write (default: standard output).")
  private @Nullable Path output;

  @Mixin private TimeRangeOptions range = new TimeRangeOptions();

  @Option(names = "--json", description = "Write one JSON object instead of YAML.")
  private boolean json;

  @Mixin private CaptureOptions input = new CaptureOptions();

  @Override
  public Integer call() {
    Config read = config.read();
    Path file = StandardOutput.isNamed(output) ? null : output;
    if (file != null) {
      input.checkApart(file, "--output", config.file(), read, Map.of());
      PersonalFile.check(file);
    }
    Enrichment enrichment = Wiring.enrichment(read);
    EstateSurvey survey = new EstateSurvey(enrichment);
    Progress progress = input.progress();
    try (SortedCapture capture =
        new SortedCapture(read.limits(), read.rules().rawFields(), range.from(), range.to())) {
      capture.read(input.paths(), System.in, progress);
      capture.forEach("surveying the estate", progress, survey::add);
      SuggestedEstate suggested =
          new SuggestedEstate(
              EstateProposal.of(survey),
              new EstateTrials(capture, read.rules(), enrichment, progress));
      write(file, json ? suggested.json() + "\n" : suggested.yaml());
      if (survey.leftOut() > 0) {
        System.err.printf(
            Locale.ROOT,
            "some events were left out, wholly or in part (omissions: %,d), because memory for"
                + " events is limited; read a shorter period with --from and --to%n",
            survey.leftOut());
      }
      return input.end(capture.counts());
    } catch (IOException | UncheckedIOException e) {
      throw OperatorException.of(e);
    }
  }

  private static void write(@Nullable Path file, String text) {
    if (file == null) {
      System.out.print(text);
      System.out.flush();
    } else {
      PersonalFile.write(file, text); // comments name people
    }
  }
}
