package dev.lockstep.ingest.record;

import static dev.lockstep.ingest.message.Records.LINK;
import static dev.lockstep.ingest.message.Records.activity;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.message.Records;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.Delegation;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The claims about the application that acts, and about whom it acts for. */
class ActingTest {
  private static final String APP = "aaaaaaaa-0000-4000-8000-000000000009";

  @Test
  void aLinkWithoutThemStaysAsItWas() {
    assertThat(activity(LINK).getToken().getDelegation()).isNull();
    assertThat(flaws(LINK)).isEmpty();
  }

  @Test
  void aLinkAndATraceSayTheSame() {
    String link =
        link(
            "'azp':'%s','azpacr':'1','actfct':'3 11','subfct':[13],'parapp':'%s'"
                .formatted(APP, APP));
    Delegation delegation = delegation(link);
    assertThat(delegation.toString())
        .isEqualTo(
            "{\"authorizedParty\": \"%s\", \"clientAuth\": 1, \"actorFacets\": [3, 11],"
                    .formatted(APP)
                + " \"subjectFacets\": [13], \"parentApp\": \"%s\"}".formatted(APP));
    String traced =
        Records.CALL.replace(
            "\"properties\":{",
            "\"properties\":{\"traceRecords\":[{\"source\":\"lockstep\",\"message\":"
                + link
                + "}],");
    assertThat(activity(traced).getToken().getDelegation()).isEqualTo(delegation);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'azpacr':2|2",
        "'azpacr':'2'|2",
        "'azpacr':' 2 '|2",
        "'azpacr':0|0",
        "'appidacr':'1'|1",
        "'azpacr':'2','appidacr':'1'|2",
        "'azpacr':null,'appidacr':1|1",
        "'azpacr':'x','appidacr':1|1",
        "'AZPACR':1|1"
      })
  void readsHowTheApplicationProvedItself(String claims, int clientAuth) {
    assertThat(delegation(link(claims)).getClientAuth()).isEqualTo(clientAuth);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[3,11]",
        "['3','11']",
        "'[3, 11]'",
        "'3 11'",
        "'urn:3;urn:11'",
        "'3,11,11,3'",
        "[3,null,11]",
        "[3,'urn:11']"
      })
  void readsAListInEachShape(String list) {
    String link = link("'azpacr':0,'actfct':%s,'xms_sub_fct':%s".formatted(list, list));
    assertThat(delegation(link).getActorFacets()).containsExactly(3, 11);
    assertThat(delegation(link).getSubjectFacets()).containsExactly(3, 11);
    assertThat(flaws(link)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'azpacr':[1]",
        "'azpacr':{'a':1}",
        "'azpacr':'x'",
        "'azpacr':-1",
        "'azpacr':1.5",
        "'azpacr':true",
        "'actfct':11",
        "'actfct':{'11':11}",
        "'actfct':'none'",
        "'actfct':true",
        "'subfct':[[13]]",
        "'subfct':'99999999999999999999'"
      })
  void countsWhatIsNotUnderstood_andTakesNothingOfIt(String claim) {
    String link = link(claim);
    assertThat(activity(link).getToken().getDelegation()).isNull();
    assertThat(flaws(link)).containsExactly("bad-delegation");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'azpacr':null",
        "'azpacr':''",
        "'azpacr':[]",
        "'actfct':'[]'",
        "'actfct':{}",
        "'subfct':[]",
        "'parapp':'00000000-0000-0000-0000-000000000000'",
        "'azp':'00000000-0000-0000-0000-000000000000'"
      })
  void whatIsAbsentIsNoFlaw(String claim) {
    String link = link(claim);
    assertThat(activity(link).getToken().getDelegation()).isNull();
    assertThat(flaws(link)).isEmpty();
  }

  @Test
  void keepsSixteenFacets() {
    String many = "'" + "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 " + "'";
    assertThat(delegation(link("'actfct':%s".formatted(many))).getActorFacets()).hasSize(16);
  }

  @Test
  void aCallOfGraphSaysHowItsApplicationProvedItself() {
    for (String value : new String[] {"1", "\"1\""}) {
      String call = Probe.with(OtherRecords.GRAPH_CALL, "properties.clientAuthMethod", value);
      assertThat(activity(call).getToken().getDelegation().getClientAuth()).isEqualTo(1);
    }
    String none = Probe.with(OtherRecords.GRAPH_CALL, "properties.clientAuthMethod", "null");
    assertThat(activity(none).getToken().getDelegation()).isNull();
    String list = Probe.with(OtherRecords.GRAPH_CALL, "properties.clientAuthMethod", "[1]");
    assertThat(flaws(list)).containsExactly("bad-delegation");
  }

  private static String link(String claims) {
    return "{\"v\":1,\"correlationId\":\"c\",\"oid\":\"%s\",\"appid\":\"%s\",%s}"
        .formatted(APP, APP, claims.replace('\'', '"'));
  }

  private static Delegation delegation(String record) {
    return activity(record).getToken().getDelegation();
  }

  private static Set<String> flaws(String record) {
    Outcome outcome = Records.one(record.replace("APP-1", APP).replace("TENANT-2", APP));
    return ((Outcome.Mapped) outcome)
        .flaws().stream().filter(flaw -> !flaw.equals("not-a-guid")).collect(Collectors.toSet());
  }
}
