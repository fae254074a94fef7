package dev.lockstep.app.explain;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.app.rules.RuleStatus;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.detections.alert.AlertWithGate;
import dev.lockstep.detections.explain.MatchedEvents;
import dev.lockstep.detections.explain.SubjectEvents;
import dev.lockstep.detections.explain.UnusedEvents;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.text.AvroJson;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Writer of an explanation as one JSON object for tools, as {@code docs/explain.md} describes. */
public final class ExplainJson {
  private final ExplainScope scope;
  private final UnaryOperator<String> shown;

  /**
   * Creates a writer that replaces every text by the result of a function.
   *
   * @param shown function from a text to its replacement
   */
  public ExplainJson(ExplainScope scope, UnaryOperator<String> shown) {
    this.scope = scope;
    this.shown = shown;
  }

  public String of(Explanation explanation, ExplainRun.Result result) {
    return JsonText.of(
        shown,
        json -> {
          json.writeStartObject();
          subject(json, explanation, result);
          RuleStatus.write(json, result.rules());
          findings(json, explanation.findings());
          gates(json, explanation.gates());
          new JudgedJson(json, scope).write(explanation.judged());
          alerts(json, explanation.alerts());
          new SubjectJson(json).write(explanation);
          unused(json, explanation.events());
          matched(json, explanation.events());
          json.writeEndObject();
        });
  }

  private void subject(JsonGenerator json, Explanation explanation, ExplainRun.Result result)
      throws IOException {
    json.writeStringField("kind", explanation.subject().kind().name().toLowerCase(Locale.ROOT));
    json.writeStringField("id", explanation.subject().id());
    Principal principal = explanation.principal();
    if (principal != null) {
      JsonText.writeText(json, "name", principal.getName());
      json.writeStringField("type", principal.getType());
    }
    if (result.finding() != null) {
      json.writeStringField("detection", result.finding().id());
    }
    if (scope.date() != null) {
      json.writeStringField("at", scope.date().toString());
    }
    json.writeNumberField("recordsRead", result.counts().total().read());
    json.writeNumberField("rejected", result.counts().total().rejected());
    if (result.lastArrival() > 0) {
      instant(json, "from", result.firstArrival());
      instant(json, "to", result.lastArrival());
    }
    json.writeNumberField("events", explanation.events().events());
    if (explanation.events().relatedLeftOut() > 0) {
      json.writeNumberField("relatedLeftOut", explanation.events().relatedLeftOut());
    }
  }

  private void findings(JsonGenerator json, List<Detection> findings) throws IOException {
    json.writeArrayFieldStart("findings");
    for (Detection finding : findings) {
      AvroJson.write(finding, json);
    }
    json.writeEndArray();
  }

  private static void gates(JsonGenerator json, Map<String, Map<String, Long>> gates)
      throws IOException {
    json.writeObjectFieldStart("gates");
    for (Map.Entry<String, Map<String, Long>> rule : gates.entrySet()) {
      JsonText.writeCounts(json, rule.getKey(), rule.getValue());
    }
    json.writeEndObject();
  }

  private static void alerts(JsonGenerator json, List<AlertWithGate> alerts) throws IOException {
    JsonText.writeObjects(
        json,
        "alerts",
        alerts,
        one -> {
          json.writeFieldName("alert");
          AvroJson.write(one.alert().alert(), json);
          instants(json, "times", one.alert().times());
          JsonText.writeText(json, "suppressedBy", one.gate());
        });
  }

  private void unused(JsonGenerator json, SubjectEvents events) throws IOException {
    List<UnusedEvents> rows =
        events.unused().stream().filter(row -> scope.includes(row.date())).toList();
    JsonText.writeObjects(
        json,
        "neverCompared",
        rows,
        row -> {
          json.writeStringField("rule", row.rule());
          json.writeStringField("why", row.why());
          json.writeStringField("event", row.event());
          json.writeStringField("outcome", row.outcome());
          json.writeNumberField("status", row.status());
          json.writeStringField("date", row.date().toString());
          JsonText.writeText(json, "ip", row.address());
          json.writeNumberField("events", row.events());
          instant(json, "first", row.firstAt());
          instant(json, "last", row.lastAt());
        });
  }

  private void matched(JsonGenerator json, SubjectEvents events) throws IOException {
    List<MatchedEvents> rows =
        events.matched().stream().filter(row -> scope.includes(row.date())).toList();
    JsonText.writeObjects(
        json,
        "matched",
        rows,
        row -> {
          json.writeStringField("rule", row.rule());
          JsonText.writeTexts(json, "selections", row.selections());
          json.writeStringField("event", row.event());
          json.writeStringField("outcome", row.outcome());
          json.writeStringField("date", row.date().toString());
          JsonText.writeText(json, "ip", row.address());
          json.writeNumberField("events", row.events());
          instant(json, "first", row.firstAt());
          instant(json, "last", row.lastAt());
        });
  }

  static void instants(JsonGenerator json, String name, Collection<Long> times) throws IOException {
    JsonText.writeTexts(json, name, times.stream().map(AvroJson::instant).toList());
  }

  static void instant(JsonGenerator json, String name, long millis) throws IOException {
    json.writeStringField(name, AvroJson.instant(millis));
  }
}
