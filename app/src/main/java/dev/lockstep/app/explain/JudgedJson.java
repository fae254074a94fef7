package dev.lockstep.app.explain;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.detections.judgement.JudgedDay;
import dev.lockstep.detections.judgement.JudgedFacts;
import dev.lockstep.detections.judgement.JudgedSubject;
import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.rules.EventReference;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Field;
import dev.lockstep.rules.Seen;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Where;
import dev.lockstep.schemas.text.AvroJson;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Writer of the reports of rules on subjects as JSON: facts, verdicts, findings, and what rules
 * learned from earlier days. What a rule learned, such as a usual country, is called a lesson.
 */
final class JudgedJson {
  private static final int MOST_ALIKE = 500;
  private static final long DAY_MILLIS = 86_400_000L;
  private static final long MINUTE_MILLIS = 60_000L;

  private final JsonGenerator json;
  private final ExplainScope scope;
  private final int mostAlike;
  private final int mostFacts;

  JudgedJson(JsonGenerator json, ExplainScope scope) {
    this(json, scope, MOST_ALIKE, Integer.MAX_VALUE);
  }

  /**
   * Creates a writer with limits for the facts and verdicts of each judged day.
   *
   * @param mostAlike largest number of verdicts of a day with the same outcome; no limit if {@link
   *     ExplainScope#all} is true
   * @param mostFacts largest number of facts of a day; those of the written verdicts come first
   */
  JudgedJson(JsonGenerator json, ExplainScope scope, int mostAlike, int mostFacts) {
    this.json = json;
    this.scope = scope;
    this.mostAlike = mostAlike;
    this.mostFacts = mostFacts;
  }

  void write(List<JudgedSubject> judged) throws IOException {
    json.writeArrayFieldStart("judged");
    for (JudgedSubject subject : judged) {
      for (JudgedDay day : subject.days()) {
        if (scope.includes(LocalDate.ofEpochDay(day.day()))) {
          json.writeStartObject();
          day(day, new FactLabels(subject, day.info().id()));
          json.writeEndObject();
        }
      }
    }
    json.writeEndArray();
    JsonText.writeObjects(
        json,
        "learned",
        judged.stream().flatMap(subject -> subject.lessons().stream()).toList(),
        this::lesson);
  }

  private void day(JudgedDay day, FactLabels labels) throws IOException {
    json.writeStringField("rule", day.info().id());
    json.writeObjectFieldStart("subject");
    json.writeStringField("kind", word(day.subject().kind()));
    json.writeStringField("id", day.subject().id());
    json.writeEndObject();
    json.writeStringField("date", LocalDate.ofEpochDay(day.day()).toString());
    json.writeBooleanField("overflow", day.overflow());
    JsonText.writeText(json, "failure", day.failure());
    List<JudgedFacts> verdicts = new ArrayList<>();
    Map<JudgedFacts.Outcome, Integer> written = new EnumMap<>(JudgedFacts.Outcome.class);
    for (JudgedFacts verdict : day.verdicts()) {
      if (scope.all() || written.merge(verdict.outcome(), 1, Integer::sum) <= mostAlike) {
        verdicts.add(verdict);
      }
    }
    List<Fact> facts = facts(day, verdicts);
    JsonText.writeObjects(json, "facts", facts, fact -> fact(fact, day, labels));
    if (facts.size() < day.facts().size()) {
      json.writeNumberField("factsLeftOut", day.facts().size() - facts.size());
    }
    JsonText.writeObjects(json, "verdicts", verdicts, verdict -> verdict(verdict, labels));
    json.writeNumberField("verdictsLeftOut", day.verdicts().size() - verdicts.size());
    JsonText.writeObjects(
        json,
        "findings",
        day.findings(),
        finding -> {
          json.writeStringField("id", finding.id());
          json.writeStringField("reason", finding.reason());
          json.writeStringField("severity", finding.severity().name());
          json.writeNumberField("count", finding.count());
          ExplainJson.instant(json, "from", finding.startAt());
          ExplainJson.instant(json, "to", finding.endAt());
          json.writeBooleanField("collapsed", finding.collapsed());
        });
  }

  private List<Fact> facts(JudgedDay day, List<JudgedFacts> verdicts) {
    if (day.facts().size() <= mostFacts) {
      return day.facts();
    }
    Set<Fact> chosen = Collections.newSetFromMap(new IdentityHashMap<>());
    // the facts of the given verdicts are chosen first
    for (JudgedFacts verdict : verdicts) {
      for (Fact fact : verdict.facts()) {
        if (chosen.size() < mostFacts) {
          chosen.add(fact);
        }
      }
    }
    for (Fact fact : day.facts()) {
      if (chosen.size() < mostFacts) {
        chosen.add(fact);
      }
    }
    return day.facts().stream().filter(chosen::contains).toList();
  }

