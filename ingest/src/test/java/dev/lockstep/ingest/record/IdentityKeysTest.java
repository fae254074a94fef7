package dev.lockstep.ingest.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.entity.NamedEntities;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.MessageReader;
import dev.lockstep.ingest.message.Origin;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.Activity;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys that name who, which token and which event: come twice, spelt oddly, or no GUIDs. */
class IdentityKeysTest {
  private static final String ADA = "aaaaaaaa-0000-4000-8000-000000000001";
  private static final String BOB = "bbbbbbbb-0000-4000-8000-000000000002";
  private static final String UTI = "03020100-0504-0706-0809-0a0b0c0d0e0f";

  /** Two spellings that NFKC makes one: fullwidth digits and letters. */
  private static final String WIDE_ADA = "\\uff41\\uff21aaaaaa-0000-4000-8000-00000000000\\uff11";

  @ParameterizedTest
  @ValueSource(strings = {"userId", "USERID"})
  void lastUserStands_andTheRecordIsCounted(String second) {
    Outcome.Mapped mapped = signIn("'userId':'%s','%s':'%s'".formatted(BOB, second, ADA));
    assertThat(mapped.activity().getPrincipal().getId()).isEqualTo(ADA);
    assertThat(mapped.activity().getToken().getOid()).isEqualTo(ADA);
    assertThat(mapped.flaws()).containsExactly("duplicate-key");
  }

  @Test
  void lastValueStands_ofEachIdentityKeyOfASignIn() {
    Activity activity =
        signIn(
                "'id':'first','id':'event','userId':'%s','appId':'%s','appId':'%s',"
                        .formatted(ADA, ADA, BOB)
                    + "'ipAddress':'192.0.2.1','ipAddress':'192.0.2.2','sessionId':'a','sessionId':'b',"
                    + "'uniqueTokenIdentifier':'other','uniqueTokenIdentifier':'AAECAwQFBgcICQoLDA0ODw'")
            .activity();
    assertThat(activity.getEventId()).isEqualTo("event");
    assertThat(activity.getAddress()).isEqualTo("192.0.2.2");
    assertThat(activity.getToken().getAppId()).isEqualTo(BOB);
    assertThat(activity.getToken().getSid()).isEqualTo("b");
    assertThat(activity.getToken().getUti()).isEqualTo(UTI);
  }

  @Test
  void lastClaimStands_ofALink() {
    Outcome.Mapped link =
        one(
            "{'v':1,'correlationId':'first','correlationId':'c','oid':'%s','oid':'%s','appid':'%s'}"
                .formatted(BOB, ADA, BOB));
    assertThat(link.activity().getEventId()).isEqualTo("c");
    assertThat(link.activity().getToken().getOid()).isEqualTo(ADA);
    assertThat(link.flaws()).containsExactly("duplicate-key");
  }

  @Test
  void lastClaimStands_ofATraceInACall() {
    Outcome.Mapped call =
        one(
            "{'category':'GatewayLogs','time':'2026-11-03T09:30:00Z','correlationId':'c','properties':"
                + "{'traceRecords':[{'source':'lockstep','message':{'v':1,'oid':'%s','oid':'%s'}}]}}"
                    .formatted(BOB, ADA));
    assertThat(call.activity().getPrincipal().getId()).isEqualTo(ADA);
    assertThat(call.flaws()).containsExactly("duplicate-key");
  }

  @Test
  void counts_neitherAnAbsentValueNorAClaimWithTwoNames() {
    assertThat(signIn("'userId':'%s','userId':null,'USERID':''".formatted(ADA)).flaws()).isEmpty();
    Outcome.Mapped link =
        one("{'v':1,'correlationId':'c','azp':'%s','appid':'%s'}".formatted(BOB, ADA));
    assertThat(link.activity().getToken().getAppId()).isEqualTo(ADA);
    assertThat(link.flaws()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " " + ADA + "\\t",
        "AAAAAAAA-0000-4000-8000-000000000001",
        WIDE_ADA,
        "\\u00a0" + ADA
      })
  void oneIdInManySpellings_isOne(String spelling) {
    Outcome.Mapped mapped = signIn("'userId':'%s'".formatted(spelling));
    assertThat(mapped.activity().getPrincipal().getId()).isEqualTo(ADA);
    assertThat(mapped.activity().getToken().getOid()).isEqualTo(ADA);
    assertThat(mapped.flaws()).isEmpty();
    Outcome.Mapped link = one("{'v':1,'correlationId':' c ','oid':'%s'}".formatted(spelling));
    assertThat(link.activity().getToken().getOid()).isEqualTo(ADA);
    assertThat(link.activity().getEventId()).isEqualTo("c");
  }

  @Test
  void uti_keepsItsCaseAndIsTrimmed() {
    String wide = "\\uff21\\uff21ECAwQFBgcICQoLDA0ODw ";
    assertThat(
            signIn("'uniqueTokenIdentifier':'%s'".formatted(wide)).activity().getToken().getUti())
        .isEqualTo(UTI);
  }

  @ParameterizedTest
  @CsvSource({"userId", "appId", "servicePrincipalId", "resourceTenantId"})
  void countsAnIdThatIsNoGuid_andReadsItAllTheSame(String key) {
    Outcome.Mapped mapped = signIn("'%s':'SELECT 1'".formatted(key));
    assertThat(mapped.flaws()).containsExactly("not-a-guid");
  }

  @Test
  void countsRecords_byNameOfTheFlaw() {
    IngestCounts counts = new IngestCounts();
    counts.count(signIn("'userId':'x','appId':'y','appId':'z'"));
    counts.count(signIn("'userId':'%s','userId':'%s'".formatted(ADA, BOB)));
    IngestCounts sum = new IngestCounts();
    sum.add(counts);
    assertThat(sum.flawed()).containsEntry("duplicate-key", 2L).containsEntry("not-a-guid", 1L);
  }

  @Test
  void leavesWhoSignsInByAdFsAsTheFarmNamesHim() {
    assertThat(
            one(record("ADFSSignInLogs", "'userId':'CONTOSO\\\\\\\\ada','appId':'urn:app'"))
                .flaws())
        .isEmpty();
  }

  @Test
  void anIdOfAnAlertsAccount_isOneInAnySpelling() {
    NamedEntities named = new NamedEntities();
    named.account("\uff41" + ADA.substring(1));
    named.account(" " + ADA);
    assertThat(named.accounts).isEqualTo(Set.of(ADA));
  }

  private static Outcome.Mapped signIn(String properties) {
    return one(record("SignInLogs", properties));
  }

  private static String record(String category, String properties) {
    String id = properties.contains("'id'") ? "" : "'id':'s1',";
    return "{'category':'%s','time':'2026-11-03T09:30:00Z','properties':{%s%s}}"
        .formatted(category, id, properties);
  }

  private static Outcome.Mapped one(String text) {
    List<Outcome> outcomes = new ArrayList<>();
    new MessageReader(Limits.defaults())
        .read(
            text.replace('\'', '"').getBytes(StandardCharsets.UTF_8),
            Origin.file("f", 1, 0),
            null,
            outcomes::add);
    assertThat(outcomes).singleElement().isInstanceOf(Outcome.Mapped.class);
    return (Outcome.Mapped) outcomes.get(0);
  }
}
