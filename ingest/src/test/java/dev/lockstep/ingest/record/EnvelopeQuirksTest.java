package dev.lockstep.ingest.record;

import static dev.lockstep.ingest.message.Records.CALL;
import static dev.lockstep.ingest.message.Records.LINK;
import static dev.lockstep.ingest.message.Records.SIGN_IN;
import static dev.lockstep.ingest.message.Records.activity;
import static dev.lockstep.ingest.message.Records.read;
import static dev.lockstep.ingest.message.Records.words;
import static dev.lockstep.ingest.record.Probe.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.category.Category;
import dev.lockstep.ingest.message.Records;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.Activity;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Azure's senders do with bodies and with what every record has: each once. */
class EnvelopeQuirksTest {
  private static final String ALL =
      String.join(
          ",",
          SIGN_IN,
          CALL,
          OtherRecords.GRAPH_CALL,
          OtherRecords.AUDIT,
          OtherRecords.ROLE_ON_RESOURCE,
          OtherRecords.ADMINISTRATIVE,
          OtherRecords.RISK,
          OtherRecords.RISKY_USER,
          OtherRecords.EDGE,
          OtherRecords.FIREWALL,
          OtherRecords.VAULT,
          Records.ALERT,
          Records.ALERT_INFO);
  private static final int COUNT = 13;

  static java.util.stream.Stream<String> everyKind() {
    return read("[" + ALL + "]").stream()
        .map(outcome -> ((Outcome.Mapped) outcome).activity().getWhere().getIndex())
        .map(EnvelopeQuirksTest::record);
  }

  private static String record(int index) {
    return Probe.parsed("[" + ALL + "]").get(index).toString();
  }

  // bodies

  @Test
  void oneBodyHoldsRecordsOfAllCategories() {
    assertThat(read("{\"records\":[" + ALL + "]}"))
        .hasSize(COUNT)
        .allMatch(EnvelopeQuirksTest::isMapped);
  }

  @Test
  void aBodyIsAnArrayOfEnvelopes() {
    assertThat(words(read("[{\"records\":[" + CALL + "]},{\"records\":[" + CALL + "]}]")))
        .containsExactly("call-1@0", "call-1@1");
  }

  @Test
  void aBodyIsSeveralDocuments_withCrLfBetweenThem() {
    assertThat(words(read(CALL + "\r\n{\"records\":[" + CALL + "]}\r\n" + LINK)))
        .containsExactly("call-1@0", "call-1@1", "call-1@2");
  }

  @Test
  void aBodyBeginsWithAByteOrderMark() {
    assertThat(activity("\ufeff" + CALL)).isEqualTo(activity(CALL));
  }

  /** Files with such a mark were joined to one. */
  @Test
  void aBodyHasAByteOrderMark_beforeEachOfItsDocuments() {
    String joined =
        "\ufeff%s\r\n\ufeff{\"records\":[%s]}\ufeff\ufeff%s,\ufeff".formatted(CALL, CALL, LINK);
    assertThat(words(read(joined))).containsExactly("call-1@0", "call-1@1", "call-1@2");
  }

  @Test
  void aRecordHoldsBytesThatAreNoText_andItsNeighboursAreRead() {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(("[" + CALL + ",").getBytes(StandardCharsets.UTF_8));
    body.writeBytes("{\"category\":\"GatewayLogs\",\"time\":\"".getBytes(StandardCharsets.UTF_8));
    body.writeBytes(new byte[] {(byte) 0xff, (byte) 0xfe, 0x01});
    body.writeBytes(("\"}," + CALL + "]").getBytes(StandardCharsets.UTF_8));
    assertThat(words(read(body.toByteArray(), null)))
        .containsExactly("call-1@0", "not-json", "call-1@2");
  }

  // the envelope