  static String word(Subject.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private void fact(Fact fact, JudgedDay day, FactLabels labels) throws IOException {
    json.writeStringField("label", labels.whole(fact));
    json.writeStringField("kind", fact.kind().name());
    json.writeObjectFieldStart("fields");
    for (Field field : fact.kind().fields()) {
      field(fact, field, day);
    }
    json.writeEndObject();
    event("first", fact.first());
    event("last", fact.last());
    if (fact.location() != null) {
      location(fact.location());
    }
    if (fact.principal() != null) {
      json.writeFieldName("principal");
      AvroJson.write(fact.principal(), json);
    }
    if (fact.kind().keepsMinutes()) {
      json.writeNumberField("minutes", fact.minutes().cardinality());
    }
    if (fact.kind().keepsAddresses()) {
      JsonText.writeObjects(
          json, "addresses", fact.addresses(), address -> member(address, fact, address.text()));
    }
  }

  private void field(Fact fact, Field field, JudgedDay day) throws IOException {
    switch (field.type()) {
      case FLAG -> json.writeBooleanField(field.name(), fact.is(field));
      case NUMBER -> {
        if (field.shown() == Field.Shown.INSTANT) {
          ExplainJson.instant(json, field.name(), fact.number(field));
        } else {
          json.writeNumberField(field.name(), fact.number(field));
        }
      }
      case TEXT -> JsonText.writeText(json, field.name(), fact.text(field));
      case SET ->
          JsonText.writeObjects(
              json,
              field.name(),
              fact.members(field),
              member -> member(member, fact, day.shown(member.text())));
    }
  }

  private void member(Seen member, Fact fact, String text) throws IOException {
    json.writeStringField("text", text);
    ExplainJson.instant(json, "first", at(fact, member.firstMinute()));
    ExplainJson.instant(json, "last", at(fact, member.lastMinute()));
  }

  private static long at(Fact fact, int minute) {
    return fact.day() * DAY_MILLIS + minute * MINUTE_MILLIS;
  }

  private void event(String name, EventReference event) throws IOException {
    Where where = event.where();
    json.writeObjectFieldStart(name);
    ExplainJson.instant(json, "time", event.at());
    json.writeStringField("category", event.category());
    json.writeStringField("eventId", event.eventId());
    JsonText.writeText(json, "file", where.getFile());
    if (where.getFile() != null) {
      json.writeNumberField("line", where.getPosition());
    }
    json.writeEndObject();
  }

  private void location(Location at) throws IOException {
    json.writeStringField("ip", at.address().text());
    json.writeStringField("prefix", at.network().prefix());
    if (at.network().asn() != null) {
      json.writeNumberField("asn", at.network().asn());
    }
    JsonText.writeText(json, "organisation", at.network().organisation());
    JsonText.writeText(json, "country", at.network().country());
    json.writeStringField("class", at.network().networkClass().word());
    if (at.place().known()) {
      json.writeObjectFieldStart("place");
      JsonText.writeText(json, "country", at.place().country());
      JsonText.writeText(json, "city", at.place().city());
      json.writeNumberField("latitude", at.place().latitude());
      json.writeNumberField("longitude", at.place().longitude());
      json.writeNumberField("accuracyKm", at.place().accuracyKm());
      json.writeEndObject();
    }
  }

  private void verdict(JudgedFacts verdict, FactLabels labels) throws IOException {
    json.writeStringField("outcome", verdict.outcome().name().toLowerCase(Locale.ROOT));
    json.writeFieldName("by");
    AvroJson.writeValue(verdict.by(), json);
    if (verdict.severity() != null) {
      json.writeStringField("severity", verdict.severity().name());
    }
    JsonText.writeText(json, "finding", verdict.finding());
    labels("facts", verdict.facts(), labels);
    labels("restsOn", verdict.grounds(), labels);
    json.writeFieldName("gates");
    AvroJson.writeValue(verdict.gates(), json);
  }

  private void labels(String name, List<Fact> facts, FactLabels labels) throws IOException {
    JsonText.writeTexts(json, name, facts.stream().map(labels::whole).toList());
  }

  private void lesson(JudgedSubject.Lesson lesson) throws IOException {
    json.writeStringField("rule", lesson.rule().id());
    json.writeStringField("trait", lesson.shown());
    JsonText.writeObjects(
        json,
        "days",
        lesson.amounts().entrySet(),
        day -> {
          json.writeStringField("date", LocalDate.ofEpochDay(day.getKey()).toString());
          json.writeNumberField("amount", day.getValue());
        });
  }
}
