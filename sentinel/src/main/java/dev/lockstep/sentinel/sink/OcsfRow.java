package dev.lockstep.sentinel.sink;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.DetectionStatus;
import dev.lockstep.schemas.Evidence;
import dev.lockstep.schemas.NetworkSeen;
import dev.lockstep.schemas.PlaceSeen;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.text.AvroJson;
import dev.lockstep.schemas.text.EscapedJson;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Row with a detection as a Detection Finding (class 2004) of the Open Cybersecurity Schema
 * Framework (OCSF) 1.5.0. Fields for which that class has no attribute are under {@code unmapped},
 * with the detection's own names. Of the entities for Sentinel the addresses are observables, and
 * the account is the principal among the resources.
 */
final class OcsfRow implements Row {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String VERSION = "1.5.0";
  private static final int CATEGORY_FINDINGS = 2;
  private static final int CLASS_DETECTION_FINDING = 2004;
  private static final int ANALYTIC_RULE = 1;
  private static final int OBSERVABLE_IP = 2;
  private static final int OBSERVABLE_USER_NAME = 4;
  private static final int OBSERVABLE_RESOURCE = 10;

  private static final Set<String> UNMAPPED =
      Set.of(
          "revision",
          "gates",
          "defenderAlerts",
          "coldStart",
          "shadow",
          "overflow",
          "ruleHash",
          "group");

  /**
   * Change of a finding that a row reports, such as Create, with the status of the finding after
   * it. The Open Cybersecurity Schema Framework (OCSF) defines both, and calls the change an
   * activity.
   */
  private enum Activity {
    CREATE(1, "Create", 1, "New"),
    UPDATE(2, "Update", 1, "New"),
    CLOSE(3, "Close", 4, "Resolved");

    private final int id;
    private final String caption;
    private final int statusId;
    private final String status;

    Activity(int id, String caption, int statusId, String status) {
      this.id = id;
      this.caption = caption;
      this.statusId = statusId;
      this.status = status;
    }

    static Activity of(Detection detection, boolean isFirst) {
      if (DetectionStatus.isWithdrawn(detection)) {
        return CLOSE;
      }
      return isFirst ? CREATE : UPDATE;
    }
  }

  private final Detection detection;
  private final boolean isFirst;
  private final byte[] json;

  private OcsfRow(Detection detection, boolean isFirst, byte[] json) {
    this.detection = detection;
    this.isFirst = isFirst;
    this.json = json;
  }

  static OcsfRow of(Detection detection) {
    return of(detection, detection.getRevision() == 1);
  }

