package dev.lockstep.app.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import dev.lockstep.app.detection.ComparedDetection;
import dev.lockstep.app.detection.IdForm;
import dev.lockstep.app.detection.Incident;
import dev.lockstep.app.detection.SeverityBeforeIncident;
import dev.lockstep.app.rules.RuleStatus;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Setting;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.DetectionStatus;
import dev.lockstep.schemas.Evidence;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.NetworkSeen;
import dev.lockstep.schemas.PartnerName;
import dev.lockstep.schemas.PlaceSeen;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Findings of a report as JSON for the script of the page. Each text and each repeated part is
 * written only once. Findings are rows of numbers that refer to texts and parts; -1 means none.
 *
 * <p>Texts have no hidden characters and no {@code <}, so the JSON can be part of an HTML page.
 */
public final class ReportData {
  private static final int NOTHING = -1;
  private static final int SHADOW = 1;
  private static final int COLD_START = 2;
  private static final int OVERFLOW = 4;

  private static final JsonFactory JSON =
      new JsonFactoryBuilder().characterEscapes(new NoTags()).build();

  private final ReportPage page;
  private final long base;
  private final Map<String, String> nameById;
  private final NumberedValues<String> texts = new NumberedValues<>();
  private final NumberedValues<List<?>> subjects = new NumberedValues<>();
  private final NumberedValues<List<?>> principals = new NumberedValues<>();
  private final NumberedValues<List<?>> networks = new NumberedValues<>();
  private final NumberedValues<List<?>> places = new NumberedValues<>();
  private final NumberedValues<List<?>> words = new NumberedValues<>();
  private final NumberedValues<List<?>> lists = new NumberedValues<>();
  private final NumberedValues<List<?>> gates = new NumberedValues<>();
  private final NumberedValues<List<?>> alerts = new NumberedValues<>();
  private final NumberedValues<List<?>> events = new NumberedValues<>();

  /** JSON escapes that include {@code <}, so that no text ends the HTML element {@code script}. */
  private static final class NoTags extends CharacterEscapes {
    private static final long serialVersionUID = 1;
    private final int[] escapes = standardAsciiEscapesForJSON();

    NoTags() {
      escapes['<'] = ESCAPE_STANDARD;
    }

    @Override
    public int[] getEscapeCodesForAscii() {
      return escapes;
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int c) {
      return null;
    }
  }

  private ReportData(ReportPage page) {
    this.page = page;
    this.base = page.detections().stream().mapToLong(Detection::getStartTime).min().orElse(0);
    this.nameById = nameById(page.detections());
  }

  /**
   * Returns the name that the report shows for each principal, by principal id. The name is from
   * the latest finding that has a name of the principal, because some logs have no names, such as
   * those of gateways.
   */
  private static Map<String, String> nameById(Collection<Detection> findings) {
    Map<String, String> names = new HashMap<>();
    findings.stream()
        .sorted(Comparator.comparingLong(Detection::getEndTime).thenComparing(Detection::getId))
        .map(Detection::getPrincipal)
        .filter(principal -> principal != null && principal.getName() != null)
        .forEach(principal -> names.put(principal.getId(), principal.getName()));
    return names;
  }

  private String nameOf(String principalId) {
    return nameById.getOrDefault(principalId, principalId);
  }

  /** Returns the findings, rules and tables of a page as a JSON object. */
  public static String of(ReportPage page) {
    return of(new ReportData(page)::write);
  }

  /** Returns tables as a JSON array, which the live page shows in place of its present tables. */
  public static String of(List<ReportSection> sections) {
    return of(json -> sections(json, sections));
  }

