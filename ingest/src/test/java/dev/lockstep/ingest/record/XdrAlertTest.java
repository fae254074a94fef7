package dev.lockstep.ingest.record;

import static dev.lockstep.ingest.message.Records.ALERT_INFO;
import static dev.lockstep.ingest.message.Records.activity;
import static dev.lockstep.ingest.message.Records.evidence;
import static dev.lockstep.ingest.message.Records.read;
import static dev.lockstep.ingest.message.Records.rejection;
import static dev.lockstep.ingest.message.Records.words;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.cluster.ActivityOutput;
import dev.lockstep.ingest.message.Records;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Alert;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Alerts of Defender XDR: an alert's head, and the pieces of its evidence. */
class XdrAlertTest {
  @Test
  void takesTheHeadOfAnAlert() {
    Activity activity = activity(ALERT_INFO);

    assertThat(activity.getKind()).isEqualTo(ActivityKind.ALERT);
    assertThat(activity.getCategory()).isEqualTo("AdvancedHunting-AlertInfo");
    assertThat(activity.getEventId()).isEqualTo("da-1");
    assertThat(Instant.ofEpochMilli(activity.getEventAt())).isEqualTo("2025-11-14T01:40:00.123Z");
    assertThat(Instant.ofEpochMilli(activity.getArrivalAt())).isEqualTo("2025-11-15T05:40:00.781Z");
    assertThat(activity.getPrincipal()).isNull();
    assertThat(activity.getAlert().toString())
        .isEqualTo(
            "{\"id\": \"da-1\", \"title\": \"Odd sign-in\", \"severity\": \"Medium\", \"product\":"
                + " \"Microsoft Defender XDR\", \"link\": null, \"accounts\": [], \"names\": [],"
                + " \"addresses\": [], \"own\": false}");
    assertThat(ActivityOutput.key(activity)).isEqualTo("da-1");
  }

