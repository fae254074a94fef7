package dev.lockstep.app.cli;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.option.CaptureOptions;
import dev.lockstep.app.option.ConfigOption;
import dev.lockstep.app.option.TimeRangeOptions;
import dev.lockstep.app.replay.SortedCapture;
import dev.lockstep.app.suggest.AlertedAddresses;
import dev.lockstep.app.suggest.NetworkSurvey;
import dev.lockstep.app.suggest.RowTrials;
import dev.lockstep.app.suggest.SuggestedNetworksText;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.enrichment.Enrichment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Command {@code networks suggest}, which suggests rows for the networks file. */
@Command(
    name = "suggest",
    description = {
      "Reads captured logs and suggests rows that the networks file may lack.",
      "Each row is judged by replaying the logs with and without it. The row shows the findings"
          + " that it would suppress. A row that would suppress a High finding, or that contains an"
          + " address of a Defender alert, is commented out.",
      "Standard output has the rows as a networks file, standard error has a table. Read each"
          + " row before you use it.",
      "Exit code 3: done, but some input was rejected."
    })
public final class NetworksSuggestCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();

  @Option(
      names = "--min-users",
      paramLabel = "N",
      defaultValue = "10",
      description =
          "Suggest an address or prefix only if it has at least this number of different users, or"
              + " is a proxy (default: 10).")
  private int minUsers;

  @Mixin private TimeRangeOptions range = new TimeRangeOptions();

  @Option(names = "--json", description = "Print a JSON array instead of rows and table.")
  private boolean json;

  @Mixin private CaptureOptions input = new CaptureOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    if (minUsers < 2) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "could not use --min-users: %d is below 2; give 2 or more".formatted(minUsers));
    }
    Config read = config.read();
    Enrichment enrichment = Wiring.enrichment(read);
    Progress progress = input.progress();
    try (SortedCapture capture =
        new SortedCapture(read.limits(), read.rules().rawFields(), range.from(), range.to())) {
      capture.read(input.paths(), System.in, progress);
      NetworkSurvey survey = new NetworkSurvey(enrichment, minUsers);
      AlertedAddresses alerts = new AlertedAddresses();
      capture.forEach(
          "surveying networks",
          progress,
          activity -> {
            survey.add(activity);
            alerts.add(activity);
          });
      RowTrials trials = new RowTrials(capture, read.rules(), enrichment, alerts, progress);
      print(trials.judge(survey.suggestions()));
      if (survey.leftOut() > 0) {
        System.err.printf(
            Locale.ROOT,
            "The survey is incomplete, because its memory for addresses and prefixes was full. To"
                + " make room, it dropped addresses and prefixes of a single user or client. Where"
                + " that was not enough, it did not count new addresses and prefixes. Number of"
                + " times that an address or prefix was dropped or not counted: %,d. Rows may be"
                + " missing, and numbers may be too low. To count all, read a shorter period with"
                + " --from and --to.%n",
            survey.leftOut());
      }
      return input.end(capture.counts());
    } catch (IOException | UncheckedIOException e) {
      throw OperatorException.of(e);
    }
  }

  private void print(RowTrials.Judged judged) {
    SuggestedNetworksText suggested = new SuggestedNetworksText(judged);
    if (json) {
      System.out.println(suggested.json());
      return;
    }
    System.out.print(suggested.file());
    System.out.flush();
    suggested.printTable(System.err);
  }
}
