package dev.lockstep.app.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.kafka.LatestRules;
import dev.lockstep.app.option.ConfigOption;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.app.terminal.SlowAnswer;
import dev.lockstep.app.terminal.TextTable;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.ingest.cluster.KafkaTarget;
import dev.lockstep.ingest.kafka.DeadLetterLog;
import dev.lockstep.ingest.kafka.DeadLetterRetry;
import dev.lockstep.ingest.kafka.KafkaSourceConfig;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.raw.RawFieldPlan;
import dev.lockstep.schemas.AlikeRange;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.Where;
import dev.lockstep.schemas.process.Causes;
import dev.lockstep.schemas.text.JsonView;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Command group {@code dead-letters}, with the commands {@code list}, {@code show} and {@code
 * retry}.
 */
@Command(
    name = "dead-letters",
    description =
        "Shows dead letters, which are messages and records that could not be read and rows that a"
            + " sink refuses, and reads messages and records again.",
    subcommands = {
      DeadLettersCommand.Lister.class,
      DeadLettersCommand.Shower.class,
      DeadLettersCommand.Retrier.class
    })
public final class DeadLettersCommand {
  private static final int BODY_BYTES = 4_096;

  private DeadLettersCommand() {}

  /** Options that select dead letters by reason and by source. */
  static final class Wanted {
    @Option(
        names = "--reason",
        paramLabel = "REASON",
        description = "Only dead letters with this reason.")
    private @Nullable String reason;

    @Option(
        names = "--source",
        paramLabel = "NAME",
        description = "Only dead letters of this source.")
    private @Nullable String source;

    boolean includes(DeadLetter letter) {
      return (reason == null || reason.equals(letter.getReason()))
          && (source == null || source.equals(letter.getWhere().getSource()));
    }

    private void warnIfUnknown(DeadLetterLog log, boolean quarantine) {
      if (reason == null && source == null) {
        return;
      }
      Set<String> reasons = new TreeSet<>();
      Set<String> sources = new TreeSet<>();
      log.letters(
          entry -> {
            if (entry.letter() != null) {
              reasons.add(entry.letter().getReason());
              sources.add(entry.letter().getWhere().getSource());
            }
          });
      String what = quarantine ? "quarantined record" : "dead letter";
      if (reason != null && !reasons.contains(reason)) {
        System.err.println(unknown(what, "reason", reason, reasons));
      }
      if (source != null && !sources.contains(source)) {
        System.err.println(unknown(what, "source", source, sources));
      }
    }
  }

  /** Returns a note that no dead letter has a given reason or source, with those that exist. */
  static String unknown(String what, String option, String value, Set<String> values) {
    return "no %s has the %s %s; %s"
        .formatted(
            what,
            option,
            Quoted.of(value),
            values.isEmpty()
                ? "the topic has none at all"
                : "give one of these to --%s: %s"
                    .formatted(
                        option, DisplayFormat.some(values.stream().map(Quoted::visible).toList())));
  }

  /** Command {@code dead-letters list}, which counts or lists dead letters. */
  @Command(name = "list", description = "Lists the number of dead letters by source and reason.")
  static final class Lister implements Callable<Integer> {
    @Mixin private ConfigOption config = new ConfigOption();

    @Mixin private Wanted wanted = new Wanted();

    @Option(
        names = "--letters",
        description = "List each dead letter that was not retried, with its id.")
    private boolean each;

    @Option(
        names = "--quarantine",
        description =
            "List the records of lockstep.quarantine: records that could be read, but whose time is too far from"
                + " their arrival.")
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
      TextTable table = new TextTable("Id", "Source", "Place", "Reason", "Records", "Detail");
      List<DeadLetterLog.Entry> entries = new ArrayList<>();
      asking(
          read,
          quarantine,
          log -> {
            Set<DeadLetterLog.Id> retried = log.retried();
            log.letters(
                entry -> {
                  if (entry.letter() != null
                      && wanted.includes(entry.letter())
                      && !retried.contains(entry.id())) {
                    entries.add(withoutBody(entry, entry.letter()));
                  }
                });
            if (entries.isEmpty()) {
              wanted.warnIfUnknown(log, quarantine);
            }
          });
      if (json) {
        System.out.println(JsonText.objects(entries, DeadLettersCommand::writeFields));
        return;
      }
      for (DeadLetterLog.Entry entry : entries) {
        DeadLetter letter = letter(entry);
        table.row(
            List.of(
                entry.id().toString(),
                letter.getWhere().getSource(),
                place(letter),
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

    private static DeadLetterLog.Entry withoutBody(DeadLetterLog.Entry entry, DeadLetter letter) {
      // a list has many letters, and shows no bodies
      letter.setBody(ByteBuffer.allocate(0));
      return new DeadLetterLog.Entry(entry.id(), entry.appendedAt(), letter);
    }

    private void listGroups(Config read) {
      Map<String, Group> groups = new TreeMap<>();
      asking(
          read,
          quarantine,
          log -> {
            Set<DeadLetterLog.Id> retried = log.retried();
            log.letters(
                entry -> {
                  DeadLetter letter = entry.letter();
                  if (letter != null && wanted.includes(letter)) {
                    groups
                        .computeIfAbsent(
                            letter.getWhere().getSource() + "\n" + letter.getReason(),
                            name -> new Group(letter))
                        .add(entry, retried.contains(entry.id()));
                  }
                });
            if (groups.isEmpty()) {
              wanted.warnIfUnknown(log, quarantine);
            }
          });
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
                group.newest == null ? "" : JsonView.instant(group.newest.appendedAt()),
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
              out.writeStringField("newest", JsonView.instant(group.newest.appendedAt()));
              out.writeStringField("newestId", group.newest.id().toString());
            }
          });
    }
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
    private DeadLetterLog.@Nullable Entry newest;

