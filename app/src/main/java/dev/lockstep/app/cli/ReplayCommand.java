package dev.lockstep.app.cli;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.config.MissingNetworks;
import dev.lockstep.app.estate.HygieneSurvey;
import dev.lockstep.app.privacy.Redaction;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.replay.HtmlReport;
import dev.lockstep.app.replay.Replay;
import dev.lockstep.app.replay.ReplaySummary;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.ingest.file.CaptureFiles;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.JsonView;
import dev.lockstep.schemas.OwnerOnly;
import dev.lockstep.schemas.Quoted;
import java.io.BufferedOutputStream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "replay",
    description = {
      "Sends captured logs through the same engine, without broker and network.",
      "Exit code 1: a rule failed, or more; 3: done, but some input was rejected."
    })
public final class ReplayCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();

  @Mixin private TimeRangeOptions range = new TimeRangeOptions();

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Write the detections there, one a line as JSON; - is standard output.")
  private @Nullable String output;

  @Option(
      names = "--report",
      paramLabel = "FILE.html",
      description = "Write a report there, to read in a browser.")
  private @Nullable Path report;

  @Option(
      names = "--decode-only",
      description = "Only read and decode the records, and run no rule: the cost of reading.")
  private boolean decodeOnly;

  @Option(names = "--json", description = "Print the summary as one JSON object.")
  private boolean json;

  @Mixin private RedactOption redact = new RedactOption();

  @Mixin private CaptureInput input = new CaptureInput();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    long began = System.nanoTime();
    Config read = config.read();
    Enrichment enrichment = Wiring.enrichment(read);
    long fromMillis = range.from();
    long toMillis = range.to();
    if (decodeOnly && (output != null || report != null)) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "could not write detections: --decode-only runs no rule; leave out --output and --report,"
              + " or --decode-only");
    }
    Path file = output == null || output.equals("-") ? null : Path.of(output);
    checkWritable(file);
    checkWritable(report);
    try {
      checkApart(file, report);
    } catch (IOException e) {
      throw OperatorException.saying(e);
    }
    String missing = MissingNetworks.warning(read);
    if (missing != null) {
      System.err.println(missing);
    }
    Progress progress = input.progress();
    int threads = Runtime.getRuntime().availableProcessors();
    Replay replay =
        new Replay(read.rules(), enrichment, fromMillis, toMillis, threads, read.limits());
    Redaction redaction = redact.redaction(read);
    HygieneSurvey hygiene = // which has no pseudonyms
        report == null || redaction != null
            ? null
            : new HygieneSurvey(enrichment, HygieneSurvey.USUAL_ROTATION);
    if (redaction != null) {
      replay.reading(redaction::learn);
    } else if (hygiene != null) {
      replay.reading(hygiene::add);
    }
    Replay.Result result;
    try {
      result =
          decodeOnly
              ? replay.decode(input.paths(), System.in, progress)
              : replay.run(input.paths(), System.in, progress);
    } catch (IOException | UncheckedIOException e) {
      throw OperatorException.saying(e);
    }
    if (redaction != null) {
      result = redaction.result(result);
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    boolean toStandardOutput = "-".equals(output);
    if (toStandardOutput) {
      writeDetections(standardOutput(), result.detections());
    } else if (output != null) {
      writeDetections(Path.of(output), result.detections());
    }
    ReplaySummary summary = new ReplaySummary(result, seconds);
    if (report != null) {
      List<HtmlReport.Section> sections =
          hygiene == null ? List.of() : List.of(hygiene.result().section());
      write(report, HtmlReport.of(result.detections(), summary, sections));
    }
    if (json) {
      (toStandardOutput ? System.err : System.out).println(summary.json());
    } else if (decodeOnly) {
      summary.printRecords(System.out);
    } else {
      summary.print(toStandardOutput ? System.err : System.out);
    }
    if (result.counts().total().read() == 0) {
      System.err.println(
          result.leftOut() == 0
              ? "Nothing was read: the input holds no record."
              : "Nothing was read: every record of the input lies outside --from and --to.");
    }
    if (System.out.checkError()) {
      throw new OperatorException(
          "could not write to standard output: it is closed or full; write to a file by --output");
    }
    return end(result, System.err);
  }

  /** Returns the exit code, and prints the reason if it is that of a failure. */
  static int end(Replay.Result result, PrintStream err) {
    String unaccounted = result.missing();
    if (unaccounted != null) {
      err.printf(
          "could not account for every record: %s; this is a fault of Lockstep: report it, with the"
              + " capture if you can%n",
          unaccounted);
      return ExitCode.FAILED;
    }
    Map<String, Long> failures = result.counters().ruleFailures();
    if (!failures.isEmpty()) {
      err.println(failed(failures));
      return ExitCode.FAILED;
    }
    return result.counts().total().rejected() > 0 ? ExitCode.DONE_WITH_REJECTIONS : ExitCode.DONE;
  }

  private static String failed(Map<String, Long> failures) {
    return "could not judge everything: %s failed; everything else is written; fix the rule by the log above, or set enabled: false for it"
        .formatted(
            failures.entrySet().stream()
                .map(
                    one -> "rule %s (%,d times)".formatted(Quoted.of(one.getKey()), one.getValue()))
                .collect(Collectors.joining(", ")));
  }

  /** Checks before a long replay that its result can be written. */
  private static void checkWritable(@Nullable Path file) {
    if (file == null) {
      return;
    }
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(file)) {
      throw unwritable(file, "no such folder, or a folder itself");
    }
    if (!Files.isWritable(Files.exists(file) ? file : folder)) {
      throw unwritable(file, "permission denied");
    }
  }

  /** Checks that no output file is an input file. */
  private void checkApart(@Nullable Path file, @Nullable Path page) throws IOException {
    if (file != null && page != null && real(file).equals(real(page))) {
      throw new OperatorException(
          "could not write %s: it is named as --output and as --report; name two files"
              .formatted(Quoted.of(file.toString())));
    }
    List<Path> read = file == null && page == null ? List.of() : CaptureFiles.files(input.paths());
    for (Path written : Stream.of(file, page).filter(Objects::nonNull).toList()) {
      for (Path each : read) {
        if (real(written).equals(real(each))) {
          throw new OperatorException(
              "could not write %s: it is an input file and would be overwritten; name another file"
                  .formatted(Quoted.of(written.toString())));
        }
      }
    }
  }

  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) { // the file does not exist yet
      Path parent = path.toAbsolutePath().normalize().getParent();
      Path name = path.getFileName();
      return parent == null || name == null ? path.toAbsolutePath() : realFolder(parent, name);
    }
  }

  private static Path realFolder(Path parent, Path name) {
    try {
      return parent.toRealPath().resolve(name);
    } catch (IOException e) {
      return parent.resolve(name);
    }
  }

  private static PrintStream standardOutput() {
    return new PrintStream(
        new BufferedOutputStream(System.out, 1 << 16), false, StandardCharsets.UTF_8);
  }

  private static void writeDetections(PrintStream out, List<Detection> detections) {
    for (Detection detection : detections) {
      out.print(JsonView.of(detection) + "\n");
    }
    out.flush();
    if (System.out.checkError()) { // the wrapping stream does not report errors
      throw new OperatorException(
          "could not write the detections to standard output: it is closed or full; name a file");
    }
  }

  private static void writeDetections(Path file, List<Detection> detections) {
    try {
      OwnerOnly.replace(
          file,
          to -> {
            Writer out = new BufferedWriter(new OutputStreamWriter(to, StandardCharsets.UTF_8));
            for (Detection detection : detections) {
              out.write(JsonView.of(detection));
              out.write('\n');
            }
            out.flush();
          });
    } catch (IOException e) {
      throw unwritable(file, e.getClass().getSimpleName());
    }
  }

  /** Replaces a file that only its owner may read. */
  static void write(Path file, String text) {
    try {
      OwnerOnly.replace(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw unwritable(file, e.getClass().getSimpleName());
    }
  }

  private static OperatorException unwritable(Path file, String why) {
    return new OperatorException(
        "could not write %s: %s; name a file in a folder that exists and can be written"
            .formatted(Quoted.of(file.toString()), why));
  }
}
