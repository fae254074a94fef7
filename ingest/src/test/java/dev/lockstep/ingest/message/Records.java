package dev.lockstep.ingest.message;

import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.Where;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records to read, and short ways to read them. */
public final class Records {
  public static final long ENQUEUED_AT = 1_763_085_062_000L;
  public static final String GUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";

  /** A sign-in as Entra writes it, with all that is read of it. */
  public static final String SIGN_IN =
      """
      {"time":"2025-11-14T01:51:02.1875602Z","resourceId":"/tenants/t/providers/Microsoft.aadiam",\
      "operationName":"Sign-in activity","category":"SignInLogs","tenantId":"TENANT-1",\
      "resultType":"0","durationMs":0,"callerIpAddress":"81.2.69.142","correlationId":"c-1",\
      "identity":"Ada","Level":4,"location":"GB","properties":{"id":"%s",\
      "createdDateTime":"2025-11-14T01:48:53.2245371+00:00","userDisplayName":"Ada Example",\
      "userPrincipalName":"ada@contoso.example","userId":"AAAAAAAA-4F89-41d3-9a0c-000000000001",\
      "appId":"11111111-2222-3333-4444-555555555555","appDisplayName":"Orders",\
      "ipAddress":"81.2.69.142","status":{"errorCode":0,"failureReason":"Other."},\
      "deviceDetail":{"deviceId":"dev-1","isCompliant":true,"isManaged":"true"},\
      "location":{"city":"London","countryOrRegion":"GB","geoCoordinates":{"latitude":51.5142,\
      "longitude":-0.0931}},"mfaDetail":{},"appliedConditionalAccessPolicies":[{"id":"p",\
      "category":"x","result":"success"},{"id":"q","result":"notApplied"}],\
      "authenticationRequirement":"singleFactorAuthentication","resourceTenantId":"TENANT-2",\
      "uniqueTokenIdentifier":"4AQlP4lP00GaDAMF6CwzAQ","sessionId":"s-1",\
      "autonomousSystemNumber":29518}}"""
          .formatted(GUID);

  /** A gateway call as API Management writes it, without claims. */
  public static final String CALL =
      """
      {"Level":4,"isRequestSuccess":true,"time":"2025-11-14T02:00:00.5000000Z",\
      "operationName":"Microsoft.ApiManagement/GatewayLogs","category":"GatewayLogs",\
      "durationMs":166,"callerIpAddress":"203.0.113.9","correlationId":"call-1",\
      "location":"West Europe","resourceId":"/subscriptions/s","properties":{"method":"GET","responseCode":200,\
      "apiId":"orders","operationId":"list","productId":"gold","apimSubscriptionId":"Fabrikam"}}""";

  public static final String LINK =
      """
      {"v":1,"correlationId":"call-1","uti":"4AQlP4lP00GaDAMF6CwzAQ","sid":"s-1",\
      "oid":"AAAAAAAA-4F89-41d3-9a0c-000000000001","tid":"TENANT-2","appid":"APP-1",\
      "idtyp":"user","iat":1762070400,"exp":"1762074300","socketIp":"198.51.100.7",\
      "xff":"198.51.100.7, 203.0.113.9","validated":true}""";

  /** An alert as Defender for Cloud exports it, the whole body. */
  public static final String ALERT =
      """
      {"VendorName":"Microsoft","AlertType":"Storage.Blob_AnomalousAccess",\
      "ProductName":"Microsoft Defender for Cloud","StartTimeUtc":"2025-11-14T01:40:00.1234567Z",\
      "EndTimeUtc":"2025-11-14T01:45:00Z","TimeGenerated":"2025-11-14T01:50:00Z","Severity":"High",\
      "Status":"New","ConfidenceLevel":null,"IsIncident":false,"SystemAlertId":"alert-1",\
      "CorrelationKey":null,"AzureResourceId":"/subscriptions/s/storage","CompromisedEntity":"store",\
      "AlertDisplayName":"Access from an unusual place","Description":"Somebody read.","Entities":[\
      {"$id":"1","ResourceId":"/subscriptions/s/storage","Type":"azure-resource"},\
      {"$id":"2","Address":"81.2.69.142","Location":{"CountryCode":"GB","Latitude":51.5,"Asn":29518},\
      "ThreatIntelligence":[],"Type":"ip"},{"$id":"3","Name":"ada","UPNSuffix":"contoso.example",\
      "AadTenantId":"t","AadUserId":"AAAAAAAA-4F89-41d3-9a0c-000000000001","Type":"account"}],\
      "ExtendedLinks":[],"ResourceIdentifiers":[{"$id":"4","Type":"AAD"}],"RemediationSteps":["x"],\
      "ExtendedProperties":{"Client IP address":"198.51.100.1","alert Id":"alert-1"},\
      "AlertUri":"https://portal.azure.example/alert-1"}""";

