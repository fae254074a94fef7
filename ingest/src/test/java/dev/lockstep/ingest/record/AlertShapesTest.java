package dev.lockstep.ingest.record;

import static dev.lockstep.ingest.message.Records.CALL;
import static dev.lockstep.ingest.message.Records.read;
import static dev.lockstep.ingest.message.Records.words;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.text.AddressText;
import dev.lockstep.schemas.Alert;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Records made of the keys of alerts and of other logs, with values of every type. */
class AlertShapesTest {
  private static final String SEED = "20251114";

  @Property(tries = 1000, seed = SEED)
  void hasOneOutcomeEach_theSameAloneAndAmongOthers(
      @ForAll("records") String one, @ForAll("records") String other) {
    List<Outcome> together = read("{\"records\":[" + one + "," + CALL + "," + other + "]}");
    assertThat(together).as("%s %s", one, other).hasSize(3);
    assertThat(words(together).get(1)).isEqualTo("call-1@1");
    assertThat(kind(together.get(0))).isEqualTo(kind(read(one).get(0)));
    assertThat(kind(together.get(2))).isEqualTo(kind(read(other).get(0)));
    IngestCounts counts = new IngestCounts();
    together.forEach(counts::count);
    assertThat(counts.total().read()).isEqualTo(3);
  }

  @Property(tries = 1000, seed = SEED)
  void namesOnlyWhatIsOne(@ForAll("records") String record) {
    if (read(record).get(0) instanceof Outcome.Mapped mapped
        && mapped.activity().getAlert() != null) {
      Alert alert = mapped.activity().getAlert();
      assertThat(alert.getAccounts()).doesNotHaveDuplicates().isSorted().doesNotContain("");
      assertThat(alert.getNames())
          .doesNotHaveDuplicates()
          .isSorted()
          .allSatisfy(name -> assertThat(name).contains("@"));
      assertThat(alert.getAddresses())
          .doesNotHaveDuplicates()
          .isSorted()
          .allSatisfy(address -> assertThat(AddressText.bare(address)).isEqualTo(address));
      assertThat(alert.getId()).isNotBlank();
      assertThat(mapped.activity().getEventId()).startsWith(alert.getId());
    }
  }

  private static String kind(Outcome outcome) {
    if (outcome instanceof Outcome.Mapped mapped) {
      return mapped.activity().getAlert() + mapped.activity().getEventId();
    }
    return outcome.getClass() + words(List.of(outcome)).get(0);
  }

  @Provide
  Arbitrary<String> records() {
    Arbitrary<String> keys =
        Arbitraries.of(
                "SystemAlertId,alertId,StartTimeUtc,Timestamp,timeStamp,time,category,type,name,id,$type,"
                    .concat(
                        "Severity,Title,AlertDisplayName,AlertType,Entities,ExtendedProperties,")
                    .concat(
                        "AlertUri,ServiceSource,ProductName,AccountObjectId,AccountUpn,RemoteIP,")
                    .concat("AdditionalFields,EntityType,DeviceId,Status,Location,createdDateTime,")
                    .concat("assessmentEventDataEnrichment,traceRecords,requestHeaders,IpAdresses,")
                    .concat("Address,AadUserId,Client IP address,uti,v,correlationId")
                    .split(",", -1))
            .injectDuplicates(0.3);
    Arbitrary<String> scalars =
        Arbitraries.of(
            "null",
            "1",
            "-1e400",
            "true",
            "\"\"",
            "\"a-1\"",
            "\"a@b.example\"",
            "\"1.1.1.1\"",
            "\"2a02::1\"",
            "\"High\"",
            "\"ip\"",
            "\"account\"",
            "\"2025-11-14T01:40:00Z\"",
            "\"Microsoft.Security/Locations/alerts\"",
            "\"[{\\\"Type\\\":\\\"ip\\\",\\\"Address\\\":\\\"1.1.1.1\\\"},\"",
            "\"{'AadUserId':'u-9','x':[\\\"{'Address':'2.2.2.2'}\\\"]}\"",
            "\"{\"",
            "\"\\ud800\"");
    Arbitrary<String> values =
        Arbitraries.lazyOf(
            () -> scalars,
            () -> scalars,
            () -> scalars.list().ofMaxSize(3).map(each -> "[" + String.join(",", each) + "]"),
            () -> object(keys, scalars, 5),
            () -> object(keys, scalars, 4).map(each -> "[" + each + "," + each + "]"));
    Arbitrary<String> properties = object(keys, values, 8);
    Arbitrary<String> category =
        Arbitraries.of(
            "",
            "",
            "\"category\":\"AdvancedHunting-AlertInfo\",",
            "\"category\":\"AdvancedHunting-AlertEvidence\",",
            "\"category\":\"SecurityAlert\",",
            "\"category\":\"SignInLogs\",",
            "\"category\":\"GatewayLogs\",");
    Arbitrary<String> id =
        Arbitraries.of("", "\"SystemAlertId\":\"s-1\",\"StartTimeUtc\":\"2025-11-14T01:40:00Z\",");
    return Combinators.combine(category, id, object(keys, values, 8), properties)
        .as(
            (first, second, top, inner) ->
                "{"
                    + first
                    + second
                    + "\"properties\":"
                    + inner.replaceFirst(
                        "\\{",
                        "{\"AlertId\":\"p-1\",\"Timestamp\":\"2025-11-14T01:40:00Z\",\"z\":1"
                            + (inner.length() > 2 ? "," : ""))
                    + (top.length() > 2 ? "," : "")
                    + top.substring(1));
  }

  private static Arbitrary<String> object(
      Arbitrary<String> keys, Arbitrary<String> values, int most) {
    return Combinators.combine(keys.list().ofMaxSize(most), values.list().ofSize(most))
        .as(
            (names, each) -> {
              List<String> members = new ArrayList<>();
              for (int i = 0; i < names.size(); i++) {
                members.add("\"" + names.get(i) + "\":" + each.get(i));
              }
              return "{" + String.join(",", members) + "}";
            });
  }
}
