package dev.lockstep.ingest.record;

import static dev.lockstep.ingest.message.Records.SIGN_IN;
import static dev.lockstep.ingest.message.Records.activity;
import static dev.lockstep.ingest.message.Records.rejection;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.message.Records;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Device;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignInTest {
  @Test
  void takesEverythingThatTheRulesNeed() {
    Activity activity = activity(SIGN_IN);

    assertThat(activity.getKind()).isEqualTo(ActivityKind.SIGN_IN);
    assertThat(activity.getCategory()).isEqualTo("SignInLogs");
    assertThat(activity.getEventId()).isEqualTo(Records.GUID);
    assertThat(Instant.ofEpochMilli(activity.getEventAt())).isEqualTo("2025-11-14T01:48:53.224Z");
    assertThat(Instant.ofEpochMilli(activity.getArrivalAt())).isEqualTo("2025-11-14T01:51:02.187Z");
    assertThat(activity.getPrincipal().toString())
        .isEqualTo(
            "{\"id\": \"aaaaaaaa-4f89-41d3-9a0c-000000000001\", \"name\": \"ada@contoso.example\","
                + " \"type\": \"user\"}");
    assertThat(activity.getAddress()).isEqualTo("81.2.69.142");
    assertThat(activity.getStatus()).isZero();
    assertThat(activity.getGeo().toString())
        .isEqualTo(
            "{\"country\": \"GB\", \"city\": \"London\", \"latitude\": 51.5142, \"longitude\":"
                + " -0.0931, \"asn\": 29518}");
    assertThat(activity.getDevice().toString())
        .isEqualTo(
            "{\"id\": \"dev-1\", \"managed\": true, \"compliant\": true,"
                + " \"operatingSystem\": null, \"browser\": null, \"trustType\": null}");
    assertThat(activity.getSingleFactor()).isTrue();
    assertThat(activity.getToken().toString())
        .isEqualTo(
            "{\"uti\": \"3f2504e0-4f89-41d3-9a0c-0305e82c3301\", \"sid\": \"s-1\", \"oid\":"
                + " \"aaaaaaaa-4f89-41d3-9a0c-000000000001\", \"tid\": \"tenant-2\", \"appId\":"
                + " \"11111111-2222-3333-4444-555555555555\", \"appOnly\": false, \"issuedAt\":"
                + " null, \"expiresAt\": null, \"validated\": true, \"delegation\": null}");
    assertThat(activity.getApp()).isEqualTo("Orders");
    assertThat(activity.getWhere().toString())
        .isEqualTo(
            "{\"source\": \"test\", \"hub\": \"hub\", \"file\": null, \"partition\": 3,"
                + " \"position\": 42, \"index\": 0}");
  }

  @Test
  void isTheSame_whereverPropertiesStandsAndHoweverItIsWritten() {
    int from = SIGN_IN.indexOf("\"properties\"");
    String head = SIGN_IN.substring(1, from - 1);
    String properties = SIGN_IN.substring(from + "\"properties\":".length(), SIGN_IN.length() - 1);
    String escaped = properties.replace("\\", "\\\\").replace("\"", "\\\"");
    String single = properties.replace("\"", "'");
    Activity expected = activity(SIGN_IN);

    assertThat(activity("{\"properties\":" + properties + "," + head + "}")).isEqualTo(expected);
    assertThat(activity("{" + head + ",\"properties\":\"" + escaped + "\"}")).isEqualTo(expected);
    assertThat(activity("{" + head + ",\"properties\":\"" + single + "\"}")).isEqualTo(expected);
    assertThat(activity("{\"properties\":\"" + single + "\"," + head + "}")).isEqualTo(expected);
  }

  @Test
  void isTheSame_whateverTheCaseOfItsKeys() {
    String upper =
        SIGN_IN
            .replace("\"time\"", "\"TIME\"")
            .replace("\"category\":\"SignInLogs\"", "\"Category\":\"signinlogs\"")
            .replace("\"properties\"", "\"Properties\"")
            .replace("\"id\"", "\"Id\"")
            .replace("\"createdDateTime\"", "\"CreatedDateTime\"")
            .replace("\"geoCoordinates\"", "\"GEOCOORDINATES\"");
    assertThat(activity(upper)).isEqualTo(activity(SIGN_IN));
  }

  @Test
  void arrivesWhenTheTransportSays_ifItKnows() {
    List<Outcome> outcomes =
        Records.read(SIGN_IN.getBytes(StandardCharsets.UTF_8), Records.ENQUEUED_AT);
    assertThat(((Outcome.Mapped) outcomes.get(0)).activity().getArrivalAt())
        .isEqualTo(Records.ENQUEUED_AT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'userId':'','servicePrincipalId':'SP-1','servicePrincipalName':'bot','appId':'A'|sp-1|bot|workload",
        "'userId':null,'servicePrincipalId':'00000000-0000-0000-0000-000000000000','servicePrincipalName':'bot','appId':'A'|a|bot|workload",
        "'userId':null,'servicePrincipalId':'','appId':'APP-9','appDisplayName':'Orders'|app-9|Orders|workload",
        "'userId':'<null>','servicePrincipalId':{},'appId':'APP-9'|app-9||workload",
        "'userId':'U-1','userPrincipalName':'','userDisplayName':'Ada'|u-1|Ada|user",
        "'userId':'U-1','servicePrincipalId':'SP-1'|u-1||user",
      })
  void namesThePrincipal(String properties, String id, String name, String type) {
    Activity activity = activity(signIn(properties));
    assertThat(activity.getPrincipal().getId()).isEqualTo(id);
    assertThat(activity.getPrincipal().getName()).isEqualTo(name);
    assertThat(activity.getPrincipal().getType()).isEqualTo(type);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ServicePrincipalSignInLogs",
        "managedidentitysigninlogs",
        "MicrosoftServicePrincipalSignInLogs"
      })
  void readsTheSignInsOfWorkloads(String category) {
    Activity activity =
        activity(
            signIn(
                    "'userId':null,'userPrincipalName':'','ipAddress':'','servicePrincipalId':'SP-1',"
                        + "'servicePrincipalName':'bot','appId':'A','resourceTenantId':'T',"
                        + "'location':{'geoCoordinates':{'latitude':0.0,'longitude':0.0}},"
                        + "'uniqueTokenIdentifier':'4AQlP4lP00GaDAMF6CwzAQ','status':{'errorCode':0}")
                .replace("SignInLogs", category));

    assertThat(activity.getKind()).isEqualTo(ActivityKind.SIGN_IN);
    assertThat(activity.getCategory()).isEqualToIgnoringCase(category);
    assertThat(activity.getPrincipal().toString())
        .isEqualTo("{\"id\": \"sp-1\", \"name\": \"bot\", \"type\": \"workload\"}");
    assertThat(activity.getToken().getOid()).isEqualTo("sp-1");
    assertThat(activity.getToken().getUti()).isEqualTo(Records.GUID);
    assertThat(activity.getToken().getTid()).isEqualTo("t");
    assertThat(activity.getAddress()).isNull();
    assertThat(activity.getGeo()).isNull();
    assertThat(activity.getStatus()).isZero();
  }

  @Test
  void takesNoNoticeOfKeysThatAlertsHave() {
    String odd =
        signIn("'id':'id-1','severity':{'a':1},'title':['x'],'entities':'[{','timestamp':{'a':[1]}")
            .replace(
                "{\"time\"",
                "{\"Severity\":[1],\"Title\":{},\"Entities\":\"{'\",\"SystemAlertId\":\"a\",\"time\"");
    assertThat(activity(odd)).isEqualTo(activity(signIn("'id':'id-1'")));
  }

  @Test
  void hasNoPrincipal_whereNobodyIsNamed() {
    assertThat(activity(signIn("'userId':''")).getPrincipal()).isNull();
    Activity stranger =
        activity(
            signIn(
                "'userId':'00000000-0000-0000-0000-000000000000','appId':'APP-9',"
                    + "'servicePrincipalId':''"));
    assertThat(stranger.getPrincipal()).isNull();
    assertThat(stranger.getToken().getOid()).isNull();
    Activity workload =
        activity(
            signIn(
                "'userId':'00000000-0000-0000-0000-000000000000','servicePrincipalId':'SP-1',"
                    + "'servicePrincipalName':'Orders'"));
    assertThat(workload.getPrincipal().getId()).isEqualTo("sp-1");
    assertThat(workload.getPrincipal().getType()).isEqualTo("workload");
    assertThat(workload.getToken().getOid()).isEqualTo("sp-1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'status':{'errorCode':50126}|50126",
        "'status':{'errorCode':'50126'}|50126",
        "'status':{}|7000113",
        "'status':{'errorCode':null}|7000113",
        "'status':{'errorCode':[1]}|7000113",
        "'status':'none'|7000113",
      })
  void takesTheErrorCode_elseTheResultType(String properties, int status) {
    String record = signIn(properties).replace("{\"time\"", "{\"resultType\":\"7000113\",\"time\"");
    assertThat(activity(record).getStatus()).isEqualTo(status);
  }

  @Test
  void hasNoStatus_whereNoneIsWritten() {
    assertThat(activity(signIn("'status':{'errorCode':'x'}")).getStatus()).isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'location':{'geoCoordinates':{'latitude':0,'longitude':0}}",
        "'location':{'geoCoordinates':{'latitude':-0.0,'longitude':0.0}}",
        "'location':{'geoCoordinates':{'latitude':51.5}}",
        "'location':{'geoCoordinates':{'latitude':91,'longitude':5}}",
        "'location':{'geoCoordinates':{'latitude':'NaN','longitude':5}}",
        "'location':{'geoCoordinates':{'latitude':'51.5f','longitude':5}}",
        "'location':{'geoCoordinates':{'latitude':{},'longitude':[]}}",
        "'location':{'geoCoordinates':[]}",
        "'location':{}",
        "'location':'none'",
        "'autonomousSystemNumber':0",
        "'autonomousSystemNumber':'AS1'",
        "'autonomousSystemNumber':4294967296",
      })
  void hasNoPlace_whereNoneIsWritten(String properties) {
    assertThat(activity(signIn(properties)).getGeo()).isNull();
  }

  @Test
  void takesNumbersWrittenAsText() {
    Activity activity =
        activity(
            signIn(
                "'location':{'geoCoordinates':{'latitude':'51.5','longitude':'-1e-2'}},"
                    + "'autonomousSystemNumber':'29518'"));
    assertThat(activity.getGeo().getLatitude()).isEqualTo(51.5);
    assertThat(activity.getGeo().getLongitude()).isEqualTo(-0.01);
    assertThat(activity.getGeo().getAsn()).isEqualTo(29518);
  }

  @ParameterizedTest
  @CsvSource({"GB,GB", "gb,gb", "West Europe,", "G1,", "'',"})
  void takesTheEnvelopesLocationForACountry_onlyIfItIsOne(String location, String country) {
    String record =
        signIn("'x':1").replace("{\"time\"", "{\"location\":\"" + location + "\",\"time\"");
    if (country == null) {
      assertThat(activity(record).getGeo()).isNull();
    } else {
      assertThat(activity(record).getGeo().getCountry()).isEqualTo(country);
    }
  }

  @Test
  void hasADevice_whereItsDetailHasAnyKey() {
    for (String none : List.of("{}", "null", "''", "'{}'", "[]")) {
      assertThat(activity(signIn("'deviceDetail':" + none)).getDevice()).as(none).isNull();
    }
    assertThat(activity(signIn("'x':1")).getDevice()).isNull();
    Device empty = activity(signIn("'deviceDetail':{'deviceId':''}")).getDevice();
    assertThat(empty.getId()).isNull();
    assertThat(empty.getManaged()).isFalse();
    assertThat(activity(signIn("'deviceDetail':{'x':null}")).getDevice()).isNotNull();
    assertThat(
            activity(signIn("'deviceDetail':'{\\\"deviceId\\\":\\\"d\\\"}'")).getDevice().getId())
        .isEqualTo("d");
    assertThat(activity(signIn("'deviceDetail':{'isManaged':false}")).getDevice().getManaged())
        .isFalse();
  }

  @Test
  void takesTheCallersAddress_whereTheSignInHasNone() {
    String record =
        signIn("'ipAddress':''").replace("{\"time\"", "{\"callerIpAddress\":\"9.9.9.9\",\"time\"");
    assertThat(activity(record).getAddress()).isEqualTo("9.9.9.9");
  }

  @Test
  void takesTheFirstValue_whereAKeyComesTwice() {
    Activity activity =
        activity(signIn("'appDisplayName':null,'appDisplayName':'a','APPDISPLAYNAME':'b'"));
    assertThat(activity.getApp()).isEqualTo("a");
  }

  @Test
  void needsAnId() {
    assertThat(rejection(SIGN_IN.replace(Records.GUID, "")).getReason()).isEqualTo("no-id");
    assertThat(
            rejection(SIGN_IN.replace("\"id\":\"" + Records.GUID + "\"", "\"id\":{\"a\":1}"))
                .getReason())
        .isEqualTo("no-id");
    assertThat(
            rejection("{\"category\":\"SignInLogs\",\"time\":\"2025-11-14T01:51:02Z\"}")
                .getReason())
        .isEqualTo("no-id");
  }

  @Test
  void needsOneOfItsTwoTimes() {
    String created = "\"createdDateTime\":\"2025-11-14T01:48:53.2245371+00:00\",";
    String time = "\"time\":\"2025-11-14T01:51:02.1875602Z\",";

    Activity withoutEnvelope = activity(SIGN_IN.replace(time, ""));
    assertThat(withoutEnvelope.getArrivalAt()).isEqualTo(withoutEnvelope.getEventAt());
    Activity withoutCreated = activity(SIGN_IN.replace(created, ""));
    assertThat(Instant.ofEpochMilli(withoutCreated.getEventAt()))
        .isEqualTo("2025-11-14T01:51:02.187Z");
    assertThat(rejection(SIGN_IN.replace(created, "").replace(time, "")).getReason())
        .isEqualTo("no-time");
    assertThat(activity(SIGN_IN.replace("\"time\"", "\"timeStamp\"")).getArrivalAt())
        .isEqualTo(activity(SIGN_IN).getArrivalAt());
    assertThat(activity(SIGN_IN.replace("\"time\"", "\"CreatedDateTime\"")).getArrivalAt())
        .isEqualTo(activity(SIGN_IN).getArrivalAt());
  }

  @Test
  void isRejected_whereATimeIsNone() {
    assertThat(rejection(SIGN_IN.replace("2025-11-14T01:48:53", "yesterday")).getDetail())
        .isEqualTo("properties.createdDateTime is not a time: \"yesterday.2245371+00:00\"");
    assertThat(rejection(SIGN_IN.replace("2025-11-14T01:51:02", "x")).getReason())
        .isEqualTo("bad-time");
    assertThat(
            rejection(SIGN_IN.replace("\"2025-11-14T01:48:53.2245371+00:00\"", "[2025]"))
                .getReason())
        .isEqualTo("bad-time");
  }

  @Test
  void isRejected_whereItsPropertiesAreATextThatIsNoJson() {
    assertThat(
            rejection(
                    "{\"category\":\"SignInLogs\",\"properties\":\"{'id':\",\"time\":\"2025-11-14T01:51:02Z\"}")
                .getReason())
        .isEqualTo("not-json");
  }

  @Test
  void isKeptOut_whereItsTimeIsOutOfReachOfItsArrival() {
    assertThat(Records.words(Records.read(at("2025-11-14T01:56:02.187Z"))))
        .containsExactly("id-1@0");
    assertThat(Records.words(Records.read(at("2025-11-14T01:56:02.188Z"))))
        .containsExactly("future");
    assertThat(Records.words(Records.read(at("2025-10-15T01:51:02.187Z"))))
        .containsExactly("id-1@0");
    assertThat(Records.words(Records.read(at("2025-10-15T01:51:02.186Z"))))
        .containsExactly("too-old");
    Outcome.Quarantined kept = (Outcome.Quarantined) Records.one(at("2099-01-01T00:00:00Z"));
    assertThat(kept.letter().getCategory()).isEqualTo("SignInLogs");
    assertThat(Records.body(kept.letter())).isEqualTo(at("2099-01-01T00:00:00Z"));
  }

  @Test
  void keepsNoTextLongerThanAThousandCharacters() {
    String name = "n".repeat(5000);
    assertThat(
            activity(signIn("'userId':'u','userPrincipalName':'" + name + "'"))
                .getPrincipal()
                .getName())
        .hasSize(1024);
  }

  private static String at(String createdDateTime) {
    return signIn("'createdDateTime':'" + createdDateTime + "'")
        .replace("2025-11-14T01:51:02Z", "2025-11-14T01:51:02.187Z");
  }

  private static String signIn(String properties) {
    return "{\"time\":\"2025-11-14T01:51:02Z\",\"category\":\"SignInLogs\",\"properties\":{\"id\":\"id-1\","
        + properties.replace('\'', '"')
        + "}}";
  }
}