  private static String of(JsonText.Value value) {
    StringWriter text = new StringWriter(64 * 1024);
    try (JsonGenerator json = JSON.createGenerator(text)) {
      value.writeTo(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private void write(JsonGenerator json) throws IOException {
    List<Incident> incidents = Incident.of(page.detections());
    List<Detection> ordered = new ArrayList<>();
    incidents.forEach(incident -> ordered.addAll(incident.findings()));
    page.detections().stream()
        .filter(detection -> detection.getCorrelationId() == null)
        .sorted(HtmlReport.WORST_FIRST)
        .forEach(ordered::add);
    Map<String, Integer> numbers = new HashMap<>();
    for (Detection finding : ordered) {
      numbers.putIfAbsent(finding.getId(), numbers.size());
    }
    json.writeStartObject();
    about(json);
    json.writeArrayFieldStart("findings");
    Map<String, Integer> incidentNumbers = new HashMap<>();
    incidents.forEach(
        incident -> incidentNumbers.put(incident.correlationId(), incidentNumbers.size()));
    for (Detection finding : ordered) {
      row(json, finding(finding, incidentNumbers));
    }
    json.writeEndArray();
    incidents(json, incidents, incidentNumbers, numbers);
    rows(json, "subjects", subjects.values());
    rows(json, "principals", principals.values());
    rows(json, "networks", networks.values());
    rows(json, "places", places.values());
    rows(json, "words", words.values());
    rows(json, "lists", lists.values());
    rows(json, "gates", gates.values());
    rows(json, "alerts", alerts.values());
    rows(json, "events", events.values());
    rules(json);
    texts(json, "texts", texts.values());
    json.writeEndObject();
  }

  private void about(JsonGenerator json) throws IOException {
    ReportOrigin source = page.source();
    json.writeObjectFieldStart("about");
    json.writeStringField("kind", HtmlText.shown(source.kind()));
    json.writeStringField("version", source.version());
    if (source.config() != null) {
      json.writeStringField("config", HtmlText.shown(source.config()));
    }
    if (source.isLive()) {
      json.writeNumberField("changes", source.changes());
    }
    json.writeNumberField("base", base);
    if (page.lastAt() > 0) {
      json.writeNumberField("from", page.firstAt());
      json.writeNumberField("to", page.lastAt());
    }
    command(json, "explain", source.explain());
    command(json, "explainIncident", source.explainIncident());
    command(json, "accept", source.accept());
    texts(json, "summary", page.summary().lines().toList());
    json.writeFieldName("sections");
    sections(json, page.sections());
    json.writeEndObject();
  }

  private static void sections(JsonGenerator json, List<ReportSection> sections)
      throws IOException {
    json.writeStartArray();
    for (ReportSection section : sections) {
      json.writeStartObject();
      json.writeStringField("id", HtmlText.shown(section.id()));
      json.writeStringField("title", HtmlText.shown(section.title()));
      json.writeStringField("note", HtmlText.shown(section.note()));
      texts(json, "headings", section.headings());
      json.writeArrayFieldStart("rows");
      for (List<String> row : section.rows()) {
        json.writeStartArray();
        for (String cell : row) {
          json.writeString(HtmlText.shown(cell));
        }
        json.writeEndArray();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void command(
      JsonGenerator json, String name, ReportOrigin.@Nullable IdCommand command)
      throws IOException {
    if (command != null) {
      texts(json, name, List.of(command.before(), command.after()));
    }
  }

  private List<Object> finding(Detection finding, Map<String, Integer> incidents) {
    Severity before = SeverityBeforeIncident.severityBefore(finding);
    Principal principal = finding.getPrincipal();
    return Arrays.asList(
        text(finding.getId()),
        finding.getRevision(),
        text(finding.getRule()),
        text(finding.getReason()),
        HtmlReport.SEVERITIES.indexOf(finding.getSeverity()),
        before == null ? NOTHING : HtmlReport.SEVERITIES.indexOf(before),
        text(finding.getTitle()),
        text(finding.getDescription()),
        subject(finding),
        principal == null
            ? NOTHING
            : principals.number(
                List.of(
                    text(principal.getId()),
                    text(nameById.get(principal.getId())),
                    text(principal.getType()))),
        text(finding.getIp()),
        finding.getStartTime() - base,
        finding.getEndTime() - finding.getStartTime(),
        finding.getCount(),
        (DetectionStatus.isInShadow(finding) ? SHADOW : 0)
            + (Boolean.TRUE.equals(finding.getColdStart()) ? COLD_START : 0)
            + (Boolean.TRUE.equals(finding.getOverflow()) ? OVERFLOW : 0),
        lists.number(finding.getTechniques().stream().map(this::text).toList()),
        finding.getGroup() == null ? NOTHING : named(finding.getGroup()),
        finding.getCorrelationId() == null
            ? NOTHING
            : incidents.getOrDefault(finding.getCorrelationId(), NOTHING),
        finding.getEvidence().stream().map(this::event).toList(),
        finding.getGates().stream().map(this::gate).toList(),
        finding.getDefenderAlerts().stream().map(this::alert).toList(),
        IdForm.isWhole(finding.getId()) ? 1 : 0);
  }

  private int subject(Detection finding) {
    PartnerName partner = finding.getPartner();
    Principal principal = finding.getPrincipal();
    if (partner != null) {
      String name = partner.getName() == null ? partner.getId() : partner.getName();
      return subject("partner", partner.getId(), name);
    }
    if (principal != null) {
      return subject(principal.getType(), principal.getId(), nameOf(principal.getId()));
    }
    if (finding.getIp() != null) {
      return subject("address", finding.getIp(), finding.getIp());
    }
    if (finding.getGroup() != null) {
      String group = ComparedDetection.groupText(finding.getGroup());
      return subject("group", group, group);
    }
    return subject("rule", finding.getRule(), finding.getRule());
  }

  private int subject(String kind, String id, String name) {
    return subjects.number(List.of(text(kind), text(id), text(name)));
  }

  private int event(Evidence event) {
    boolean isFile = event.getFile() != null;
    boolean isHub = event.getHub() != null;
    String where =
        isFile
            ? event.getFile() + ":"
            : isHub ? event.getHub() + "/" + event.getPartition() + "/" : event.getSource();
    Long number = isFile ? event.getLine() : isHub ? event.getOffset() : null;
    NetworkSeen network = event.getNetwork();
    PlaceSeen place = event.getPlace();
    return events.number(
        List.of(
            text(event.getCategory()),
            text(event.getEventId()),
            text(where),
            number == null ? NOTHING : number,
            event.getTime() - base,
            text(event.getIp()),
            network == null
                ? NOTHING
                : networks.number(
                    List.of(
                        network.getAsn() == null ? NOTHING : network.getAsn(),
                        text(network.getOrganisation()),
                        text(network.getPrefix()),
                        text(network.getCountry()),
                        text(network.getClass$()))),
            place == null
                ? NOTHING
                : places.number(
                    List.of(
                        text(place.getCountry()),
                        text(place.getCity()),
                        place.getLatitude(),
                        place.getLongitude(),
                        place.getAccuracyKm())),
            named(event.getMattered())));
  }

  private int gate(GateChecked gate) {
    return gates.number(
        List.of(text(gate.getGate()), text(gate.getVerdict()), named(gate.getNumbers())));
  }

  private int alert(Map<String, String> alert) {
    return alerts.number(
        List.of(
            text(alert.get("title")),
            text(alert.get("severity")),
            text(alert.get("product")),
            text(alert.get("id")),
            text(alert.get("link"))));
  }

  private int named(Map<String, ?> values) {
    List<Integer> named = new ArrayList<>();
    new TreeMap<>(values)
        .forEach(
            (name, value) -> {
              boolean whole = value instanceof Double number && number == Math.rint(number);
              named.add(text(name));
              named.add(
                  text(
                      whole
                          ? String.format(Locale.ROOT, "%.0f", (Double) value)
                          : String.valueOf(value)));
            });
    return words.number(List.copyOf(named));
  }

  private int text(@Nullable String text) {
    return text == null ? NOTHING : texts.number(HtmlText.shown(text));
  }

  private void incidents(
      JsonGenerator json,
      List<Incident> incidents,
      Map<String, Integer> incidentNumbers,
      Map<String, Integer> numbers)
      throws IOException {
    FindingsByAddress addresses = new FindingsByAddress(page.detections());
    json.writeArrayFieldStart("incidents");
    for (Incident incident : incidents) {
      List<Object> near = new ArrayList<>();
      addresses
          .near(incident)
          .forEach(
              (address, others) -> {
                // The number of a finding, or -2 minus the number of an incident.
                List<Integer> numbersOf = new ArrayList<>();
                for (Detection other : others.listed()) {
                  numbersOf.add(
                      other.getCorrelationId() == null
                          ? numbers.getOrDefault(other.getId(), NOTHING)
                          : -2 - incidentNumbers.getOrDefault(other.getCorrelationId(), 0));
                }
                near.add(List.of(text(address), others.number(), numbersOf));
              });
      row(
          json,
          List.of(
              text(incident.correlationId()),
              text(nameOf(incident.subject())),
              incident.isRaised() ? 1 : 0,
              IdForm.isWhole(incident.correlationId()) ? 1 : 0,
              near));
    }
    json.writeEndArray();
  }

  private void rules(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("rules");
    for (RuleStatus status : page.rules()) {
      RuleInfo info = status.rule().info();
      json.writeStartObject();
      json.writeStringField("id", HtmlText.shown(info.id()));
      json.writeNumberField("version", info.version());
      json.writeStringField("title", HtmlText.shown(info.title()));
      json.writeStringField("correlates", HtmlText.shown(info.correlates()));
      json.writeStringField("runs", HtmlText.shown(status.text()));
      texts(json, "tactics", info.tactics());
      texts(json, "techniques", info.techniques());
      texts(json, "runbook", Runbook.of(info.id()));
      json.writeArrayFieldStart("settings");
      for (Setting setting : info.settings()) {
        String value = status.rule().value(setting);
        String usual = setting.written(setting.byDefault());
        if (!value.equals(usual)) {
          json.writeStartArray();
          json.writeString(setting.name());
          json.writeString(value);
          json.writeString(usual);
          json.writeEndArray();
        }
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void texts(JsonGenerator json, String name, Collection<String> texts)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String text : texts) {
      json.writeString(HtmlText.shown(text));
    }
    json.writeEndArray();
  }

  private static void rows(JsonGenerator json, String name, Collection<List<?>> rows)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (List<?> row : rows) {
      row(json, row);
    }
    json.writeEndArray();
  }

  private static void row(JsonGenerator json, List<?> row) throws IOException {
    json.writeStartArray();
    for (Object each : row) {
      if (each instanceof List<?> list) {
        row(json, list);
      } else if (each instanceof Double number) {
        json.writeNumber(number);
      } else {
        json.writeNumber(((Number) each).longValue());
      }
    }
    json.writeEndArray();
  }
}
