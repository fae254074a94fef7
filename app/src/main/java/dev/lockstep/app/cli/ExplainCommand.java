package dev.lockstep.app.cli;

import dev.lockstep.app.accept.DetectionSummaries;
import dev.lockstep.app.accept.DetectionSummary;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.detection.ComparedDetection;
import dev.lockstep.app.detection.DetectionFile;
import dev.lockstep.app.explain.ExplainJson;
import dev.lockstep.app.explain.ExplainRun;
import dev.lockstep.app.explain.ExplainScope;
import dev.lockstep.app.explain.ExplainText;
import dev.lockstep.app.explain.Explanation;
import dev.lockstep.app.explain.FindingSearch;
import dev.lockstep.app.explain.IncidentJson;
import dev.lockstep.app.explain.IncidentSearch;
import dev.lockstep.app.explain.IncidentText;
import dev.lockstep.app.explain.SubjectSearch;
import dev.lockstep.app.option.CaptureOptions;
import dev.lockstep.app.option.ConfigOption;
import dev.lockstep.app.option.RedactOption;
import dev.lockstep.app.option.ReplayRuleOptions;
import dev.lockstep.app.privacy.Redaction;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.app.terminal.StandardOutput;
import dev.lockstep.app.terminal.WrappedText;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Command {@code explain}, which explains why rules fired or were suppressed. */
@Command(
    name = "explain",
    description = {
      "Explains why rules fired or were suppressed: shows each comparison with its numbers, and the"
          + " gate that decided.",
      "Replays captured logs; needs no broker or network. Exit code 3: done, but some input was"
          + " rejected."
    })
public final class ExplainCommand implements Callable<Integer> {
  private static final int MOST_NAMED = 1_000;

  @ArgGroup(multiplicity = "1")
  private About about = new About();

  /** Options that name the subject, finding or incident to explain. */
  static final class About {
    @Option(
        names = "--principal",
        paramLabel = "ID",
        description = "Principal: object id, app id, subscription, UPN or display name.")
    @Nullable String principal;

    @Option(
        names = "--partner",
        paramLabel = "ID",
        description = "Partner: id or name in the partners file.")
    @Nullable String partner;

    @Option(
        names = "--token",
        paramLabel = "UTI",
        description = "Token: its id (claim uti), as a GUID or in base64 as logs write it.")
    @Nullable String token;

    @Option(names = "--ip", paramLabel = "ADDRESS", description = "IPv4 or IPv6 address.")
    @Nullable String ip;

    @Option(
        names = "--detection",
        paramLabel = "ID",
        description =
            "Finding: its id, or at least 8 characters from the beginning. Explains its subject on"
                + " its day.")
    @Nullable String detection;

    @Option(
        names = "--incident",
        paramLabel = "ID",
        description =
            "Incident: its correlation id, or at least 8 characters from the beginning. Shows its"
                + " findings, and why they are one incident.")
    @Nullable String incident;

    @Option(
        names = "--session",
        paramLabel = "SID",
        description =
            "Session: its id. If several users have sessions with this id, write the user's object"
                + " id and a space before the session's id.")
    @Nullable String session;

    @Option(
        names = "--vault",
        paramLabel = "NAME",
        description = "Key vault of the estate: its name or resource id.")
    @Nullable String vault;

    @Option(
        names = "--app",
        paramLabel = "ID",
        description = "Workload: its app id, object id or display name.")
    @Nullable String app;
  }

  @Option(
      names = "--detections",
      paramLabel = "FILE",
      description =
          "Only with --detection: file with findings that \"demo\" or \"replay --output\" wrote,"
              + " for a finding that a replay of PATH no longer gives.")
  private @Nullable String detections;

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(
      names = "--rule",
      paramLabel = "PATH",
      split = ",",
      description =
          "Also explain the rules of a file that ends in .yml, of a folder with such files, or of a"
              + " jar. Separate several paths with commas.")
  private List<String> rules = List.of();

  @Option(
      names = "--at",
      paramLabel = "TIME",
      description =
          "Only this UTC day. With a time of day, the comparisons nearest to that time come first."
              + " ISO 8601.")
  private @Nullable String at;

  @Option(names = "--all", description = "Show everything, also what is left out by default.")
  private boolean all;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Mixin private RedactOption redact = new RedactOption();

