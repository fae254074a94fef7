package dev.lockstep.app.suggest;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.app.terminal.TextTable;
import dev.lockstep.schemas.Detection;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Suggested rows for the networks file: as the text of such a file, as a table and as JSON.
 *
 * @param judged rows with their effect on the findings
 */
public record SuggestedNetworksText(RowTrials.Judged judged) {
  private static final int MOST_IDS = 20;
  private static final int MOST_CHARS = 400;

  /**
   * Returns the text of a networks file with the suggested rows. Comments above each row give the
   * reasons for the row and its effect on findings. A row that should not be used is commented out.
   */
  public String file() {
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

  private static List<String> effect(RowEffect effect) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "suppresses %s of %s"
            .formatted(
                effect.suppressed().isEmpty() ? "none" : effect.suppressed().size(),
                DisplayFormat.count(effect.findings(), "finding")));
    effect
        .suppressedAlike()
        .forEach((kind, findings) -> lines.add("suppresses " + kind + ": " + counted(findings)));
    effect
        .loweredAlike()
        .forEach((kind, findings) -> lines.add("lowers " + kind + ": " + counted(findings)));
    if (!effect.coveredHigh().isEmpty()) {
      lines.add(
          "of these findings, High findings whose events another High finding still shows: "
              + counted(effect.coveredHigh()));
    }
    if (effect.raised() > 0) {
      lines.add("adds or raises " + DisplayFormat.count(effect.raised(), "finding"));
    }
    return lines;
  }

  private static String counted(List<Detection> findings) {
    return "%d (%s)".formatted(findings.size(), RowTrials.ids(findings, MOST_IDS));
  }

  /** Prints a table of the suggested rows, with counts of users, suppressed findings and more. */
  public void printTable(PrintStream out) {
    if (judged.rows().isEmpty()) {
      out.println("Nothing to suggest.");
      return;
    }
    TextTable table =
        new TextTable(
                "Row",
                "Class",
                "Suppresses",
                "High",
                "Alerted",
                "Users",
                "Events",
                "Days",
                "Written",
                "Network")
            .whole("Row")
            .movable("Network", "Written");
    for (JudgedRow each : judged.rows()) {
      NetworkSuggestion row = each.row();
      Map<String, Number> numbers = row.numbers();
      table.row(
          List.of(
              row.cidr(),
              row.networkClass().word(),
              shown(each.effect().suppressed().size()),
              shown(each.effect().lostHigh().size()),
              shown(each.alerted().size()),
              shown(numbers.get("users")),
              shown(numbers.get("events")),
              shown(numbers.get("days")),
              each.isCommentedOut() ? "commented out" : "yes",
              "%s; interactive %s, managed %s"
                  .formatted(
                      row.network(),
                      shown(numbers.get("interactiveShare")),
                      shown(numbers.get("managedShare")))));
    }
    table.print(out);
    int suppressed = judged.together().suppressed().size();
    out.printf(
        Locale.ROOT,
        "Together, the suggested rows that are not commented out suppress %,d of %s%s.%n",
        suppressed,
        DisplayFormat.count(judged.together().findings(), "finding"),
        suppressed == 0
            ? ""
            : ". Comments at the end of the file with the rows give the number of these findings by rule and severity, and the ids of some findings of each kind");
  }

  private static String words(String name) {
    return DisplayFormat.words(
        name.endsWith("Share") ? name.substring(0, name.length() - 5) : name);
  }

  private static String shown(@Nullable Number number) {
    if (number == null) {
      return "-";
    }
    return number instanceof Double share
        ? AddressStats.percent(share)
        : DisplayFormat.number(number.longValue());
  }

  public String json() {
    return JsonText.of(
        json -> {
          json.writeStartArray();
          for (JudgedRow each : judged.rows()) {
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
    JsonText.writeObjects(
        json, "suppresses", effect.suppressed(), finding -> write(json, effect, finding));
    JsonText.writeObjects(
        json,
        "lowers",
        effect.lowered(),
        lowered -> {
          write(json, effect, lowered.finding());
          json.writeStringField("to", lowered.to().name());
        });
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
