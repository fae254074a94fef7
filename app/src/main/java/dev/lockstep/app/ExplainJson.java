package dev.lockstep.app;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.detections.AlertExplanation;
import dev.lockstep.detections.Conclusion;
import dev.lockstep.detections.Subject;
import dev.lockstep.detections.TokenExplanation;
import dev.lockstep.detections.Witness;
import dev.lockstep.schemas.Cited;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.JsonView;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Spot;
import dev.lockstep.schemas.Where;
import java.io.IOException;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** An explanation as one JSON object for tools; {@code docs/explain.md} says what is in it. */
final class ExplainJson {
  private final ExplainScope scope;
  private final UnaryOperator<String> shown;

  ExplainJson(ExplainScope scope) {
    this(scope, text -> text);
  }

  /**
   * Creates one that replaces every text.
   *
   * @param shown takes a text and returns what is written
   */
  ExplainJson(ExplainScope scope, UnaryOperator<String> shown) {
    this.scope = scope;
    this.shown = shown;
  }

  String of(Explanation explanation, Replay.Result result) {
    return JsonText.of(
        shown,
        json -> {
          json.writeStartObject();
          subject(json, explanation, result);
          RuleState.write(json, result.rules());
          findings(json, explanation.findings());
          if (explanation.travel() != null) {
            new TravelJson(json, scope).write(explanation.travel());
          }
          if (explanation.subject().kind() == Subject.Kind.PRINCIPAL
              || explanation.subject().kind() == Subject.Kind.TOKEN) {
            json.writeArrayFieldStart("tokens");
            TokenJson tokens = new TokenJson(json, scope);
            for (TokenExplanation token : explanation.tokens()) {
              tokens.write(token, explanation);
            }
            json.writeEndArray();
          }
          if (explanation.partner() != null) {
            new PartnerJson(json, scope).write(explanation.partner(), explanation.witness());
          }
          alerts(json, explanation.alerts());
          if (explanation.subject().kind() == Subject.Kind.ADDRESS) {
            new AddressJson(json).write(explanation.witness());
          } else {
            unjudged(json, explanation.witness());
          }
          json.writeEndObject();
        });
  }

  private void subject(JsonGenerator json, Explanation explanation, Replay.Result result)
      throws IOException {
    json.writeStringField("kind", explanation.subject().kind().name().toLowerCase(Locale.ROOT));
    json.writeStringField("id", explanation.subject().id());
    Principal principal = explanation.principal();
    if (principal != null) {
      text(json, "name", principal.getName());
      json.writeStringField("type", principal.getType());
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
    json.writeNumberField("events", explanation.witness().events());
  }

  private void findings(JsonGenerator json, List<Detection> findings) throws IOException {
    json.writeArrayFieldStart("findings");
    for (Detection finding : findings) {
      JsonView.write(finding, json);
    }
    json.writeEndArray();
  }

  private void alerts(JsonGenerator json, List<AlertExplanation> alerts) throws IOException {
    json.writeArrayFieldStart("alerts");
    for (AlertExplanation one : alerts) {
      json.writeStartObject();
      json.writeFieldName("alert");
      JsonView.write(one.alert(), json);
      json.writeArrayFieldStart("times");
      for (long time : one.times()) {
        json.writeString(JsonView.instant(time));
      }
      json.writeEndArray();
      json.writeFieldName("principal");
      JsonView.write(one.principal(), json);
      text(json, "ip", one.address());
      json.writeNumberField("minutes", one.minutes());
      conclusion(json, one.conclusion());
      gates(json, one.gates());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void unjudged(JsonGenerator json, Witness witness) throws IOException {
    json.writeArrayFieldStart("neverCompared");
    for (Witness.Unjudged row : witness.unjudged()) {
      if (!scope.includes(row.date())) {
        continue;
      }
      json.writeStartObject();
      json.writeStringField("rule", row.rule());
      json.writeStringField("why", row.why());
      json.writeStringField("event", row.event());
      json.writeStringField("date", row.date().toString());
      text(json, "ip", row.address());
      json.writeNumberField("events", row.events());
      instant(json, "first", row.firstAt());
      instant(json, "last", row.lastAt());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  static void conclusion(JsonGenerator json, Conclusion conclusion) throws IOException {
    json.writeBooleanField("fires", conclusion.fires());
    text(json, "reason", conclusion.reason());
    if (conclusion.severity() != null) {
      json.writeStringField("severity", conclusion.severity().name());
    }
    json.writeFieldName("quietBy");
    JsonView.writeValue(conclusion.quietBy(), json);
  }

  static void gates(JsonGenerator json, List<GateChecked> gates) throws IOException {
    json.writeFieldName("gates");
    JsonView.writeValue(gates, json);
  }

  static void spot(JsonGenerator json, Spot spot) throws IOException {
    json.writeStringField("ip", spot.getAddress());
    json.writeStringField("prefix", spot.getPrefix());
    if (spot.getAsn() != null) {
      json.writeNumberField("asn", spot.getAsn());
    }
    text(json, "organisation", spot.getOrganisation());
    text(json, "country", spot.getNetworkCountry());
    json.writeStringField("class", spot.getNetworkClass());
    if (spot.getPlace() != null) {
      json.writeFieldName("place");
      JsonView.write(spot.getPlace(), json);
    }
  }

  /** Writes the first and the last event: when, and where they lie. */
  static void span(JsonGenerator json, Cited first, Cited last) throws IOException {
    event(json, "first", first);
    event(json, "last", last);
  }

  private static void event(JsonGenerator json, String name, Cited cited) throws IOException {
    Where where = cited.getWhere();
    json.writeObjectFieldStart(name);
    instant(json, "time", cited.getEventAt());
    json.writeStringField("category", cited.getCategory());
    json.writeStringField("eventId", cited.getEventId());
    text(json, "file", where.getFile());
    if (where.getFile() != null) {
      json.writeNumberField("line", where.getPosition());
    }
    json.writeEndObject();
  }

  static void dates(JsonGenerator json, String name, List<LocalDate> dates) throws IOException {
    json.writeArrayFieldStart(name);
    for (LocalDate date : dates) {
      json.writeString(date.toString());
    }
    json.writeEndArray();
  }

  static void text(JsonGenerator json, String name, @Nullable String text) throws IOException {
    if (text != null) {
      json.writeStringField(name, text);
    }
  }

  static void instant(JsonGenerator json, String name, long millis) throws IOException {
    json.writeStringField(name, JsonView.instant(millis));
  }
}
