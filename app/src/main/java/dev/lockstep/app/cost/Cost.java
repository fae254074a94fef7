package dev.lockstep.app.cost;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.cost.RawVolume.Volume;
import dev.lockstep.app.heartbeat.HeartbeatRows;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.app.terminal.TextTable;
import dev.lockstep.schemas.text.AvroJson;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Estimate of Microsoft Sentinel's bill for a month, extrapolated from a capture.
 *
 * @param from first arrival in milliseconds since 1970; 0 if there was none
 * @param to last arrival in milliseconds since 1970
 * @param detections rows that would have been sent during the capture
 * @param lake evidence that would have been sent to the data lake during the capture; empty without
 *     a lake
 * @param heldBack number of detections that a cap, the ceiling or the budget would have held back
 * @param raw volume of all records by category
 * @param unreadable number of messages and parts of files that could not be read to their end;
 *     {@code raw} counts only what was read of them
 * @param heartbeat volume of a month's heartbeats; empty if they are off
 * @param prices prices that the operator gave
 */
public record Cost(
    long from,
    long to,
    Volume detections,
    Volume lake,
    long heldBack,
    Map<String, Volume> raw,
    long unreadable,
    Volume heartbeat,
    Prices prices) {
  private static final Duration MONTH = Duration.ofDays(30);
  private static final Duration TOO_SHORT = Duration.ofHours(1);
  private static final Duration RATHER_SHORT = Duration.ofDays(7);
  private static final double GIGABYTE = 1e9;

  /**
   * Prices of a gigabyte in Analytics tables and in the data lake, in any currency, each null if
   * the operator gave none.
   *
   * @param analytics price in tables of the plan Analytics
   * @param lake price in the data lake
   */
  public record Prices(@Nullable Double analytics, @Nullable Double lake) {
    boolean any() {
      return analytics != null || lake != null;
    }
  }

  public Cost {
    raw = new TreeMap<>(raw);
  }

  public static Volume beats(Config config) throws IOException {
    Config.Heartbeat heartbeat = config.heartbeat();
    if (heartbeat == null) {
      return Volume.NONE;
    }
    long beats = MONTH.dividedBy(heartbeat.interval());
    Volume each = beat(config, heartbeat, "");
    for (Config.Source source : config.sources()) {
      each = each.plus(beat(config, heartbeat, source.name()));
    }
    return new Volume(each.rows() * beats, each.bytes() * beats);
  }

  private static Volume beat(Config config, Config.Heartbeat heartbeat, String source)
      throws IOException {
    Map<String, @Nullable Object> row =
        HeartbeatRows.sample(config.rules(), heartbeat.instance(), source, heartbeat.interval());
    long bytes = 0;
    for (Object value : row.values()) {
      bytes +=
          value instanceof Instant time
              ? AvroJson.instant(time.toEpochMilli()).length()
              : value == null ? 0 : value.toString().length();
    }
    return new Volume(1, bytes);
  }

  public static Volume row(String json) throws IOException {
    JsonFactory factory = new JsonFactory();
    try (JsonParser in = factory.createParser(json)) {
      in.nextToken();
      return new Volume(1, new BilledSize(factory).of(in).bytes());
    }
  }

  private Duration span() {
    return Duration.ofMillis(to - from);
  }

  boolean isTooShort() {
    return span().compareTo(TOO_SHORT) < 0;
  }

  private Volume month(Volume captured) {
    double times = (double) MONTH.toMillis() / span().toMillis();
    return new Volume(Math.round(captured.rows() * times), Math.round(captured.bytes() * times));
  }

  private Volume rawTotal() {
    return raw.values().stream().reduce(Volume.NONE, Volume::plus);
  }

  public void print(PrintStream out) {
    if (isTooShort()) {
      out.printf(
          "The capture lasts %s, which is too short for an estimate of a month; use a capture of a"
              + " week.%n",
          words(span()));
      out.printf(
          Locale.ROOT,
          "The capture has %s, which would be billed as %s if sent raw; the detections would be"
              + " billed as %s in %s.%n",
          DisplayFormat.count(rawTotal().rows(), "record"),
          DisplayFormat.count(rawTotal().bytes(), "byte"),
          DisplayFormat.count(detections.bytes(), "byte"),
          DisplayFormat.count(detections.rows(), "row"));
      return;
    }
    out.printf(
        "Estimate for a month (30 days), from the traffic between %s and %s (%s)%n%n",
        AvroJson.instant(from), AvroJson.instant(to), words(span()));
    TextTable table =
        prices.any() ? new TextTable("", "Rows", "GB", "Price") : new TextTable("", "Rows", "GB");
    Double price = prices.analytics();
    line(table, "Lockstep: detections", month(detections), price);
    line(table, "Lockstep: heartbeat, one instance", heartbeat, price);
    line(table, "Lockstep in all", month(detections).plus(heartbeat), price);
    if (lake.rows() > 0) {
      line(table, "Lockstep: evidence in the data lake", month(lake), prices.lake());
    }
    raw.forEach((category, volume) -> line(table, "Raw: " + category, month(volume), price));
    line(table, "Everything raw", month(rawTotal()), price);
    table.print(out);
    out.println();
    if (heldBack > 0) {
      out.printf(
          Locale.ROOT,
          "Within the capture, the limits sentinel.maxRowsPerHour, sentinel.maxHighRowsPerHour and"
              + " sentinel.dailyBudget would hold detections back %s. A detection that is held back"
              + " in several hours or days is counted once for each of them.%n",
          DisplayFormat.count(heldBack, "time"));
    }
    if (span().compareTo(RATHER_SHORT) < 0) {
      out.printf(
          "The capture lasts only %s. Days differ, so use a capture of a week or more.%n",
          words(span()));
    }
    out.println(
        "The billed size is the text of the columns, in GB of 10^9 bytes, as Microsoft documents it"
            + " (Azure Monitor Logs cost calculations, \"Data size calculation\"); see"
            + " docs/cost.md.");
  }

  private void line(TextTable table, String name, Volume volume, @Nullable Double price) {
    List<String> cells =
        List.of(
            name,
            DisplayFormat.number(volume.rows()),
            String.format(Locale.ROOT, "%,.4f", volume.bytes() / GIGABYTE));
    if (!prices.any()) {
      table.row(cells);
    } else {
      table.row(
          List.of(
              cells.get(0),
              cells.get(1),
              cells.get(2),
              price == null ? "" : String.format(Locale.ROOT, "%,.2f", price(volume, price))));
    }
  }

  private static double price(Volume volume, double pricePerGb) {
    return volume.bytes() / GIGABYTE * pricePerGb;
  }

  private static String words(Duration time) {
    return time.compareTo(Duration.ofDays(2)) >= 0
        ? String.format(Locale.ROOT, "%.1f days", time.toMinutes() / 1_440.0)
        : time.compareTo(Duration.ofHours(2)) >= 0
            ? String.format(Locale.ROOT, "%.1f hours", time.toMinutes() / 60.0)
            : DisplayFormat.count(time.toMinutes(), "minute");
  }

  public String json() {
    return JsonText.object(
        out -> {
          if (from > 0) {
            out.writeStringField("from", AvroJson.instant(from));
            out.writeStringField("to", AvroJson.instant(to));
          }
          out.writeBooleanField("tooShort", isTooShort());
          out.writeObjectFieldStart("capture");
          write(out, "detections", detections, null);
          write(out, "lake", lake, null);
          out.writeNumberField("heldBack", heldBack);
          write(out, "raw", rawTotal(), null);
          out.writeNumberField("unreadable", unreadable);
          out.writeEndObject();
          if (!isTooShort()) {
            out.writeObjectFieldStart("month");
            write(out, "detections", month(detections), prices.analytics());
            write(out, "heartbeat", heartbeat, prices.analytics());
            write(out, "lockstep", month(detections).plus(heartbeat), prices.analytics());
            write(out, "lake", month(lake), prices.lake());
            write(out, "raw", month(rawTotal()), prices.analytics());
            out.writeObjectFieldStart("rawByCategory");
            for (Map.Entry<String, Volume> one : raw.entrySet()) {
              write(out, one.getKey(), month(one.getValue()), prices.analytics());
            }
            out.writeEndObject();
            out.writeEndObject();
          }
        });
  }

  private void write(JsonGenerator out, String name, Volume volume, @Nullable Double price)
      throws IOException {
    out.writeObjectFieldStart(name);
    out.writeNumberField("rows", volume.rows());
    out.writeNumberField("bytes", volume.bytes());
    if (price != null) {
      out.writeNumberField("price", Math.round(price(volume, price) * 100) / 100.0);
    }
    out.writeEndObject();
  }
}
