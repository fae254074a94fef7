package dev.lockstep.app.explain;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.detections.explain.AddressUse;
import dev.lockstep.detections.explain.SubjectEvents;
import dev.lockstep.enrichment.geo.Provenance;
import dev.lockstep.enrichment.partner.Partner;
import dev.lockstep.schemas.text.AvroJson;
import java.io.IOException;
import java.util.Map;

/**
 * Writer of the JSON fields about an address, a token or a partner. Their values come from the
 * operator's files, the databases and the events. Other subjects have no such fields.
 */
final class SubjectJson {
  private final JsonGenerator json;

  SubjectJson(JsonGenerator json) {
    this.json = json;
  }

  void write(Explanation explanation) throws IOException {
    SubjectEvents events = explanation.events();
    Partner partner = explanation.partner();
    switch (explanation.subject().kind()) {
      case ADDRESS -> address(events);
      case TOKEN -> token(events);
      case PARTNER -> {
        if (partner != null) {
          json.writeObjectFieldStart("partner");
          json.writeStringField("name", partner.name());
          registry(partner, events);
          json.writeEndObject();
        }
      }
      case PRINCIPAL, SESSION, APPLICATION, RESOURCE, GROUP, PLACE -> {}
    }
  }

  private void token(SubjectEvents events) throws IOException {
    ExplainJson.instants(json, "expiresAt", events.expiries());
  }

  private void registry(Partner partner, SubjectEvents events) throws IOException {
    JsonText.writeObjects(
        json,
        "declared",
        partner.cidrs(),
        range -> {
          json.writeStringField("range", range);
          json.writeBooleanField("seen", events.declaredSeen().contains(range));
        });
    JsonText.writeTexts(
        json,
        "registryNetworks",
        partner.networks().stream()
            .map(
                network ->
                    "AS"
                        + network.asn()
                        + (network.country() == null ? "" : "/" + network.country()))
            .toList());
    JsonText.writeObjects(
        json,
        "changeWindows",
        partner.changeWindows(),
        window -> {
          ExplainJson.instant(json, "from", window.from());
          ExplainJson.instant(json, "to", window.to());
          JsonText.writeText(json, "note", window.note());
        });
  }

  private void address(SubjectEvents events) throws IOException {
    json.writeObjectFieldStart("address");
    JsonText.writeObjects(json, "is", events.places(), this::place);
    JsonText.writeObjects(json, "uses", events.uses(), this::use);
    json.writeNumberField("callsBehind", events.callsBehind());
    json.writeEndObject();
  }

  private void place(Provenance provenance) throws IOException {
    json.writeStringField("prefix", provenance.location().network().prefix());
    json.writeStringField("class", provenance.location().network().networkClass().word());
    if (provenance.location().network().asn() != null) {
      json.writeNumberField("asn", provenance.location().network().asn());
    }
    JsonText.writeText(json, "organisation", provenance.location().network().organisation());
    JsonText.writeText(json, "country", provenance.location().network().country());
    if (provenance.location().place().known()) {
      JsonText.writeText(json, "city", provenance.location().place().city());
      json.writeNumberField("latitude", provenance.location().place().latitude());
      json.writeNumberField("longitude", provenance.location().place().longitude());
      json.writeNumberField("accuracyKm", provenance.location().place().accuracyKm());
    }
    json.writeObjectFieldStart("saidBy");
    for (Map.Entry<String, String> entry : provenance.sources().entrySet()) {
      json.writeStringField(entry.getKey(), entry.getValue());
    }
    json.writeEndObject();
  }

  private void use(AddressUse use) throws IOException {
    json.writeStringField("event", use.event());
    json.writeStringField("outcome", use.outcome());
    json.writeNumberField("events", use.events());
    ExplainJson.instant(json, "first", use.firstAt());
    ExplainJson.instant(json, "last", use.lastAt());
    if (use.principal() != null) {
      json.writeFieldName("principal");
      AvroJson.write(use.principal(), json);
    }
    JsonText.writeText(json, "partner", use.partner());
    json.writeFieldName("tokens");
    AvroJson.writeValue(use.tokens(), json);
    json.writeNumberField("moreTokens", use.moreTokens());
  }
}
