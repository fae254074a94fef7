package dev.lockstep.app.explain;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.detections.explain.AddressUse;
import dev.lockstep.detections.explain.SubjectEvents;
import dev.lockstep.enrichment.geo.Provenance;
import dev.lockstep.enrichment.network.NamedSystem;
import dev.lockstep.enrichment.partner.ChangeWindow;
import dev.lockstep.enrichment.partner.Partner;
import dev.lockstep.schemas.text.JsonView;
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
    json.writeArrayFieldStart("expiresAt");
    for (long end : events.expiries()) {
      json.writeString(JsonView.instant(end));
    }
    json.writeEndArray();
  }

  private void registry(Partner partner, SubjectEvents events) throws IOException {
    json.writeArrayFieldStart("declared");
    for (String range : partner.cidrs()) {
      json.writeStartObject();
      json.writeStringField("range", range);
      json.writeBooleanField("seen", events.declaredSeen().contains(range));
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("registryNetworks");
    for (NamedSystem network : partner.networks()) {
      json.writeString(
          "AS" + network.asn() + (network.country() == null ? "" : "/" + network.country()));
    }
    json.writeEndArray();
    json.writeArrayFieldStart("changeWindows");
    for (ChangeWindow window : partner.changeWindows()) {
      json.writeStartObject();
      ExplainJson.instant(json, "from", window.from());
      ExplainJson.instant(json, "to", window.to());
      ExplainJson.text(json, "note", window.note());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void address(SubjectEvents events) throws IOException {
    json.writeObjectFieldStart("address");
    json.writeArrayFieldStart("is");
    for (Provenance provenance : events.places()) {
      place(provenance);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("uses");
    for (AddressUse use : events.uses()) {
      use(use);
    }
    json.writeEndArray();
    json.writeNumberField("callsBehind", events.callsBehind());
    json.writeEndObject();
  }

  private void place(Provenance provenance) throws IOException {
    json.writeStartObject();
    json.writeStringField("prefix", provenance.location().network().prefix());
    json.writeStringField("class", provenance.location().network().networkClass().word());
    if (provenance.location().network().asn() != null) {
      json.writeNumberField("asn", provenance.location().network().asn());
    }
    ExplainJson.text(json, "organisation", provenance.location().network().organisation());
    ExplainJson.text(json, "country", provenance.location().network().country());
    if (provenance.location().place().known()) {
      ExplainJson.text(json, "city", provenance.location().place().city());
      json.writeNumberField("latitude", provenance.location().place().latitude());
      json.writeNumberField("longitude", provenance.location().place().longitude());
      json.writeNumberField("accuracyKm", provenance.location().place().accuracyKm());
    }
    json.writeObjectFieldStart("saidBy");
    for (Map.Entry<String, String> entry : provenance.sources().entrySet()) {
      json.writeStringField(entry.getKey(), entry.getValue());
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  private void use(AddressUse use) throws IOException {
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
