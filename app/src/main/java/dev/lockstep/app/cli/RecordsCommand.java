package dev.lockstep.app.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.app.option.CaptureOptions;
import dev.lockstep.app.option.ConfigOption;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.app.terminal.StandardOutput;
import dev.lockstep.ingest.file.CaptureFiles;
import dev.lockstep.ingest.message.AccountedReader;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.MessageReader;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.text.AvroJson;
import dev.lockstep.schemas.text.Quoted;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Command {@code records}, which prints how Lockstep reads each record of captured logs. */
@Command(
    name = "records",
    description = {
      "Prints how each record of captured logs is read, one JSON object a line, in the order of the"
          + " files.",
      "Exit code 3: done, but some input was rejected."
    })
public final class RecordsCommand implements Callable<Integer> {
  private static final int LOOK_EVERY = 1_000;

  /** Outcome of reading a record. The option and the field {@code outcome} have the same words. */
  enum Kind {
    ACTIVITY,
    IGNORED,
    REJECTED,
    QUARANTINED;

    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "OUTCOME",
      converter = ByWord.class,
      description = "Show only these outcomes: activity, ignored, rejected, quarantined.")
  private List<Kind> only = List.of();

  @Mixin private CaptureOptions input = new CaptureOptions();

  private long seen;

  @Override
  public Integer call() {
    Limits limits = config.read().limits();
    IngestCounts counts = new IngestCounts();
    AccountedReader reader = new AccountedReader(new MessageReader(limits), counts);
    Set<Kind> shown = only.isEmpty() ? EnumSet.allOf(Kind.class) : EnumSet.copyOf(only);
    CaptureFiles files = new CaptureFiles(limits);
    Progress progress = input.progress();
    // The stream is not closed, because that would close the output of the process.
    PrintStream out =
        new PrintStream(
            new BufferedOutputStream(System.out, 1 << 16), false, StandardCharsets.UTF_8);
    try {
      progress.begin("reading", files.totalBytes(input.paths()));
      files.read(
          input.paths(),
          System.in,
          message -> reader.read(message).forEach(outcome -> show(outcome, counts, shown, out)),
          damage -> {
            counts.began(1);
            show(damage, counts, shown, out);
          },
          progress::at);
      progress.done();
    } catch (IOException | UncheckedIOException e) {
      throw OperatorException.of(e);
    } finally {
      progress.end();
    }
    checkOutput(out);
    return counts.total().rejected() > 0 ? ExitCode.DONE_WITH_REJECTIONS : ExitCode.DONE;
  }

  private void show(Outcome outcome, IngestCounts counts, Set<Kind> shown, PrintStream out) {
    counts.count(outcome);
    if (shown.contains(kind(outcome))) {
      out.print(line(outcome) + "\n");
    }
    if (++seen % LOOK_EVERY == 0) {
      checkOutput(out);
    }
  }

  private static void checkOutput(PrintStream out) {
    out.flush();
    StandardOutput.check(); // the wrapping stream does not report errors
  }

  private static Kind kind(Outcome outcome) {
    if (outcome instanceof Outcome.Mapped) {
      return Kind.ACTIVITY;
    } else if (outcome instanceof Outcome.Ignored) {
      return Kind.IGNORED;
    } else {
      return outcome instanceof Outcome.Rejected ? Kind.REJECTED : Kind.QUARANTINED;
    }
  }

  static String line(Outcome outcome) {
    return JsonText.object(
        json -> {
          json.writeStringField("outcome", kind(outcome).word());
          if (outcome instanceof Outcome.Mapped mapped) {
            json.writeFieldName("activity");
            AvroJson.write(mapped.activity(), json);
            writeFlaws(mapped, json);
          } else if (outcome instanceof Outcome.Ignored ignored) {
            json.writeStringField("category", ignored.category());
          } else if (outcome instanceof Outcome.Rejected rejected) {
            writeLetter(rejected.letter(), json);
          } else if (outcome instanceof Outcome.Quarantined quarantined) {
            writeLetter(quarantined.letter(), json);
          }
        });
  }

  private static void writeFlaws(Outcome.Mapped mapped, JsonGenerator json) throws IOException {
    if (!mapped.flaws().isEmpty()) {
      JsonText.writeTexts(json, "flaws", mapped.flaws());
    }
  }

  private static void writeLetter(DeadLetter letter, JsonGenerator json) throws IOException {
    json.writeStringField("reason", letter.getReason());
    json.writeStringField("detail", letter.getDetail());
    if (letter.getCategory() != null) {
      json.writeStringField("category", letter.getCategory());
    }
    json.writeFieldName("where");
    AvroJson.write(letter.getWhere(), json);
    json.writeStringField(
        "body", StandardCharsets.UTF_8.decode(letter.getBody().duplicate()).toString());
  }

  /** Converter of a word such as {@code rejected} to a kind of outcome. */
  static final class ByWord implements CommandLine.ITypeConverter<Kind> {
    @Override
    public Kind convert(String word) {
      return Arrays.stream(Kind.values())
          .filter(kind -> kind.word().equals(word.strip()))
          .findFirst()
          .orElseThrow(
              () ->
                  new CommandLine.TypeConversionException(
                      "%s is not an outcome; give activity, ignored, rejected or quarantined"
                          .formatted(Quoted.of(word))));
    }
  }
}
