package dev.lockstep.ingest.record;

import static dev.lockstep.ingest.message.Records.ALERT;
import static dev.lockstep.ingest.message.Records.activity;
import static dev.lockstep.ingest.message.Records.read;
import static dev.lockstep.ingest.message.Records.rejection;
import static dev.lockstep.ingest.message.Records.words;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.cluster.ActivityOutput;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.MessageReader;
import dev.lockstep.ingest.message.Origin;
import dev.lockstep.ingest.message.Records;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Alert;
import dev.lockstep.schemas.Severity;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Alerts of Defender for Cloud. */
class CloudAlertTest {
  private static final String ADA = "aaaaaaaa-4f89-41d3-9a0c-000000000001";

  @Test
  void takesEverythingThatTheRulesNeed() {
    Activity activity = activity(ALERT);

    assertThat(activity.getKind()).isEqualTo(ActivityKind.ALERT);
    assertThat(activity.getCategory()).isEqualTo("SecurityAlert");
    assertThat(activity.getEventId()).isEqualTo("alert-1");
    assertThat(Instant.ofEpochMilli(activity.getEventAt())).isEqualTo("2025-11-14T01:40:00.123Z");
    assertThat(activity.getArrivalAt()).isEqualTo(activity.getEventAt());
    assertThat(activity.getPrincipal()).isNull();
    assertThat(activity.getAddress()).isNull();
    assertThat(activity.getToken()).isNull();
    assertThat(activity.getAlert().toString())
        .isEqualTo(
            "{\"id\": \"alert-1\", \"title\": \"Access from an unusual place\", \"severity\":"
                + " \"High\", \"product\": \"Microsoft Defender for Cloud\", \"link\":"
                + " \"https://portal.azure.example/alert-1\", \"accounts\": [\""
                + ADA
                + "\"], \"names\": [], \"addresses\": [\"81.2.69.142\"], \"own\": false}");
    assertThat(ActivityOutput.key(activity)).isEqualTo("alert-1");
  }

  @Test
  void takesNothingFromABrokenRecordBeforeIt() {
    String broken = "{\"ExtendedProperties\":{\"Client IP address\":\"198.51.100.1\",\"x\":tru}}";
    String whole = "{\"SystemAlertId\":\"alert-2\",\"StartTimeUtc\":\"2025-11-14T01:40:00Z\"}";
    MessageReader reader = new MessageReader(Limits.defaults());
    List<Outcome> outcomes = new ArrayList<>();
    for (String record : List.of(broken, whole)) {
      byte[] body = record.getBytes(StandardCharsets.UTF_8);
      reader.read(body, Origin.file("f", 1, 0), null, outcomes::add);
    }
    assertThat(outcomes).hasSize(2);
    assertThat(outcomes.get(1))
        .isInstanceOfSatisfying(
            Outcome.Mapped.class,
            mapped -> assertThat(mapped.activity().getAlert().getAddresses()).isEmpty());
  }

  @Test
  void isTheSame_inTheShapeOfTheAlertsInterface() {
    String properties =
        ALERT
            .replace("VendorName", "vendorName")
            .replace("StartTimeUtc", "startTimeUtc")
            .replace("SystemAlertId", "systemAlertId")
            .replace("AlertDisplayName", "alertDisplayName")
            .replace("\"Entities", "\"entities")
            .replace("\"Type\"", "\"type\"")
            .replace("\"Address\"", "\"address\"")
            .replace("AadUserId", "aadUserId");
    String head =
        "\"id\":\"/subscriptions/s/providers/Microsoft.Security/locations/l/alerts/alert-1\","
            + "\"name\":\"alert-1\",\"type\":\"Microsoft.Security/Locations/alerts\"";

    assertThat(activity("{" + head + ",\"properties\":" + properties + "}"))
        .isEqualTo(activity(ALERT));
    assertThat(activity("{\"properties\":" + properties + "," + head + "}"))
        .isEqualTo(activity(ALERT));
    assertThat(activity("{\"properties\":" + properties + "}")).isEqualTo(activity(ALERT));
    assertThat(
            activity(
                "{"
                    + head
                    + ",\"properties\":"
                    + properties.replace("\"systemAlertId\":\"alert-1\",", "")
                    + "}"))
        .isEqualTo(activity(ALERT));
  }

  @Test
  void comesAlone_inAList_inAnEnvelope_andByLines() {
    assertThat(words(read("[" + ALERT + "," + ALERT + "]")))
        .containsExactly("alert-1@0", "alert-1@1");
    assertThat(words(read("{\"records\":[" + ALERT + "," + Records.CALL + "]}")))
        .containsExactly("alert-1@0", "call-1@1");
    assertThat(words(read(ALERT + "\r\n" + ALERT + "\n"))).hasSize(2);
  }

