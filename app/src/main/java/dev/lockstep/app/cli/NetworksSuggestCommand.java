package dev.lockstep.app.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.replay.SortedCapture;
import dev.lockstep.app.suggest.AlertedAddresses;
import dev.lockstep.app.suggest.Census;
import dev.lockstep.app.suggest.JudgedRow;
import dev.lockstep.app.suggest.NetworkSuggestion;
import dev.lockstep.app.suggest.NetworkSurvey;
import dev.lockstep.app.suggest.RowEffect;
import dev.lockstep.app.suggest.RowTrials;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.app.terminal.TextTable;
import dev.lockstep.app.terminal.TimeText;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.schemas.Detection;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "suggest",
    description = {
      "Reads captured logs and suggests rows that the networks file may lack.",
      "Each row is judged by replaying the logs with and without it: what it would suppress stands"
          + " with it. A row that would suppress a High finding, or that holds an address of a"
          + " Defender alert, is written commented out.",
      "The rows go to standard output as a networks file, a table to standard error. Read each"
          + " before you take it.",
      "Exit code 3: done, but some input was rejected."
    })
public final class NetworksSuggestCommand implements Callable<Integer> {
  private static final int MOST_IDS = 20;
  private static final int MOST_CHARS = 400;

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(
      names = "--min-users",
      paramLabel = "N",
      defaultValue = "10",
      description = "How many different users make an address worth a row (default: 10).")
  private int minUsers;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Leave out what arrived earlier, such as 2026-11-16T00:00:00Z.")
  private @Nullable String from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      description = "Leave out what arrived at that time or later.")
  private @Nullable String to;

  @Option(names = "--json", description = "Print a JSON array instead of rows and table.")
  private boolean json;

  @Mixin private CaptureInput input = new CaptureInput();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    if (minUsers < 2) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "could not use --min-users: %d is below 2".formatted(minUsers));
    }
    Config read = config.read();
    Enrichment enrichment = Wiring.enrichment(read);
    Progress progress = input.progress();
    try (SortedCapture capture =
        new SortedCapture(
            read.limits(),
            time("--from", from, Long.MIN_VALUE),
            time("--to", to, Long.MAX_VALUE))) {
      capture.read(input.paths(), System.in, progress);
      NetworkSurvey survey = new NetworkSurvey(enrichment, minUsers);
      AlertedAddresses alerts = new AlertedAddresses();
      capture.forEach(
          "looking at networks",
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
            "Not all of it was counted: %,d times there was no room for an address or prefix, most"
                + " of a single user; read a shorter time if that matters%n",
            survey.leftOut());
      }
      if (capture.counts().total().read() == 0) {
        System.err.println("Nothing was read: the input holds no record.");
      }
      return capture.counts().total().rejected() > 0
          ? ExitCode.DONE_WITH_REJECTIONS
          : ExitCode.DONE;
    } catch (IOException | UncheckedIOException e) {
      throw OperatorException.saying(e);
    }
  }

  private void print(RowTrials.Judged judged) {
    if (json) {
      System.out.println(asJson(judged.rows()));
      return;
    }
    System.out.print(asFile(judged));
    System.out.flush();
    table(judged, System.err);
  }

  private long time(String option, @Nullable String text, long usual) {
    return text == null ? usual : TimeText.option(spec.commandLine(), option, text);
  }

  public static String asFile(RowTrials.Judged judged) {
    StringBuilder text = new StringBuilder("cidr,class\n");
    for (JudgedRow each : judged.rows()) {
      NetworkSuggestion row = each.row();
      comment(text, row.why());
      comment(
          text,
          row.network()
              + "; "
              + row.numbers().entrySet().stream()
                  .map(number -> words(number.getKey()) + " " + shown(number.getValue()))
                  .collect(Collectors.joining(", ")));
      effect(each.effect()).forEach(line -> comment(text, line));
      each.reasons().forEach(reason -> comment(text, "commented out: " + reason));
      text.append(each.isCommentedOut() ? "# " : "");
      text.append(row.cidr()).append(',').append(row.networkClass().word()).append('\n');
    }
    if (!judged.rows().isEmpty()) {
      comment(text, "the rows that are not commented out, together:");
      effect(judged.together()).forEach(line -> comment(text, line));
    }
    return text.toString();
  }

  private static void comment(StringBuilder text, String line) {
    text.append("# ").append(TextTable.shown(line, MOST_CHARS)).append('\n');
  }

  /** Returns what rows do to the findings, a line a rule and severity. */
  private static List<String> effect(RowEffect effect) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "suppresses %s of %s"
            .formatted(
                effect.suppressed().isEmpty() ? "none" : effect.suppressed().size(),
                DisplayFormat.many(effect.findings(), "finding")));
    effect
        .suppressedAlike()
        .forEach((kind, findings) -> lines.add("suppresses " + kind + ": " + counted(findings)));
    effect
        .loweredAlike()
        .forEach((kind, findings) -> lines.add("lowers " + kind + ": " + counted(findings)));
    if (!effect.coveredHigh().isEmpty()) {
      lines.add(
          "of these, events that another High finding shows, which stays: "
              + counted(effect.coveredHigh()));
    }
    if (effect.raised() > 0) {
      lines.add("adds or raises " + DisplayFormat.many(effect.raised(), "finding"));
    }
    return lines;
  }

  private static String counted(List<Detection> findings) {
    return "%d (%s)".formatted(findings.size(), RowTrials.ids(findings, MOST_IDS));
  }

  private static void table(RowTrials.Judged judged, PrintStream out) {
    if (judged.rows().isEmpty()) {
      out.println("Nothing to suggest.");
      return;
    }
    TextTable table =
        new TextTable(
            "Row",
            "Class",
            "Written",
            "Suppresses",
            "High",
            "Alerted",
            "Users",
            "Events",
            "Days",
            "Interactive",
            "Managed",
            "Network");
    for (JudgedRow each : judged.rows()) {
      NetworkSuggestion row = each.row();
      Map<String, Number> numbers = row.numbers();
      table.row(
          List.of(
              row.cidr(),
              row.networkClass().word(),
              each.isCommentedOut() ? "commented out" : "yes",
              shown(each.effect().suppressed().size()),
              shown(each.effect().lostHigh().size()),
              shown(each.alerted().size()),
              shown(numbers.get("users")),
              shown(numbers.get("events")),
              shown(numbers.get("days")),
              shown(numbers.get("interactiveShare")),
              shown(numbers.get("managedShare")),
              row.network()));
    }
    table.print(out);
    out.printf(
        Locale.ROOT,
        "The rows that are not commented out suppress %,d of %,d findings together; the file names"
            + " them.%n",
        judged.together().suppressed().size(),
        judged.together().findings());
  }

  /** Returns a name of JSON in words: {@code workHoursShare} is {@code work hours}. */
  private static String words(String name) {
    StringBuilder words = new StringBuilder();
    String plain = name.endsWith("Share") ? name.substring(0, name.length() - 5) : name;
    for (int i = 0; i < plain.length(); i++) {
      char c = plain.charAt(i);
      boolean capital = c >= 'A' && c <= 'Z';
      words.append(capital ? " " + (char) (c + 'a' - 'A') : String.valueOf(c));
    }
    return words.toString();
  }

  private static String shown(@Nullable Number number) {
    if (number == null) {
      return "-";
    }
    return number instanceof Double share
        ? Census.percent(share)
        : String.format(Locale.ROOT, "%,d", number.longValue());
  }

  private static String asJson(List<JudgedRow> rows) {
    return JsonText.of(
        json -> {
          json.writeStartArray();
          for (JudgedRow each : rows) {
            NetworkSuggestion row = each.row();
            json.writeStartObject();
            json.writeStringField("cidr", row.cidr());
            json.writeStringField("class", row.networkClass().word());
            json.writeBooleanField("commentedOut", each.isCommentedOut());
            JsonText.writeTexts(json, "reasons", each.reasons());
            JsonText.writeTexts(json, "alertedAddresses", each.alerted());
            write(json, each.effect());
            json.writeStringField("why", row.why());
            json.writeStringField("network", row.network());
            for (Map.Entry<String, Number> number : row.numbers().entrySet()) {
              if (number.getValue() instanceof Double share) {
                json.writeNumberField(number.getKey(), Math.round(share * 1000) / 1000.0);
              } else {
                json.writeNumberField(number.getKey(), number.getValue().longValue());
              }
            }
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  private static void write(JsonGenerator json, RowEffect effect) throws IOException {
    json.writeNumberField("findings", effect.findings());
    json.writeArrayFieldStart("suppresses");
    for (Detection finding : effect.suppressed()) {
      json.writeStartObject();
      write(json, effect, finding);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("lowers");
    for (RowEffect.Lowered lowered : effect.lowered()) {
      json.writeStartObject();
      write(json, effect, lowered.finding());
      json.writeStringField("to", lowered.to().name());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeNumberField("addsOrRaises", effect.raised());
  }

  private static void write(JsonGenerator json, RowEffect effect, Detection finding)
      throws IOException {
    json.writeStringField("id", finding.getId());
    json.writeStringField("rule", finding.getRule());
    json.writeStringField("severity", finding.getSeverity().name());
    Detection stays = effect.covered().get(finding.getId());
    if (stays != null) {
      json.writeStringField("shownBy", stays.getId());
    }
  }
}
