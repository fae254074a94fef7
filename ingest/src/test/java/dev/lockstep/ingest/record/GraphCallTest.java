package dev.lockstep.ingest.record;

import static dev.lockstep.ingest.message.Records.activity;
import static dev.lockstep.ingest.message.Records.rejection;
import static dev.lockstep.ingest.record.OtherRecords.GRAPH_CALL;
import static dev.lockstep.ingest.record.Probe.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GraphCallTest {
  @Test
  void isACallThatBringsItsToken() {
    Activity call = activity(GRAPH_CALL);

    assertThat(call.getKind()).isEqualTo(ActivityKind.API_CALL);
    assertThat(call.getEventId()).isEqualTo("graph-1");
    assertThat(Instant.ofEpochMilli(call.getEventAt())).isEqualTo("2025-11-14T02:10:00.123Z");
    assertThat(call.getPrincipal().toString())
        .isEqualTo(
            "{\"id\": \"aaaaaaaa-4f89-41d3-9a0c-000000000001\", \"name\": null, \"type\": \"user\"}");
    assertThat(call.getAddress()).isEqualTo("198.51.100.20");
    assertThat(call.getStatus()).isEqualTo(200);
    assertThat(call.getToken().toString())
        .isEqualTo(
            "{\"uti\": \"3f2504e0-4f89-41d3-9a0c-0305e82c3301\", \"sid\": \"s-1\", \"oid\":"
                + " \"aaaaaaaa-4f89-41d3-9a0c-000000000001\", \"tid\": \"tenant-1\", \"appId\":"
                + " \"app-1\", \"appOnly\": false, \"issuedAt\": 1763085600000, \"expiresAt\":"
                + " null, \"validated\": true, \"delegation\": {\"authorizedParty\": null,"
                + " \"clientAuth\": 0, \"actorFacets\": [], \"subjectFacets\": [], \"parentApp\":"
                + " null}}");
    assertThat(call.getRequest().getHost()).isEqualTo("graph.microsoft.example");
    assertThat(call.getRequest().getPath()).isEqualTo("/beta/users/ada");
    assertThat(call.getApi()).isNull();
    assertThat(call.getDevice().getId()).isEqualTo("dev-1");
    assertThat(call.getDevice().getManaged()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "app, , SP, workload, sp, true",
    "app, U, SP, workload, sp, true",
    "app, U, , workload, u, true",
    "user, U, SP, user, u, false",
    "user, , SP, workload, sp, false",
    ", U, SP, user, u, false",
    ", , SP, workload, sp, true",
    ", , , workload, app-1, true",
  })
  void saysWhoCalled(
      String type, String user, String workload, String kind, String id, boolean appOnly) {
    String record = with(GRAPH_CALL, "properties.C_Idtyp", text(type));
    record = with(record, "properties.UserPrincipalObjectID", "null");
    record = with(record, "properties.userId", text(user));
    record = with(record, "properties.servicePrincipalId", text(workload));
    Activity call = activity(record);
    assertThat(call.getPrincipal().getType()).isEqualTo(kind);
    assertThat(call.getPrincipal().getId()).isEqualTo(id);
    assertThat(call.getToken().getAppOnly()).isEqualTo(appOnly);
  }

  @Test
  void isAWorkloads_whereItsTokenSaysNothingButNoUserIsNamed() {
    String record = with(GRAPH_CALL, "properties.C_Idtyp", "null");
    record = with(record, "properties.userId", "null");
    record = with(record, "properties.UserPrincipalObjectID", "\"SP\"");
    Activity call = activity(with(record, "properties.servicePrincipalId", "\"SP\""));
    assertThat(call.getPrincipal().getType()).isEqualTo("workload");
    assertThat(call.getPrincipal().getId()).isEqualTo("sp");
    assertThat(call.getToken().getAppOnly()).isTrue();
  }

  @Test
  void isItself_amongTheRequestsOfABatch() {
    Activity other = activity(with(GRAPH_CALL, "properties.requestId", "\"graph-2\""));
    assertThat(other.getEventId()).isNotEqualTo(activity(GRAPH_CALL).getEventId());
  }

  @Test
  void needsATime_andIsToldApartByItsContentWithoutAnId() {
    String bare = with(with(GRAPH_CALL, "properties", "{}"), "correlationId", "null");
    assertThat(activity(bare).getEventId()).hasSize(16);
    String untimed = with(with(GRAPH_CALL, "time", "null"), "properties.timeGenerated", "\"\"");
    assertThat(rejection(untimed).getReason()).isEqualTo("no-time");
    assertThat(rejection(with(GRAPH_CALL, "time", "\"soon\"")).getReason()).isEqualTo("bad-time");
    String later = with(GRAPH_CALL, "time", "\"2025-11-14T02:30:00Z\"");
    assertThat(activity(later).getEventAt()).isEqualTo(activity(GRAPH_CALL).getEventAt());
  }

  @Test
  void hasNoToken_whereNothingIsSaidOfOne() {
    String record =
        with(GRAPH_CALL, "properties", "{\"requestId\":\"g\",\"responseStatusCode\":401}");
    assertThat(activity(record).getToken()).isNull();
    assertThat(activity(record).getPrincipal()).isNull();
  }

  private static String text(String value) {
    return value == null ? "null" : '"' + value.toUpperCase(java.util.Locale.ROOT) + '"';
  }
}