  private static OcsfRow of(Detection detection, boolean isFirst) {
    Activity activity = Activity.of(detection, isFirst);
    StringWriter text = new StringWriter(2_048);
    try (JsonGenerator json = JSON.createGenerator(text)) {
      write(detection, activity, json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    byte[] bytes = EscapedJson.of(text.toString()).getBytes(StandardCharsets.UTF_8);
    return new OcsfRow(detection, isFirst, bytes);
  }

  @Override
  public Detection detection() {
    return detection;
  }

  @Override
  public int bytes() {
    return json.length;
  }

  @Override
  public void writeTo(OutputStream out, Instant sentAt) throws IOException {
    out.write(json);
  }

  @Override
  public Row inPlaceOf(Row unsent) {
    return unsent instanceof OcsfRow row && row.isFirst && !isFirst ? of(detection, true) : this;
  }

  private static void write(Detection detection, Activity activity, JsonGenerator json)
      throws IOException {
    json.writeStartObject();
    json.writeNumberField("category_uid", CATEGORY_FINDINGS);
    json.writeStringField("category_name", "Findings");
    json.writeNumberField("class_uid", CLASS_DETECTION_FINDING);
    json.writeStringField("class_name", "Detection Finding");
    json.writeNumberField("activity_id", activity.id);
    json.writeStringField("activity_name", activity.caption);
    json.writeNumberField("type_uid", CLASS_DETECTION_FINDING * 100 + activity.id);
    json.writeStringField("type_name", "Detection Finding: " + activity.caption);
    json.writeNumberField("time", detection.getEndTime());
    json.writeNumberField("start_time", detection.getStartTime());
    json.writeNumberField("end_time", detection.getEndTime());
    json.writeNumberField("count", Math.max(1, detection.getCount()));
    json.writeNumberField("severity_id", severity(detection.getSeverity()));
    json.writeStringField("severity", detection.getSeverity().name());
    json.writeNumberField("status_id", activity.statusId);
    json.writeStringField("status", activity.status);
    json.writeBooleanField("is_alert", activity != Activity.CLOSE);
    json.writeStringField("message", detection.getDescription());
    metadata(detection, json);
    findingInfo(detection, json);
    Map<String, Resource> resources = resources(detection);
    resources(resources, json);
    evidences(detection.getEvidence(), json);
    observables(detection, resources, json);
    unmapped(detection, json);
    json.writeEndObject();
  }

  private static int severity(Severity severity) {
    return switch (severity) {
      case Informational -> 1;
      case Low -> 2;
      case Medium -> 3;
      case High -> 4;
    };
  }

  private static void metadata(Detection detection, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("metadata");
    json.writeStringField("version", VERSION);
    json.writeObjectFieldStart("product");
    json.writeStringField("name", "Lockstep");
    json.writeStringField("vendor_name", "Lockstep");
    json.writeEndObject();
    json.writeStringField("uid", detection.getId() + "/" + detection.getRevision());
    text("correlation_uid", detection.getCorrelationId(), json);
    json.writeEndObject();
  }

  private static void findingInfo(Detection detection, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("finding_info");
    json.writeStringField("uid", detection.getId());
    json.writeStringField("title", detection.getTitle());
    json.writeStringField("desc", detection.getDescription());
    json.writeNumberField("first_seen_time", detection.getStartTime());
    json.writeNumberField("last_seen_time", detection.getEndTime());
    json.writeArrayFieldStart("types");
    json.writeString(detection.getReason());
    json.writeEndArray();
    json.writeObjectFieldStart("analytic");
    json.writeStringField("uid", detection.getRule());
    json.writeStringField("name", detection.getRule());
    json.writeNumberField("type_id", ANALYTIC_RULE);
    json.writeStringField("type", "Rule");
    json.writeStringField("version", Integer.toString(detection.getRuleVersion()));
    json.writeEndObject();
    attacks(detection, json);
    json.writeEndObject();
  }

  private static void attacks(Detection detection, JsonGenerator json) throws IOException {
    if (detection.getTactics().isEmpty() && detection.getTechniques().isEmpty()) {
      return;
    }
    json.writeArrayFieldStart("attacks");
    // Tactics and techniques are separate entries, because a detection does not say which technique
    // belongs to which tactic.
    for (String tactic : detection.getTactics()) {
      json.writeStartObject();
      json.writeObjectFieldStart("tactic");
      json.writeStringField("name", tactic);
      json.writeEndObject();
      json.writeEndObject();
    }
    for (String technique : detection.getTechniques()) {
      int dot = technique.indexOf('.');
      json.writeStartObject();
      json.writeObjectFieldStart("technique");
      json.writeStringField("uid", dot < 0 ? technique : technique.substring(0, dot));
      json.writeEndObject();
      if (dot >= 0) {
        json.writeObjectFieldStart("sub_technique");
        json.writeStringField("uid", technique);
        json.writeEndObject();
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** Principal or partner that a finding is about. */
  private record Resource(String type, String uid, @Nullable String name) {}

  private static Map<String, Resource> resources(Detection detection) {
    Map<String, Resource> resources = new LinkedHashMap<>();
    Principal principal = detection.getPrincipal();
    if (principal != null) {
      resources.put(
          "principal", new Resource(principal.getType(), principal.getId(), principal.getName()));
    }
    if (detection.getPartner() != null) {
      resources.put(
          "partner",
          new Resource(
              "partner", detection.getPartner().getId(), detection.getPartner().getName()));
    }
    return resources;
  }

  private static void resources(Map<String, Resource> resources, JsonGenerator json)
      throws IOException {
    if (resources.isEmpty()) {
      return;
    }
    json.writeArrayFieldStart("resources");
    for (Resource resource : resources.values()) {
      json.writeStartObject();
      json.writeStringField("type", resource.type());
      json.writeStringField("uid", resource.uid());
      text("name", resource.name(), json);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void evidences(List<Evidence> all, JsonGenerator json) throws IOException {
    if (all.isEmpty()) {
      return;
    }
    json.writeArrayFieldStart("evidences");
    for (Evidence evidence : all) {
      json.writeStartObject();
      if (evidence.getIp() != null) {
        json.writeObjectFieldStart("src_endpoint");
        json.writeStringField("ip", evidence.getIp());
        place(evidence.getPlace(), json);
        network(evidence.getNetwork(), json);
        json.writeEndObject();
      }
      json.writeFieldName("data");
      AvroJson.write(evidence, json);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void place(@Nullable PlaceSeen place, JsonGenerator json) throws IOException {
    // OCSF asks for a city or a country in each location.
    if (place == null || (place.getCity() == null && place.getCountry() == null)) {
      return;
    }
    json.writeObjectFieldStart("location");
    text("city", place.getCity(), json);
    text("country", place.getCountry(), json);
    json.writeNumberField("lat", place.getLatitude());
    json.writeNumberField("long", place.getLongitude());
    json.writeEndObject();
  }

  private static void network(@Nullable NetworkSeen network, JsonGenerator json)
      throws IOException {
    if (network == null || (network.getAsn() == null && network.getOrganisation() == null)) {
      return;
    }
    json.writeObjectFieldStart("autonomous_system");
    if (network.getAsn() != null) {
      json.writeNumberField("number", network.getAsn());
    }
    text("name", network.getOrganisation(), json);
    json.writeEndObject();
  }

  private static void observables(
      Detection detection, Map<String, Resource> resources, JsonGenerator json) throws IOException {
    Set<String> ofEvidence = new LinkedHashSet<>();
    for (Evidence evidence : detection.getEvidence()) {
      add(evidence.getIp(), ofEvidence);
    }
    Set<String> addresses = new LinkedHashSet<>();
    add(detection.getIp(), addresses);
    addresses.addAll(ofEvidence);
    for (Map<String, String> entity : detection.getEntities()) {
      add("IP".equals(entity.get("kind")) ? entity.get("Address") : null, addresses);
    }
    if (addresses.isEmpty() && resources.isEmpty()) {
      return;
    }
    json.writeArrayFieldStart("observables");
    for (String address : addresses) {
      // The name refers to an attribute of this row, so an address that no event shows has none.
      String name = ofEvidence.contains(address) ? "evidences.src_endpoint.ip" : null;
      observable(name, OBSERVABLE_IP, "IP Address", address, json);
    }
    for (Resource resource : resources.values()) {
      observable("resources.uid", OBSERVABLE_RESOURCE, "Resource UID", resource.uid(), json);
      if (resource.type().equals("user") && resource.name() != null) {
        observable("resources.name", OBSERVABLE_USER_NAME, "User Name", resource.name(), json);
      }
    }
    json.writeEndArray();
  }

  private static void add(@Nullable String address, Set<String> addresses) {
    if (address != null) {
      addresses.add(address);
    }
  }

  private static void observable(
      @Nullable String name, int typeId, String type, String value, JsonGenerator json)
      throws IOException {
    json.writeStartObject();
    text("name", name, json);
    json.writeNumberField("type_id", typeId);
    json.writeStringField("type", type);
    json.writeStringField("value", value);
    json.writeEndObject();
  }

  private static void unmapped(Detection detection, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("unmapped");
    for (Schema.Field field : detection.getSchema().getFields()) {
      if (UNMAPPED.contains(field.name())) {
        AvroJson.writeField(detection, field, field.name(), json);
      }
    }
    json.writeEndObject();
  }

  private static void text(String name, @Nullable String value, JsonGenerator json)
      throws IOException {
    if (value != null) {
      json.writeStringField(name, value);
    }
  }
}
