package dev.lockstep.app.sweep;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.app.terminal.TextTable;
import dev.lockstep.schemas.Severity;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Formatter of the result of the command {@code sweep}, as a table with bars or as one JSON object.
 * The command tries several values of a setting.
 */
public final class SweepText {
  private static final List<Severity> SEVERITIES =
      List.of(Severity.High, Severity.Medium, Severity.Low, Severity.Informational);
  private static final List<String> MARKS = List.of("#", "=", "-", ".");
  private static final int LEAST_CURVE = 10;
  private static final int MOST_CURVE = 60;
  private static final String GAP = "  ";
  private static final String NOW = " now";

  private final SettingSweep.Outcome outcome;

  public SweepText(SettingSweep.Outcome outcome) {
    this.outcome = outcome;
  }

  private String written(SweptValue value) {
    return outcome.swept().setting().written(value.value());
  }

  /**
   * Prints a table with a row for each tried value and, if the rule is on, for the configured
   * value. A configured value that was tried as well has only one row.
   *
   * @param width width of the terminal in characters
   */
  public void print(PrintStream out, int width) {
    String rule = outcome.swept().rule().id();
    String name = outcome.swept().setting().name();
    SweptValue now = outcome.now();
    List<SweptValue> rows = new ArrayList<>(outcome.values());
    String configured = "";
    if (now != null && rows.stream().noneMatch(row -> row.value() == now.value())) {
      configured = ", and %s as configured".formatted(written(now));
      rows.add(now);
      rows.sort(Comparator.comparingDouble(SweptValue::value));
    }
    out.printf(
        Locale.ROOT,
        "%s with %s of %s%s, in one replay of %s%n%n",
        rule,
        DisplayFormat.count(outcome.values().size(), "value"),
        name,
        configured,
        DisplayFormat.count(outcome.result().counts().total().read(), "record"));
    long most = rows.stream().mapToLong(SweptValue::findings).max().orElse(0);
    boolean isAnyInformational =
        rows.stream().anyMatch(row -> row.findings(Severity.Informational) > 0);
    List<Severity> shown = isAnyInformational ? SEVERITIES : SEVERITIES.subList(0, 3);
    List<String> columns = new ArrayList<>(List.of(name));
    shown.forEach(severity -> columns.add(severity.name()));
    columns.addAll(List.of("All", "Subjects"));
    columns.addAll(now == null ? List.of("") : List.of("New", "Gone", ""));
    int taken = String.join(GAP, columns).length() + NOW.length();
    int room = Math.max(LEAST_CURVE, Math.min(MOST_CURVE, width - taken));
    double scale = most <= room ? 1 : (double) room / most;
    TextTable table = new TextTable(columns.toArray(String[]::new));
    for (SweptValue row : rows) {
      List<String> cells = new ArrayList<>(List.of(written(row)));
      shown.forEach(severity -> cells.add(DisplayFormat.number(row.findings(severity))));
      cells.add(DisplayFormat.number(row.findings()));
      cells.add(DisplayFormat.number(row.subjects()));
      boolean isNow = now != null && row.value() == now.value();
      if (now != null) {
        cells.add(DisplayFormat.number(row.appeared()));
        cells.add(DisplayFormat.number(row.gone()));
      }
      String curve = curve(row, scale);
      cells.add(isNow ? (curve + NOW).strip() : curve);
      table.row(cells);
    }
    table.print(out);
    out.println();
    out.println(
        "# High, = Medium, - Low"
            + (isAnyInformational ? ", . Informational" : "")
            + (scale == 1
                ? ""
                : String.format(
                    Locale.ROOT,
                    "; each of these characters stands for %.1f findings",
                    1 / scale)));
    out.println(
        now == null
            ? "The rule is off; these are the findings that the rule would have if it were on."
            : "The columns New and Gone count the added and the missing findings, compared with the configured value %s %s."
                .formatted(name, written(now)));
  }

  private static String curve(SweptValue row, double scale) {
    StringBuilder bar = new StringBuilder();
    long sum = 0;
    for (int i = 0; i < SEVERITIES.size(); i++) {
      sum += row.findings(SEVERITIES.get(i));
      int to = (int) Math.ceil(sum * scale - 1e-9);
      bar.append(MARKS.get(i).repeat(Math.max(0, to - bar.length())));
    }
    return bar.toString();
  }

  public String json() {
    return JsonText.object(
        json -> {
          json.writeStringField("rule", outcome.swept().rule().id());
          json.writeStringField("setting", outcome.swept().setting().name());
          json.writeNumberField("recordsRead", outcome.result().counts().total().read());
          json.writeNumberField("rejected", outcome.result().counts().total().rejected());
          json.writeFieldName("now");
          write(json, outcome.now());
          json.writeArrayFieldStart("values");
          for (SweptValue value : outcome.values()) {
            write(json, value);
          }
          json.writeEndArray();
        });
  }

  private void write(JsonGenerator json, @Nullable SweptValue value) throws IOException {
    if (value == null) {
      json.writeNull();
      return;
    }
    json.writeStartObject();
    json.writeFieldName("value");
    json.writeRawValue(written(value));
    json.writeNumberField("findings", value.findings());
    json.writeObjectFieldStart("bySeverity");
    for (Severity severity : SEVERITIES) {
      json.writeNumberField(severity.name(), value.findings(severity));
    }
    json.writeEndObject();
    json.writeNumberField("subjects", value.subjects());
    if (outcome.now() != null) {
      json.writeNumberField("appeared", value.appeared());
      json.writeNumberField("gone", value.gone());
    }
    JsonText.writeCounts(json, "gates", new TreeMap<>(value.gates()));
    json.writeEndObject();
  }
}
