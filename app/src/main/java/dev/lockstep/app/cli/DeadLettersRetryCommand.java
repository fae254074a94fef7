package dev.lockstep.app.cli;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.deadletter.DeadLetterTopic;
import dev.lockstep.app.kafka.LatestRules;
import dev.lockstep.app.option.ConfigOption;
import dev.lockstep.app.option.DeadLetterOptions;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.app.terminal.TextTable;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.ingest.kafka.DeadLetterReader;
import dev.lockstep.ingest.kafka.DeadLetterRetry;
import dev.lockstep.ingest.kafka.KafkaSourceConfig;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.raw.RawFieldPlan;
import dev.lockstep.schemas.text.Quoted;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Command {@code dead-letters retry}, which reads the records of dead letters again, and gives
 * those that can be read now to the rules.
 */
@Command(
    name = "retry",
    description = {
      "Reads dead letters of sources again, from their bytes or from the source. Records that can"
          + " be read now go to the rules. Rows that a sink refused are not sent again.",
      "Exit code 3: done, but some dead letters remain."
    })
final class DeadLettersRetryCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();

  @Mixin private DeadLetterOptions wanted = new DeadLetterOptions();

  @Parameters(
      arity = "0..*",
      paramLabel = "ID",
      description = "Ids of the dead letters to retry (default: all that were not retried yet).")
  private List<String> ids = List.of();

  @Option(names = "--json", description = "Print a JSON object.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    Set<DeadLetterReader.Id> asked = new HashSet<>();
    ids.forEach(id -> asked.add(DeadLetterOptions.id(spec, id)));
    Config read = config.read();
    Predicate<DeadLetterReader.Entry> chosen =
        entry ->
            entry.letter() != null
                && wanted.includes(entry.letter())
                && (asked.isEmpty() || asked.contains(entry.id()));
    RawFieldPlan raw = LatestRules.rawFields(read);
    List<DeadLetterRetry.Result> results = new ArrayList<>();
    DeadLetterTopic.use(
        read,
        false,
        reader -> {
          checkKnown(asked, reader);
          results.add(
              new DeadLetterRetry(
                      reader,
                      read.limits(),
                      () -> raw,
                      name -> source(read, name),
                      InstantSource.system())
                  .run(chosen));
          if (results.get(0).letters() == 0) {
            wanted.warnIfUnknown(reader, false);
          }
        });
    DeadLetterRetry.Result result = results.get(0);
    if (json) {
      System.out.println(asJson(result));
    } else {
      print(result);
    }
    return result.remaining() > 0 || result.counts().total().rejected() > 0
        ? ExitCode.DONE_WITH_REJECTIONS
        : ExitCode.DONE;
  }

  private static void checkKnown(Set<DeadLetterReader.Id> asked, DeadLetterReader reader) {
    if (asked.isEmpty()) {
      return;
    }
    Set<DeadLetterReader.Id> unknown = new HashSet<>(asked);
    reader.letters(entry -> unknown.remove(entry.id()));
    if (!unknown.isEmpty()) {
      throw new OperatorException(
          "could not retry the dead letters: the topic has no dead letter %s; %s shows the ids"
              .formatted(
                  unknown.stream()
                      .map(id -> Quoted.of(id.toString()))
                      .sorted()
                      .collect(Collectors.joining(", ")),
                  ShellCommand.call("dead-letters list --letters")));
    }
  }

  private static @Nullable KafkaSourceConfig source(Config config, String name) {
    return config.sources().stream()
        .filter(source -> source.name().equals(name))
        .filter(source -> source.type().isReadByKafka())
        .findFirst()
        .map(Wiring::sourceConfig)
        .orElse(null);
  }

  private static void print(DeadLetterRetry.Result result) {
    IngestCounts.Totals totals = result.counts().total();
    System.out.printf(
        Locale.ROOT,
        "%s retried, %,d remain%n",
        DisplayFormat.count(result.letters() - result.remaining(), "letter"),
        result.remaining());
    System.out.printf(
        Locale.ROOT,
        "Records of the retried letters: %,d activities, %,d ignored, %,d quarantined, %,d rejected again%n",
        totals.mapped(),
        totals.ignored(),
        totals.quarantined(),
        totals.rejected());
    new TreeMap<>(result.problems())
        .forEach(
            (why, letters) ->
                System.out.printf(
                    Locale.ROOT, "  %,d remain: %s%n", letters, TextTable.shown(why, 300)));
  }

  private static String asJson(DeadLetterRetry.Result result) {
    IngestCounts.Totals totals = result.counts().total();
    return JsonText.object(
        out -> {
          out.writeNumberField("retried", result.letters() - result.remaining());
          out.writeNumberField("remaining", result.remaining());
          out.writeNumberField("activities", totals.mapped());
          out.writeNumberField("ignored", totals.ignored());
          out.writeNumberField("quarantined", totals.quarantined());
          out.writeNumberField("rejected", totals.rejected());
          JsonText.writeCounts(out, "remainingBecause", new TreeMap<>(result.problems()));
        });
  }
}
