package dev.lockstep.ingest.table;

import dev.lockstep.ingest.file.CaptureFiles;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.MessageReader;
import dev.lockstep.ingest.message.Records;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.DeadLetter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Rows as workspaces, Graph and portals export them, and a short way to read files of them. */
public final class ExportRows {
  /** A sign-in as a hub brings it, with all that is read of it. */
  public static final String HUB_SIGN_IN =
      """
      {"time":"2025-11-14T01:51:02.1875602Z","resourceId":"/tenants/t/providers/Microsoft.aadiam",\
      "operationName":"Sign-in activity","category":"SignInLogs","tenantId":"TENANT-1",\
      "resultType":"0","durationMs":0,"callerIpAddress":"81.2.69.142","correlationId":"c-1",\
      "identity":"Ada","Level":4,"location":"GB","properties":{"id":"%s",\
      "createdDateTime":"2025-11-14T01:48:53.2245371+00:00","userDisplayName":"Ada Example",\
      "userPrincipalName":"ada@contoso.example","userId":"AAAAAAAA-4F89-41d3-9a0c-000000000001",\
      "userType":"Member","appId":"11111111-2222-3333-4444-555555555555",\
      "appDisplayName":"Orders","ipAddress":"81.2.69.142","clientAppUsed":"Browser",\
      "userAgent":"Mozilla/5.0 (X11, Linux)","correlationId":"c-1",\
      "conditionalAccessStatus":"notApplied","isInteractive":true,\
      "authenticationProtocol":"none","incomingTokenType":"primaryRefreshToken",\
      "crossTenantAccessType":"none","riskLevelDuringSignIn":"low","riskState":"atRisk",\
      "riskEventTypes_v2":["unfamiliarFeatures"],"riskEventTypes":[],\
      "resourceDisplayName":"Orders API","resourceId":"resource-1",\
      "resourceTenantId":"TENANT-2","servicePrincipalId":"",\
      "authenticationRequirement":"singleFactorAuthentication","sessionId":"s-1",\
      "uniqueTokenIdentifier":"4AQlP4lP00GaDAMF6CwzAQ","autonomousSystemNumber":29518,\
      "status":{"errorCode":0,"failureReason":"Other."},"deviceDetail":{"deviceId":"dev-1",\
      "operatingSystem":"Linux","browser":"Firefox","isCompliant":true,"isManaged":true,\
      "trustType":"Azure AD joined"},"location":{"city":"London","state":"London",\
      "countryOrRegion":"GB","geoCoordinates":{"latitude":51.5142,"longitude":-0.0931}},\
      "appliedConditionalAccessPolicies":[{"id":"p","result":"success"}]}}"""
          .formatted(Records.GUID);

  /** The same sign-in as a row of a workspace. */
  static final String SIGN_IN_ROW =
      """
      {"TenantId":"workspace-1","SourceSystem":"Azure AD",\
      "TimeGenerated":"2025-11-14T01:51:02.1875602Z",\
      "ResourceId":"/tenants/t/providers/Microsoft.aadiam","OperationName":"Sign-in activity",\
      "OperationVersion":"1.0","Category":"SignInLogs","ResultType":"0","ResultSignature":"None",\
      "ResultDescription":"","DurationMs":0,"CorrelationId":"c-1","Resource":"Microsoft.aadiam",\
      "ResourceGroup":"Microsoft.aadiam","Identity":"Ada","Level":"4","Location":"GB",\
      "AlternateSignInName":"","AppDisplayName":"Orders",\
      "AppId":"11111111-2222-3333-4444-555555555555","AuthenticationDetails":"[]",\
      "AuthenticationProtocol":"none","ClientAppUsed":"Browser",\
      "AuthenticationRequirement":"singleFactorAuthentication","AutonomousSystemNumber":"29518",\
      "ConditionalAccessPolicies":[{"id":"p","result":"success"}],\
      "ConditionalAccessStatus":"notApplied","CrossTenantAccessType":"none",\
      "CreatedDateTime":"2025-11-14T01:48:53.2245371Z",\
      "DeviceDetail":{"deviceId":"dev-1","operatingSystem":"Linux","browser":"Firefox",\
      "isCompliant":true,"isManaged":true,"trustType":"Azure AD joined"},\
      "Id":"%s","IncomingTokenType":"primaryRefreshToken","IPAddress":"81.2.69.142",\
      "IsInteractive":true,"LocationDetails":{"city":"London","state":"London",\
      "countryOrRegion":"GB","geoCoordinates":{"latitude":51.5142,"longitude":-0.0931}},\
      "MfaDetail":"","ResourceDisplayName":"Orders API","ResourceIdentity":"resource-1",\
      "ResourceTenantId":"TENANT-2","RiskEventTypes":"[]",\
      "RiskEventTypes_V2":["unfamiliarFeatures"],"RiskLevelDuringSignIn":"low",\
      "RiskState":"atRisk","SessionId":"s-1",\
      "Status":{"errorCode":0,"failureReason":"Other."},\
      "UniqueTokenIdentifier":"4AQlP4lP00GaDAMF6CwzAQ","UserAgent":"Mozilla/5.0 (X11, Linux)",\
      "UserDisplayName":"Ada Example","UserId":"AAAAAAAA-4F89-41d3-9a0c-000000000001",\
      "UserPrincipalName":"ada@contoso.example","UserType":"Member","AADTenantId":"TENANT-1",\
      "Type":"SigninLogs"}"""
          .formatted(Records.GUID);

