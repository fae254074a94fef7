package dev.lockstep.ingest.raw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.MessageReader;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Where;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RawFieldFinderTest {
  private static final String SIGN_IN =
      """
      {"time":"2026-11-19T10:00:00Z","category":"SignInLogs","resultType":"0","properties":{
       "id":"3f2504e0-4f89-41d3-9a0c-0305e82c3301","createdDateTime":"2026-11-19T10:00:00Z",
       "userId":"7d1e5d4e-0c1d-4a7e-9f0e-111111111111"%s}}
      """;

  private static final String ROW =
      """
      {"Type":"SigninLogs","TimeGenerated":"2026-11-19T10:00:00Z","ResultType":"50126",
      "Id":"3f2504e0-4f89-41d3-9a0c-0305e82c3301","CreatedDateTime":"2026-11-19T10:00:00Z",
      "UserId":"7d1e5d4e-0c1d-4a7e-9f0e-111111111111","UserAgent":"curl",
      "Status_string":"{\\"errorCode\\": 50126}","LocationDetails":{"city":"Oslo"},
      "RiskEventTypes_V2":"[\\"a\\"]"}
      """;

  private static MessageReader reader(Map<String, List<String>> paths) {
    RawFieldPlan plan = RawFieldPlan.of(paths);
    return new MessageReader(Limits.defaults(), () -> plan);
  }

  private static Activity read(byte[] body, Map<String, List<String>> paths) {
    return read(body, reader(paths));
  }

  private static Activity read(byte[] body, MessageReader reader) {
    List<Outcome> outcomes = new ArrayList<>();
    reader.read(
        body, Where.newBuilder().setSource("test").build(), 1_795_082_400_000L, outcomes::add);
    assertThat(outcomes).singleElement().isInstanceOf(Outcome.Mapped.class);
    return ((Outcome.Mapped) outcomes.get(0)).activity();
  }

  private static Map<String, List<String>> found(String record, String... paths) {
    return found(record.getBytes(StandardCharsets.UTF_8), "SignInLogs", paths);
  }

  private static Map<String, List<String>> found(byte[] record, String category, String... paths) {
    List<String> wanted = List.of(paths);
    ByteBuffer raw = read(record, Map.of(category, wanted)).getRaw();
    assertThat(raw).isNotNull();
    return FoundText.of(raw, wanted);
  }

  private static Map<String, List<String>> ofProperties(String more, String... paths) {
    return found(SIGN_IN.formatted("," + more), paths);
  }

  @Test
  void findsValuesOfEveryKind() {
    assertThat(
            ofProperties(
                """
                "text":"a\\"b\\u00e9","number":1.50e3,"yes":true,"no":false,"none":null,"empty":"",
                "nothing":{},"object":{"B" : [1, "x"] , "c":null}
                """,
                "resultType",
                "properties.text",
                "properties.number",
                "properties.yes",
                "properties.no",
                "properties.none",
                "properties.empty",
                "properties.nothing",
                "properties.object",
                "properties.object.b",
                "properties.absent",
                "properties.text.further"))
        .containsOnly(
            entry("resulttype", List.of("t:0")),
            entry("properties.text", List.of("t:a\"bé")),
            entry("properties.number", List.of("n:1.50e3")),
            entry("properties.yes", List.of("true")),
            entry("properties.no", List.of("false")),
            entry("properties.none", List.of("null")),
            entry("properties.empty", List.of("t:")),
            entry("properties.nothing", List.of("o:{}")),
            entry("properties.object", List.of("o:{\"B\":[1,\"x\"],\"c\":null}")),
            entry("properties.object.b", List.of("n:1", "t:x", "l:[1,\"x\"]")));
  }

  @Test
  void findsEachElementOfAList_andTheListItself() {
    assertThat(
            ofProperties(
                """
                "risks":["a","b",null],"empty":[],"nested":[["x"],[]],
                "targets":[{"name":"n1","roles":["r1"]},{"NAME":"n2"},"loose"]
                """,
                "properties.risks",
                "properties.empty",
                "properties.nested",
                "properties.targets.name",
                "properties.targets.roles"))
        .containsOnly(
            entry("properties.risks", List.of("t:a", "t:b", "null", "l:[\"a\",\"b\",null]")),
            entry("properties.empty", List.of("l:[]")),
            entry("properties.nested", List.of("t:x", "l:[\"x\"]", "l:[]", "l:[[\"x\"],[]]")),
            entry("properties.targets.name", List.of("t:n1", "t:n2")),
            entry("properties.targets.roles", List.of("t:r1", "l:[\"r1\"]")));
  }

  @Test
  void findsKeysInAnyCase_andKeysWithDots() {
    assertThat(
            ofProperties(
                """
                "Ip":1,"IP":2,"ip":3,"a.b":{"c":"dotted"},"a":{"b.c":"other"},
                "http://schemas.microsoft.com/x":{"y":"claim"}
                """,
                "Properties.iP",
                "properties.a.b.c",
                "properties.http://schemas.microsoft.com/x.y"))
        .containsOnly(
            entry("properties.ip", List.of("n:1", "n:2", "n:3")),
            entry("properties.a.b.c", List.of("t:dotted", "t:other")),
            entry("properties.http://schemas.microsoft.com/x.y", List.of("t:claim")));
  }

  @Test
  void findsTheValueOfAnEntry_belowAndBesideItsList() {
    assertThat(
            ofProperties(
                """
                "details":[{"key":"User-Agent","value":"curl"},{"value":"7","key":"Count"}],
                "key":"own","other":[{"key":"key","value":"not this"}],
                "targets":[{"modified":[
                  {"displayName":"Consent.IsAdmin","oldValue":"[]","newValue":"\\"False\\""},
                  {"displayName":"Roles","newValue":"[\\"a\\",\\"b\\"]"},
                  {"displayName":"Open","newValue":"[\\"a"}]}]
                """,
                "properties.details.user-agent",
                "properties.user-agent",
                "properties.count",
                "properties.key",
                "properties.targets.consent.isadmin",
                "properties.targets.modified.consent.isadmin",
                "properties.targets.modified.newValue",
                "properties.targets.roles",
                "properties.targets.open"))
        .containsOnly(
            entry("properties.details.user-agent", List.of("t:curl")),
            entry("properties.user-agent", List.of("t:curl")),
            entry("properties.count", List.of("t:7")),
            entry("properties.key", List.of("t:own")),
            entry("properties.targets.consent.isadmin", List.of("t:\"False\"", "t:False")),
            entry("properties.targets.modified.consent.isadmin", List.of("t:\"False\"", "t:False")),
            entry(
                "properties.targets.modified.newvalue",
                List.of("t:\"False\"", "t:[\"a\",\"b\"]", "t:[\"a")),
            entry("properties.targets.roles", List.of("t:[\"a\",\"b\"]", "t:a", "t:b")),
            entry("properties.targets.open", List.of("t:[\"a")));
  }

  @Test
  void readsOnInJsonThatIsAText_whereAPathLeadsOn() {
    String record =
        """
        {"time":"2026-11-19T10:00:00Z","category":"SignInLogs","resultType":"0","properties":
        "{'id':'3f2504e0-4f89-41d3-9a0c-0305e82c3301','createdDateTime':'2026-11-19T10:00:00Z',
        'userId':'7d1e5d4e-0c1d-4a7e-9f0e-111111111111','userAgent':'curl','info':'[{\\\\'k\\\\':1}]'}"}
        """;
    assertThat(found(record.replace("\n", " "), "properties.userAgent"))
        .containsOnly(entry("properties.useragent", List.of("t:curl")));
    assertThat(
            ofProperties(
                "\"info\":\"[{\\\"k\\\":\\\"v\\\"}]\",\"bad\":\"{\\\"k\\\":\"",
                "properties.info",
                "properties.info.k",
                "properties.bad.k"))
        .containsOnly(
            entry("properties.info", List.of("t:[{\"k\":\"v\"}]")),
            entry("properties.info.k", List.of("t:v")));
  }

  @Test
  void cutsAtTheLimits_andSaysSo() {
    String many = "1,".repeat(200) + "1";
    Map<String, List<String>> found =
        ofProperties(
            "\"long\":\"%s\",\"many\":[%s],\"exact\":\"%s\",\"pair\":\"%s\\ud83d\\ude00\""
                .formatted("é".repeat(70_000), many, "x".repeat(1024), "x".repeat(1023)),
            "properties.long",
            "properties.many",
            "properties.exact",
            "properties.pair");
    assertThat(found.get("properties.long")).containsExactly("t:" + "é".repeat(1_024) + "~");
    assertThat(found.get("properties.exact")).containsExactly("t:" + "x".repeat(1_024));
    assertThat(found.get("properties.pair")).containsExactly("t:" + "x".repeat(1_023) + "~");
    assertThat(found.get("properties.many")).hasSize(66).startsWith("n:1").endsWith("...");
    assertThat(found.get("properties.many")).element(64).isEqualTo("l:[" + many + "]");
  }

  @Test
  void keepsToTheBytesOfARecord() {
    StringBuilder more = new StringBuilder("\"o\":{\"t\":\"" + "y".repeat(20_000) + "\"}");
    String[] paths = new String[21];
    for (int i = 0; i < 20; i++) {
      more.append(",\"f%d\":\"%s\"".formatted(i, "x".repeat(1_000)));
      paths[i] = "properties.f" + i;
    }
    paths[20] = "properties.o";
    Map<String, List<String>> found = ofProperties(more.toString(), paths);
    assertThat(found.get("properties.f0")).containsExactly("t:" + "x".repeat(1_000));
    assertThat(found.get("properties.f16")).containsExactly("t:" + "x".repeat(384) + "~");
    assertThat(found.get("properties.f17")).containsExactly("...");
    assertThat(found.get("properties.o"))
        .singleElement()
        .satisfies(text -> assertThat(text).hasSize(16_384 + 3).endsWith("~"));
  }

  @Test
  void findsEveryValueOfPropertiesInAText_butNoKey() {
    String properties =
        "{\"id\":\"3f2504e0-4f89-41d3-9a0c-0305e82c3301\","
            + "\"createdDateTime\":\"2026-11-19T10:00:00Z\","
            + "\"userId\":\"7d1e5d4e-0c1d-4a7e-9f0e-111111111111\","
            + "\"list\":[7,{\"deep\":\"{\\\"as\\\":\\\"it is\\\"}\"}]}";
    String record =
        "{\"time\":\"2026-11-19T10:00:00Z\",\"category\":\"SignInLogs\",\"properties\":\"%s\"}"
            .formatted(properties.replace("\\", "\\\\").replace("\"", "\\\""));

    assertThat(found(record, "*").get("*"))
        .containsExactly(
            "t:2026-11-19T10:00:00Z",
            "t:SignInLogs",
            "t:3f2504e0-4f89-41d3-9a0c-0305e82c3301",
            "t:2026-11-19T10:00:00Z",
            "t:7d1e5d4e-0c1d-4a7e-9f0e-111111111111",
            "n:7",
            "t:{\"as\":\"it is\"}");
    assertThat(found(ROW, "*").get("*")).contains("n:50126", "t:a").doesNotContain("t:[\"a\"]");
  }

  @Test
  void findsEveryScalar_forKeywords() {
    assertThat(ofProperties("\"a\":[{\"k\":\"v\"},true,null,7]", "*").get("*"))
        .startsWith("t:2026-11-19T10:00:00Z", "t:SignInLogs", "t:0")
        .endsWith("t:v", "t:true", "n:7");
    assertThat(ofProperties("\"a\":[%s1]".formatted("1,".repeat(2_000)), "*").get("*"))
        .hasSize(1_025)
        .endsWith("...");
  }

  @Test
  void readsRowsOfTables_underTheNamesOfRecords() {
    assertThat(
            found(
                ROW,
                "resultType",
                "properties.userAgent",
                "properties.status.errorCode",
                "properties.location.city",
                "properties.riskEventTypes_v2"))
        .containsOnly(
            entry("resulttype", List.of("t:50126")),
            entry("properties.useragent", List.of("t:curl")),
            entry("properties.status.errorcode", List.of("n:50126")),
            entry("properties.location.city", List.of("t:Oslo")),
            entry("properties.riskeventtypes_v2", List.of("t:a", "l:[\"a\"]")));
  }

  @Test
  void doesNotTakeTheWorkspace_orTheResourceOfTheLog_forAFieldOfTheSignIn() {
    String row =
        ROW.substring(0, ROW.lastIndexOf('}'))
            + ",\"TenantId\":\"workspace\",\"AADTenantId\":\"tenant\","
            + "\"ResourceId\":\"/tenants/t\",\"ResourceIdentity\":\"api\"}";
    String[] paths = {"tenantId", "properties.tenantId", "resourceId", "properties.resourceId"};
    assertThat(found(row, paths))
        .containsOnly(
            entry("tenantid", List.of("t:tenant")),
            entry("properties.tenantid", List.of("t:tenant")),
            entry("resourceid", List.of("t:/tenants/t")),
            entry("properties.resourceid", List.of("t:api")));
    String ofGraph =
        "{\"id\":\"3f2504e0-4f89-41d3-9a0c-0305e82c3301\",\"createdDateTime\":"
            + "\"2026-11-19T10:00:00Z\",\"isInteractive\":true,\"resourceId\":\"api\"}";
    assertThat(found(ofGraph, paths)).containsEntry("properties.resourceid", List.of("t:api"));
  }

  @ParameterizedTest
  @CsvSource({
    "ApiManagementGatewayLogs, GatewayLogs, TotalTime, durationMs",
    "ApiManagementGatewayLogs, GatewayLogs, Region, location",
    "ApiManagementGatewayLogs, GatewayLogs, LastErrorSource, properties.lastError.source",
    "AzureDiagnostics, GatewayLogs, lastError_source_s, properties.lastError.source",
    "AzureDiagnostics, GatewayLogs, lastError_source_s, properties.lastErrorSource",
    "AADNonInteractiveUserSignInLogs, NonInteractiveUserSignInLogs, ConditionalAccessPolicies, properties.appliedConditionalAccessPolicies",
    "SigninLogs, SignInLogs, ProcessingTimeInMs, properties.processingTimeInMilliseconds",
    "MicrosoftGraphActivityLogs, MicrosoftGraphActivityLogs, SessionId, properties.C_Sid",
    "MicrosoftGraphActivityLogs, MicrosoftGraphActivityLogs, DeviceId, properties.C_DeviceId",
    "AADGraphActivityLogs, AzureADGraphActivityLogs, RequestMethod, properties.httpMethod",
    "AADGraphActivityLogs, AzureADGraphActivityLogs, ResponseStatusCode, properties.httpStatusCode",
    "AADGraphActivityLogs, AzureADGraphActivityLogs, TokenIssuedAt, properties.issuedAt",
    "SecurityAlert, SecurityAlert, AlertSeverity, Severity",
    "SecurityAlert, SecurityAlert, DisplayName, AlertDisplayName",
    "SecurityAlert, SecurityAlert, AlertLink, AlertUri",
    "AZKVAuditLogs, AuditEvent, ClientInfo, properties.clientInfo",
    "AZKVAuditLogs, AuditEvent, CallerIpAddress, callerIpAddress",
    "AZKVAuditLogs, AuditEvent, _ResourceId, resourceId",
    "AzureDiagnostics, AuditEvent, clientInfo_s, properties.clientInfo",
    "AzureDiagnostics, AuditEvent, identity_claim_upn_s, identity.claim.upn",
    "AzureDiagnostics, AuditEvent, identity_claim_http_schemas_microsoft_com_identity_claims_objectidentifier_g, identity.claim.http://schemas.microsoft.com/identity/claims/objectidentifier",
    "AzureDiagnostics, AuditEvent, addedAccessPolicy_ObjectId_g, properties.addedAccessPolicy.ObjectId",
    "AzureDiagnostics, AuditEvent, addedAccessPolicy_Permissions_keys_s, properties.addedAccessPolicy.Permissions.keys",
    "AzureDiagnostics, FrontDoorWebApplicationFirewallLog, details_msg_s, properties.details.msg",
    "AzureDiagnostics, FrontDoorAccessLog, timeTaken_s, properties.timeTaken",
    "AzureActivity, Administrative, OperationNameValue, operationName",
    "AzureActivity, Administrative, ActivityStatusValue, resultType",
    "AzureActivity, Administrative, ActivitySubstatusValue, resultSignature"
  })
  void findsColumns_thatTablesNameOtherwise(
      String table, String category, String column, String path) {
    String row =
        "{\"Type\":\"%s\",\"Category\":\"%s\",\"TimeGenerated\":\"2026-11-19T10:00:00Z\",\"Id\":\"i\",\"CorrelationId\":\"c\",\"RequestId\":\"r\",\"SystemAlertId\":\"a\",\"UserId\":\"u\",\"StartTime\":\"2026-11-19T10:00:00Z\",\"%s\":\"v\"}"
            .formatted(table, category, column);
    assertThat(found(row.getBytes(StandardCharsets.UTF_8), category, path))
        .containsOnly(entry(path.toLowerCase(Locale.ROOT), List.of("t:v")));
  }

  @Test
  void findsWhatARuleMatched_inAListWithinAColumn() {
    String row =
        """
        {"Type":"AzureDiagnostics","Category":"FrontDoorWebApplicationFirewallLog",\
        "TimeGenerated":"2026-11-19T10:00:00Z","trackingReference_s":"r","details_matches_s":\
        "[{\\"matchVariableName\\":\\"v\\"},{\\"matchVariableName\\":\\"w\\"}]"}""";
    String path = "properties.details.matches.matchVariableName";
    assertThat(
            found(row.getBytes(StandardCharsets.UTF_8), "FrontDoorWebApplicationFirewallLog", path))
        .containsOnly(entry(path.toLowerCase(Locale.ROOT), List.of("t:v", "t:w")));
  }

  @Test
  void readsTheRestApiOfTheActivityLog_underTheNamesOfRecords() {
    String event =
        "{\"eventTimestamp\":\"2026-11-19T10:00:00Z\",\"eventDataId\":\"e\",\"category\":{\"value\":\"Administrative\",\"localizedValue\":\"x\"},\"operationName\":{\"value\":\"a/write\",\"localizedValue\":\"x\"},\"status\":{\"value\":\"Failed\",\"localizedValue\":\"x\"},\"claims\":{\"name\":\"Ada\"},\"httpRequest\":{\"clientIpAddress\":\"81.2.69.142\"},\"properties\":{\"message\":\"m\"}}";
    String[] paths = {
      "time",
      "category",
      "operationName",
      "resultType",
      "identity.claims.name",
      "callerIpAddress",
      "properties.message"
    };
    assertThat(found(event.getBytes(StandardCharsets.UTF_8), "Administrative", paths))
        .containsOnly(
            entry("time", List.of("t:2026-11-19T10:00:00Z")),
            entry("category", List.of("t:Administrative")),
            entry("operationname", List.of("t:a/write")),
            entry("resulttype", List.of("t:Failed")),
            entry("identity.claims.name", List.of("t:Ada")),
            entry("calleripaddress", List.of("t:81.2.69.142")),
            entry("properties.message", List.of("t:m")));
  }

  @Test
  void looksForNothing_inOtherCategories() {
    byte[] record = SIGN_IN.formatted("").getBytes(StandardCharsets.UTF_8);
    assertThat(read(record, Map.of()).getRaw()).isNull();
    assertThat(read(record, Map.of("AuditLogs", List.of("properties.id"))).getRaw()).isNull();
    assertThat(read(record, Map.of("signinlogs", List.of("properties.id"))).getRaw()).isNotNull();
  }

  @Test
  void neverFails_whateverTheRecordHolds() {
    long seed = 20_261_119;
    Random random = new Random(seed);
    String[] paths = {"properties.a", "properties.a.b", "properties.b", "a.b.a", "properties"};
    for (int i = 0; i < 5_000; i++) {
      String value = value(random, 0);
      byte[] record =
          SIGN_IN.formatted(",\"a\":" + value + ",\"b\":" + value).getBytes(StandardCharsets.UTF_8);
      try {
        assertThat(found(record, "SignInLogs", paths)).containsKey("properties.a");
      } catch (RuntimeException e) {
        throw new AssertionError("seed %d, value %s".formatted(seed, value), e);
      }
    }
  }

  @Test
  void findsTheSame_whetherBytesAreScannedOrParsed() {
    long seed = 20_261_128;
    Random random = new Random(seed);
    String[] scanned = {
      "properties.a", "properties.a.b", "properties.b", "properties.b.a.b", "properties.é", "time"
    };
    String[] parsed = Arrays.copyOf(scanned, scanned.length + 1);
    parsed[scanned.length] = "properties"; // its value is wanted whole, so a parser reads it
    String[] keys = {"a", "B", "\\u0061", "é", "a.b", "b.a", "c"};
    MessageReader reader = reader(Map.of("SignInLogs", List.of(scanned))); // which remembers keys
    for (int i = 0; i < 5_000; i++) {
      StringBuilder more = new StringBuilder();
      for (int left = 1 + random.nextInt(4); left > 0; left--) {
        String blank = random.nextBoolean() ? "" : " \n\t";
        more.append(blank + ',' + blank + '"' + keys[random.nextInt(keys.length)] + '"' + blank)
            .append(':' + blank + value(random, 0));
      }
      byte[] record = SIGN_IN.formatted(more).getBytes(StandardCharsets.UTF_8);
      Map<String, List<String>> expected = found(record, "SignInLogs", parsed);
      expected.remove("properties");
      assertThat(FoundText.of(read(record, reader).getRaw(), List.of(scanned)))
          .as("seed %d, members %s", seed, more)
          .isEqualTo(expected);
    }
  }

  private static String value(Random random, int depth) {
    String[] scalars = {
      "1",
      "-1.5E9",
      "null",
      "true",
      "\"\"",
      "\"NaN\"",
      "\"{\"",
      "\"[[1]]\"",
      "\"\\\"a\\\"\"",
      "\"{\\\"b\\\":[1]}\"",
      "\"\\ud800\"",
      "\"é\"",
      "\" [1]\"",
      "99999999999999999999999999"
    };
    int kind = depth > 4 ? 0 : random.nextInt(4);
    if (kind < 2) {
      return scalars[random.nextInt(scalars.length)];
    }
    StringBuilder text = new StringBuilder(kind == 2 ? "[" : "{");
    String[] keys = {"a", "b", "A", "a.b", "key", "value", "displayName", "newValue"};
    for (int i = random.nextInt(4); i > 0; i--) {
      text.append(kind == 2 ? "" : "\"" + keys[random.nextInt(keys.length)] + "\":")
          .append(value(random, depth + 1))
          .append(i > 1 ? "," : "");
    }
    return text.append(kind == 2 ? "]" : "}").toString();
  }

  @Test
  void givesTheSameBytes_forTheSameRecord() {
    byte[] record = SIGN_IN.formatted(",\"a\":[1,2]").getBytes(StandardCharsets.UTF_8);
    Map<String, List<String>> paths = Map.of("SignInLogs", List.of("properties.a", "time"));
    assertThat(read(record, paths).getRaw().array())
        .isEqualTo(read(Arrays.copyOf(record, record.length), paths).getRaw().array());
  }
}