  @Test
  void takesTheRowOfALogTable() {
    Activity row =
        activity(
            alert(
                "'Type':'SecurityAlert','SystemAlertId':'a','DisplayName':'T','AlertName':'T',"
                    + "'AlertSeverity':'low','ProviderName':'P','StartTime':"
                    + "'2025-11-14T01:40:00Z','AlertLink':'https://l','Entities':"
                    + "'[{\\'Type\\':\\'ip\\',\\'Address\\':\\'1.1.1.1\\'}]',"
                    + "'ExtendedProperties':'{\\'Client principal name\\':\\'eve@x.example\\'}'"));
    assertThat(row.getAlert().toString())
        .isEqualTo(
            "{\"id\": \"a\", \"title\": \"T\", \"severity\": \"Low\", \"product\": \"P\","
                + " \"link\": \"https://l\", \"accounts\": [], \"names\": [\"eve@x.example\"],"
                + " \"addresses\": [\"1.1.1.1\"], \"own\": false}");
    assertThat(
            activity(
                    alert(
                        "'category':'SecurityAlert','SystemAlertId':'a','StartTime':'2025'"
                            .replace("'2025'", "'2025-11-14T01:40:00Z'")))
                .getEventId())
        .isEqualTo("a");
  }

  @Test
  void arrivesWhenTheTransportSays_elseTheEnvelope_elseWhenItHappened() {
    List<Outcome> enqueued = read(ALERT.getBytes(StandardCharsets.UTF_8), Records.ENQUEUED_AT);
    assertThat(((Outcome.Mapped) enqueued.get(0)).activity().getArrivalAt())
        .isEqualTo(Records.ENQUEUED_AT);
    String withTime = ALERT.replace("{\"VendorName\"", "{\"time\":\"2025-11-15T00:00:00Z\",\"v\"");
    withTime = withTime.replace("\"v\":", "\"VendorName\":");
    assertThat(Instant.ofEpochMilli(activity(withTime).getArrivalAt()))
        .isEqualTo("2025-11-15T00:00:00Z");
    String badTime = withTime.replace("2025-11-15T00:00:00Z", "later");
    assertThat(rejection(badTime).getReason()).isEqualTo("bad-time");
    assertThat(words(read(badTime.getBytes(StandardCharsets.UTF_8), Records.ENQUEUED_AT)))
        .containsExactly("alert-1@0");
    assertThat(rejection(withTime.replace("\"2025-11-15T00:00:00Z\"", "[1]")).getReason())
        .isEqualTo("bad-time");
  }

  @Test
  void needsAnIdAndATime() {
    assertThat(rejection(ALERT.replace("\"SystemAlertId\":\"alert-1\"", "\"SystemAlertId\":{}")))
        .extracting("reason", "category", "detail")
        .containsExactly(
            "no-id",
            "SecurityAlert",
            "the record has no id: SystemAlertId is absent, or its value is no id");
    assertThat(rejection(ALERT.replace("\"SystemAlertId\":\"alert-1\",", "")).getReason())
        .isEqualTo("no-id");
    assertThat(rejection("{\"type\":\"Microsoft.Security/Locations/alerts\"}").getReason())
        .isEqualTo("no-id");
    assertThat(rejection("{\"SystemAlertId\":\"a\"}").getReason()).isEqualTo("no-time");
    assertThat(rejection("{\"properties\":{\"systemAlertId\":\"a\",\"startTimeUtc\":\"\"}}"))
        .extracting("reason")
        .isEqualTo("no-time");
    assertThat(rejection("{\"SystemAlertId\":\"a\",\"StartTimeUtc\":\"soon\"}").getDetail())
        .isEqualTo("StartTimeUtc is not a time: \"soon\"");
    assertThat(rejection("{\"SystemAlertId\":\"a\",\"StartTimeUtc\":{\"t\":1}}").getDetail())
        .isEqualTo("StartTimeUtc is an object or array");
    assertThat(rejection("{\"SystemAlertId\":\"a\",\"StartTimeUtc\":{}}").getReason())
        .isEqualTo("no-time");
    assertThat(
            rejection("{\"type\":\"Microsoft.Security/Locations/alerts\",\"properties\":\"{'x\"}")
                .getReason())
        .isEqualTo("not-json");
  }

  @Test
  void isKeptOut_whereItsTimeIsOutOfReachOfItsArrival() {
    byte[] future =
        ALERT.replace("2025-11-14T01:40", "2099-11-14T01:40").getBytes(StandardCharsets.UTF_8);
    byte[] old =
        ALERT.replace("2025-11-14T01:40", "0001-01-01T00:00").getBytes(StandardCharsets.UTF_8);
    assertThat(words(read(future, Records.ENQUEUED_AT))).containsExactly("future");
    assertThat(words(read(old, Records.ENQUEUED_AT))).containsExactly("too-old");
  }