  /** The head of an alert as Defender XDR streams it. */
  public static final String ALERT_INFO =
      """
      {"time":"2025-11-15T05:40:00.7816566Z","tenantId":"t","operationName":"Publish",\
      "category":"AdvancedHunting-AlertInfo","_TimeReceivedBySvc":"2025-11-15T05:39:00Z",\
      "properties":{"Timestamp":"2025-11-14T01:40:00.123456Z","AlertId":"da-1","Title":"Odd sign-in",\
      "Category":"InitialAccess","Severity":"Medium","ServiceSource":"Microsoft Defender XDR",\
      "DetectionSource":"Custom detection","AttackTechniques":"","MachineGroup":null}}""";

  private Records() {}

  /** A piece of the evidence of {@link #ALERT_INFO}, with these columns, quotes being single. */
  public static String evidence(String columns) {
    return """
    {"properties":{%s,"CloudPlatform":"","FileName":null,"Timestamp":"2025-11-14T01:40:00Z",\
    "AlertId":"da-1"},"category":"AdvancedHunting-AlertEvidence","time":"2025-11-15T05:41:00Z"}"""
        .formatted(columns.replace('\'', '"'));
  }

  public static List<Outcome> read(String body) {
    return read(body.getBytes(StandardCharsets.UTF_8), null);
  }

  public static List<Outcome> read(byte[] body, @Nullable Long enqueuedAt) {
    return read(new MessageReader(Limits.defaults()), body, enqueuedAt);
  }

  public static List<Outcome> read(MessageReader reader, byte[] body, @Nullable Long enqueuedAt) {
    List<Outcome> outcomes = new ArrayList<>();
    Where where = Origin.offset("test", "hub", 3, 42);
    reader.read(body, where, enqueuedAt, outcomes::add);
    return outcomes;
  }

  public static Outcome one(String body) {
    List<Outcome> outcomes = read(body);
    if (outcomes.size() != 1) {
      throw new AssertionError("not one outcome: " + outcomes);
    }
    return outcomes.get(0);
  }

  public static Activity activity(String body) {
    Outcome outcome = one(body);
    if (outcome instanceof Outcome.Mapped mapped) {
      return mapped.activity();
    }
    throw new AssertionError("not mapped: " + outcome);
  }

  public static Activity activity(MessageReader reader, String body, @Nullable Long enqueuedAt) {
    List<Outcome> outcomes = read(reader, body.getBytes(StandardCharsets.UTF_8), enqueuedAt);
    if (outcomes.size() == 1 && outcomes.get(0) instanceof Outcome.Mapped mapped) {
      return mapped.activity();
    }
    throw new AssertionError("not mapped: " + outcomes);
  }

  public static DeadLetter rejection(String body) {
    Outcome outcome = one(body);
    if (outcome instanceof Outcome.Rejected rejected) {
      return rejected.letter();
    }
    throw new AssertionError("not rejected: " + outcome);
  }

  public static String body(DeadLetter letter) {
    return StandardCharsets.UTF_8.decode(letter.getBody().duplicate()).toString();
  }

  /** Puts one word of each outcome together, to compare whole messages at a glance. */
  public static List<String> words(List<Outcome> outcomes) {
    return outcomes.stream().map(Records::word).toList();
  }

  private static String word(Outcome outcome) {
    if (outcome instanceof Outcome.Mapped mapped) {
      return mapped.activity().getEventId() + "@" + mapped.activity().getWhere().getIndex();
    } else if (outcome instanceof Outcome.Ignored ignored) {
      return "ignored " + ignored.category();
    } else if (outcome instanceof Outcome.Rejected rejected) {
      return rejected.letter().getReason();
    } else if (outcome instanceof Outcome.Quarantined kept) {
      return kept.letter().getReason();
    }
    throw new AssertionError(outcome);
  }
}
