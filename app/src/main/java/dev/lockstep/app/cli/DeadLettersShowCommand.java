package dev.lockstep.app.cli;

import dev.lockstep.app.deadletter.DeadLetterJson;
import dev.lockstep.app.deadletter.DeadLetterText;
import dev.lockstep.app.deadletter.DeadLetterTopic;
import dev.lockstep.app.option.ConfigOption;
import dev.lockstep.app.option.DeadLetterOptions;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.app.terminal.TextTable;
import dev.lockstep.ingest.kafka.DeadLetterReader;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.text.AvroJson;
import dev.lockstep.schemas.text.Quoted;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Command {@code dead-letters show}, which prints one dead letter. */
@Command(
    name = "show",
    description = "Shows a dead letter: its reason, its place in the source, and its bytes.")
final class DeadLettersShowCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();

  @Parameters(
      paramLabel = "ID",
      description =
          "Id of a dead letter, such as 0-17, as \"dead-letters list --letters\" shows it.")
  private String id = "";

  @Option(
      names = "--quarantine",
      description =
          "Show a record of the topic lockstep.quarantine. This topic has the records that could be"
              + " read, but whose time is too far from their arrival.")
  private boolean quarantine;

  @Option(names = "--json", description = "Print a JSON object.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    DeadLetterReader.Id asked = DeadLetterOptions.id(spec, id);
    List<DeadLetterReader.Entry> found = new ArrayList<>();
    List<Boolean> retried = new ArrayList<>();
    DeadLetterTopic.use(
        config.read(),
        quarantine,
        reader -> {
          retried.add(reader.retried().contains(asked));
          reader.letters(
              entry -> {
                if (entry.id().equals(asked)) {
                  found.add(entry);
                }
              });
        });
    if (found.isEmpty()) {
      throw new OperatorException(
          quarantine
              ? "could not show the quarantined record: the quarantine has no record %s; leave out --quarantine for a dead letter, or see the ids with the command %s"
                  .formatted(
                      Quoted.of(id), ShellCommand.call("dead-letters list --letters --quarantine"))
              : "could not show the dead letter: the topic has no dead letter %s; add --quarantine for a quarantined record, or see the ids with the command %s"
                  .formatted(Quoted.of(id), ShellCommand.call("dead-letters list --letters")));
    }
    DeadLetterReader.Entry entry = found.get(0);
    if (entry.letter() == null) {
      throw new OperatorException(
          "could not show the dead letter: record %s of the topic is not a dead letter, or a newer version of Lockstep wrote it; try the newest version"
              .formatted(Quoted.of(id)));
    }
    if (json) {
      System.out.println(
          JsonText.object(out -> DeadLetterJson.writeWhole(out, entry, retried.contains(true))));
    } else {
      print(entry, entry.letter(), retried.contains(true));
    }
    return ExitCode.DONE;
  }

  private static void print(DeadLetterReader.Entry entry, DeadLetter letter, boolean retried) {
    line("id", entry.id().toString());
    line("reason", letter.getReason());
    line("detail", letter.getDetail());
    line("category", letter.getCategory());
    line("source", letter.getWhere().getSource());
    line("place", DeadLetterText.place(letter));
    line("records", Long.toString(entry.records()));
    line("arrived", letter.getArrivalAt() == 0 ? null : AvroJson.instant(letter.getArrivalAt()));
    line("written", AvroJson.instant(entry.appendedAt()));
    line("retried", retried ? "yes" : "no");
    int bytes = letter.getBody().remaining();
    if (bytes > 0) {
      String cut =
          bytes > DeadLetterText.MOST_BYTES
              ? ", the first %d shown".formatted(DeadLetterText.MOST_BYTES)
              : "";
      System.out.printf("body      %d bytes%s%n", bytes, cut);
      for (String text : DeadLetterText.body(letter).lines().toList()) {
        System.out.println("  " + TextTable.shown(text, DeadLetterText.MOST_BYTES));
      }
    }
  }

  private static void line(String name, @Nullable String value) {
    if (value != null) {
      System.out.printf("%-9s %s%n", name, TextTable.shown(value, DeadLetterText.MOST_BYTES));
    }
  }
}
