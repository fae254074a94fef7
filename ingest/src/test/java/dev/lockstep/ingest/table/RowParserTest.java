package dev.lockstep.ingest.table;

import static dev.lockstep.ingest.message.Records.CALL;
import static dev.lockstep.ingest.table.ExportRows.CALL_ROW;
import static dev.lockstep.ingest.table.ExportRows.GRAPH_SIGN_IN;
import static dev.lockstep.ingest.table.ExportRows.HUB_SIGN_IN;
import static dev.lockstep.ingest.table.ExportRows.SIGN_IN_ROW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.json.JsonScan;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.Records;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.text.Timestamps;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowParserTest {
  @Test
  void readsARow_asTheHubsRecord() {
    assertThat(same(SIGN_IN_ROW, HUB_SIGN_IN)).isEqualTo(Records.activity(HUB_SIGN_IN));
    assertThat(same(CALL_ROW, CALL)).isEqualTo(Records.activity(CALL));
  }

  @Test
  void readsARow_thatNamesNoTable_byItsColumns() {
    String row = SIGN_IN_ROW.replace(",\"Type\":\"SigninLogs\"", "");
    assertThat(same(row, HUB_SIGN_IN)).isEqualTo(Records.activity(HUB_SIGN_IN));
    String call = CALL_ROW.replace(",\"Type\":\"ApiManagementGatewayLogs\"", "");
    assertThat(same(call, CALL)).isEqualTo(Records.activity(CALL));
  }

  @Test
  void readsARow_whoseObjectsAreTexts() {
    String row =
        text(
                text(text(text(SIGN_IN_ROW, "Status"), "LocationDetails"), "DeviceDetail"),
                "RiskEventTypes_V2")
            .replace("\"IsInteractive\":true", "\"IsInteractive\":\"True\"");
    assertThat(row).contains("\\\"errorCode\\\"").contains("\\\"city\\\"");
    assertThat(same(row, HUB_SIGN_IN)).isEqualTo(Records.activity(HUB_SIGN_IN));
  }

  @Test
  void readsARowOfAUnion_whoseColumnsAreSplitByType() {
    String row =
        SIGN_IN_ROW
            .replace("\"Status\":", "\"Status_string\":\"\",\"Status_dynamic\":")
            .replace("\"DeviceDetail\":", "\"DeviceDetail_dynamic\":")
            .replace("\"MfaDetail\":", "\"DeviceDetail_string\":null,\"MfaDetail_string\":")
            .replace("\"LocationDetails\":", "\"LocationDetails_dynamic\":")
            .replace("\"RiskEventTypes_V2\":", "\"RiskEventTypes_V2_dynamic\":")
            .replace("\"AutonomousSystemNumber\":", "\"AutonomousSystemNumber_string\":");
    assertThat(same(row, HUB_SIGN_IN)).isEqualTo(Records.activity(HUB_SIGN_IN));
    String ofTexts = text(text(row, "LocationDetails_dynamic"), "DeviceDetail_dynamic");
    assertThat(same(ofTexts.replace("_dynamic", "_string"), HUB_SIGN_IN))
        .isEqualTo(Records.activity(HUB_SIGN_IN));
  }

  @Test
  void readsWhatTheCommandLinePrints_wordsForNullToo() {
    String row =
        text(text(text(SIGN_IN_ROW, "Status"), "LocationDetails"), "DeviceDetail")
            .replace("{\"TenantId\"", "{\"TableName\":\"PrimaryResult\",\"TenantId\"")
            .replace("\"DurationMs\":0", "\"ServicePrincipalId\":\"None\"")
            .replace("\"SessionId\":\"s-1\"", "\"SessionId\":\"None\"");
    Activity expected = Records.activity(HUB_SIGN_IN.replace("\"sessionId\":\"s-1\"", "\"x\":1"));
    Activity read = same("[" + row + "]", HUB_SIGN_IN);
    assertThat(read).isEqualTo(expected);
  }

  @Test
  void readsASignInOfGraph_asTheHubsRecord_arrivedWhenItHappened() {
    Activity expected = Records.activity(HUB_SIGN_IN.replace("\"tenantId\":\"TENANT-1\",", ""));
    expected.setArrivalAt(expected.getEventAt());
    assertThat(same(GRAPH_SIGN_IN, HUB_SIGN_IN)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"@odata.context\":\"https://graph.example/beta/$metadata#x\",\"@odata.nextLink\":\"n\",\"value\":[%s,%s]}",
        "{\"value\":[%s,%s],\"@odata.context\":\"c\"}",
        "[%s,\n%s]",
        "%s\n%s\n",
        "{\"records\":[%s,%s]}",
        "{\"Stats\":{},\"Schema\":[{\"Name\":\"Id\"}],\"Results\":[%s,%s]}"
      })
  void readsRows_inEveryWrapping(String form) {
    String second = GRAPH_SIGN_IN.replace(Records.GUID, "second");
    assertThat(Records.words(ExportRows.outcomes(form.formatted(GRAPH_SIGN_IN, second))))
        .extracting(word -> word.substring(0, word.indexOf('@')))
        .containsExactly(Records.GUID, "second");
    String row = SIGN_IN_ROW.replace(Records.GUID, "second");
    assertThat(Records.words(ExportRows.outcomes(form.formatted(SIGN_IN_ROW, row))))
        .extracting(word -> word.substring(0, word.indexOf('@')))
        .containsExactly(Records.GUID, "second");
  }

  @Test
  void readsAPage_largerThanAMessage() {
    Limits small = new Limits(64, 100, 262_144, 256, 3000, 50_000);
    String page =
        "{\"@odata.context\":\"c\",\"value\":[" + (GRAPH_SIGN_IN + ",").repeat(50) + "{}]}";
    List<Outcome> outcomes = ExportRows.outcomes(page.getBytes(StandardCharsets.UTF_8), small);
    assertThat(outcomes).hasSize(51);
    assertThat(outcomes.subList(0, 50)).allMatch(Outcome.Mapped.class::isInstance);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "'signInEventTypes':['interactiveUser'],'isInteractive':false,'userId':'u'|SignInLogs",
        "'signInEventTypes':['nonInteractiveUser'],'userId':'u'|NonInteractiveUserSignInLogs",
        "'signInEventTypes':['unknownFutureValue','servicePrincipal']|ServicePrincipalSignInLogs",
        "'signInEventTypes':['managedIdentity']|ManagedIdentitySignInLogs",
        "'signInEventTypes':'[\\'nonInteractiveUser\\']','userId':'u'|NonInteractiveUserSignInLogs",
        "'signInEventTypes':'nonInteractiveUser','userId':'u'|NonInteractiveUserSignInLogs",
        "'servicePrincipalId':'s','managedServiceIdentity':'{\\'msiType\\':\\'systemAssigned\\'}'|ManagedIdentitySignInLogs",
        "'isInteractive':false,'userId':'u'|NonInteractiveUserSignInLogs",
        "'isInteractive':true,'userId':'u'|SignInLogs",
        "'userPrincipalName':'a@b'|SignInLogs",
        "'isInteractive':false,'servicePrincipalId':'s','userId':''|ServicePrincipalSignInLogs",
        "'servicePrincipalId':'s','managedServiceIdentity':{'msiType':'systemAssigned'}|ManagedIdentitySignInLogs",
        "'servicePrincipalId':'s','managedServiceIdentity':{'msiType':'none'}|ServicePrincipalSignInLogs",
        "'category':'ManagedIdentitySignInLogs','servicePrincipalId':'s'|ManagedIdentitySignInLogs"
      })
  void tellsTheLog_ofASignInOfGraph(String fields, String category) {
    String signIn =
        "{'id':'x','createdDateTime':'2025-11-14T01:48:53Z','ipAddress':'',%s}".formatted(fields);
    assertThat(Records.activity(signIn.replace('\'', '"')).getCategory()).isEqualTo(category);
  }

  @ParameterizedTest
  @CsvSource({
    "SigninLogs,SignInLogs",
    "AADNonInteractiveUserSignInLogs,NonInteractiveUserSignInLogs",
    "aadserviceprincipalsigninlogs,ServicePrincipalSignInLogs",
    "AADManagedIdentitySignInLogs,ManagedIdentitySignInLogs"
  })
  void tellsTheLog_byTheTable(String table, String category) {
    String row =
        """
        {"Id":"x","TimeGenerated":"2025-11-14T01:48:53Z","ServicePrincipalId":"s","Type":"%s"}\
        """
            .formatted(table);
    assertThat(Records.activity(row).getCategory()).isEqualTo(category);
    String named = row.replace("\"Type\"", "\"TableName\"");
    assertThat(Records.activity(named).getCategory()).isEqualTo(category);
  }

  @Test
  void readsAlertsOfHunting_whoseCategoryIsTheAttackers() {
    String info =
        """
        {"TimeGenerated":"2025-11-14T01:40:00.123456Z","AlertId":"da-1","Title":"Odd sign-in",\
        "Category":"InitialAccess","Severity":"Medium","ServiceSource":"Microsoft Defender XDR",\
        "DetectionSource":"Custom detection","AttackTechniques":"","TenantId":"w","Type":"AlertInfo"}\
        """;
    Activity hub = Records.activity(Records.ALERT_INFO);
    hub.setArrivalAt(hub.getEventAt());
    assertThat(same(info, Records.ALERT_INFO)).isEqualTo(hub);
    assertThat(same(info.replace(",\"Type\":\"AlertInfo\"", ""), Records.ALERT_INFO))
        .isEqualTo(hub);
    String hunted =
        info.replace("TimeGenerated", "Timestamp").replace(",\"Type\":\"AlertInfo\"", "");
    assertThat(same(hunted, Records.ALERT_INFO)).isEqualTo(hub);
    String columns = "'EntityType':'User','AccountObjectId':'AB','EvidenceRole':'Impacted'";
    String evidence =
        "{'TimeGenerated':'2025-11-14T01:40:00Z','AlertId':'da-1',%s,'Type':'AlertEvidence'}"
            .formatted(columns)
            .replace('\'', '"');
    Activity piece = Records.activity(Records.evidence(columns));
    piece.setArrivalAt(piece.getEventAt());
    assertThat(same(evidence, Records.evidence(columns))).isEqualTo(piece);
  }

  @Test
  void tellsPiecesOfEvidenceApart_howeverTheirFieldsAreWritten() {
    String hub = "'EntityType':'CloudLogon','AdditionalFields':'{ \\'b\\': [1,2],\\'a\\':\\'x\\'}'";
    String row =
        "{'TimeGenerated':'2025-11-14T01:40:00Z','AlertId':'da-1','EntityType':'CloudLogon',"
            + "'AdditionalFields':%s,'Type':'AlertEvidence'}";
    String id = Records.activity(Records.evidence(hub)).getEventId();
    for (String fields :
        List.of("{'a':'x','b':[1,2],'c':null}", "'{\\'a\\':\\'x\\',\\'b\\':[1, 2]}'")) {
      String same = row.formatted(fields).replace('\'', '"');
      assertThat(Records.activity(same).getEventId()).isEqualTo(id);
    }
    String other = row.formatted("{'a':'x','b':[2,1]}").replace('\'', '"');
    assertThat(Records.activity(other).getEventId()).isNotEqualTo(id);
  }

  @Test
  void readsASecurityAlert_asTheHubsObject() {
    String row =
        Records.ALERT
            .replace("\"StartTimeUtc\"", "\"StartTime\"")
            .replace("\"Severity\"", "\"AlertSeverity\"")
            .replace("\"AlertUri\"", "\"AlertLink\"")
            .replace("{\"VendorName\"", "{\"Type\":\"SecurityAlert\",\"VendorName\"");
    row = text(text(row, "ExtendedProperties"), "Entities");
    Activity hub = Records.activity(Records.ALERT);
    Activity read = same(row, Records.ALERT);
    assertThat(read.getArrivalAt()).isEqualTo(Timestamps.parse("2025-11-14T01:50:00Z"));
    read.setArrivalAt(hub.getArrivalAt());
    assertThat(read).isEqualTo(hub);
  }

  @Test
  void takesTheArrival_fromWhereTheWorkspaceTellsIt() {
    String row = CALL_ROW.replace("{", "{\"_TimeReceived\":\"2025-11-14T02:03:00Z\",");
    Activity read = Records.activity(row);
    assertThat(read.getArrivalAt()).isEqualTo(Timestamps.parse("2025-11-14T02:03:00Z"));
    assertThat(read.getEventAt()).isEqualTo(Timestamps.parse("2025-11-14T02:00:00.5Z"));
    Outcome outcome =
        Records.read(row.getBytes(StandardCharsets.UTF_8), Records.ENQUEUED_AT + 3_600_000).get(0);
    assertThat(((Outcome.Mapped) outcome).activity().getArrivalAt())
        .isEqualTo(Records.ENQUEUED_AT + 3_600_000);
  }

  @Test
  void ignoresARow_ofAnotherTable_byItsName() {
    String row =
        "{\"TimeGenerated\":\"2025-11-14T01:48:53Z\",\"Category\":\"x\",\"Type\":\"Heartbeat\"}";
    assertThat(Records.words(Records.read(row))).containsExactly("ignored Heartbeat");
    String withProperties =
        "{\"TimeGenerated\":\"2025-11-14T01:48:53Z\",\"Category\":\"Administrative\","
            + "\"Properties\":\"{}\",\"Type\":\"AzureMetrics\"}";
    assertThat(Records.words(Records.read(withProperties))).containsExactly("ignored AzureMetrics");
  }

  @Test
  void rejectsARow_withItsOwnBytes() {
    String row = SIGN_IN_ROW.replace("\"Id\"", "\"X\"");
    List<DeadLetter> letters = ExportRows.letters(Records.read("[" + CALL_ROW + ", " + row + "]"));
    assertThat(letters)
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.getReason()).isEqualTo("no-id");
              assertThat(letter.getCategory()).isEqualTo("SignInLogs");
              assertThat(letter.getWhere().getIndex()).isEqualTo(1);
              assertThat(Records.body(letter)).isEqualTo(row);
            });
  }

  @Test
  void rejectsARow_oneOfWhoseObjectsIsATextThatWasCut() {
    String row = text(SIGN_IN_ROW, "Status").replace("Other.\\\"}", "Oth");
    assertThat(Records.rejection(row).getDetail())
        .startsWith("the JSON in the text of Status could not be read");
  }

  @Test
  void doesNotTakeOtherObjects_forRows() {
    for (String other :
        List.of(
            "{\"id\":\"u\",\"createdDateTime\":\"2025-11-14T01:48:53Z\",\"displayName\":\"Ada\"}",
            "{\"id\":\"u\",\"appId\":\"a\",\"createdDateTime\":\"2025-11-14T01:48:53Z\"}",
            "{\"value\":[]}",
            "{\"value\":3,\"category\":\"X\"}",
            "{\"category\":\"X\",\"value\":[{\"category\":\"Y\"}]}")) {
      assertThat(Records.read(other)).as(other).noneMatch(Outcome.Mapped.class::isInstance);
    }
    assertThat(Records.words(Records.read("{\"category\":\"X\",\"value\":[1]}")))
        .containsExactly("ignored X");
    assertThat(Records.words(Records.read("{\"time\":\"t\",\"category\":\"SignInLogs\"}")))
        .containsExactly("no-id");
  }

  @Test
  void findsTheNextRow_behindDamage() {
    String page = "{\"value\":[" + GRAPH_SIGN_IN + ",{\"id\": oops},\n" + GRAPH_SIGN_IN + "]}";
    assertThat(Records.words(Records.read(page)))
        .containsExactly(Records.GUID + "@0", "not-json", Records.GUID + "@2");
    String open = "[" + SIGN_IN_ROW + ",{\"Id\":\"x\n," + SIGN_IN_ROW + "]";
    assertThat(Records.words(Records.read(open)))
        .containsExactly(Records.GUID + "@0", "not-json", Records.GUID + "@2");
  }

  private static Activity same(String file, String record) {
    return ExportRows.placedAs(ExportRows.activity(file), Records.activity(record));
  }

  /** Writes the object or array of a column as a text. */
  private static String text(String row, String column) {
    byte[] bytes = row.getBytes(StandardCharsets.UTF_8);
    int from = row.indexOf("\"" + column + "\":") + column.length() + 3;
    int to = JsonScan.afterClosing(bytes, from, bytes.length, 0);
    String value = row.substring(from, to).replace("\\", "\\\\").replace("\"", "\\\"");
    return row.substring(0, from) + '"' + value + '"' + row.substring(to);
  }
}
