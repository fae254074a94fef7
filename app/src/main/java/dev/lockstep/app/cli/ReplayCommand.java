package dev.lockstep.app.cli;

import dev.lockstep.app.compare.AddedMatches;
import dev.lockstep.app.compare.AddedRules;
import dev.lockstep.app.compare.CandidateComparison;
import dev.lockstep.app.compare.ComparisonJson;
import dev.lockstep.app.compare.ComparisonText;
import dev.lockstep.app.compare.DetectionFilter;
import dev.lockstep.app.compare.ReplayComparison;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.config.MissingNetworks;
import dev.lockstep.app.detection.DetectionFile;
import dev.lockstep.app.detection.PrincipalNames;
import dev.lockstep.app.estate.HygieneSurvey;
import dev.lockstep.app.explain.GoneFindings;
import dev.lockstep.app.file.PersonalFile;
import dev.lockstep.app.file.RealPath;
import dev.lockstep.app.option.CaptureOptions;
import dev.lockstep.app.option.ConfigOption;
import dev.lockstep.app.option.RedactOption;
import dev.lockstep.app.option.ReplayRuleOptions;
import dev.lockstep.app.option.SeverityLevel;
import dev.lockstep.app.option.TimeRangeOptions;
import dev.lockstep.app.privacy.Redaction;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.process.ProductVersion;
import dev.lockstep.app.replay.Replay;
import dev.lockstep.app.replay.ReplaySummary;
import dev.lockstep.app.report.ReportOrigin;
import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.rules.RuleLoader;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.app.terminal.StandardOutput;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.DetectionStatus;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.text.AvroJson;
import dev.lockstep.schemas.text.Quoted;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Command {@code replay}, which runs captured logs through the engine. */
@Command(
    name = "replay",
    description = {
      "Runs captured logs through the engine of the service; needs no broker or network.",
      "Exit code 1: a rule or something else failed; 3: done, but some input was rejected; 4 with"
          + " --exit-code: the findings differ from those of --compare-to; 5 with --fail-on: a"
          + " finding has that severity or a higher one. If several apply, the code is the first of"
          + " 1, 5, 4 and 3."
    })
