package dev.lockstep.app;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.detections.Witness;
import dev.lockstep.enrichment.Provenance;
import dev.lockstep.schemas.JsonView;
import java.io.IOException;
import java.util.Map;

/** The part of an explanation that is about an address, as JSON. */
final class AddressJson {
  private final JsonGenerator json;

  AddressJson(JsonGenerator json) {
    this.json = json;
  }

  void write(Witness witness) throws IOException {
    json.writeObjectFieldStart("address");
    json.writeArrayFieldStart("is");
    for (Provenance said : witness.places()) {
      place(said);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("uses");
    for (Witness.AddressUse use : witness.uses()) {
      use(use);
    }
    json.writeEndArray();
    json.writeNumberField("callsBehind", witness.callsBehind());
    json.writeEndObject();
  }

  private void place(Provenance said) throws IOException {
    json.writeStartObject();
    json.writeStringField("prefix", said.location().network().prefix());
    json.writeStringField("class", said.location().network().networkClass().word());
    if (said.location().network().asn() != null) {
      json.writeNumberField("asn", said.location().network().asn());
    }
    ExplainJson.text(json, "organisation", said.location().network().organisation());
    ExplainJson.text(json, "country", said.location().network().country());
    if (said.location().place().known()) {
      ExplainJson.text(json, "city", said.location().place().city());
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

  private void use(Witness.AddressUse use) throws IOException {
    json.writeStartObject();
    json.writeStringField("event", use.event());
    json.writeStringField("outcome", use.outcome());
    json.writeNumberField("events", use.events());
    ExplainJson.instant(json, "first", use.firstAt());
    ExplainJson.instant(json, "last", use.lastAt());
    if (use.principal() != null) {
      json.writeFieldName("principal");
      JsonView.write(use.principal(), json);
    }
    ExplainJson.text(json, "partner", use.partner());
    json.writeFieldName("tokens");
    JsonView.writeValue(use.tokens(), json);
    json.writeNumberField("moreTokens", use.moreTokens());
    json.writeEndObject();
  }
}
