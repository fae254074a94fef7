package dev.lockstep.app;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.detections.TravelExplanation;
import dev.lockstep.schemas.Stay;
import java.io.IOException;
import java.util.Map;

/** The part of an explanation that is about {@code impossible-travel}, as JSON. */
final class TravelJson {
  private static final int MOST_PAIRS = 500;

  private final JsonGenerator json;
  private final ExplainScope scope;

  TravelJson(JsonGenerator json, ExplainScope scope) {
    this.json = json;
    this.scope = scope;
  }

  void write(TravelExplanation travel) throws IOException {
    StayLabels labels = new StayLabels(travel);
    json.writeObjectFieldStart("travel");
    json.writeArrayFieldStart("days");
    for (TravelExplanation.Day day : travel.days()) {
      if (scope.includes(day.date())) {
        day(day, labels);
      }
    }
    json.writeEndArray();
    json.writeArrayFieldStart("places");
    for (TravelExplanation.PlaceKnown place : travel.places()) {
      json.writeStartObject();
      json.writeStringField("place", place.place());
      ExplainJson.dates(json, "days", place.days());
      ExplainJson.dates(json, "notCounted", place.notCounted());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void day(TravelExplanation.Day day, StayLabels labels) throws IOException {
    json.writeStartObject();
    json.writeStringField("date", day.date().toString());
    json.writeBooleanField("coldStart", day.coldStart());
    json.writeBooleanField("overflow", day.overflow());
    json.writeArrayFieldStart("stays");
    for (Stay stay : day.stays()) {
      stay(stay, labels);
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
      pair(pair, labels);
    }
    json.writeEndArray();
    json.writeNumberField("pairsLeftOut", day.pairs().size() - shown);
    json.writeEndObject();
  }

  private void stay(Stay stay, StayLabels labels) throws IOException {
    json.writeStartObject();
    json.writeStringField("label", labels.whole(stay));
    json.writeStringField(
        "observation",
        stay.getApiCall() ? "call" : stay.getInteractive() ? "interactive sign-in" : "sign-in");
    ExplainJson.span(json, stay.getFirst(), stay.getLast());
    ExplainJson.spot(json, stay.getSpot());
    ExplainJson.text(json, "deviceId", stay.getDeviceId());
    json.writeBooleanField("trustedDevice", stay.getTrustedDevice());
    json.writeBooleanField("singleFactor", stay.getSingleFactor());
    json.writeEndObject();
  }

  private void pair(TravelExplanation.Pair pair, StayLabels labels) throws IOException {
    json.writeStartObject();
    json.writeStringField("earlier", labels.whole(pair.earlier()));
    json.writeStringField("later", labels.whole(pair.later()));
    json.writeBooleanField("overlap", pair.overlap());
    json.writeNumberField("secondsBetween", pair.gapMillis() / 1000.0);
    json.writeNumberField("distanceKm", rounded(pair.distanceKm()));
    json.writeNumberField("effectiveKm", rounded(pair.effectiveKm()));
    json.writeNumberField("speedKmh", rounded(pair.speedKmh()));
    ExplainJson.conclusion(json, pair.conclusion());
    ExplainJson.gates(json, pair.gates());
    json.writeEndObject();
  }

  private static double rounded(double number) {
    return Math.round(number * 10) / 10.0;
  }
}