  @Test
  void isTheSame_whereverPropertiesStandsAndHoweverItIsWritten() {
    String info = ALERT_INFO;
    int from = info.indexOf("\"properties\"");
    String head = info.substring(1, from - 1);
    String properties = info.substring(from + "\"properties\":".length(), info.length() - 1);
    String escaped = properties.replace("\"", "\\\"");

    assertThat(activity("{\"properties\":" + properties + "," + head + "}"))
        .isEqualTo(activity(info));
    assertThat(activity("{" + head + ",\"properties\":\"" + escaped + "\"}"))
        .isEqualTo(activity(info));
    assertThat(activity("{\"properties\":\"" + escaped + "\"," + head + "}"))
        .isEqualTo(activity(info));
    assertThat(
            activity(info.replace("\"Timestamp\"", "\"timestamp\"").replace("AlertId", "alertid")))
        .isEqualTo(activity(info));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'EntityType':'User','AccountObjectId':'U-1','AccountUpn':'ada@x.example'|u-1||",
        "'EntityType':'User','AccountObjectId':'','AccountUpn':'Ada@x.example'||ada@x.example|",
        "'EntityType':'User','AccountObjectId':null,'AccountUpn':null,'AccountName':'ada'|||",
        "'AccountUpn':'not a upn'|||",
        "'EntityType':'Ip','RemoteIP':'2A02:CF40::1'|||2a02:cf40::1",
        "'EntityType':'Machine','LocalIP':'10.0.0.1','RemoteIP':''|||",
        "'EntityType':'Process','RemoteIP':'1.1.1.1','AccountObjectId':'U-1'|u-1||1.1.1.1",
        "'RemoteIP':{},'AccountObjectId':[1],'AccountUpn':true,'EntityType':7|||",
        "'RemoteIP':'none'|||",
      })
  void takesWhomAPieceOfEvidenceNames(
      String columns, String accounts, String names, String addresses) {
    isNamed(activity(evidence(columns)).getAlert(), accounts, names, addresses);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "Ip|{'$id':'1','Address':'1.1.1.1','Location':{'Asn':1},'Type':'ip'}|||1.1.1.1",
        "ip|{'Address':'1.1.1.1'}|||1.1.1.1",
        "|{'Address':'1.1.1.1','Type':'ip'}|||1.1.1.1",
        "User|{'Name':'ada','UPNSuffix':'x.example','AadUserId':'U-1','Type':'account'}|u-1||",
        "User|{'Name':'ada','UPNSuffix':'x.example','Type':'account'}||ada@x.example|",
        "User|{'UserPrincipalName':'Ada@x.example'}||ada@x.example|",
        "|{'AadUserId':'U-1','Type':'account'}|u-1||",
        "CloudLogonSession|{'Account':{'AadUserId':'U-1','Type':'account'}}|u-1||",
        "Mailbox|{'Upn':'ada@x.example','Type':'mailbox'}||ada@x.example|",
        "User|{'Type':'account','LastIpAddress':'1.1.1.1','Ip':{'Address':'1.1.1.1'}}|||",
        "Machine|{'LoggedOnUsers':[{'AadUserId':'U-1','Type':'account'}],'IpInterfaces':[{'Address':'10.0.0.1','Type':'ip'}]}|||",
        "Ip|{'Address':|||",
        "Ip|0001-01-01T00:00:00|||",
      })
  void looksIntoTheAdditionalFields(
      String type, String fields, String accounts, String names, String addresses) {
    String text = fields.replace("'", "\\\"");
    String entityType = type == null ? "null" : "'" + type + "'";
    String columns = "'EntityType':" + entityType + ",'AdditionalFields':'" + text + "'";
    isNamed(activity(evidence(columns)).getAlert(), accounts, names, addresses);
    String first = "'AdditionalFields':'" + text + "','EntityType':" + entityType;
    isNamed(activity(evidence(first)).getAlert(), accounts, names, addresses);
    if (fields.endsWith("}")) {
      String object = "'EntityType':" + entityType + ",'AdditionalFields':" + fields;
      isNamed(activity(evidence(object)).getAlert(), accounts, names, addresses);
    }
  }

  @Test
  void prefersTheObjectIdOfTheAdditionalFieldsToAName() {
    Alert alert =
        activity(
                evidence(
                    "'EntityType':'User','AccountUpn':'ada@x.example','AdditionalFields':"
                        + "{'Type':'account','AadUserId':'U-1'}"))
            .getAlert();
    assertThat(alert.getAccounts()).containsExactly("u-1");
    assertThat(alert.getNames()).isEmpty();
  }

  @Test
  void takesTitleSeverityAndProduct_whereTheEvidenceHasThem() {
    Alert full =
        activity(evidence("'Title':'T','Severity':'High','ServiceSource':'Microsoft Sentinel'"))
            .getAlert();
    assertThat(full.getTitle()).isEqualTo("T");
    assertThat(full.getSeverity()).hasToString("High");
    assertThat(full.getProduct()).isEqualTo("Microsoft Sentinel");
    Alert bare = activity(evidence("'Title':null,'Severity':''")).getAlert();
    assertThat(bare.getTitle()).isNull();
    assertThat(bare.getSeverity()).isNull();
    assertThat(bare.getProduct()).isNull();
  }

  @Test
  void knowsItsOwn() {
    String own =
        ALERT_INFO
            .replace("Microsoft Defender XDR", "Microsoft Sentinel")
            .replace("Odd sign-in", "Lockstep: impossible travel of ada");
    assertThat(activity(own).getAlert().getOwn()).isTrue();
    assertThat(activity(evidence("'Title':'Lockstep x','ServiceSource':'MicrosoftSentinel'")))
        .extracting(each -> each.getAlert().getOwn())
        .isEqualTo(true);
  }

  @Test
  void namesAPieceOfEvidence_bySomethingThatStays() {
    assertThat(id("'EntityType':'User','AccountObjectId':'U-1'")).isEqualTo("da-1/user/u-1");
    assertThat(id("'EntityType':'Ip','RemoteIP':'1.1.1.1'")).isEqualTo("da-1/ip/1.1.1.1");
    assertThat(id("'RemoteIP':'1.1.1.1'")).isEqualTo("da-1//1.1.1.1");
    String file = "'EntityType':'File','FileName':'a.exe','SHA1':'x','FolderPath':'c:'";
    assertThat(id(file)).matches("da-1/file/[0-9a-f]{16}").isEqualTo(id(file));
    assertThat(id("'EntityType':'File','FolderPath':'c:','SHA1':'x','FileName':'a.exe'"))
        .isEqualTo(id(file));
    assertThat(
            List.of(
                id("'EntityType':'File','FileName':'b.exe'"),
                id("'EntityType':'File','SHA1':'b.exe'"),
                id("'EntityType':'File','FolderPath':'b.exe','FileName':'x'"),
                id("'EntityType':'File','FolderPath':'x','FileName':'b.exe'"),
                id("'EntityType':'File'"),
                id("'EntityType':'File','AdditionalFields':'{}'"),
                id("'EntityType':'Machine','DeviceId':'b.exe'"),
                id("'EntityType':'User','AccountUpn':'%s@x'".formatted("n".repeat(300))),
                id("'EntityType':'User','AccountUpn':'%s@x'".formatted("m".repeat(300)))))
        .doesNotHaveDuplicates()
        .allSatisfy(id -> assertThat(id).hasSizeLessThan(40));
    assertThat(id("'EntityType':'%s'".formatted("e".repeat(5000)))).hasSizeLessThan(80);
  }

  @Test
  void needsAnIdAndATime() {
    assertThat(rejection(ALERT_INFO.replace("\"da-1\"", "null")))
        .extracting("reason", "category", "detail")
        .containsExactly(
            "no-id",
            "AdvancedHunting-AlertInfo",
            "the record has no id: properties.AlertId is absent, or its value is no id");
    assertThat(rejection("{\"category\":\"AdvancedHunting-AlertEvidence\"}").getReason())
        .isEqualTo("no-id");
    assertThat(rejection(ALERT_INFO.replace("Timestamp", "Other")).getReason())
        .isEqualTo("no-time");
    assertThat(rejection(ALERT_INFO.replace("2025-11-14T01:40:00.123456Z", "x")).getDetail())
        .isEqualTo("properties.Timestamp is not a time: \"x\"");
    assertThat(
            rejection(ALERT_INFO.replace("\"2025-11-14T01:40:00.123456Z\"", "{\"t\":1}"))
                .getDetail())
        .isEqualTo("properties.Timestamp is an object or array");
    assertThat(
            rejection(ALERT_INFO.replace("{\"Timestamp", "\"{'Timestamp").replace("}}", "\"}"))
                .getReason())
        .isEqualTo("not-json");
  }

  @Test
  void arrivesWhenTheTransportSays_andIsKeptOutIfItCannotHaveHappenedThen() {
    List<Outcome> outcomes = read(ALERT_INFO.getBytes(StandardCharsets.UTF_8), Records.ENQUEUED_AT);
    assertThat(((Outcome.Mapped) outcomes.get(0)).activity().getArrivalAt())
        .isEqualTo(Records.ENQUEUED_AT);
    assertThat(words(read(ALERT_INFO.replace("2025-11-14", "2025-11-16"))))
        .containsExactly("future");
    assertThat(words(read(ALERT_INFO.replace("2025-11-14", "2025-10-14"))))
        .containsExactly("too-old");
  }

  @ParameterizedTest
  @ValueSource(strings = {"AdvancedHunting-DeviceEvents", "AdvancedHunting-AlertInfos"})
  void passesOtherTablesBy(String category) {
    assertThat(words(read(ALERT_INFO.replace("AdvancedHunting-AlertInfo", category))))
        .containsExactly("ignored " + category);
  }

  private static String id(String columns) {
    return activity(evidence(columns)).getEventId();
  }

  private static void isNamed(Alert alert, String accounts, String names, String addresses) {
    assertThat(alert.getAccounts()).isEqualTo(list(accounts));
    assertThat(alert.getNames()).isEqualTo(list(names));
    assertThat(alert.getAddresses()).isEqualTo(list(addresses));
  }

  private static List<String> list(String one) {
    return one == null ? List.of() : List.of(one);
  }
}
