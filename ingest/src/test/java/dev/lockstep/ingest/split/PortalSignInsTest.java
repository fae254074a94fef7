package dev.lockstep.ingest.split;

import static dev.lockstep.ingest.table.ExportRows.HUB_SIGN_IN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.file.CaptureFiles;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.Records;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.table.ExportRows;
import dev.lockstep.ingest.text.TokenIds;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.SignIn;
import dev.lockstep.schemas.text.Timestamps;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PortalSignInsTest {
  private static final String USERS =
      "Date (UTC),Request ID,User agent,Correlation ID,User ID,User,Username,User type,"
          + "Incoming token type,Unique token identifier,Application,Application ID ,Resource,"
          + "Resource ID ,Cross tenant access type,Authentication Protocol,Browser,"
          + "Operating System,Join Type,Resource tenant ID,IP address,Location,Status,Sign-in error code,Failure reason,"
          + "Client app,Device ID,Compliant,Managed,Authentication requirement,Session ID,"
          + "Autonomous system  number,Incoming token type,Conditional Access,Managed Identity type";

  private static final String USER =
      "2025-11-14T01:48:53Z,"
          + Records.GUID
          + ",\"Mozilla/5.0 (X11, Linux)\",c-1,AAAAAAAA-4F89-41d3-9a0c-000000000001,Ada Example,"
          + "ada@contoso.example,Member,Primary refresh token,4AQlP4lP00GaDAMF6CwzAQ,Orders,"
          + "11111111-2222-3333-4444-555555555555,Orders API,resource-1,None,None,Firefox,"
          + "Linux,Azure AD joined,TENANT-2,81.2.69.142,"
          + "\"London, London, GB\",Success,None,Other.,Browser,dev-1,Yes,Yes,"
          + "Single-factor authentication,s-1,29518,None,Not applied,None";

  private static final String WORKLOADS =
      "Date (UTC),Request ID,Correlation ID,Service principal ID,Service principal name,"
          + "Credential key ID,Application,Application ID ,Resource,Resource tenant ID,IP address,"
          + "Location,Status,Sign-in error code,Failure reason,Conditional Access";

  private static final String WORKLOAD =
      "2025-11-14T01:48:53Z,w-1,c-1,SP-1,nightly-job,k,nightly-job,app-1,Vault,TENANT-2,"
          + "81.2.69.142,\"London, , GB\",Failure,7000215,Invalid secret,Not applied";

  @TempDir Path folder;

  @Test
  void readsASignIn_asTheHubsRecord_butForWhatThePortalLeavesOut() {
    Activity expected = Records.activity(HUB_SIGN_IN.replace("\"tenantId\":\"TENANT-1\",", ""));
    expected.setEventAt(Timestamps.parse("2025-11-14T01:48:53Z"));
    expected.setArrivalAt(expected.getEventAt());
    expected.getGeo().setLatitude(null);
    expected.getGeo().setLongitude(null);
    expected.getSignIn().setRiskLevel(null);
    expected.getSignIn().setRiskState(null);
    expected.getSignIn().setRiskEvents(List.of());
    expected.getSignIn().setPolicies(List.of());
    for (String lineEnd : List.of("\n", "\r\n")) {
      Activity read = ExportRows.activity("\ufeff" + USERS + lineEnd + USER + lineEnd);
      assertThat(ExportRows.placedAs(read, expected)).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "InteractiveSignIns_2025-11-13_2025-11-14.csv,SignInLogs",
    "NonInteractiveSignIns_2025-11-13_2025-11-14.csv,NonInteractiveUserSignInLogs",
    "renamed.csv,SignInLogs"
  })
  void tellsUserSignInsApart_byTheNameThatThePortalGives(String name, String category)
      throws IOException {
    assertThat(read(name, USERS + "\n" + USER).getCategory()).isEqualTo(category);
  }

  @Test
  void readsSignInsOfWorkloads() throws IOException {
    Activity application = read("ApplicationSignIns_1.csv", WORKLOADS + "\n" + WORKLOAD);
    assertThat(application.getCategory()).isEqualTo("ServicePrincipalSignInLogs");
    assertThat(application.getPrincipal().getId()).isEqualTo("sp-1");
    assertThat(application.getPrincipal().getName()).isEqualTo("nightly-job");
    assertThat(application.getPrincipal().getType()).isEqualTo("workload");
    assertThat(application.getStatus()).isEqualTo(7000215);
    assertThat(application.getGeo().getCity()).isEqualTo("London");
    assertThat(read("MSISignIns_1.csv", WORKLOADS + "\n" + WORKLOAD).getCategory())
        .isEqualTo("ManagedIdentitySignInLogs");
    String typed = WORKLOADS + ",Managed Identity type\n" + WORKLOAD;
    assertThat(read("a.csv", typed + ",System assigned").getCategory())
        .isEqualTo("ManagedIdentitySignInLogs");
    assertThat(read("a.csv", typed + ",None").getCategory())
        .isEqualTo("ServicePrincipalSignInLogs");
  }

  @Test
  void takesTheStatus_fromTheWordsToo() {
    assertThat(user("Success,None", "Success,0").getStatus()).isZero();
    assertThat(user("Success,None", "Success,").getStatus()).isZero();
    assertThat(user("Success,None", "Failure,50126").getStatus()).isEqualTo(50126);
    assertThat(user("Success,None", "Interrupted,").getStatus()).isEqualTo(-1);
  }

  @Test
  void takesThePlace_asFarAsItIsThere() {
    assertThat(user("London, London, GB", "Washington, D.C., District of Columbia, US").getGeo())
        .satisfies(
            geo -> {
              assertThat(geo.getCity()).isEqualTo("Washington, D.C.");
              assertThat(geo.getCountry()).isEqualTo("US");
            });
    assertThat(user("London, London, GB", ", , GB").getGeo().getCity()).isNull();
    assertThat(user("London, London, GB", "GB").getGeo().getCountry()).isEqualTo("GB");
  }

  @Test
  void takesOffTheApostrophe_thatIsForSpreadsheets() {
    String token = "-" + "4AQlP4lP00GaDAMF6CwzAQ".substring(1);
    assertThat(user("4AQlP4lP00GaDAMF6CwzAQ", "'" + token).getToken().getUti())
        .isEqualTo(TokenIds.normalised(token));
  }

  @ParameterizedTest
  @CsvSource({
    "Bound,Client secret,bound,clientSecret",
    "Unbound,clientAssertion,unbound,clientAssertion",
    "None,None,none,none",
    ",,,"
  })
  void saysWhetherTheSessionIsBound_andWhatTheClientProved_asTheHubDoes(
      String binding, String credential, String hubBinding, String hubCredential) {
    String header = ",Token Protection - Sign In Session,Client credential type";
    String cells =
        "," + (binding == null ? "" : binding) + "," + (credential == null ? "" : credential);
    SignIn read = ExportRows.activity(USERS + header + "\n" + USER + cells).getSignIn();
    assertThat(read.getSessionBinding()).isEqualTo(hubBinding);
    assertThat(read.getCredential() == null ? null : read.getCredential().getType())
        .isEqualTo(hubCredential);
  }

  private static Activity user(String from, String to) {
    return ExportRows.activity(USERS + "\n" + USER.replace(from, to));
  }

  private Activity read(String name, String csv) throws IOException {
    Path file = Files.writeString(folder.resolve(name), csv);
    List<Outcome> outcomes =
        ExportRows.outcomes(
            new CaptureFiles(Limits.defaults()),
            List.of(file.toString()),
            InputStream.nullInputStream(),
            Limits.defaults());
    assertThat(outcomes).hasSize(1);
    return ((Outcome.Mapped) outcomes.get(0)).activity();
  }
}