public final class ReplayCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();

  @Mixin private TimeRangeOptions range = new TimeRangeOptions();

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "File for the detections, one JSON object a line, or - for standard output.")
  private @Nullable String output;

  @Option(
      names = "--report",
      paramLabel = "FILE.html",
      description = "File for a report, which a browser shows.")
  private @Nullable Path report;

  @Option(
      names = "--decode-only",
      description =
          "Only read and decode the records, without rules, to measure the cost of reading.")
  private boolean decodeOnly;

  @Mixin private ReplayRuleOptions filter = new ReplayRuleOptions();

  @Option(
      names = "--compare-to",
      paramLabel = "FILE",
      description =
          "Print how the findings differ from those of an earlier run, in a file that replay"
              + " --output wrote, and explain why findings are gone.")
  private @Nullable String compareTo;

  @Option(
      names = "--exit-code",
      description = "With --compare-to: end with exit code 4 if the findings differ.")
  private boolean exitCode;

  @Option(
      names = "--fail-on",
      paramLabel = "LEVEL",
      description =
          "End with exit code 5 if a shown finding that is not in shadow has this severity or a"
              + " higher one: ${COMPLETION-CANDIDATES}.")
  private @Nullable SeverityLevel failOn;

  @Option(names = "--json", description = "Print the summary as one JSON object.")
  private boolean json;

  @Mixin private RedactOption redact = new RedactOption();

  @Mixin private CaptureOptions input = new CaptureOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    List<Path> added = ReplayRuleOptions.added(filter.paths());
    Config read = config.read(added);
    Enrichment enrichment = Wiring.enrichment(read);
    long fromMillis = range.from();
    long toMillis = range.to();
    checkOptions(read, added);
    Path file = output == null || StandardOutput.isNamed(output) ? null : Path.of(output);
    if (file != null) {
      PersonalFile.check(file);
    }
    if (report != null) {
      PersonalFile.check(report);
    }
    checkApart(file, report, read, added);
    input.refuseMissing(); // before the warnings, which are about a replay
    read.rules().skipped().forEach(System.err::println);
    Progress progress = input.progress();
    int threads = Runtime.getRuntime().availableProcessors();
    Replay replay =
        new Replay(read.rules(), enrichment, fromMillis, toMillis, threads, read.limits());
    ConfiguredRules without =
        added.isEmpty()
            ? null
            : Config.rules(config.file(), System.getenv(), RuleLoader.without(added));
    PrincipalNames names = new PrincipalNames();
    AddedMatches matches = without == null ? null : new AddedMatches(read.rules(), without, names);
    if (without != null && matches != null) {
      replay.alsoUnder(without).watching(matches);
    }
    Redaction redaction = redact.redaction(read);
    HygieneSurvey hygiene = // it names people, so a redacted report does not have it
        report == null || redaction != null
            ? null
            : new HygieneSurvey(enrichment, HygieneSurvey.USUAL_ROTATION);
    if (redaction != null) {
      replay.reading(redaction::learn);
    } else {
      Consumer<Activity> reader = hygiene == null ? activity -> {} : hygiene::add;
      replay.reading(without == null ? reader : reader.andThen(names::keepName));
    }
    try (ReplayComparison comparison =
        compareTo == null
            ? null
            : ReplayComparison.with(new DetectionFile(compareTo), filter.filter())) {
      long[] ended = {0};
      if (comparison != null) {
        replay.then(
            (whole, rerun) -> {
              ended[0] = System.nanoTime();
              comparison.compare(
                  redaction == null ? whole.detections() : redaction.result(whole).detections(),
                  whole,
                  read.rules(),
                  rerun,
                  redaction == null
                      ? GoneFindings.OutputForm.PLAIN
                      : new GoneFindings.OutputForm(redaction::text, redaction::finding));
            });
      }
      long began = System.nanoTime();
      Replay.Result result = run(replay, progress);
      String missing = MissingNetworks.warning(read);
      if (missing != null && ReplaySummary.unreadable(result.counts()) == null) {
        System.err.println(missing);
      }
      List<Detection> foundWithout = replay.foundByOthers();
      double seconds = ((ended[0] == 0 ? System.nanoTime() : ended[0]) - began) / 1e9;
      List<String> ids = result.detections().stream().map(Detection::getId).toList();
      if (redaction != null) {
        foundWithout = redaction.result(result.with(foundWithout)).detections();
        result = redaction.result(result);
      }
      try (AddedRules addedRules =
          without == null || matches == null
              ? null
              : new AddedRules(added, without, foundWithout, result, matches, names)) {
        List<CandidateComparison> candidates =
            CandidateComparison.of(
                read.rules(),
                result.detections(),
                ids,
                redaction == null ? UnaryOperator.identity() : redaction::finding,
                filter.filter());
        result = result.with(kept(result.detections()));
        try {
          write(result, hygiene, comparison, addedRules, candidates, redaction != null, seconds);
        } finally {
          for (CandidateComparison each : candidates) {
            each.close();
          }
        }
      }
      int code = end(result, System.err);
      if (code == ExitCode.FAILED) {
        return code;
      }
      if (isFailing(result.detections())) {
        return ExitCode.FOUND;
      }
      return exitCode && comparison != null && comparison.comparison().differs()
          ? ExitCode.DIFFERS
          : code;
    }
  }

  private void checkOptions(Config read, List<Path> added) {
    if (decodeOnly && !added.isEmpty()) {
      throw wrong(
          "could not add rules: --decode-only runs no rule; leave out --decode-only, or the files"
              + " of --rule");
    }
    if (decodeOnly && (output != null || report != null || compareTo != null || failOn != null)) {
      throw wrong(
          "could not write detections: --decode-only runs no rule; leave out --output, --report,"
              + " --compare-to and --fail-on, or --decode-only");
    }
    if (exitCode && compareTo == null) {
      throw wrong(
          "could not use --exit-code: the option needs --compare-to; name a file by --compare-to");
    }
    if ("-".equals(compareTo)) {
      throw wrong(
          "could not use --compare-to: the file is read twice, so it cannot be standard input; name"
              + " a file");
    }
    String problem = filter.problem(read.rules());
    if (problem != null) {
      throw wrong(problem);
    }
  }

  private CommandLine.ParameterException wrong(String message) {
    return new CommandLine.ParameterException(spec.commandLine(), message);
  }

  private Replay.Result run(Replay replay, Progress progress) {
    try {
      return decodeOnly
          ? replay.decode(input.paths(), System.in, progress)
          : replay.run(input.paths(), System.in, progress);
    } catch (IOException | UncheckedIOException e) {
      throw OperatorException.of(e);
    }
  }

  private List<Detection> kept(List<Detection> detections) {
    DetectionFilter keeping = filter.filter();
    return detections.stream()
        .filter(each -> keeping.keeps(each.getRule(), each.getSeverity()))
        .toList();
  }

  private boolean isFailing(List<Detection> detections) {
    if (failOn == null) {
      return false;
    }
    Severity least = failOn.severity();
    return detections.stream()
        .anyMatch(
            each -> each.getSeverity().compareTo(least) >= 0 && !DetectionStatus.isInShadow(each));
  }

  private void write(
      Replay.Result result,
      @Nullable HygieneSurvey hygiene,
      @Nullable ReplayComparison comparison,
      @Nullable AddedRules added,
      List<CandidateComparison> candidates,
      boolean isRedacted,
      double seconds)
      throws IOException {
    boolean toStandardOutput = StandardOutput.isNamed(output);
    if (toStandardOutput) {
      writeDetections(result.detections());
    } else if (output != null) {
      writeDetections(Path.of(output), result.detections());
    }
    AddedRules.ExplainCommandLine explain = isRedacted ? null : explaining();
    ReplaySummary summary =
        new ReplaySummary(
                result, seconds, explain == null || range.isLimited() ? null : explain::ofIncident)
            .listing(filter.filter()::keepsRule);
    if (report != null) {
      PersonalFile.write(
          report,
          summary.report(
              isRedacted
                  ? ReportOrigin.plain("replay", ProductVersion.number())
                  : ReportOrigin.of("replay", config.file(), input.paths(), output),
              hygiene == null ? List.of() : List.of(hygiene.result().section())));
    }
    PrintStream out = toStandardOutput ? System.err : System.out;
    if (json) {
      print(summary.json(), comparison, added, candidates, out);
    } else if (decodeOnly) {
      summary.printRecords(System.out);
    } else {
      summary.print(out);
      int width = spec.usageMessage().width();
      if (added != null) {
        added.print(out, width, explain);
      }
      candidates.forEach(each -> each.print(out, width));
      if (comparison != null) {
        out.println();
        new ComparisonText(out, width)
            .print(
                comparison.comparison(),
                String.valueOf(compareTo),
                "this replay",
                comparison.decisions());
      }
    }
    if (result.counts().total().read() == 0) {
      System.err.println(nothing(result, input.paths()));
    }
    String unreadable =
        result.leftOut() > 0 || (!json && toStandardOutput)
            ? null // or the summary has said so on standard error
            : ReplaySummary.unreadable(result.counts());
    if (unreadable != null) {
      System.err.println(unreadable);
    }
    if (range.hasStart() && result.leftOut() > 0 && !decodeOnly) {
      System.err.println(
          "Rules have learned nothing from records before --from, if the input has such records."
              + " Findings may then be missing, or differ from those of a replay of all records.");
    }
    StandardOutput.check("redirect standard output to a file on a disk with room");
  }

  /**
   * Returns the arguments of the commands that the output suggests as the next step. The result is
   * null if logs come from standard input, because it cannot be read again. The output suggests
   * {@code explain} for an incident, and for a rule from {@code --rule} without findings. If no
   * event that this rule matched has a principal, it suggests {@code rules lint} instead.
   */
  private AddedRules.@Nullable ExplainCommandLine explaining() {
    if (input.paths().contains("-")) {
      return null;
    }
    List<String> options = new ArrayList<>();
    Path file = config.file();
    if (file != null) {
      options.addAll(List.of("--config", file.toString()));
    }
    filter.paths().forEach(path -> options.addAll(List.of("--rule", path)));
    return new AddedRules.ExplainCommandLine(
        options,
        filter.paths().stream().filter(path -> !ReplayRuleOptions.isJar(path)).toList(),
        input.paths());
  }

  /**
   * Returns the message about a replay that read nothing. The message says whether all records
   * arrived outside the given times, or the input has no record. In the second case the message
   * also tells of files that were left out.
   */
  static String nothing(Replay.Result result, List<String> paths) throws IOException {
    if (result.leftOut() > 0) {
      return "Nothing was read: every record of the input arrived outside --from and --to.";
    }
    return "Nothing was read: the input has no record." + CaptureOptions.leftOut(paths);
  }

  private void print(
      String summary,
      @Nullable ReplayComparison comparison,
      @Nullable AddedRules added,
      List<CandidateComparison> candidates,
      PrintStream out) {
    out.print(summary.substring(0, summary.length() - 1));
    if (added != null) {
      out.print(",\"added\":");
      added.printJson(out);
    }
    if (comparison != null) {
      out.print(",\"comparison\":");
      new ComparisonJson(out)
          .write(
              comparison.comparison(),
              String.valueOf(compareTo),
              "this replay",
              comparison.decisions());
    }
    for (int i = 0; i < candidates.size(); i++) {
      out.print((i == 0 ? ",\"candidates\":{\"" : ",\"") + candidates.get(i).id() + "\":");
      candidates.get(i).write(out);
    }
    out.println(candidates.isEmpty() ? "}" : "}}");
  }

  static int end(Replay.Result result, PrintStream err) {
    String unaccounted = result.missing();
    if (unaccounted != null) {
      err.printf(
          "could not account for every record: %s; this is a bug of Lockstep: report it, with the"
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
    return "could not judge everything: %s failed; the results of the other rules are complete; fix %s, with the help of the log above, or set enabled: false for it"
        .formatted(
            failures.entrySet().stream()
                .map(
                    one ->
                        "rule %s (failures: %,d)"
                            .formatted(Quoted.of(one.getKey()), one.getValue()))
                .collect(Collectors.joining(", ")),
            failures.size() == 1 ? "the rule" : "each of these rules");
  }

  private void checkApart(@Nullable Path file, @Nullable Path page, Config read, List<Path> added) {
    if (file != null && page != null && RealPath.of(file).equals(RealPath.of(page))) {
      throw wrong(
          "could not write %s: it is named as --output and as --report; name two files"
              .formatted(Quoted.of(file.toString())));
    }
    Map<Path, String> others = new LinkedHashMap<>(redact.files());
    added.forEach(path -> others.put(path, "--rule"));
    if (file != null) {
      input.checkApart(file, "--output", config.file(), read, others);
    }
    if (page != null) {
      input.checkApart(page, "--report", config.file(), read, others);
    }
  }

  private static void writeDetections(List<Detection> detections) throws IOException {
    writeDetections(System.out, detections);
    if (System.out.checkError()) { // which does not throw an exception
      throw new OperatorException(
          "could not write the detections to standard output: it is closed or its disk is full;"
              + " name a file by --output");
    }
  }

  private static void writeDetections(Path file, List<Detection> detections) {
    PersonalFile.write(file, to -> writeDetections(to, detections));
  }

  private static void writeDetections(OutputStream to, List<Detection> detections)
      throws IOException {
    Writer out = new BufferedWriter(new OutputStreamWriter(to, StandardCharsets.UTF_8), 1 << 16);
    for (Detection detection : detections) {
      out.write(AvroJson.of(detection));
      out.write('\n');
    }
    out.flush();
  }
}
