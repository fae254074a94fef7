package dev.lockstep.app;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.detections.AlertExplanation;
import dev.lockstep.detections.Conclusion;
import dev.lockstep.detections.Subject;
import dev.lockstep.detections.TokenExplanation;
import dev.lockstep.detections.TravelExplanation;
import dev.lockstep.detections.Witness;
import dev.lockstep.enrichment.Provenance;
import dev.lockstep.schemas.Cited;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.JsonView;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Spot;
import dev.lockstep.schemas.Stay;
import dev.lockstep.schemas.TokenUse;
import dev.lockstep.schemas.Where;
import java.io.IOException;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An explanation as one JSON object for tools; {@code docs/explain.md} says what is in it. */
final class ExplainJson {
  private static final int MOST_PAIRS = 500;

  private final ExplainScope scope;

  ExplainJson(ExplainScope scope) {
    this.scope = scope;
  }

  String of(Explanation explanation, Replay.Result result) {
    return JsonText.of(
        json -> {
          json.writeStartObject();
          subject(json, explanation, result);
          findings(json, explanation.findings());
          if (explanation.travel() != null) {
            travel(json, explanation.travel());
          }
          if (explanation.subject().kind() == Subject.Kind.PRINCIPAL
              || explanation.subject().kind() == Subject.Kind.TOKEN) {
            json.writeArrayFieldStart("tokens");
            for (TokenExplanation token : explanation.tokens()) {
              token(json, token, explanation);
            }
            json.writeEndArray();
          }
          if (explanation.partner() != null) {
            new PartnerJson(json, scope).write(explanation.partner(), explanation.witness());
          }
          alerts(json, explanation.alerts());
          if (explanation.subject().kind() == Subject.Kind.ADDRESS) {
            address(json, explanation.witness());
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

  private void travel(JsonGenerator json, TravelExplanation travel) throws IOException {
    StayLabels labels = new StayLabels(travel);
    json.writeObjectFieldStart("travel");
    json.writeArrayFieldStart("days");
    for (TravelExplanation.Day day : travel.days()) {
      if (scope.includes(day.date())) {
        day(json, day, labels);
      }
    }
    json.writeEndArray();
    json.writeArrayFieldStart("places");
    for (TravelExplanation.PlaceKnown place : travel.places()) {
      json.writeStartObject();
      json.writeStringField("place", place.place());
      dates(json, "days", place.days());
      dates(json, "notCounted", place.notCounted());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void day(JsonGenerator json, TravelExplanation.Day day, StayLabels labels)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("date", day.date().toString());
    json.writeBooleanField("coldStart", day.coldStart());
    json.writeBooleanField("overflow", day.overflow());
    json.writeArrayFieldStart("stays");
    for (Stay stay : day.stays()) {
      json.writeStartObject();
      json.writeStringField("label", labels.whole(stay));
      json.writeStringField(
          "observation",
          stay.getApiCall() ? "call" : stay.getInteractive() ? "interactive sign-in" : "sign-in");
      span(json, stay.getFirst(), stay.getLast());
      spot(json, stay.getSpot());
      text(json, "deviceId", stay.getDeviceId());
      json.writeBooleanField("trustedDevice", stay.getTrustedDevice());
      json.writeBooleanField("singleFactor", stay.getSingleFactor());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeObjectFieldStart("decided");
    for (Map.Entry<String, Integer> entry : day.decided().entrySet()) {
      json.writeNumberField(entry.getKey(), entry.getValue());
    }
    json.writeEndObject();
    int shown = scope.all() ? day.pairs().size() : Math.min(MOST_PAIRS, day.pairs().size());
    json.writeArrayFieldStart("pairs");
    for (TravelExplanation.Pair pair : day.pairs().subList(0, shown)) {
      json.writeStartObject();
      json.writeStringField("earlier", labels.whole(pair.earlier()));
      json.writeStringField("later", labels.whole(pair.later()));
      json.writeBooleanField("overlap", pair.overlap());
      json.writeNumberField("secondsBetween", pair.gapMillis() / 1000.0);
      json.writeNumberField("distanceKm", rounded(pair.distanceKm()));
      json.writeNumberField("effectiveKm", rounded(pair.effectiveKm()));
      json.writeNumberField("speedKmh", rounded(pair.speedKmh()));
      conclusion(json, pair.conclusion());
      gates(json, pair.gates());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeNumberField("pairsLeftOut", day.pairs().size() - shown);
    json.writeEndObject();
  }

  private void token(JsonGenerator json, TokenExplanation token, Explanation explanation)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("token", token.token());
    json.writeBooleanField("signInSeen", token.signInSeen());
    json.writeBooleanField("awaitsSignIn", token.awaitsSignIn());
    json.writeBooleanField("unmatched", token.unmatched());
    json.writeBooleanField("overflow", token.overflow());
    if (explanation.subject().kind() == Subject.Kind.TOKEN) {
      json.writeArrayFieldStart("expiresAt");
      for (long end : explanation.witness().expiries()) {
        json.writeString(JsonView.instant(end));
      }
      json.writeEndArray();
    }
    json.writeArrayFieldStart("uses");
    for (TokenUse use : token.uses()) {
      json.writeStartObject();
      json.writeStringField("use", use.getKind().name().toLowerCase(Locale.ROOT).replace('_', '-'));
      span(json, use.getFirst(), use.getLast());
      text(json, "oid", use.getOid());
      if (use.getPrincipal() != null) {
        json.writeFieldName("principal");
        JsonView.write(use.getPrincipal(), json);
      }
      if (use.getSpot() != null) {
        spot(json, use.getSpot());
      }
      json.writeBooleanField("afterExpiry", use.getAfterExpiry());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("comparisons");
    for (TokenExplanation.Comparison one : token.comparisons()) {
      if (!scope.includes(one.date())) {
        continue;
      }
      json.writeStartObject();
      json.writeStringField("date", one.date().toString());
      if (one.earlier() != null) {
        json.writeNumberField("earlier", index(token.uses(), one.earlier()));
      }
      json.writeNumberField("later", index(token.uses(), one.later()));
      json.writeStringField("line", one.line());
      conclusion(json, one.conclusion());
      gates(json, one.gates());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static int index(List<TokenUse> uses, TokenUse use) {
    for (int i = 0; i < uses.size(); i++) {
      if (uses.get(i) == use) {
        return i;
      }
    }
    return -1;
  }

  private void address(JsonGenerator json, Witness witness) throws IOException {
    json.writeObjectFieldStart("address");
    json.writeArrayFieldStart("is");
    for (Provenance said : witness.places()) {
      json.writeStartObject();
      json.writeStringField("prefix", said.location().network().prefix());
      json.writeStringField("class", said.location().network().networkClass().word());
      if (said.location().network().asn() != null) {
        json.writeNumberField("asn", said.location().network().asn());
      }
      text(json, "organisation", said.location().network().organisation());
      text(json, "country", said.location().network().country());
      if (said.location().place().known()) {
        text(json, "city", said.location().place().city());
        json.writeNumberField("latitude", said.location().place().latitude());
        json.writeNumberField("longitude", said.location().place().longitude());
        json.writeNumberField("accuracyKm", said.location().place().accuracyKm());
      }
      json.writeObjectFieldStart("saidBy");
      for (Map.Entry<String, String> entry : said.sources().entrySet()) {
        json.writeStringField(entry.getKey(), entry.getValue());
      }
      json.writeEndObject();
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("uses");
    for (Witness.AddressUse use : witness.uses()) {
      json.writeStartObject();
      json.writeStringField("event", use.event());
      json.writeStringField("outcome", use.outcome());
      json.writeNumberField("events", use.events());
      instant(json, "first", use.firstAt());
      instant(json, "last", use.lastAt());
      if (use.principal() != null) {
        json.writeFieldName("principal");
        JsonView.write(use.principal(), json);
      }
      text(json, "partner", use.partner());
      json.writeFieldName("tokens");
      JsonView.writeValue(use.tokens(), json);
      json.writeNumberField("moreTokens", use.moreTokens());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeNumberField("callsBehind", witness.callsBehind());
    json.writeEndObject();
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

  private static double rounded(double number) {
    return Math.round(number * 10) / 10.0;
  }
}