  @ParameterizedTest
  @MethodSource("everyKind")
  void keysComeInAnyCase(String record) {
    assertThat(activity(keys(record, true))).isEqualTo(activity(record));
    assertThat(activity(keys(record, false))).isEqualTo(activity(record));
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void propertiesComeBeforeTheCategory(String record) {
    Probe probe = new Probe(record);
    probe.moveToFront("resourceId");
    probe.moveToFront("operationName");
    probe.moveToFront("identity");
    probe.moveToFront("properties");
    assertThat(activity(probe.text())).isEqualTo(activity(record));
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void propertiesAreAText_inDoubleOrSingleQuotes(String record) {
    if (record.contains("SystemAlertId")) {
      return;
    }
    String properties = Probe.parsed(record).get("properties").toString();
    assertThat(activity(with(record, "properties", quoted(properties))))
        .isEqualTo(activity(record));
    if (!properties.contains("\\")) {
      String single = quoted(properties.replace('"', '\''));
      assertThat(activity(with(record, "properties", single))).isEqualTo(activity(record));
    }
  }

  @Test
  void propertiesAreAText_andItsTimesHaveStrayBlanks() {
    String spaced =
        with(SIGN_IN, "properties.createdDateTime", "\"2025-11-14T01: 48: 53.2245371Z\"");
    String properties = Probe.parsed(spaced).get("properties").toString();
    assertThat(activity(with(spaced, "properties", quoted(properties))))
        .isEqualTo(activity(SIGN_IN));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "\"\"", "{}", "[]", "7", "\"<null>\"", "[1]"})
  void anEnvelopeComesAlone_andNothingBreaks(String properties) {
    for (Category category : Category.values()) {
      String record =
          "{\"time\":\"2025-11-14T02:00:00Z\",\"category\":\""
              + category.spelling
              + "\""
              + (properties.isEmpty() ? "" : ",\"properties\":" + properties)
              + "}";
      String what = words(read(record)).get(0);
      boolean numbered =
          switch (category.group) {
            case SIGN_IN, GATEWAY, ALERT, LINK -> true;
            default -> false;
          };
      if (numbered) {
        assertThat(what).isIn("no-id", "ignored IdentityLink");
      } else {
        assertThat(what).as(record).matches("[0-9a-f]{16}@0");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void anyValueIsOfAnyType_andTheRecordHasOneOutcome(String record) {
    List<String> odd =
        List.of(
            "null",
            "true",
            "-1",
            "1e400",
            "\"\"",
            "\"{\"",
            "\"[1,{}]\"",
            "\"{'a':[{}]}\"",
            "{}",
            "[]",
            "[null]",
            "[[{}]]",
            "{\"id\":{\"id\":[]}}",
            "\"\\u0000\\ud800\"");
    Probe.eachWith(record, odd, changed -> assertThat(read(changed)).as(changed).hasSize(1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"resourceId", "operationName", "resultSignature", "resultDescription", "identity"})
  void aNumberComesBeforeTheCategory(String key) {
    for (String number : new String[] {"200", "-1.5e3", "0"}) {
      for (String record : List.of(OtherRecords.VAULT, OtherRecords.AUDIT)) {
        Probe probe = new Probe(with(record, key, number));
        probe.moveToFront("category");
        Activity expected = activity(probe.text());
        probe.moveToFront(key);
        assertThat(activity(probe.text())).isEqualTo(expected);
      }
    }
  }

  @Test
  void thereIsNoTime_onlyATimeStamp() {
    assertThat(activity(CALL.replace("\"time\"", "\"timeStamp\""))).isEqualTo(activity(CALL));
  }

  @Test
  void theTopLevelIsPascalCase_withoutATime() {
    Activity signIn =
        activity(
            "{\"Category\":\"SignInLogs\",\"CorrelationId\":\"c\",\"DurationMs\":\"0\","
                + "\"CreatedDateTime\":\"12/12/2025 3:03:58 PM\",\"OperationName\":\"Sign-in\","
                + "\"TenantId\":\"T\",\"Properties\":{\"Id\":\"id-1\",\"UserId\":\"U\"}}");
    assertThat(Instant.ofEpochMilli(signIn.getEventAt())).isEqualTo("2025-12-12T15:03:58Z");
    assertThat(signIn.getToken().getTid()).isEqualTo("t");
  }

  @Test
  void aCopyCarriesAFreshTime_andIsTheSameEvent() {
    Activity first = activity(SIGN_IN);
    Activity copy = activity(with(SIGN_IN, "time", "\"2025-11-14T01:58:00Z\""));
    assertThat(copy.getEventId()).isEqualTo(first.getEventId());
    assertThat(copy.getEventAt()).isEqualTo(first.getEventAt());
    assertThat(copy.getArrivalAt()).isGreaterThan(first.getArrivalAt());
  }

  @ParameterizedTest
  @ValueSource(strings = {"78", "\"78\"", "null", "{}", "78.5", "\"\""})
  void typesOfWhatIsNotNeededDrift(String value) {
    for (int i = 0; i < COUNT; i++) {
      Activity drifted = activity(with(with(record(i), "durationMs", value), "Level", value));
      assertThat(drifted).isEqualTo(activity(record(i)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"50158", "\"50158\""})
  void aResultTypeIsANumberOrAText(String value) {
    assertThat(
            activity(with(with(SIGN_IN, "properties.status", "{}"), "resultType", value))
                .getStatus())
        .isEqualTo(50158);
  }

  @Test
  void aLocationIsACountryOfSignIns_andARegionElsewhere() {
    String bare = with(SIGN_IN, "properties.location", "{}");
    assertThat(activity(bare).getGeo().getCountry()).isEqualTo("GB");
    assertThat(activity(with(bare, "location", "\"West Europe\"")).getGeo().getCountry()).isNull();
    assertThat(activity(with(CALL, "location", "\"GB\"")).getGeo()).isNull();
    assertThat(activity(with(OtherRecords.RISKY_USER, "location", "\"eu\"")).getGeo()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"Ada\"", "null", "\"\"", "{}", "[]", "7", "\"{\"", "\"[{]\""})
  void anIdentityIsAName_orNothing(String identity) {
    for (String record : new String[] {OtherRecords.ADMINISTRATIVE, OtherRecords.VAULT}) {
      Activity activity = activity(with(record, "identity", identity));
      assertThat(activity.getPrincipal()).isNull();
      assertThat(activity.getToken()).isNull();
    }
    assertThat(activity(with(OtherRecords.AUDIT, "identity", identity)))
        .isEqualTo(activity(OtherRecords.AUDIT));
  }

  @Test
  void anIdentityIsTheTextOfAnObject() {
    for (String record : new String[] {OtherRecords.ADMINISTRATIVE, OtherRecords.VAULT}) {
      String identity = quoted(Probe.parsed(record).get("identity").toString());
      assertThat(activity(with(record, "identity", identity))).isEqualTo(activity(record));
    }
  }

  private static boolean isMapped(Outcome outcome) {
    return outcome instanceof Outcome.Mapped;
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static String keys(String record, boolean upper) {
    return Probe.withKeys(Probe.parsed(record), upper).toString();
  }
}