  /** The same sign-in as Microsoft Graph has it. */
  public static final String GRAPH_SIGN_IN =
      """
      {"signInEventTypes":["interactiveUser"],%s"""
          .formatted(
              HUB_SIGN_IN.substring(HUB_SIGN_IN.indexOf("\"id\""), HUB_SIGN_IN.length() - 1));

  /** The call of {@link Records#CALL} as a row. */
  static final String CALL_ROW =
      """
      {"TenantId":"workspace-1","TimeGenerated":"2025-11-14T02:00:00.5Z","Region":"West Europe",\
      "OperationName":"Microsoft.ApiManagement/GatewayLogs","Category":"GatewayLogs",\
      "CorrelationId":"call-1","CallerIpAddress":"203.0.113.9","IsRequestSuccess":true,\
      "TotalTime":166,"Method":"GET","ResponseCode":200,"ApiId":"orders","OperationId":"list",\
      "ProductId":"gold","ApimSubscriptionId":"Fabrikam","UserId":"1","TraceRecords":[],\
      "Type":"ApiManagementGatewayLogs","_ResourceId":"/subscriptions/s"}""";

  private ExportRows() {}

  /** What became of the rows of a file; what was damaged as a whole comes last. */
  public static List<Outcome> outcomes(String file) {
    return outcomes(file.getBytes(StandardCharsets.UTF_8), Limits.defaults());
  }

  public static List<Outcome> outcomes(byte[] file, Limits limits) {
    try {
      return outcomes(
          new CaptureFiles(limits), List.of("-"), new ByteArrayInputStream(file), limits);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static List<Outcome> outcomes(
      CaptureFiles files, List<String> paths, InputStream in, Limits limits) throws IOException {
    List<Outcome> outcomes = new ArrayList<>();
    List<Outcome> damage = new ArrayList<>();
    MessageReader reader = new MessageReader(limits);
    files.read(paths, in, message -> reader.read(message, outcomes::add), damage::add, b -> {});
    outcomes.addAll(damage);
    return outcomes;
  }

  public static Activity activity(String file) {
    List<Outcome> outcomes = outcomes(file);
    if (outcomes.size() == 1 && outcomes.get(0) instanceof Outcome.Mapped mapped) {
      return mapped.activity();
    }
    throw new AssertionError("not one activity: " + outcomes);
  }

  public static List<DeadLetter> letters(List<Outcome> outcomes) {
    List<DeadLetter> letters = new ArrayList<>();
    for (Outcome outcome : outcomes) {
      if (outcome instanceof Outcome.Rejected rejected) {
        letters.add(rejected.letter());
      }
    }
    return letters;
  }

  /** Gives the activity the place of another, to compare all else. */
  public static Activity placedAs(Activity activity, Activity other) {
    activity.setWhere(other.getWhere());
    return activity;
  }
}
