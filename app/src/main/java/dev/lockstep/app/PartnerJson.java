package dev.lockstep.app;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.detections.PartnerExplanation;
import dev.lockstep.detections.Witness;
import dev.lockstep.enrichment.ChangeWindow;
import dev.lockstep.enrichment.KnownNetwork;
import dev.lockstep.enrichment.Partner;
import dev.lockstep.schemas.PartnerUse;
import java.io.IOException;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/** The part of an explanation that is about a partner, as JSON. */
final class PartnerJson {
  private final JsonGenerator json;
  private final ExplainScope scope;

  PartnerJson(JsonGenerator json, ExplainScope scope) {
    this.json = json;
    this.scope = scope;
  }

  void write(PartnerExplanation explained, Witness witness) throws IOException {
    Partner partner = explained.partner();
    json.writeObjectFieldStart("partner");
    json.writeStringField("name", partner.name());
    registry(partner, witness);
    date("asOf", explained.asOf());
    PartnerExplanation.Learning learning = explained.learning();
    if (learning != null) {
      json.writeObjectFieldStart("learning");
      date("completedOn", learning.completedOn());
      json.writeNumberField("days", learning.days());
      json.writeNumberField("needsDays", learning.needsDays());
      json.writeNumberField("minutes", learning.minutes());
      json.writeNumberField("needsMinutes", learning.needsMinutes());
      json.writeEndObject();
    }
    json.writeArrayFieldStart("networks");
    for (PartnerExplanation.NetworkKnown network : explained.networks()) {
      network(network);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("days");
    for (PartnerExplanation.Day day : explained.days()) {
      if (scope.includes(day.date())) {
        day(day);
      }
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void registry(Partner partner, Witness witness) throws IOException {
    json.writeArrayFieldStart("declared");
    for (String range : partner.cidrs()) {
      json.writeStartObject();
      json.writeStringField("range", range);
      json.writeBooleanField("seen", witness.declaredSeen().contains(range));
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("registryNetworks");
    for (KnownNetwork network : partner.networks()) {
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

  private void network(PartnerExplanation.NetworkKnown network) throws IOException {
    json.writeStartObject();
    json.writeStringField("network", network.network());
    ExplainJson.text(json, "organisation", network.organisation());
    ExplainJson.text(json, "known", network.why());
    date("since", network.since());
    date("firstSeen", network.firstSeen());
    date("lastSeen", network.lastSeen());
    json.writeNumberField("closedDays", network.closedDays());
    json.writeNumberField("needsDays", network.needsDays());
    json.writeBooleanField("keptByFinding", network.kept());
    json.writeEndObject();
  }

  private void day(PartnerExplanation.Day day) throws IOException {
    json.writeStartObject();
    json.writeStringField("date", day.date().toString());
    json.writeBooleanField("overflow", day.overflow());
    json.writeArrayFieldStart("calls");
    for (PartnerExplanation.Judged one : day.judged()) {
      PartnerUse use = one.use();
      json.writeStartObject();
      json.writeStringField("network", one.network());
      ExplainJson.span(json, use.getFirst(), use.getLast());
      ExplainJson.spot(json, use.getSpot());
      json.writeNumberField("minutes", one.minutes());
      json.writeNumberField("minutesFired", one.fired());
      ExplainJson.text(json, "known", one.why());
      ExplainJson.conclusion(json, one.conclusion());
      ExplainJson.gates(json, one.gates());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void date(String name, @Nullable LocalDate date) throws IOException {
    if (date != null) {
      json.writeStringField(name, date.toString());
    }
  }
}
