package dev.lockstep.ingest.record;

import static dev.lockstep.ingest.message.Records.activity;
import static dev.lockstep.ingest.message.Records.rejection;
import static dev.lockstep.ingest.record.OtherRecords.EDGE;
import static dev.lockstep.ingest.record.OtherRecords.FIREWALL;
import static dev.lockstep.ingest.record.Probe.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.cluster.ActivityOutput;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Request;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EdgeTest {
  @Test
  void saysWhoConnected_andWhatTheyAskedFor() {
    Activity request = activity(EDGE);

    assertThat(request.getKind()).isEqualTo(ActivityKind.EDGE_REQUEST);
    assertThat(request.getEventId()).isEqualTo("ref-1");
    assertThat(request.getTrackingReference()).isEqualTo("ref-1");
    assertThat(request.getAddress()).isEqualTo("198.51.100.7");
    assertThat(request.getSocketAddress()).isEqualTo("203.0.113.9");
    assertThat(request.getPrincipal()).isNull();
    assertThat(request.getRequest().toString())
        .isEqualTo(
            "{\"method\": \"POST\", \"host\": \"api.contoso.example\", \"path\": \"/orders/7\","
                + " \"action\": null, \"rule\": null, \"policy\": null, \"policyMode\": null, \"frontDoorId\": null}");
    assertThat(request.toString()).doesNotContain("secret");
  }

  @Test
  void isTwoEvents_whereTwoRulesSpeakOfOneRequest() {
    Activity first = activity(FIREWALL);
    Activity other = activity(with(FIREWALL, "properties.ruleName", "\"XSS-941100\""));
    Activity again =
        activity(with(FIREWALL, "properties.details.matches[0].matchVariableValue", "\"c\""));
    Activity later = activity(with(FIREWALL, "time", "\"2025-11-14T02:09:00Z\""));
    assertThat(first.getEventId())
        .startsWith("ref-1/")
        .isNotEqualTo(other.getEventId())
        .isNotEqualTo(again.getEventId())
        .isNotEqualTo(later.getEventId())
        .isEqualTo(activity(FIREWALL).getEventId());
    assertThat(other.getTrackingReference()).isEqualTo("ref-1");
  }

  @Test
  void isOfTheRequest_whoseReferenceAFirewallOf2020CallsRefString() {
    String older = FIREWALL.replace("trackingReference", "refString");
    assertThat(activity(older)).isEqualTo(activity(FIREWALL));
  }

  @Test
  void isAnEventOfItsOwn_whereAParentLocationSpeaks() {
    assertThat(activity(with(EDGE, "properties.isReceivedFromClient", "false")).getEventId())
        .isEqualTo("ref-1/parent");
    assertThat(activity(with(EDGE, "properties.isReceivedFromClient", "true")).getEventId())
        .isEqualTo("ref-1");
  }

  @Test
  void isKeyedByItsReference_elseByItself() {
    assertThat(ActivityOutput.key(activity(FIREWALL))).isEqualTo("ref-1");
    Activity alone = activity(with(EDGE, "properties.trackingReference", "\"\""));
    assertThat(alone.getEventId()).hasSize(16);
    assertThat(ActivityOutput.key(alone)).isEqualTo(alone.getEventId());
    Activity other =
        activity(
            with(
                with(EDGE, "properties.trackingReference", "\"\""),
                "properties.clientIp",
                "\"9.9.9.9\""));
    assertThat(other.getEventId()).isNotEqualTo(alone.getEventId());
    String inAnExport = with(EDGE, "time", "\"11/14/2025 2:00:00 AM\"");
    assertThat(activity(with(inAnExport, "properties.trackingReference", "\"\"")).getEventId())
        .isEqualTo(alone.getEventId());
  }

  @Test
  void isToldApartByItsWholeTime_withoutAReference() {
    String id = aloneAt("2025-11-14T02:00:00.1234567Z");
    assertThat(aloneAt("2025-11-14T02:00:00.1234568Z")).isNotEqualTo(id);
    assertThat(aloneAt("2025-11-14T02:00:00.123Z")).isNotEqualTo(id);
    assertThat(aloneAt("2025-11-14T02:00:00.123456700Z")).isEqualTo(id);
    assertThat(aloneAt("2025-11-14T03:30:00.1234567+01:30")).isEqualTo(id);
    assertThat(aloneAt("2025-11-14T02:00:00.1000000Z"))
        .isEqualTo(aloneAt("11/14/2025 2:00:00.1 AM"));
  }

  private static String aloneAt(String time) {
    String record = with(EDGE, "time", '"' + time + '"');
    return activity(with(record, "properties.trackingReference", "\"\"")).getEventId();
  }

  @Test
  void isToldApartByItsContent_whereItSaysNothingOfARequest() {
    String bare = with(EDGE, "properties", "{\"pop\":\"PAR\"}");
    assertThat(activity(bare).getEventId()).hasSize(16).isEqualTo(activity(bare).getEventId());
    assertThat(rejection(with(EDGE, "time", "\"\"")).getReason()).isEqualTo("no-time");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "https://A.example:443/b/c?d=e#f | a.example | /b/c",
        "https://user:secret@a.example/b | a.example | /b",
        "https://a.example/b@c:1/d | a.example | /b@c:1/d",
        "https://[2a02:cf40::1]:443/b | [2a02:cf40::1] | /b",
        "https://[2a02:cf40::1]/b | [2a02:cf40::1] | /b",
        "https://a.example?b=https://c.example/ | a.example | -",
        "https://a.example#b | a.example | -",
        "https://a.example | a.example | -",
        "/b/c?d | - | /b/c",
        "b/c | - | b/c",
        "?b | - | -",
        "https:// | - | -",
        "https://:443/b | - | /b",
        "https://a.example//b | a.example | //b",
        "https://a.example\\b | a.example | \\b",
        "://b | - | ://b",
      })
  void takesHostAndPath_andLeavesSecretsOut(String url, String host, String path) {
    Request request = new Request();
    RequestTarget.put(request, url);
    assertThat(request.getHost()).isEqualTo(host);
    assertThat(request.getPath()).isEqualTo(path);
  }

  @ParameterizedTest
  @ValueSource(ints = {255, 256, 257, 5000})
  void keepsNoPathLongerThan256Characters(int length) {
    Request request = new Request();
    RequestTarget.put(request, "/".repeat(length));
    assertThat(request.getPath()).hasSize(Math.min(length, 256));
  }
}
