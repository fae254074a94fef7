package dev.lockstep.app.cli;

import dev.lockstep.app.accept.Acceptance;
import dev.lockstep.app.accept.DetectionSummaries;
import dev.lockstep.app.accept.DetectionSummary;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.detection.IdForm;
import dev.lockstep.app.file.AtomicFile;
import dev.lockstep.app.file.ProgramSources;
import dev.lockstep.app.option.ConfigOption;
import dev.lockstep.app.option.TimeOption;
import dev.lockstep.app.privacy.Pseudonyms;
import dev.lockstep.app.privacy.Redaction;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.Terminal;
import dev.lockstep.app.terminal.TextTable;
import dev.lockstep.app.terminal.WrappedText;
import dev.lockstep.detections.incident.IncidentsOfGroup;
import dev.lockstep.enrichment.exception.ExceptionEntry;
import dev.lockstep.enrichment.exception.Exceptions;
import dev.lockstep.enrichment.file.FileAndFolder;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.network.NamedNetwork;
import dev.lockstep.enrichment.partner.Partner;
import dev.lockstep.enrichment.partner.Partners;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Command {@code accept}, which writes an exception or a partner network for a detection. */
@Command(
    name = "accept",
    description = {
      "Accepts a detection as expected: writes the narrowest exception that covers the detection, or"
          + " adds the detection's network to its partner.",
      "An exception expires. The command also lists the other detections that the new exception or"
          + " network would have hidden."
    })
public final class AcceptCommand implements Callable<Integer> {
  /** Kind of entry to write for an accepted detection: an exception or a partner's network. */
  enum As {
    EXCEPTION,
    PARTNER_NETWORK
  }

