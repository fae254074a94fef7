package dev.lockstep.app.replay;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.app.detection.Incident;
import dev.lockstep.app.rules.RuleStatus;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.text.AvroJson;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** JSON of a replay's summary, as {@code replay --json} prints it. */
final class ReplayJson {
  private final Replay.Result result;
  private final double recordsPerSecond;

  ReplayJson(Replay.Result result, double recordsPerSecond) {
    this.result = result;
    this.recordsPerSecond = recordsPerSecond;
  }

  /** Returns the summary as one JSON object. */
  String text() {
    IngestCounts.Totals all = result.counts().total();
    DetectionCounters counters = result.counters();
    return JsonText.of(
        json -> {
          json.writeStartObject();
          writeSums(json, result.counts().begun() - result.leftOut(), all);
          json.writeObjectFieldStart("byCategory");
          for (Map.Entry<String, IngestCounts.Totals> entry :
              result.counts().byCategory().entrySet()) {
            json.writeObjectFieldStart(entry.getKey());
            writeSums(json, entry.getValue().read(), entry.getValue());
            json.writeEndObject();
          }
          json.writeEndObject();
          json.writeNumberField("repeated", counters.repeatedEvents());
          json.writeNumberField("late", counters.lateEvents());
          json.writeNumberField("outsideFromTo", result.leftOut());
          JsonText.writeCounts(json, "rejectedByReason", result.counts().rejectedByReason());
          JsonText.writeCounts(json, "quarantinedByReason", result.counts().quarantinedByReason());
          JsonText.writeCounts(json, "flaws", result.counts().flawed());
          json.writeNumberField("detections", result.detections().size());
          json.writeNumberField("shadowed", result.shadowed());
          RuleStatus.write(json, result.rules());
          json.writeObjectFieldStart("byRule");
          for (Map.Entry<String, Map<Severity, Long>> entry : result.byRule().entrySet()) {
            json.writeObjectFieldStart(entry.getKey());
            for (Map.Entry<Severity, Long> count : entry.getValue().entrySet()) {
              json.writeNumberField(count.getKey().name(), count.getValue());
            }
            json.writeEndObject();
          }
          json.writeEndObject();
          writeIncidents(json);
          new FindingTotals(result.detections()).write(json);
          JsonText.writeCounts(json, "ruleFailures", counters.ruleFailures());
          writeNested(json, "gates", counters.gates());
          writeNested(json, "coverage", counters.coverage());
          GeoDatabases databases = result.databases();
          json.writeObjectFieldStart("databases");
          json.writeBooleanField("city", databases.hasCity());
          json.writeBooleanField("asn", databases.hasAsn());
          json.writeBooleanField("anonymous", databases.hasAnonymous());
          json.writeNumberField("unreadable", databases.unreadable());
          json.writeEndObject();
          writeExceptions(json);
          json.writeNumberField("recordsPerSecond", Math.round(recordsPerSecond));
          if (result.lastArrival() > 0) {
            json.writeStringField("from", AvroJson.instant(result.firstArrival()));
            json.writeStringField("to", AvroJson.instant(result.lastArrival()));
          }
          json.writeEndObject();
        });
  }

  private void writeIncidents(JsonGenerator json) throws IOException {
    List<Incident> incidents = Incident.of(result.detections());
    json.writeNumberField("incidents", incidents.size());
    json.writeObjectFieldStart("byIncident");
    for (Incident incident : incidents) {
      json.writeObjectFieldStart(incident.correlationId());
      json.writeStringField("severity", incident.severity().name());
      json.writeStringField("subject", incident.subject());
      json.writeBooleanField("raised", incident.isRaised());
      json.writeStringField("from", AvroJson.instant(incident.startAt()));
      json.writeStringField("to", AvroJson.instant(incident.endAt()));
      JsonText.writeTexts(json, "rules", incident.rules());
      JsonText.writeTexts(
          json, "findings", incident.findings().stream().map(Detection::getId).toList());
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  private void writeExceptions(JsonGenerator json) throws IOException {
    JsonText.writeObjects(
        json,
        "exceptions",
        result.exceptions(),
        use -> {
          json.writeStringField("id", use.entry().id());
          json.writeStringField("rule", use.entry().rule());
          json.writeNumberField("removed", use.did().removed());
          json.writeNumberField("outweighed", use.did().outweighed());
          json.writeBooleanField("expired", use.expired());
          JsonText.writeTexts(json, "findings", use.did().findings());
        });
  }

  private static void writeSums(JsonGenerator json, long read, IngestCounts.Totals sums)
      throws IOException {
    json.writeNumberField("recordsRead", read);
    json.writeNumberField("activities", sums.mapped());
    json.writeNumberField("ignored", sums.ignored());
    json.writeNumberField("rejected", sums.rejected());
    json.writeNumberField("quarantined", sums.quarantined());
  }

  private static void writeNested(
      JsonGenerator json, String name, Map<String, Map<String, Long>> counts) throws IOException {
    json.writeObjectFieldStart(name);
    for (Map.Entry<String, Map<String, Long>> entry : counts.entrySet()) {
      JsonText.writeCounts(json, entry.getKey(), entry.getValue());
    }
    json.writeEndObject();
  }
}