    Group(DeadLetter letter) {
      source = letter.getWhere().getSource();
      reason = letter.getReason();
    }

    void add(DeadLetterLog.Entry entry, boolean done) {
      if (done) {
        retried++;
        return;
      }
      letters++;
      records += entry.records();
      if (newest == null || entry.appendedAt() >= newest.appendedAt()) {
        newest = new DeadLetterLog.Entry(entry.id(), entry.appendedAt(), null);
      }
    }
  }

  /** Command {@code dead-letters show}, which prints one dead letter. */
  @Command(
      name = "show",
      description = "Shows a dead letter: its reason, its place in the source, and its bytes.")
  static final class Shower implements Callable<Integer> {
    @Mixin private ConfigOption config = new ConfigOption();

    @Parameters(
        paramLabel = "ID",
        description = "Id of a dead letter as dead-letters list shows it, such as 0-17.")
    private String id = "";

    @Option(
        names = "--quarantine",
        description =
            "Show a record of lockstep.quarantine: records that could be read, but whose time is too far from"
                + " their arrival.")
    private boolean quarantine;

    @Option(names = "--json", description = "Print a JSON object.")
    private boolean json;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      DeadLetterLog.Id asked = parsed(spec, id);
      List<DeadLetterLog.Entry> found = new ArrayList<>();
      List<Boolean> retried = new ArrayList<>();
      asking(
          config.read(),
          quarantine,
          log -> {
            retried.add(log.retried().contains(asked));
            log.letters(
                entry -> {
                  if (entry.id().equals(asked)) {
                    found.add(entry);
                  }
                });
          });
      if (found.isEmpty()) {
        throw new OperatorException(
            "could not show the dead letter: the topic has no dead letter %s; %s shows the ids"
                .formatted(
                    Quoted.of(id),
                    ShellCommand.call(
                        "dead-letters list --letters" + (quarantine ? " --quarantine" : ""))));
      }
      DeadLetterLog.Entry entry = found.get(0);
      if (entry.letter() == null) {
        throw new OperatorException(
            "could not show the dead letter: record %s of the topic is not a dead letter, or a newer version of Lockstep wrote it; try the newest version"
                .formatted(Quoted.of(id)));
      }
      if (json) {
        System.out.println(JsonText.object(out -> writeWhole(out, entry, retried.contains(true))));
      } else {
        print(entry, entry.letter(), retried.contains(true));
      }
      return ExitCode.DONE;
    }

    private static void print(DeadLetterLog.Entry entry, DeadLetter letter, boolean retried) {
      line("id", entry.id().toString());
      line("reason", letter.getReason());
      line("detail", letter.getDetail());
      line("category", letter.getCategory());
      line("source", letter.getWhere().getSource());
      line("place", place(letter));
      line("records", Long.toString(entry.records()));
      line("arrived", letter.getArrivalAt() == 0 ? null : JsonView.instant(letter.getArrivalAt()));
      line("written", JsonView.instant(entry.appendedAt()));
      line("retried", retried ? "yes" : "no");
      int bytes = letter.getBody().remaining();
      if (bytes > 0) {
        String cut = bytes > BODY_BYTES ? ", the first %d shown".formatted(BODY_BYTES) : "";
        System.out.printf("body      %d bytes%s%n", bytes, cut);
        for (String text : body(letter).lines().toList()) {
          System.out.println("  " + TextTable.shown(text, BODY_BYTES));
        }
      }
    }

