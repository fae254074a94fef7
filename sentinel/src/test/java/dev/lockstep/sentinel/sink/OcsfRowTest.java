package dev.lockstep.sentinel.sink;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Evidence;
import dev.lockstep.schemas.Severity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A detection is a Detection Finding as OCSF 1.5.0 publishes it. */
class OcsfRowTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What the class and its objects require, by path. */
  private static final List<String> REQUIRED =
      List.of(
          "/activity_id",
          "/category_uid",
          "/class_uid",
          "/finding_info/uid",
          "/finding_info/title",
          "/finding_info/analytic/type_id",
          "/metadata/product/vendor_name",
          "/metadata/version",
          "/severity_id",
          "/time",
          "/type_uid");

  /** All attributes of the class that are written here, as the schema names them. */
  private static final Set<String> KNOWN =
      Set.of(
          "activity_id",
          "activity_name",
          "category_name",
          "category_uid",
          "class_name",
          "class_uid",
          "count",
          "end_time",
          "evidences",
          "finding_info",
          "is_alert",
          "message",
          "metadata",
          "observables",
          "resources",
          "severity",
          "severity_id",
          "start_time",
          "status",
          "status_id",
          "time",
          "type_name",
          "type_uid",
          "unmapped");

  /** All attributes of the objects that are written here, by the object's path. */
  private static final Map<String, Set<String>> KNOWN_OF_OBJECTS =
      Map.of(
          "/finding_info",
          Set.of(
              "uid",
              "title",
              "desc",
              "first_seen_time",
              "last_seen_time",
              "types",
              "analytic",
              "attacks"),
          "/finding_info/analytic",
          Set.of("uid", "name", "type_id", "type", "version"),
          "/finding_info/attacks/0",
          Set.of("tactic", "technique", "sub_technique"),
          "/metadata",
          Set.of("version", "product", "uid", "correlation_uid"),
          "/resources/0",
          Set.of("type", "uid", "name"),
          "/evidences/0",
          Set.of("src_endpoint", "data"),
          "/evidences/0/src_endpoint",
          Set.of("ip", "location", "autonomous_system"),
          "/evidences/0/src_endpoint/location",
          Set.of("city", "country", "lat", "long"),
          "/evidences/0/src_endpoint/autonomous_system",
          Set.of("number", "name"),
          "/observables/0",
          Set.of("name", "type_id", "type", "value"));

  private static JsonNode row(Detection detection) throws IOException {
    return JSON.readTree(OcsfRow.of(detection).sent(Instant.EPOCH));
  }

  @Test
  void hasWhatTheSchemaRequires_andNoAttributeThatItDoesNotKnow() throws IOException {
    for (Detection detection : List.of(Findings.full(), Findings.small("a", 1))) {
      JsonNode row = row(detection);
      for (String path : REQUIRED) {
        assertThat(row.at(path).isMissingNode()).as(path).isFalse();
      }
      List<String> names = new ArrayList<>();
      row.fieldNames().forEachRemaining(names::add);
      assertThat(KNOWN).containsAll(names);
      KNOWN_OF_OBJECTS.forEach(
          (path, known) ->
              row.at(path).fieldNames().forEachRemaining(name -> assertThat(known).contains(name)));
      assertThat(row.path("type_uid").asInt())
          .isEqualTo(row.path("class_uid").asInt() * 100 + row.path("activity_id").asInt());
    }
  }

  @Test
  void saysWhatTheDetectionSays() throws IOException {
    Detection detection = Findings.full();
    JsonNode row = row(detection);
    assertThat(row.path("class_uid").asInt()).isEqualTo(2004);
    assertThat(row.path("time").asLong()).isEqualTo(detection.getEndTime());
    assertThat(row.path("severity_id").asInt()).isEqualTo(3);
    assertThat(row.path("count").asInt()).isEqualTo(2);
    assertThat(row.at("/metadata/uid").asText()).isEqualTo("d-1/3");
    assertThat(row.at("/metadata/correlation_uid").asText()).isEqualTo("c-1");
    assertThat(row.at("/finding_info/uid").asText()).isEqualTo("d-1");
    assertThat(row.at("/finding_info/analytic/uid").asText()).isEqualTo("impossible-travel");
    assertThat(row.at("/finding_info/types/0").asText()).isEqualTo("impossible-travel");
    assertThat(row.at("/finding_info/attacks/0/tactic/name").asText()).isEqualTo("InitialAccess");
    assertThat(row.at("/finding_info/attacks/1/technique/uid").asText()).isEqualTo("T1078");
    assertThat(row.at("/finding_info/attacks/1/sub_technique").isMissingNode()).isTrue();
    assertThat(row.at("/finding_info/attacks/2/technique/uid").asText()).isEqualTo("T1078");
    assertThat(row.at("/finding_info/attacks/2/sub_technique/uid").asText()).isEqualTo("T1078.004");
    assertThat(row.at("/resources/0/name").asText()).isEqualTo("ada@contoso.example");
    assertThat(row.at("/resources/1/name").asText()).isEqualTo("Fabrikam Freight");
    assertThat(row.at("/evidences/0/data/eventId").asText()).isEqualTo("e-1");
    assertThat(row.at("/observables/0/value").asText()).isEqualTo("198.51.100.7");
    assertThat(row.at("/unmapped/gates/0/gate").asText()).isEqualTo("effective-speed");
    assertThat(row.at("/unmapped/revision").asInt()).isEqualTo(3);
  }

  @Test
  void observesEachAddressOnce_alsoOneThatNoEventShows() throws IOException {
    Detection detection = Findings.full();
    Evidence other = Findings.evidence("e-2", Map.of());
    other.setIp("192.0.2.10");
    Evidence unknown = Findings.evidence("e-3", Map.of());
    unknown.setIp(null);
    detection.setEvidence(List.of(other, Findings.evidence("e-1", Map.of()), other, unknown));
    detection.setEntities(
        List.of(
            Map.of("kind", "Account", "AadUserId", "0f5c"),
            Map.of("kind", "IP", "Address", "192.0.2.10"),
            Map.of("kind", "IP", "Address", "203.0.113.9")));
    List<String> addresses = new ArrayList<>();
    for (JsonNode each : row(detection).path("observables")) {
      if (each.path("type_id").asInt() == 2) {
        addresses.add(each.path("value").asText() + " " + each.path("name").asText("unnamed"));
      }
    }
    assertThat(addresses)
        .containsExactly(
            "198.51.100.7 evidences.src_endpoint.ip",
            "192.0.2.10 evidences.src_endpoint.ip",
            "203.0.113.9 unnamed");
  }

  @Test
  void isCreatedUpdatedAndClosed() throws IOException {
    assertThat(row(Findings.small("a", 1)).path("activity_id").asInt()).isEqualTo(1);
    assertThat(row(Findings.small("a", 2)).path("activity_id").asInt()).isEqualTo(2);
    Detection withdrawn = Findings.small("a", 3);
    withdrawn.setReason("withdrawn");
    withdrawn.setSeverity(Severity.Informational);
    JsonNode closed = row(withdrawn);
    assertThat(closed.path("activity_id").asInt()).isEqualTo(3);
    assertThat(closed.path("status_id").asInt()).isEqualTo(4);
    assertThat(closed.path("is_alert").asBoolean()).isFalse();
    assertThat(closed.path("severity_id").asInt()).isEqualTo(1);
  }

  @Test
  void isCreated_whereNoEarlierRevisionIsSent_alsoOneThatClosed() throws IOException {
    Detection withdrawn = Findings.small("a", 2);
    withdrawn.setReason("withdrawn");
    Row closing = OcsfRow.of(withdrawn).inPlaceOf(OcsfRow.of(Findings.small("a", 1)));
    Row again = OcsfRow.of(Findings.small("a", 3)).inPlaceOf(closing);
    assertThat(JSON.readTree(closing.sent(Instant.EPOCH)).path("activity_id").asInt()).isEqualTo(3);
    assertThat(JSON.readTree(again.sent(Instant.EPOCH)).path("activity_id").asInt()).isEqualTo(1);
    Row update = OcsfRow.of(Findings.small("a", 3)).inPlaceOf(OcsfRow.of(withdrawn));
    assertThat(JSON.readTree(update.sent(Instant.EPOCH)).path("activity_id").asInt()).isEqualTo(2);
  }

  @Test
  void escapesWhatATerminalMustNotShow() throws IOException {
    Detection detection = Findings.small("a", 1);
    detection.setTitle("x\u202e\u001b[31my");
    String text = new String(OcsfRow.of(detection).sent(Instant.EPOCH), StandardCharsets.UTF_8);
    assertThat(text).doesNotContain("\u202e", "\u001b");
    assertThat(JSON.readTree(text).at("/finding_info/title").asText())
        .isEqualTo("x\u202e\u001b[31my");
  }
}