  @Mixin private CaptureOptions input = new CaptureOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    ExplainScope scope = scope();
    if (about.incident != null) {
      return incident(about.incident.strip());
    }
    Config read = read();
    Enrichment enrichment = Wiring.enrichment(read);
    SubjectSearch search = about.detection == null ? search(enrichment) : null;
    int threads = Runtime.getRuntime().availableProcessors();
    ExplainRun run = new ExplainRun(read.rules(), enrichment, threads, read.limits());
    if (search == null) {
      run.search(findingSearch());
    } else {
      run.reading(search::lookIn);
    }
    Redaction redaction = redact.redaction(read);
    UnaryOperator<String> shown = redaction == null ? text -> text : redaction::text;
    if (redaction != null) {
      run.reading(redaction::learn);
    }
    ExplainRun.Result result;
    try {
      result =
          run.run(
              input.paths(),
              System.in,
              input.progress(),
              counts -> {
                if (search != null) {
                  ask(search, counts, run, shown);
                }
              });
    } catch (SeveralPrincipalsException several) {
      several.lines.forEach(line -> System.err.println(shown.apply(line)));
      return ExitCode.WRONG_USAGE;
    } catch (IOException | UncheckedIOException e) {
      throw OperatorException.of(e);
    }
    FindingSearch.Found finding = result.finding();
    if (finding != null && at == null) {
      scope = new ExplainScope(finding.date(), null, all);
    }
    Explanation explanation = result.explanations().get(0);
    if (redaction != null) {
      explanation = explanation.redacted(redaction);
    }
    if (json) {
      System.out.println(new ExplainJson(scope, shown).of(explanation, result));
    } else {
      WrappedText lines = new WrappedText(System.out, spec.usageMessage().width(), shown);
      new ExplainText(lines, scope).print(explanation, result);
    }
    StandardOutput.check();
    return rejections(result.counts());
  }

  private int incident(String asked) {
    if (asked.isEmpty()) {
      throw wrong("could not use --incident: it is empty; give the id of an incident");
    }
    if (at != null) {
      throw wrong("could not use --at: an incident is always shown whole; leave out --at");
    }
    if (detections != null) {
      throw wrong(
          "could not use --detections: it works only with --detection ID; leave it out, or give"
              + " --detection instead of --incident");
    }
    refuseForm("--incident", asked);
    Config read = read();
    ExplainRun run =
        new ExplainRun(
            read.rules(),
            Wiring.enrichment(read),
            Runtime.getRuntime().availableProcessors(),
            read.limits());
    Redaction redaction = redact.redaction(read);
    UnaryOperator<String> shown = redaction == null ? text -> text : redaction::text;
    if (redaction != null) {
      run.reading(redaction::learn);
    }
    ExplainRun.IncidentResult result;
    try {
      result = run.incident(input.paths(), System.in, input.progress(), new IncidentSearch(asked));
    } catch (IOException | UncheckedIOException e) {
      throw OperatorException.of(e);
    }
    if (redaction != null) {
      result = result.redacted(redaction);
    }
    if (json) {
      System.out.println(new IncidentJson(shown).of(result));
    } else {
      new IncidentText(new WrappedText(System.out, spec.usageMessage().width(), shown), all)
          .print(result);
    }
    StandardOutput.check();
    return rejections(result.counts());
  }

  private void refuseForm(String option, String asked) {
    String problem = FindingSearch.problem(option, asked);
    if (problem != null) {
      throw wrong(problem);
    }
  }

  private CommandLine.ParameterException wrong(String message) {
    return new CommandLine.ParameterException(spec.commandLine(), message);
  }

  private Config read() {
    for (String rule : rules) {
      if (!ReplayRuleOptions.isPath(rule) && !Files.exists(Path.of(rule))) {
        throw wrong(
            "could not use --rule: there is no file or folder %s; name a file that ends in .yml, a folder with such files, or a jar; to see a rule of the configuration, leave out --rule, since explain shows all of these rules"
                .formatted(Quoted.of(rule)));
      }
    }
    return config.read(ReplayRuleOptions.added(rules));
  }

  private static int rejections(IngestCounts counts) {
    long rejected = counts.total().rejected();
    if (rejected == 0) {
      return ExitCode.DONE;
    }
    System.err.println(
        DisplayFormat.count(rejected, "record")
            + " could not be read, so this explanation may be incomplete: "
            + DisplayFormat.counts(counts.rejectedByReason())
            + "; "
            + ShellCommand.call("replay")
            + " shows the first such record of each reason");
    return ExitCode.DONE_WITH_REJECTIONS;
  }

  private FindingSearch findingSearch() {
    String asked = String.valueOf(about.detection).strip();
    if (asked.isEmpty()) {
      throw wrong("could not use --detection: it is empty; give the id of a finding");
    }
    if (detections == null) {
      refuseForm("--detection", asked);
      return new FindingSearch(asked, null);
    }
    Map<String, ComparedDetection> named = new TreeMap<>();
    DetectionFile file = new DetectionFile(detections);
    file.forEach(
        true,
        one -> {
          boolean isKept = named.size() < MOST_NAMED || named.containsKey(one.id());
          if (isKept && FindingSearch.isNamed(asked, one.id()) && !one.isWithdrawn()) {
            named.merge(one.id(), one, ComparedDetection::later);
          }
        });
    ComparedDetection exact = named.get(asked);
    if (named.isEmpty() && !file.isStandardInput()) {
      List<DetectionSummary> members =
          DetectionSummaries.ofFile(detections, any -> false).inIncident(asked);
      if (!members.isEmpty()) {
        throw FindingSearch.isIncident(
            asked,
            String.valueOf(members.get(0).incident()),
            members.stream().map(DetectionSummary::id).toList());
      }
    }
    if (exact == null && named.size() != 1) {
      throw FindingSearch.unknown(asked, named.size(), Quoted.of(detections), true);
    }
    return new FindingSearch(asked, exact == null ? named.values().iterator().next() : exact);
  }

  private SubjectSearch search(Enrichment enrichment) {
    if (detections != null) {
      throw wrong(
          "could not use --detections: it works only with --detection ID; leave it out, or give"
              + " --detection instead of the subject");
    }
    try {
      if (about.principal != null) {
        return search(Subject.Kind.PRINCIPAL, "--principal", about.principal, enrichment);
      }
      if (about.partner != null) {
        return search(Subject.Kind.PARTNER, "--partner", about.partner, enrichment);
      }
      if (about.token != null) {
        return search(Subject.Kind.TOKEN, "--token", about.token, enrichment);
      }
      if (about.session != null) {
        return search(Subject.Kind.SESSION, "--session", about.session, enrichment);
      }
      if (about.vault != null) {
        return search(Subject.Kind.RESOURCE, "--vault", about.vault, enrichment);
      }
      if (about.app != null) {
        return search(Subject.Kind.APPLICATION, "--app", about.app, enrichment);
      }
      return search(Subject.Kind.ADDRESS, "--ip", String.valueOf(about.ip), enrichment);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private static SubjectSearch search(
      Subject.Kind kind, String option, String text, Enrichment enrichment) {
    if (text.isBlank()) {
      throw new IllegalArgumentException(
          "could not use " + option + ": it is empty; name the subject to explain");
    }
    return new SubjectSearch(kind, text, enrichment);
  }

  private ExplainScope scope() {
    if (at == null) {
      return new ExplainScope(null, null, all);
    }
    try {
      if (at.length() == 10) {
        return new ExplainScope(LocalDate.parse(at), null, all);
      }
      OffsetDateTime time = OffsetDateTime.parse(at).withOffsetSameInstant(ZoneOffset.UTC);
      return new ExplainScope(time.toLocalDate(), time.toInstant().toEpochMilli(), all);
    } catch (DateTimeParseException | ArithmeticException e) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "could not use --at: %s is not a time; write it like 2026-11-19 or 2026-11-19T10:02Z"
              .formatted(Quoted.of(at)),
          e);
    }
  }

  private static void ask(
      SubjectSearch search, IngestCounts counts, ExplainRun run, UnaryOperator<String> shown) {
    SubjectSearch.Found found;
    try {
      found = search.found(counts.total().read());
    } catch (OperatorException e) {
      // The message names those that are nearest to what was asked.
      throw new OperatorException(shown.apply(String.valueOf(e.getMessage())), e);
    }
    List<Principal> principals = found.principals();
    if (found.subject() == null) {
      throw new SeveralPrincipalsException(search.several(principals));
    }
    run.add(found.subject(), principals.isEmpty() ? null : principals.get(0));
  }

  /**
   * Failure because the name, session id or app id that the operator gave fits several principals.
   */
  private static final class SeveralPrincipalsException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient List<String> lines;

    SeveralPrincipalsException(List<String> lines) {
      super(null, null, false, false);
      this.lines = lines;
    }
  }
}
