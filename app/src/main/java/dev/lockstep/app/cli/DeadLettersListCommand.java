package dev.lockstep.app.cli;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.deadletter.DeadLetterJson;
import dev.lockstep.app.deadletter.DeadLetterText;
import dev.lockstep.app.deadletter.DeadLetterTopic;
import dev.lockstep.app.option.ConfigOption;
import dev.lockstep.app.option.DeadLetterOptions;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.app.terminal.TextTable;
import dev.lockstep.ingest.kafka.DeadLetterReader;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.text.AvroJson;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Command {@code dead-letters list}, which counts or lists dead letters. */
@Command(name = "list", description = "Lists the number of dead letters by source and reason.")
final class DeadLettersListCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();

  @Mixin private DeadLetterOptions wanted = new DeadLetterOptions();

  @Option(
      names = "--letters",
      description = "List each dead letter that was not retried, with its id.")
  private boolean each;

  @Option(
      names = "--quarantine",
      description =
          "List the records of the topic lockstep.quarantine. They could be read, but their time is too far"
              + " from their arrival.")
  private boolean quarantine;

  @Option(names = "--json", description = "Print a JSON array.")
  private boolean json;

  @Override
  public Integer call() {
    Config read = config.read();
    if (each) {
      listEach(read);
    } else {
      listGroups(read);
    }
    return ExitCode.DONE;
  }

  private void listEach(Config read) {
    TextTable table =
        new TextTable("Id", "Source", "Place", "Reason", "Records", "Detail").movable("Detail");
    List<DeadLetterReader.Entry> entries = new ArrayList<>();
    read(
        read,
        (entry, isRetried) -> {
          if (!isRetried) {
            entries.add(withoutBody(entry));
          }
        },
        entries::isEmpty);
    if (json) {
      System.out.println(JsonText.objects(entries, DeadLetterJson::writeFields));
      return;
    }
    for (DeadLetterReader.Entry entry : entries) {
      DeadLetter letter = DeadLetterText.letter(entry);
      table.row(
          List.of(
              entry.id().toString(),
              letter.getWhere().getSource(),
              DeadLetterText.place(letter),
              letter.getReason(),
              Long.toString(entry.records()),
              letter.getDetail()));
    }
    print(table, entries.isEmpty());
  }

  private static void print(TextTable table, boolean isEmpty) {
    if (isEmpty) {
      System.out.println("none");
    } else {
      table.print(System.out);
    }
  }

  /**
   * Calls {@code action} for each dead letter that the options select, and tells the action whether
   * the letter was retried. Prints a note if no letter is selected because none has the wanted
   * source or reason.
   */
  private void read(
      Config config,
      BiConsumer<DeadLetterReader.Entry, Boolean> action,
      BooleanSupplier foundNone) {
    DeadLetterTopic.use(
        config,
        quarantine,
        reader -> {
          Set<DeadLetterReader.Id> retried = reader.retried();
          reader.letters(
              entry -> {
                if (entry.letter() != null && wanted.includes(entry.letter())) {
                  action.accept(entry, retried.contains(entry.id()));
                }
              });
          if (foundNone.getAsBoolean()) {
            wanted.warnIfUnknown(reader, quarantine);
          }
        });
  }

  private static DeadLetterReader.Entry withoutBody(DeadLetterReader.Entry entry) {
    DeadLetter letter = DeadLetterText.letter(entry);
    // a list has many letters, and shows no bodies
    letter.setBody(ByteBuffer.allocate(0));
    return new DeadLetterReader.Entry(entry.id(), entry.appendedAt(), letter);
  }

  private void listGroups(Config read) {
    Map<String, Group> groups = new TreeMap<>();
    read(
        read,
        (entry, isRetried) -> {
          DeadLetter letter = DeadLetterText.letter(entry);
          groups
              .computeIfAbsent(
                  letter.getWhere().getSource() + "\n" + letter.getReason(),
                  name -> new Group(letter))
              .add(entry, isRetried);
        },
        groups::isEmpty);
    if (json) {
      System.out.println(asJson(groups.values()));
      return;
    }
    TextTable table =
        new TextTable("Source", "Reason", "Letters", "Records", "Retried", "Newest", "Newest id");
    for (Group group : groups.values()) {
      table.row(
          List.of(
              group.source,
              group.reason,
              Long.toString(group.letters),
              Long.toString(group.records),
              Long.toString(group.retried),
              group.newest == null ? "" : AvroJson.instant(group.newest.appendedAt()),
              group.newest == null ? "" : group.newest.id().toString()));
    }
    print(table, groups.isEmpty());
  }

  private static String asJson(Iterable<Group> groups) {
    return JsonText.objects(
        groups,
        (out, group) -> {
          out.writeStringField("source", group.source);
          out.writeStringField("reason", group.reason);
          out.writeNumberField("letters", group.letters);
          out.writeNumberField("records", group.records);
          out.writeNumberField("retried", group.retried);
          if (group.newest != null) {
            out.writeStringField("newest", AvroJson.instant(group.newest.appendedAt()));
            out.writeStringField("newestId", group.newest.id().toString());
          }
        });
  }

  /**
   * Counts of the dead letters of one source and reason. A retried letter counts only as retried.
   */
  private static final class Group {
    private final String source;
    private final String reason;
    private long letters;
    private long records;
    private long retried;
    private DeadLetterReader.@Nullable Entry newest;

    Group(DeadLetter letter) {
      source = letter.getWhere().getSource();
      reason = letter.getReason();
    }

    void add(DeadLetterReader.Entry entry, boolean done) {
      if (done) {
        retried++;
        return;
      }
      letters++;
      records += entry.records();
      if (newest == null || entry.appendedAt() >= newest.appendedAt()) {
        newest = new DeadLetterReader.Entry(entry.id(), entry.appendedAt(), null);
      }
    }
  }
}
