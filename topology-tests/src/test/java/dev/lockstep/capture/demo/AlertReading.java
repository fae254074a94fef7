package dev.lockstep.capture.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What a capture's hubs say of alerts, each in one piece. */
final class AlertReading {
  private static final List<String> SEVERITIES = List.of("Informational", "Low", "Medium", "High");

  /** All that any record says of one alert. */
  static final class Told {
    final String id;
    final Set<Instant> times = new HashSet<>();
    final Set<String> accounts = new HashSet<>();
    final Set<String> names = new HashSet<>();
    final Set<String> addresses = new HashSet<>();
    private int severity = -1;
    private boolean own;

    private Told(String id) {
      this.id = id;
    }

    boolean counts() {
      return severity >= 2 && !own;
    }

    boolean high() {
      return severity == 3;
    }

    /** Whether it was raised at most so long before or after one of two moments or between them. */
    boolean within(Duration reach, Instant from, Instant to) {
      return times.stream()
          .anyMatch(at -> !at.isBefore(from.minus(reach)) && !at.isAfter(to.plus(reach)));
    }
  }

  private final Map<String, Told> alerts = new TreeMap<>();
  private final NetworkReading networks;

  private AlertReading(NetworkReading networks) {
    this.networks = networks;
  }

  /** Returns the alerts of a folder. */
  static Collection<Told> of(Path folder) throws IOException {
    AlertReading reading =
        new AlertReading(new NetworkReading(Files.readAllLines(folder.resolve("networks.csv"))));
    for (JsonNode exported : CaptureReading.lines(folder.resolve("alerts.jsonl.gz"))) {
      reading.exported(exported);
    }
    for (JsonNode message : CaptureReading.lines(folder.resolve("xdr.jsonl.gz"))) {
      for (JsonNode item : message.get("records")) {
        reading.streamed(item);
      }
    }
    return reading.alerts.values();
  }

  private Told told(String id, Instant at, String severity) {
    Told told = alerts.computeIfAbsent(id, Told::new);
    told.times.add(at);
    told.severity = Math.max(told.severity, SEVERITIES.indexOf(severity));
    return told;
  }

  private void exported(JsonNode item) {
    Told told =
        told(
            item.get("SystemAlertId").textValue(),
            CaptureReading.instant(item.get("StartTimeUtc").textValue()),
            item.get("Severity").textValue());
    for (JsonNode entity : item.get("Entities")) {
      switch (entity.get("Type").textValue()) {
        case "ip" -> address(told, entity.get("Address").textValue());
        case "account" ->
            account(
                told,
                entity.path("AadUserId").asText(""),
                entity.get("Name").textValue() + "@" + entity.path("UPNSuffix").asText(""));
        default -> {}
      }
    }
  }

  private void streamed(JsonNode item) throws IOException {
    JsonNode row = item.get("properties");
    Instant at = CaptureReading.instant(row.get("Timestamp").textValue());
    Instant arrival = CaptureReading.instant(item.get("time").textValue());
    if (at.isAfter(arrival.plus(Duration.ofMinutes(5)))
        || at.isBefore(arrival.minus(Duration.ofDays(30)))) {
      return;
    }
    Told told = told(row.get("AlertId").textValue(), at, row.path("Severity").asText(""));
    told.own |=
        row.path("ServiceSource").asText("").equals("Microsoft Sentinel")
            && row.path("Title").asText("").startsWith("Lockstep");
    if (row.path("EntityType").asText("").equals("Ip")) {
      address(told, row.get("RemoteIP").textValue());
      JsonNode more = new ObjectMapper().readTree(row.get("AdditionalFields").textValue());
      address(told, more.get("Address").textValue());
    } else if (row.path("EntityType").asText("").equals("User")) {
      account(told, row.path("AccountObjectId").asText(""), row.path("AccountUpn").asText(""));
    }
  }

  private void address(Told told, String text) {
    told.addresses.add(networks.seen(text, 0, null).address());
  }

  /** A missing id is told by an empty text or, where the field holds null, by that word. */
  private static void account(Told told, String id, String name) {
    if (id.isEmpty() || id.equals("null")) {
      told.names.add(name.toLowerCase(Locale.ROOT));
    } else {
      told.accounts.add(id.toLowerCase(Locale.ROOT));
    }
  }
}
