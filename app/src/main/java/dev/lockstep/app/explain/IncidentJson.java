package dev.lockstep.app.explain;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.app.detection.Incident;
import dev.lockstep.app.detection.SeverityBeforeIncident;
import dev.lockstep.app.explain.IncidentExplanation.Neighbour;
import dev.lockstep.app.rules.RuleStatus;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.detections.incident.IncidentsOfGroup;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.text.AvroJson;
import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Writer of the explanation of an incident as one JSON object, as {@code docs/explain.md}
 * describes.
 */
public final class IncidentJson {
  private static final double MINUTE_MILLIS = 60_000;

  private final UnaryOperator<String> shown;

  /**
   * Creates a writer that passes every text through a function before it writes the text.
   *
   * @param shown function from a text to its replacement
   */
  public IncidentJson(UnaryOperator<String> shown) {
    this.shown = shown;
  }

  public String of(ExplainRun.IncidentResult result) {
    IncidentExplanation explained = result.incident();
    Incident incident = explained.incident();
    return JsonText.of(
        shown,
        json -> {
          json.writeStartObject();
          json.writeStringField("kind", "incident");
          json.writeStringField("id", incident.correlationId());
          json.writeStringField("group", explained.group());
          Principal principal = explained.principal();
          if (principal != null) {
            json.writeFieldName("principal");
            AvroJson.write(principal, json);
          }
          json.writeNumberField("recordsRead", result.counts().total().read());
          json.writeNumberField("rejected", result.counts().total().rejected());
          if (result.lastArrival() > 0) {
            ExplainJson.instant(json, "from", result.firstArrival());
            ExplainJson.instant(json, "to", result.lastArrival());
          }
          RuleStatus.write(json, result.rules());
          ExplainJson.instant(json, "start", incident.startAt());
          ExplainJson.instant(json, "end", incident.endAt());
          json.writeBooleanField("raised", incident.isRaised());
          JsonText.writeTexts(json, "agreeing", incident.rules());
          json.writeObjectFieldStart("limits");
          json.writeNumberField("gapHours", IncidentsOfGroup.GAP_MILLIS / 3_600_000L);
          json.writeNumberField("lengthDays", IncidentsOfGroup.LENGTH_MILLIS / 86_400_000L);
          json.writeNumberField("rules", IncidentsOfGroup.RULES_TO_RAISE);
          json.writeEndObject();
          neighbour(json, "before", explained.before());
          neighbour(json, "after", explained.after());
          findings(json, explained);
          json.writeEndObject();
        });
  }

  private static void neighbour(JsonGenerator json, String name, @Nullable Neighbour other)
      throws IOException {
    if (other == null) {
      return;
    }
    json.writeObjectFieldStart(name);
    JsonText.writeText(json, "correlationId", other.correlationId());
    json.writeNumberField("findings", other.findings());
    ExplainJson.instant(json, "start", other.startAt());
    ExplainJson.instant(json, "end", other.endAt());
    json.writeEndObject();
  }

  private static void findings(JsonGenerator json, IncidentExplanation explained)
      throws IOException {
    List<Long> gaps = explained.gaps();
    Incident incident = explained.incident();
    json.writeArrayFieldStart("findings");
    for (int i = 0; i < gaps.size(); i++) {
      Detection finding = incident.findings().get(i);
      Severity before = SeverityBeforeIncident.severityBefore(finding);
      json.writeStartObject();
      json.writeBooleanField("raised", before != null);
      JsonText.writeText(json, "severityBefore", before == null ? null : before.name());
      json.writeNumberField("gapMinutes", gaps.get(i) / MINUTE_MILLIS);
      json.writeNumberField(
          "minutesSinceStart", (finding.getStartTime() - incident.startAt()) / MINUTE_MILLIS);
      json.writeFieldName("finding");
      AvroJson.write(finding, json);
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
