package dev.lockstep.ingest.entity;

import static dev.lockstep.ingest.message.Records.activity;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.Alert;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom and what the entities and extended properties of an alert name. */
class AlertEntitiesTest {
  private static final String U1 = "aaaaaaaa-0000-0000-0000-000000000001";
  private static final String U2 = "aaaaaaaa-0000-0000-0000-000000000002";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'Type':'ip','Address':'1.1.1.1'}|1.1.1.1",
        "{'Address':'1.1.1.1'}|1.1.1.1",
        "{'Address':'1.1.1.1','Type':'IP'}|1.1.1.1",
        "{'Address':'1.1.1.1','Type':'mailbox'}|",
        "{'Address':'here','Type':'ip'}|",
        "{'Address':{'Type':'ip','Address':'1.1.1.1'},'Type':'x'}|1.1.1.1",
        "{'Type':'host','IpAdresses':['1.1.1.1','2.2.2.2']}|1.1.1.1,2.2.2.2",
        "{'Type':'dns','IpAddresses':[{'Type':'ip','Address':'1.1.1.1'}]}|1.1.1.1",
        "{'Type':'x','ipAddress':'1.1.1.1, 2.2.2.2;3.3.3.3'}|1.1.1.1,2.2.2.2,3.3.3.3",
        "{'Type':'network-connection','SourceAddress':{'Type':'ip','Address':'2A02:CF40::1'}}|2a02:cf40::1",
        "{'$id':'1','Host':{'$ref':'2'},'Type':'process'},{'$id':'2','Type':'host','Nics':[[{'Address':'1.1.1.1','Type':'ip'}]]}|1.1.1.1",
        "'{\\'Type\\':\\'ip\\',\\'Address\\':\\'1.1.1.1\\'}'|1.1.1.1",
        "null,1,true,'x',[],{}|",
        "{'$id':'1','Address':'1.1.1.1','Type':'ip'},{'$id':'1','Address':'2.2.2.2','Type':'ip'},{'$ref':'9'},{'$ref':'1'}|1.1.1.1,2.2.2.2",
      })
  void findsAddresses(String entities, String addresses) {
    assertThat(named(entities).getAddresses()).isEqualTo(list(addresses));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'Type':'account','AadUserId':'U-1','Name':'ada','UPNSuffix':'x.example'}|u-1|",
        "{'Name':'Ada','UPNSuffix':'X.example','Type':'account'}||ada@x.example",
        "{'Type':'account','Name':'ADA@x.example'}||ada@x.example",
        "{'Type':'account','Name':'ada@x.example','UPNSuffix':'y.example'}||ada@x.example",
        "{'Type':'user','userPrincipalName':'ada@x.example'}||ada@x.example",
        "{'Type':'account','ObjectId':'U-1'}|u-1|",
        "{'Type':'azure-resource','ObjectId':'U-1'}||",
        "{'Type':'account','AadUserId':'00000000-0000-0000-0000-000000000000','Name':'a@b'}||a@b",
        "{'Type':'account','AadUserId':'no id','Name':'a@b'}||a@b",
        "{'Type':'account','AadUserId':null,'Name':'SYSTEM','NTDomain':'NT AUTHORITY'}||",
        "{'Type':'account','Name':'a@b@c'}||",
        "{'Type':'file','Name':'a@b'}||",
        "{'Type':'mailbox','Upn':'a@b','AadId':'U-1'}|u-1|",
        "{'Type':'host-logon-session','Account':{'Type':'account','AadUserId':'U-1'},'Host':{'LogonUsers':[{'$ref':'1'},{'Type':'account','Name':'b','UPNSuffix':'c'}]}}|u-1|b@c",
        "{'Account':{'$ref':'7'},'Type':'process'},{'$id':'7','Type':'account','AadUserId':'U-1'}|u-1|",
        "{'Type':{'a':1},'AadUserId':['x'],'Name':{'Type':'account','AadUserId':'U-2'}}|u-2|",
      })
  void findsAccounts(String entities, String accounts, String names) {
    Alert alert = named(entities);
    assertThat(alert.getAccounts()).isEqualTo(list(accounts));
    assertThat(alert.getNames()).isEqualTo(list(names));
  }

  @Test
  void namesEachOnce_inOrder() {
    Alert alert =
        named(
            "{'Type':'account','AadUserId':'%2$s'},{'Type':'account','AadUserId':'%1$s'},{'Type':'account','AadUserId':'%3$s'}"
                .formatted(U1, U2, U1.toUpperCase(java.util.Locale.ROOT)));
    assertThat(alert.getAccounts()).containsExactly(U1, U2);
  }

  @Test
  void namesNoMoreThanTheFirst257() {
    String many =
        IntStream.range(0, 1000)
            .mapToObj(i -> "{'Type':'ip','Address':'10.0.%d.%d'}".formatted(i / 250, i % 250))
            .collect(Collectors.joining(","));
    List<String> addresses = named(many).getAddresses();
    assertThat(addresses).hasSize(257).isSorted().startsWith("10.0.0.0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'Client IP address':'1.1.1.1'}|1.1.1.1|",
        "{'client ip ADDRESS':'1.1.1.1:443, [2a02::1]:80'}|1.1.1.1,2a02::1|",
        "{'Client IP address':'[\\'1.1.1.1\\',{\\'ip\\':\\'2.2.2.2\\',\\'n\\':3}]'}|1.1.1.1,2.2.2.2|",
        "{'Client IP address':['1.1.1.1',['2.2.2.2 3.3.3.3']]}|1.1.1.1,2.2.2.2,3.3.3.3|",
        "{'Client IP address':'[1.1.1.1'}||",
        "{'Client IP address':null,'Client principal name':7}||",
        "{'Client principal name':'Ada@x.example'}||ada@x.example",
        "{'Client principal name':'a@x.example,b@x.example'}||a@x.example,b@x.example",
        "{'Client principal name':'sa'}||",
        "{'Other':{'Client IP address':'1.1.1.1'}}||",
        "'{\\'Client IP address\\':\\'1.1.1.1\\'}'|1.1.1.1|",
        "'{\\'Client IP address\\':\\'1.1.1.1\\','|1.1.1.1|",
        "'none'||",
        "['Client IP address']||",
      })
  void fallsBackToTheExtendedProperties(String properties, String addresses, String names) {
    Alert alert = of("\"ExtendedProperties\":" + json(properties));
    assertThat(alert.getAddresses()).isEqualTo(list(addresses));
    assertThat(alert.getNames()).isEqualTo(list(names));
  }

  @Test
  void fallsBack_onlyForWhatTheEntitiesDoNotName() {
    String properties =
        "\"ExtendedProperties\":"
            + json("{'Client IP address':'9.9.9.9','Client principal name':'z@x.example'}");
    Alert both = of(properties + ",\"Entities\":" + json("[{'Type':'ip','Address':'1.1.1.1'}]"));
    assertThat(both.getAddresses()).containsExactly("1.1.1.1");
    assertThat(both.getNames()).containsExactly("z@x.example");
    Alert account =
        of(properties + ",\"Entities\":" + json("[{'Type':'account','AadUserId':'U-1'}]"));
    assertThat(account.getAddresses()).containsExactly("9.9.9.9");
    assertThat(account.getAccounts()).containsExactly("u-1");
    assertThat(account.getNames()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'[{\\'Type\\':\\'ip\\',\\'Address\\':\\'1.1.1.1\\'}'",
        "'[{\\'Type\\':\\'ip\\',\\'Address\\':\\'1.1.1.1\\'},{oops'",
        "'{\\'Type\\':\\'ip\\',\\'Address\\':\\'1.1.1.1\\'} rest'",
      })
  void takesWhatWasWholeBeforeTheDamageInAText(String entities) {
    assertThat(of("\"Entities\":" + json(entities)).getAddresses()).containsExactly("1.1.1.1");
  }

  @Test
  void takesWhatAccountsThereAre_whereAGraphIsTooDeepForAText() {
    String deep = "[".repeat(70) + "]".repeat(70);
    Alert alert = of("\"Entities\":" + json("'[{\\'AadUserId\\':\\'U-1\\'}," + deep + "]'"));
    assertThat(alert.getAccounts()).containsExactly("u-1");
  }

  @Test
  void looksIntoTextsWithinTextsToAnEnd() {
    String text = "{\"Type\":\"ip\",\"Address\":\"1.1.1.1\"}";
    for (int i = 0; i < 10; i++) {
      assertThat(of("\"Entities\":" + text).getAddresses()).hasSize(i <= 4 ? 1 : 0);
      text = "[\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"]";
    }
  }

  private static Alert named(String entities) {
    return of("\"Entities\":[" + json(entities) + "]");
  }

  private static Alert of(String keys) {
    return activity(
            "{" + keys + ",\"SystemAlertId\":\"a\",\"StartTimeUtc\":\"2025-11-14T01:40:00Z\"}")
        .getAlert();
  }

  private static String json(String text) {
    return text.replace("\\'", "\\\"").replace('\'', '"');
  }

  private static List<String> list(String commas) {
    return commas == null ? List.of() : List.of(commas.split(",", -1));
  }
}