    private static void line(String name, @Nullable String value) {
      if (value != null) {
        System.out.printf("%-9s %s%n", name, TextTable.shown(value, BODY_BYTES));
      }
    }
  }

  /**
   * Command {@code dead-letters retry}, which reads the records of dead letters again, and gives
   * those that can be read now to the rules.
   */
  @Command(
      name = "retry",
      description = {
        "Reads dead letters of sources again, from their bytes or from the source. Records that can"
            + " be read now go to the rules. Rows that a sink refused are not sent again.",
        "Exit code 3: done, but some remain."
      })
  static final class Retrier implements Callable<Integer> {
    @Mixin private ConfigOption config = new ConfigOption();

    @Mixin private Wanted wanted = new Wanted();

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
      Set<DeadLetterLog.Id> asked = new HashSet<>();
      ids.forEach(id -> asked.add(parsed(spec, id)));
      Config read = config.read();
      Predicate<DeadLetterLog.Entry> chosen =
          entry ->
              entry.letter() != null
                  && wanted.includes(entry.letter())
                  && (asked.isEmpty() || asked.contains(entry.id()));
      RawFieldPlan raw = LatestRules.rawFields(read);
      List<DeadLetterRetry.Result> results = new ArrayList<>();
      asking(
          read,
          false,
          log -> {
            checkKnown(asked, log);
            results.add(
                new DeadLetterRetry(
                        log,
                        read.limits(),
                        () -> raw,
                        name -> source(read, name),
                        InstantSource.system())
                    .run(chosen));
            if (results.get(0).letters() == 0) {
              wanted.warnIfUnknown(log, false);
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

    private static void checkKnown(Set<DeadLetterLog.Id> asked, DeadLetterLog log) {
      if (asked.isEmpty()) {
        return;
      }
      Set<DeadLetterLog.Id> unknown = new HashSet<>(asked);
      log.letters(entry -> unknown.remove(entry.id()));
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

  private static DeadLetterLog.Id parsed(CommandSpec command, String text) {
    DeadLetterLog.Id id = DeadLetterLog.Id.parse(text.strip());
    if (id == null) {
      throw new CommandLine.ParameterException(
          command.commandLine(),
          "could not use the id of a dead letter: %s is not a partition and offset such as 0-17; %s shows the ids"
              .formatted(Quoted.of(text), ShellCommand.call("dead-letters list --letters")));
    }
    return id;
  }

  private static void asking(Config config, boolean quarantine, Consumer<DeadLetterLog> step) {
    KafkaTarget target =
        new KafkaTarget(config.kafka().clientSettings(), config.kafka().topicPrefix());
    try (SlowAnswer answer = SlowAnswer.of(config.kafka().bootstrapServers())) {
      InstantSource clock = InstantSource.system();
      step.accept(
          quarantine
              ? DeadLetterLog.ofQuarantine(target, clock)
              : new DeadLetterLog(target, clock));
    } catch (KafkaException e) {
      throw failure(config.kafka().bootstrapServers(), e);
    }
  }

  /** Returns the exception for the operator if Kafka failed to read or write dead letters. */
  static OperatorException failure(String bootstrapServers, KafkaException e) {
    boolean fenced =
        Causes.find(e, ProducerFencedException.class) != null
            || Causes.find(e, InvalidProducerEpochException.class) != null;
    return new OperatorException(
        fenced
            ? "could not retry the dead letters: the cluster shut this retry out, because another retry began after it and goes on in its place, or because a transaction timed out; wait until any other retry has ended, and run this command again for letters that remain"
            : "could not use the dead letters: the cluster at kafka.bootstrapServers %s failed (%s); check that address and kafka.properties, or run %s to find the problem"
                .formatted(
                    Quoted.of(bootstrapServers), Failures.message(e), ShellCommand.call("doctor")),
        e);
  }

  private static DeadLetter letter(DeadLetterLog.Entry entry) {
    return Objects.requireNonNull(entry.letter());
  }

  private static String place(DeadLetter letter) {
    Where where = letter.getWhere();
    AlikeRange range = letter.getRange();
    if (where.getFile() != null) {
      return "%s:%d index %d".formatted(where.getFile(), where.getPosition(), where.getIndex());
    }
    String partition = where.getHub() + "-" + where.getPartition();
    return range == null
        ? "%s offset %d index %d".formatted(partition, where.getPosition(), where.getIndex())
        : "%s offsets %d to %d".formatted(partition, range.getFirst(), range.getLast());
  }

  private static String body(DeadLetter letter) {
    ByteBuffer body = letter.getBody().duplicate();
    body.limit(body.position() + Math.min(body.remaining(), BODY_BYTES));
    return StandardCharsets.UTF_8.decode(body).toString();
  }

  private static void writeWhole(JsonGenerator out, DeadLetterLog.Entry entry, boolean retried)
      throws IOException {
    DeadLetter letter = letter(entry);
    writeFields(out, entry);
    out.writeBooleanField("retried", retried);
    out.writeNumberField("bytes", letter.getBody().remaining());
    out.writeStringField("body", body(letter));
  }

  private static void writeFields(JsonGenerator out, DeadLetterLog.Entry entry) throws IOException {
    DeadLetter letter = letter(entry);
    out.writeStringField("id", entry.id().toString());
    out.writeStringField("reason", letter.getReason());
    out.writeStringField("detail", letter.getDetail());
    if (letter.getCategory() != null) {
      out.writeStringField("category", letter.getCategory());
    }
    out.writeFieldName("where");
    JsonView.write(letter.getWhere(), out);
    if (letter.getRange() != null) {
      out.writeFieldName("range");
      JsonView.write(letter.getRange(), out);
    }
    out.writeNumberField("records", entry.records());
    if (letter.getArrivalAt() != 0) {
      out.writeStringField("arrived", JsonView.instant(letter.getArrivalAt()));
    }
    out.writeStringField("written", JsonView.instant(entry.appendedAt()));
  }
}