  private static final int MOST_CHARS = 400;
  private static final int LONGEST_WORD = 80;

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(
      names = "--detections",
      paramLabel = "FILE",
      description =
          "File that \"replay --output\" wrote, or the file rows.jsonl that \"demo\" wrote (default:"
              + " the topic of detections in the configured cluster).")
  private @Nullable String detections;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "Why the detection is expected (default: id and title of the detection).")
  private @Nullable String reason;

  @Option(
      names = "--owner",
      paramLabel = "NAME",
      description =
          "Who is responsible for the exception (default: the user who runs this command). For a"
              + " partner's network, this name is added to the network's note.")
  private @Nullable String owner;

  @Option(
      names = "--expires",
      paramLabel = "DATE",
      description =
          "When the exception ends, such as 2026-12-31 or an ISO 8601 time (default: in 90 days).")
  private @Nullable String expires;

  @Option(
      names = "--as",
      paramLabel = "exception|partner-network",
      description =
          "Kind of entry to write (default: a partner's network for a detection of the rule"
              + " partner-ip-drift if a partners file is configured, otherwise an exception).")
  private @Nullable String as;

  @Option(names = "--dry-run", description = "Say what would be written, and write nothing.")
  private boolean dryRun;

  @Option(
      names = "--json",
      description = "Print one JSON object, or an array if several detections are named.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      arity = "1..*",
      paramLabel = "DETECTION-ID",
      description = "Id of a detection, or at least the first 8 characters of the id.")
  private List<String> ids = List.of();

  @Override
  public Integer call() throws IOException {
    As chosen = chosen();
    long now = System.currentTimeMillis();
    Long until = expires == null ? null : (Long) TimeOption.millis(spec, "--expires", expires);
    Path found = config.file();
    Config read = config.read();
    String configName = found == null ? null : Quoted.visible(found.toString());
    if (detections == null) {
      ids.forEach(this::refuseForm); // before the cluster is asked
    }
    if (found != null) {
      refuseSources(read, found, chosen);
    }
    DetectionSummaries summaries =
        detections == null
            ? DetectionSummaries.ofTopic(read.kafka(), read.rules()::firesByPairs)
            : DetectionSummaries.ofFile(detections, read.rules()::firesByPairs);
    List<DetectionSummary> named = ids.stream().map(summaries::find).distinct().toList();
    List<String> lines = new ArrayList<>();
    try {
      for (DetectionSummary detection : named) {
        lines.add(accept(detection, summaries, read, configName, chosen, now, until));
      }
    } finally { // what was written is reported even if the next file fails
      print(lines, named.size());
    }
    return ExitCode.DONE;
  }

  private void refuseForm(String id) {
    String problem = IdForm.problem(id);
    if (problem != null) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "could not accept the detection: %s%s"
              .formatted(
                  problem,
                  isFile(id)
                      ? "; if the detection is in a file, name the file with --detections; the file must have detections, not logs"
                      : ""));
    }
  }

  private static boolean isFile(String text) {
    try {
      return !text.isBlank() && Files.exists(Path.of(text));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private void print(List<String> lines, int asked) {
    if (lines.isEmpty()) {
      return;
    }
    if (json) {
      System.out.println(asked == 1 ? lines.get(0) : "[" + String.join(",\n", lines) + "]");
    } else {
      System.out.println(String.join("\n\n", lines));
    }
  }

  private String accept(
      DetectionSummary detection,
      DetectionSummaries summaries,
      Config read,
      @Nullable String configName,
      @Nullable As asked,
      long now,
      @Nullable Long until)
      throws IOException {
    As chosen = asked;
    if (detection.isWithdrawn()) {
      throw new OperatorException(
          "could not accept the detection %s: it is withdrawn, so no exception is needed; name another detection"
              .formatted(detection.id()));
    }
    if (chosen == null) {
      chosen =
          detection.rule().equals("partner-ip-drift") && read.partners() != null
              ? As.PARTNER_NETWORK
              : As.EXCEPTION;
    }
    Acceptance acceptance = new Acceptance(detection, summaries.all());
    try {
      Acceptance.Written written =
          chosen == As.PARTNER_NETWORK
              ? partnerNetwork(read, configName, acceptance, now)
              : exception(read, configName, acceptance, now, until);
      if (!dryRun && written.text() != null) {
        refuseSources(chosen, written.file());
        AtomicFile.create(written.file(), written.text());
      }
      return json ? asJson(detection, summaries, written) : text(detection, summaries, written);
    } catch (FileProblemException e) {
      throw OperatorException.of(e);
    }
  }

  /**
   * Refuses a configuration in Lockstep's source tree, unless the configuration names a file
   * outside the tree for the new entry.
   */
  private void refuseSources(Config read, Path found, @Nullable As as) {
    if (dryRun || !ProgramSources.contain(found)) {
      return;
    }
    boolean isException = as != As.PARTNER_NETWORK && isOutside(read.exceptions());
    boolean isNetwork = as != As.EXCEPTION && isOutside(read.partners());
    if (!isException && !isNetwork) {
      throw ofSources(found);
    }
  }

  private static OperatorException ofSources(Path found) {
    return new OperatorException(
        "could not accept the detection: the configuration %s is in the source tree of Lockstep; copy the configuration, and the files that it names, to a folder of yours, and name the copy with --config"
            .formatted(Quoted.of(found)));
  }

  private static boolean isOutside(@Nullable Path file) {
    return file != null && !ProgramSources.contain(file);
  }

  /** Throws an exception if the file to write is in Lockstep's source tree. */
  private static void refuseSources(As as, Path file) {
    if (ProgramSources.contain(file)) {
      String key = as == As.PARTNER_NETWORK ? "partners" : "exceptions";
      throw new OperatorException(
          "could not write %s: the folder is in the source tree of Lockstep; copy the %s file to a folder of yours and name the copy in a configuration with the key %s, or use --dry-run to see the entry only"
              .formatted(Quoted.of(file), key, key));
    }
  }

  private @Nullable As chosen() {
    if (as == null) {
      return null;
    }
    return switch (as) {
      case "exception" -> As.EXCEPTION;
      case "partner-network" -> As.PARTNER_NETWORK;
      default ->
          throw new CommandLine.ParameterException(
              spec.commandLine(),
              "could not use --as: %s is unknown; give \"exception\" or \"partner-network\""
                  .formatted(Quoted.of(as)));
    };
  }

  private Acceptance.Written exception(
      Config read,
      @Nullable String configName,
      Acceptance acceptance,
      long now,
      @Nullable Long until)
      throws FileProblemException {
    Path configured = read.exceptions();
    if (configured == null) {
      Path found = config.file();
      if (found != null && ProgramSources.contain(found)) {
        throw ofSources(found); // no line should be added to it
      }
      throw new OperatorException(
          configName == null
              ? "could not write an exception: no configuration is named, and the current folder has no lockstep.yaml; use --config to name a configuration that has an exceptions file"
              : "could not write an exception: the configuration %s has no exceptions file; add the line \"exceptions: exceptions.yaml\""
                  .formatted(configName));
    }
    DetectionSummary detection = acceptance.detection();
    Partners partners = read.partners() == null ? Partners.none() : Partners.read(read.partners());
    String partner = detection.partner();
    if (!read.rules().ids().contains(detection.rule())) {
      throw unknown("rule", detection.rule());
    }
    if (partner != null && partners.byId(partner) == null) {
      throw unknown("partner", partner);
    }
    List<ExceptionEntry> known =
        FileAndFolder.of(configured).exists()
            ? Exceptions.read(configured, read.rules().ids(), partners).all()
            : List.of();
    long least = until == null ? now + 1 : until; // an exception that ends before is no help
    for (ExceptionEntry entry : known) {
      if (detection.isCoveredBy(entry) && entry.expiresAt() >= least) {
        return acceptance.covered(configured, entry);
      }
    }
    long end = Math.max(now, detection.endAt());
    long usual = Acceptance.usualEnd(end);
    if (until != null && until <= end) {
      throw new OperatorException(
          "could not write an exception: --expires %s is not after %s; give a later day"
              .formatted(
                  Quoted.of(expires),
                  end == now
                      ? "now, so the exception would hide no new finding"
                      : "the detection's end, %s, so the exception would not hide it"
                          .formatted(Instant.ofEpochMilli(end))));
    }
    ExceptionEntry entry =
        Exceptions.of(known)
            .withUnusedId(
                acceptance.narrowest(
                    reasonFor(detection),
                    owner == null || owner.isBlank() ? Acceptance.usualOwner() : owner,
                    until == null ? usual : until));
    if (entry.principal() != null && Pseudonyms.isOne(Redaction.USER, entry.principal())) {
      throw new OperatorException(
          "could not write an exception: the principal %s is a pseudonym, which --redact wrote in the place of an id, so the exception would hide nothing; name a file that replay wrote without --redact"
              .formatted(Quoted.visible(entry.principal())));
    }
    for (ExceptionEntry other : known) {
      if (other.isOfSame(entry)) { // one that ends late enough has been returned above
        throw new OperatorException(
            "could not write an exception: the exception %s is about the same findings, and %s at %s; set the key expires of that exception to a later date, or remove the exception, and run this command again"
                .formatted(
                    other.id(),
                    other.expiresAt() > now ? "ends" : "ended",
                    Instant.ofEpochMilli(other.expiresAt())));
      }
    }
    Path file = newFile(configured, now, entry.id());
    String text = Exceptions.added(configured, file, entry, read.rules().ids(), partners);
    return acceptance.exception(file, text, entry);
  }

  private static OperatorException unknown(String what, String id) {
    return new OperatorException(
        "could not write an exception: the configuration has no %s %s; use --config to name a configuration that has it"
            .formatted(what, Quoted.of(id)));
  }

  private String reasonFor(DetectionSummary detection) {
    return reason == null || reason.isBlank()
        ? "Accepted " + detection.id() + " (" + detection.title() + ")"
        : reason;
  }

  private static Path newFile(Path configured, long now, String about) {
    StringBuilder word = new StringBuilder();
    about.chars().limit(LONGEST_WORD).forEach(c -> word.append(isPlain(c) ? (char) c : '-'));
    String name = Instant.ofEpochMilli(now).toString().substring(0, 10) + "-" + word;
    Path folder = FileAndFolder.of(configured).folder();
    Path file = folder.resolve(name + ".yaml");
    for (int i = 2; Files.exists(file); i++) {
      file = folder.resolve(name + "-" + i + ".yaml");
    }
    return file;
  }

  private static boolean isPlain(int c) {
    return (c < 128 && Character.isLetterOrDigit(c)) || c == '.' || c == '_';
  }

  private Acceptance.Written partnerNetwork(
      Config read, @Nullable String configName, Acceptance acceptance, long now)
      throws FileProblemException {
    DetectionSummary detection = acceptance.detection();
    String partner = detection.partner();
    if (partner == null || !detection.rule().equals("partner-ip-drift")) {
      throw new OperatorException(
          "could not add a network to a partner: the detection %s is of the rule %s, not of partner-ip-drift; use --as exception to write an exception instead"
              .formatted(detection.id(), detection.rule()));
    }
    if (expires != null) {
      throw new OperatorException(
          "could not use --expires: a partner's network has no end; leave out --expires, or use --as exception to write an exception instead");
    }
    Path configured = read.partners();
    if (configured == null) {
      throw new OperatorException(
          configName == null
              ? "could not add a network to a partner: no configuration is named, and the current folder has no lockstep.yaml; use --config to name a configuration that has a partners file"
              : "could not add a network to a partner: the configuration %s has no partners file; add the line \"partners: partners.yaml\", or use --as exception to write an exception instead"
                  .formatted(configName));
    }
    NamedNetwork network = acceptance.partnerNetwork();
    Partner known = Partners.read(configured).byId(partner);
    if (known == null) {
      throw new OperatorException(
          "could not add a network to a partner: %s has no partner %s; use the partners file with which the detection was found"
              .formatted(Quoted.of(configured), Quoted.of(partner)));
    }
    if (known.has(network)) {
      return acceptance.partnerNetwork(configured, null, partner, network);
    }
    Path file = newFile(configured, now, partner + "-" + network);
    String note =
        reasonFor(detection) + (owner == null || owner.isBlank() ? "" : " (" + owner + ")");
    String text = Partners.addition(partner, network, note);
    return acceptance.partnerNetwork(file, text, partner, network);
  }

  private String text(
      DetectionSummary detection, DetectionSummaries summaries, Acceptance.Written written) {
    StringBuilder text = new StringBuilder(500);
    String file = Quoted.visible(written.file().toString());
    text.append(fitted(0, "Detection " + line(detection))).append("\n\n");
    text.append(
        written.text() == null
            ? "Nothing to write: %s, or the folder beside it, has the entry already:%n"
                .formatted(file)
            : (dryRun ? "Would write %s:%n" : "Wrote %s (delete it to undo this):%n")
                .formatted(file));
    written
        .lines()
        .forEach(one -> text.append("  ").append(TextTable.shown(one, MOST_CHARS)).append('\n'));
    int others = summaries.all().size() - 1;
    text.append('\n');
    text.append(hidden(written.alsoHides().size(), others, Quoted.visible(summaries.from())));
    for (DetectionSummary other : written.alsoHides()) {
      text.append('\n').append(fitted(2, line(other)));
    }
    List<DetectionSummary> lowered = written.alsoLowers();
    if (!lowered.isEmpty()) {
      text.append(
          "\nThis entry would also have lowered the severity of %s, because fewer than %d rules would have agreed in the incident:"
              .formatted(
                  DisplayFormat.count(lowered.size(), "other detection"),
                  IncidentsOfGroup.RULES_TO_RAISE));
    }
    for (DetectionSummary other : lowered) {
      String then = ", then " + TextTable.shown(String.valueOf(other.severityBefore()));
      text.append('\n').append(fitted(2, line(other) + then));
    }
    written.wider().forEach(one -> text.append('\n').append(Quoted.visible(one)));
    if (detection.corroborated()) {
      text.append(
              "\n"
                  + "An alert of Microsoft Defender confirms this detection. Such an alert"
                  + " outweighs an")
          .append(" exception, so the detection is sent all the same.");
    }
    return text.toString();
  }

  /** Returns a sentence about the other detections of {@code from} that an entry hides. */
  private static String hidden(int hidden, int others, String from) {
    if (others == 0) {
      return from + " has no other detection that this entry could have hidden.";
    }
    if (others == 1) {
      return "This entry would %s the one other detection of %s."
          .formatted(hidden == 0 ? "not have hidden" : "also have hidden", from);
    }
    return "This entry would %s of the %d other detections of %s."
        .formatted(hidden == 0 ? "have hidden none" : "also have hidden " + hidden, others, from);
  }

  private static String line(DetectionSummary detection) {
    return TextTable.shown(
        detection.id()
            + ", "
            + Instant.ofEpochMilli(detection.endAt()).toString().substring(0, 10)
            + ", "
            + detection.rule()
            + ", "
            + detection.severity()
            + ": "
            + detection.title(),
        MOST_CHARS);
  }

  private static String fitted(int indent, String text) {
    return WrappedText.fitted(Terminal.behind(System.out), " ".repeat(indent), text);
  }

  private String asJson(
      DetectionSummary detection, DetectionSummaries summaries, Acceptance.Written written)
      throws IOException {
    return JsonText.object(
        out -> {
          out.writeStringField("id", detection.id());
          out.writeStringField("rule", detection.rule());
          out.writeStringField("file", written.file().toString());
          out.writeBooleanField("written", !dryRun && written.text() != null);
          JsonText.writeTexts(out, "lines", written.lines());
          JsonText.writeTexts(out, "alsoHides", ids(written.alsoHides()));
          JsonText.writeTexts(out, "alsoLowers", ids(written.alsoLowers()));
          out.writeNumberField("lookedAt", summaries.all().size());
        });
  }

  private static List<String> ids(List<DetectionSummary> detections) {
    return detections.stream().map(DetectionSummary::id).toList();
  }
}