  @ParameterizedTest
  @CsvSource({
    "High,High",
    "medium,Medium",
    "LOW,Low",
    "' informational ',Informational",
    "Critical,",
    "'',",
    "3,"
  })
  void readsTheSeverity(String word, Severity severity) {
    assertThat(of("'Severity':'" + word + "'").getSeverity()).isEqualTo(severity);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "{}", "null", "['High']", "{'a':'High'}", "1", "true", "''"})
  void standsOddTypesOfEveryKey(String value) {
    Alert alert =
        of(
            "'Severity':%1$s,'AlertDisplayName':%1$s,'Title':%1$s,'ProductName':%1$s,'AlertUri':%1$s,'Entities':%1$s,'ExtendedProperties':%1$s,'AlertType':%1$s,'Type':%1$s,'Name':%1$s,'EndTimeUtc':%1$s"
                .formatted(value));
    assertThat(alert.getId()).isEqualTo("a");
    assertThat(alert.getSeverity()).isNull();
    assertThat(alert.getLink()).isNull();
    assertThat(alert.getAccounts()).isEmpty();
    assertThat(alert.getAddresses()).isEmpty();
  }

  @Test
  void linksOnlyToWhereABrowserMayGo() {
    assertThat(of("'AlertUri':'HTTPS://x'").getLink()).isEqualTo("HTTPS://x");
    assertThat(of("'AlertUri':'javascript:alert(1)'").getLink()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "Microsoft Sentinel,Lockstep: impossible travel,true",
    "MicrosoftSentinel,Lockstep,true",
    "azure sentinel,  Lockstep x,true",
    "Azure-Sentinel,Lockstep,true",
    "Microsoft Sentinel,Impossible travel by Lockstep,false",
    "Microsoft Sentinel,lockstep,false",
    "Microsoft Defender for Cloud,Lockstep,false",
    "Sentinels,Lockstep,false",
  })
  void knowsItsOwn(String product, String title, boolean own) {
    for (String key : List.of("ProductName", "ProviderName", "ServiceSource")) {
      Alert alert = of("'%s':'%s','AlertDisplayName':'%s'".formatted(key, product, title));
      assertThat(alert.getOwn()).as(key).isEqualTo(own);
    }
    assertThat(of("'ProductName':'Other','ProviderName':'Azure Sentinel','Title':'Lockstep'"))
        .extracting(Alert::getOwn)
        .isEqualTo(true);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"type\":\"Microsoft.Security/assessments\",\"properties\":{\"displayName\":\"d\"},\"assessmentEventDataEnrichment\":{\"action\":\"Insert\"}}|SecurityRecommendation",
        "{\"id\":\"x\",\"properties\":{\"status\":{}},\"assessmentEventDataEnrichment\":null}|SecurityRecommendation",
        "{\"$type\":\"subAssessmentEvent\",\"Id\":\"x\",\"Properties\":{\"DisplayName\":\"d\"}}|SecurityNestedRecommendation",
        "{\"Type\":\"Microsoft.Security/assessments/subAssessments\"}|SecurityNestedRecommendation",
        "{\"subAssessmentEventDataEnrichment\":{}}|SecurityNestedRecommendation",
        "{\"type\":\"Microsoft.Security/secureScores\",\"properties\":{\"score\":{\"max\":5}}}|SecureScores",
        "{\"type\":\"Microsoft.Security/secureScores/secureScoreControls\"}|SecureScoreControls",
        "{\"$type\":\"secureScoreEvent\"}|SecureScores",
        "{\"$type\":\"secureScoreControlEvent\"}|SecureScoreControls",
        "{\"type\":\"microsoft.security/regulatoryComplianceStandards/regulatoryComplianceControls/regulatoryComplianceAssessments\"}|SecurityRegulatoryCompliance",
        "{\"$type\":\"regulatoryComplianceAssessmentEvent\"}|SecurityRegulatoryCompliance",
        "{\"$type\":\"assessmentEvent\",\"SystemAlertId\":\"a\"}|SecurityRecommendation",
        "{\"type\":\"Microsoft.Security/attackPaths\",\"properties\":{}}|Microsoft.Security/attackPaths",
        "{\"AlertDisplayName\":\"a\"}|",
        "{\"type\":\"Microsoft.Compute/virtualMachines\",\"name\":\"x\",\"severity\":\"High\"}|",
        "{\"category\":\"Informational\",\"SystemAlertId\":\"a\",\"title\":\"t\"}|Informational",
      })
  void passesTheOtherObjectsOfTheHubBy(String object, String kind) {
    assertThat(words(read(object))).containsExactly("ignored " + (kind == null ? "" : kind));
  }

  private static Alert of(String keys) {
    return activity(alert("'SystemAlertId':'a','StartTimeUtc':'2025-11-14T01:40:00Z'," + keys))
        .getAlert();
  }

  private static String alert(String keys) {
    return "{" + keys.replace("\\'", "\\\"").replace('\'', '"') + "}";
  }
}
