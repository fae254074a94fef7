package dev.lockstep.ingest.record;

import static dev.lockstep.ingest.message.Records.CALL;
import static dev.lockstep.ingest.message.Records.LINK;
import static dev.lockstep.ingest.message.Records.activity;
import static dev.lockstep.ingest.message.Records.rejection;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.message.Records;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayTest {
  private static final String TRACE_AS_TEXT = quoted(LINK);

  @Test
  void takesWhatTheGatewaySays() {
    Activity call = activity(CALL);

    assertThat(call.getKind()).isEqualTo(ActivityKind.API_CALL);
    assertThat(call.getCategory()).isEqualTo("GatewayLogs");
    assertThat(call.getEventId()).isEqualTo("call-1");
    assertThat(Instant.ofEpochMilli(call.getEventAt())).isEqualTo("2025-11-14T02:00:00.500Z");
    assertThat(call.getArrivalAt()).isEqualTo(call.getEventAt());
    assertThat(call.getAddress()).isEqualTo("203.0.113.9");
    assertThat(call.getStatus()).isEqualTo(200);
    assertThat(call.getPrincipal().toString())
        .isEqualTo("{\"id\": \"Fabrikam\", \"name\": null, \"type\": \"subscription\"}");
    assertThat(call.getApi().toString())
        .isEqualTo(
            "{\"subscription\": \"Fabrikam\", \"product\": \"gold\", \"api\": \"orders\","
                + " \"operation\": \"list\", \"errorSource\": null, \"errorReason\": null}");
    assertThat(call.getRequest().getMethod()).isEqualTo("GET");
    assertThat(call.getToken()).isNull();
    assertThat(call.getGeo()).isNull();
  }

  @Test
  void isTheSame_inTheOldSpellingWithPropertiesAsText() {
    String old =
        """
        {"Time":"2025-11-14T02:00:00.5Z","ResourceId":"/subscriptions/s","Category":"gatewaylogs","CallerIpAddress":"203.0.113.9",\
        "CorrelationId":"call-1","Properties":"{\\"Method\\":\\"GET\\",\\"ResponseCode\\":\\"200\\",\
        \\"ApiId\\":\\"orders\\",\\"OperationId\\":\\"list\\",\\"ProductId\\":\\"gold\\",\
        \\"ApimSubscriptionId\\":\\"Fabrikam\\"}"}""";
    assertThat(activity(old)).isEqualTo(activity(CALL));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"traceRecords\":[{\"source\":\"other\",\"message\":\"hello\"},{\"source\":\"LockStep\",\"message\":%text%}]",
        "\"traceRecords\":[{\"message\":%text%,\"source\":\"lockstep\"}]",
        "\"traceRecords\":[{\"source\":\"lockstep\",\"data\":%text%}]",
        "\"traceRecords\":[{\"source\":\"lockstep\",\"message\":%link%}]",
        "\"traceRecords\":[{\"source\":\"lockstep\",\"data\":%link%}]",
        "\"traceRecords\":[{\"source\":\"lockstep\",\"data\":{\"message\":%text%,\"metadata\":{}}}]",
        "\"traceRecords\":[{\"source\":\"lockstep\",\"message\":{\"message\":%link%}}]",
        "\"traceRecords\":[{\"source\":\"lockstep\",\"data\":{\"data\":%link%,\"message\":\"plain text\"}}]",
        "\"TraceRecords\":{\"source\":\"lockstep\",\"message\":%link%}",
        "\"traceRecords\":%array%",
      })
  void findsTheLink_inEachShapeOfTraceRecords(String traces) {
    Activity expected =
        activity(call("\"traceRecords\":[{\"source\":\"lockstep\",\"message\":%link%}]"));
    assertThat(expected.getToken()).isNotNull();
    assertThat(activity(call(traces))).isEqualTo(expected);
  }

  @Test
  void findsTheLink_besidePropertiesToo() {
    String record =
        CALL.substring(0, CALL.length() - 1)
            + ",\"traceRecords\":[{\"source\":\"lockstep\",\"message\":"
            + LINK
            + "}]}";
    assertThat(activity(record).getToken().getUti()).isEqualTo(Records.GUID);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"traceRecords\":[{\"source\":\"other\",\"message\":%link%}]",
        "\"traceRecords\":[{\"message\":%link%}]",
        "\"traceRecords\":[{\"source\":\"lockstep\",\"message\":\"{\\\"uti\\\":\\\"x\\\",\"}]",
        "\"traceRecords\":[{\"source\":\"lockstep\",\"message\":\"no json\"}]",
        "\"traceRecords\":[{\"source\":\"lockstep\",\"message\":[1,2]}]",
        "\"traceRecords\":[{\"source\":{},\"message\":%link%}]",
        "\"traceRecords\":[[],1,null]",
        "\"traceRecords\":\"[{\"",
        "\"traceRecords\":7",
        "\"traceRecords\":[]",
      })
  void isACallWithoutClaims_whereNoTraceIsOurs(String traces) {
    Activity call = activity(call(traces));
    assertThat(call.getToken()).isNull();
    assertThat(call.getPrincipal().getType()).isEqualTo("subscription");
  }

  @Test
  void takesTheClaimsOfTheToken() {
    Activity call =
        activity(call("\"traceRecords\":[{\"source\":\"lockstep\",\"message\":%text%}]"));
    assertThat(call.getToken().toString())
        .isEqualTo(
            "{\"uti\": \"3f2504e0-4f89-41d3-9a0c-0305e82c3301\", \"sid\": \"s-1\", \"oid\":"
                + " \"aaaaaaaa-4f89-41d3-9a0c-000000000001\", \"tid\": \"tenant-2\", \"appId\":"
                + " \"app-1\", \"appOnly\": false, \"issuedAt\": 1762070400000, \"expiresAt\":"
                + " 1762074300000, \"validated\": true, \"delegation\": null}");
    assertThat(call.getSocketAddress()).isEqualTo("198.51.100.7");
    assertThat(call.getForwardedFor()).isEqualTo("198.51.100.7, 203.0.113.9");
    assertThat(call.getPrincipal().toString())
        .isEqualTo(
            "{\"id\": \"aaaaaaaa-4f89-41d3-9a0c-000000000001\", \"name\": null, \"type\": \"user\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'oid':'O-1'|o-1|user",
        "'oid':'O-1','idtyp':'user'|o-1|user",
        "'oid':'O-1','appid':'A-1','idtyp':'app'|o-1|workload",
        "'appid':'A-1','idtyp':'APP'|a-1|workload",
        "'azp':'A-1','idtyp':'app'|a-1|workload",
        "'appid':'A-1'|Fabrikam|subscription",
        "'oid':'O-1','validated':false|Fabrikam|subscription",
        "'oid':'O-1','validated':'false'|Fabrikam|subscription",
        "'oid':'O-1','validated':0|Fabrikam|subscription",
        "'oid':'O-1','validated':{'a':1}|Fabrikam|subscription",
        "'oid':'O-1','validated':null|o-1|user",
        "'oid':'O-1','validated':''|o-1|user",
        "'oid':'O-1','validated':'true'|o-1|user",
        "'oid':'O-1','validated':true,'validated':false|Fabrikam|subscription",
        "'socketIp':'1.1.1.1'|Fabrikam|subscription",
      })
  void namesThePrincipal_byValidatedClaimsOnly(String claims, String id, String type) {
    String link = "{\"v\":1," + claims.replace('\'', '"') + "}";
    Activity call =
        activity(call("\"traceRecords\":[{\"source\":\"lockstep\",\"message\":" + link + "}]"));
    assertThat(call.getPrincipal().getId()).isEqualTo(id);
    assertThat(call.getPrincipal().getType()).isEqualTo(type);
  }

  @Test
  void keepsTheWordsOfARefusedToken_asSuch() {
    String link = LINK.replace("\"validated\":true", "\"validated\":false");
    Activity call =
        activity(call("\"traceRecords\":[{\"source\":\"lockstep\",\"message\":" + link + "}]"));
    assertThat(call.getToken().getValidated()).isFalse();
    assertThat(call.getToken().getUti()).isEqualTo(Records.GUID);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"requestHeaders\":{\"x-azure-socketip\":\"192.0.2.1\",\"X-FORWARDED-FOR\":\"192.0.2.1, 192.0.2.2\"}",
        "\"requestHeaders\":{\"X-Azure-SocketIP\":[\"192.0.2.1\"],\"X-Forwarded-For\":[\"192.0.2.1\",\" 192.0.2.2\"]}",
        "\"requestHeaders\":[{\"name\":\"X-Azure-SocketIP\",\"value\":\"192.0.2.1\"},{\"value\":\"192.0.2.1\",\"name\":\"X-Forwarded-For\"},{\"name\":\"X-Forwarded-For\",\"value\":\" 192.0.2.2\"}]",
        "\"requestHeaders\":[{\"key\":\"X-Azure-SocketIP\",\"value\":\"192.0.2.1\"},{\"key\":\"X-Forwarded-For\",\"value\":\"192.0.2.1, 192.0.2.2\"}]",
        "\"requestHeaders\":[{\"X-Azure-SocketIP\":\"192.0.2.1\"},{\"X-Forwarded-For\":\"192.0.2.1, 192.0.2.2\"}]",
        "\"RequestHeaders\":\"{\\\"X-Azure-SocketIP\\\":\\\"192.0.2.1\\\",\\\"X-Forwarded-For\\\":\\\"192.0.2.1, 192.0.2.2\\\"}\"",
      })
  void findsTheProxysHeaders_inEachShape_andPutsThemBeforeTheLinks(String headers) {
    Activity call =
        activity(
            call("\"traceRecords\":[{\"source\":\"lockstep\",\"message\":%link%}]," + headers));
    assertThat(call.getSocketAddress()).isEqualTo("192.0.2.1");
    assertThat(call.getForwardedFor().replace(" ", "")).isEqualTo("192.0.2.1,192.0.2.2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1762074300000", "1762074300.0", "1.7620743e9", "1762074300000.0"})
  void takesTheEndOfAToken_inMillisecondsAndWithAFraction(String end) {
    String link = LINK.replace("\"1762074300\"", end).replace("1762070400", "1762070400.0");
    assertThat(link).isNotEqualTo(LINK);
    Activity read = activity(link);
    assertThat(read.getToken().getExpiresAt()).isEqualTo(1_762_074_300_000L);
    assertThat(read.getToken().getIssuedAt()).isEqualTo(1_762_070_400_000L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1762074300900", "\"1762074300.9\"", "1762074300.9", "\"1762074300.9004\""})
  void takesTheEndOfAToken_toTheMillisecond(String end) {
    String link = LINK.replace("\"1762074300\"", end);
    assertThat(link).isNotEqualTo(LINK);
    assertThat(activity(link).getToken().getExpiresAt()).isEqualTo(1_762_074_300_900L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "1e300", "\"soon\"", "NaN", "{}", "1762074300000000000"})
  void takesNoEndOfAToken_fromAnythingElse(String end) {
    String link = LINK.replace("\"1762074300\"", end.equals("NaN") ? "\"NaN\"" : end);
    assertThat(activity(link).getToken().getExpiresAt()).isNull();
  }

  @Test
  void takesTheAddressesOfALink_fromAListToo() {
    String link =
        LINK.replace(
            "\"198.51.100.7, 203.0.113.9\"", "[\"198.51.100.7\",\"192.0.2.7, 203.0.113.9\"]");
    assertThat(activity(link).getForwardedFor().replace(" ", ""))
        .isEqualTo("198.51.100.7,192.0.2.7,203.0.113.9");
  }

  @Test
  void takesTheProxysReference_andTheClientsAgent() {
    Activity call =
        activity(
            call(
                "\"requestHeaders\":{\"X-Azure-Ref\":\"ref-1\",\"User-Agent\":[\"shop/1\"]},"
                    + "\"url\":\"https://Api.Contoso.Example/orders?key=secret\""));
    assertThat(call.getTrackingReference()).isEqualTo("ref-1");
    assertThat(call.getUserAgent()).isEqualTo("shop/1");
    assertThat(call.getRequest().getHost()).isEqualTo("api.contoso.example");
    assertThat(call.getRequest().getPath()).isEqualTo("/orders");
    assertThat(call.toString()).doesNotContain("secret");
  }

  @Test
  void takesNeitherAddressFromTheLink_whereTheHeadersGiveOne() {
    Activity call =
        activity(
            call(
                "\"traceRecords\":[{\"source\":\"lockstep\",\"message\":%link%}],"
                    + "\"requestHeaders\":{\"X-Forwarded-For\":\"192.0.2.2\"}"));
    assertThat(call.getSocketAddress()).isNull();
    assertThat(call.getForwardedFor()).isEqualTo("192.0.2.2");
  }

  @Test
  void keepsTheLinksAddressesBesideTheHeaders_whereTheyDiffer() {
    String traced = "\"traceRecords\":[{\"source\":\"lockstep\",\"message\":%link%}],";
    Activity differs =
        activity(call(traced + "\"requestHeaders\":{\"X-Forwarded-For\":\"192.0.2.2\"}"));
    assertThat(differs.getLinkSocketAddress()).isEqualTo("198.51.100.7");
    assertThat(differs.getLinkForwardedFor()).isEqualTo("198.51.100.7, 203.0.113.9");
    Activity alike =
        activity(
            call(
                traced
                    + "\"requestHeaders\":{\"X-Azure-SocketIP\":\"198.51.100.7\","
                    + "\"X-Forwarded-For\":\"198.51.100.7, 203.0.113.9\"}"));
    assertThat(alike.getLinkSocketAddress()).isNull();
    assertThat(alike.getLinkForwardedFor()).isNull();
  }

  @Test
  void keepsTheRightEndOfALongForwardedFor_cutAtAnAddress() {
    String list = "6.6.6.6, ".repeat(500) + "203.0.113.9";
    Activity call = activity(call("\"requestHeaders\":{\"X-Forwarded-For\":\"" + list + "\"}"));
    assertThat(call.getForwardedFor()).endsWith(" 6.6.6.6, 203.0.113.9").startsWith(" 6.6.6.6,");
    assertThat(call.getForwardedFor().length()).isLessThanOrEqualTo(1024);
  }

  @Test
  void needsAnIdAndATime() {
    assertThat(rejection(CALL.replace("\"call-1\"", "\"\"")).getReason()).isEqualTo("no-id");
    assertThat(rejection(CALL.replace("\"time\"", "\"when\"")).getReason()).isEqualTo("no-time");
    assertThat(rejection(CALL.replace("2025-11-14T02", "2025-11-14T:xx")).getReason())
        .isEqualTo("bad-time");
    assertThat(
            rejection(CALL.replace("\"2025-11-14T02:00:00.5000000Z\"", "{\"at\":1}")).getReason())
        .isEqualTo("bad-time");
    assertThat(rejection(CALL.replace("\"call-1\"", "\"\"")).getCategory())
        .isEqualTo("GatewayLogs");
  }

  @ParameterizedTest
  @CsvSource({
    "200,200",
    "'\"401\"',401",
    "'\"\"',-1",
    "{},-1",
    "null,-1",
    "1e3,1000",
    "200.0,200",
    "'\"404.00\"',404",
    "200.5,-1",
    "-5,-1"
  })
  void takesTheStatus_fromNumbersAndDigits(String code, int status) {
    assertThat(
            activity(CALL.replace("\"responseCode\":200", "\"responseCode\":" + code)).getStatus())
        .isEqualTo(status);
  }

  @Test
  void findsACallAndItsLink_howeverTheirIdIsSpelled() {
    for (String each : new String[] {CALL, LINK}) {
      String capital = each.replace("\"call-1\"", "\"CALL-1\"");
      assertThat(capital).isNotEqualTo(each);
      assertThat(activity(capital).getEventId()).isEqualTo("call-1");
    }
  }

  @Test
  void readsALinkThatIsAMessage() {
    Activity link =
        ((Outcome.Mapped)
                Records.read(LINK.getBytes(StandardCharsets.UTF_8), Records.ENQUEUED_AT).get(0))
            .activity();
    assertThat(link.getKind()).isEqualTo(ActivityKind.IDENTITY_LINK);
    assertThat(link.getCategory()).isEqualTo("IdentityLink");
    assertThat(link.getEventId()).isEqualTo("call-1");
    assertThat(link.getEventAt()).isEqualTo(Records.ENQUEUED_AT);
    assertThat(link.getArrivalAt()).isEqualTo(Records.ENQUEUED_AT);
    assertThat(link.getPrincipal()).isNull();
    assertThat(link.getToken().getUti()).isEqualTo(Records.GUID);
    assertThat(link.getSocketAddress()).isEqualTo("198.51.100.7");
  }

  @Test
  void standsWhereItsTokenWasIssued_ifALinkHasNoTime() {
    Activity link = activity(LINK);
    assertThat(Instant.ofEpochMilli(link.getEventAt())).isEqualTo("2025-11-02T08:00:00Z");
    assertThat(link.getArrivalAt()).isEqualTo(link.getEventAt());
    assertThat(activity(LINK.replace("1762070400", "\"1762070400\""))).isEqualTo(link);
    String timed = LINK.replace("{\"v\"", "{\"time\":\"2025-11-14T02:00:00Z\",\"v\"");
    assertThat(Instant.ofEpochMilli(activity(timed).getArrivalAt()))
        .isEqualTo("2025-11-14T02:00:00Z");
    assertThat(rejection(timed.replace("2025-11-14T", "")).getReason()).isEqualTo("bad-time");
  }

  @Test
  void arrivesWithItsCall_ifALinkHasNoTimeAtAll() {
    Activity link = activity(LINK.replace("1762070400", "\"soon\""));
    assertThat(link.getEventAt()).isZero();
    assertThat(link.getArrivalAt()).isZero();
  }

  @Test
  void needsTheIdOfItsCall_ifItIsALink() {
    assertThat(rejection(LINK.replace("\"call-1\"", "\"\"")).getReason()).isEqualTo("no-id");
  }

  private static String call(String more) {
    String filled =
        more.replace("%text%", TRACE_AS_TEXT)
            .replace("%link%", LINK)
            .replace(
                "%array%", quoted("[{\"source\":\"lockstep\",\"message\":" + TRACE_AS_TEXT + "}]"));
    return CALL.substring(0, CALL.length() - 2) + "," + filled + "}}";
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
