package dev.lockstep.capture.month;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.capture.demo.CaptureReading;
import dev.lockstep.capture.record.Dice;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.enrichment.network.Networks;
import dev.lockstep.enrichment.partner.Partners;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BenignMonthTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void isTheSameForTheSameSeed(@TempDir Path folder) throws IOException {
    BenignMonth.write(folder.resolve("one"), 3, 12, 4);
    BenignMonth.write(folder.resolve("two"), 3, 12, 4);

    for (String file :
        new String[] {
          "hubs/signins.jsonl.gz",
          "hubs/gateway.jsonl.gz",
          "hubs/xdr.jsonl.gz",
          "thieves/signins.jsonl.gz",
          "thieves/gateway.jsonl.gz",
          "thefts.csv",
          "city.mmdb",
          "asn.mmdb",
          "networks.csv",
          "partners.yaml"
        }) {
      assertThat(folder.resolve("one").resolve(file))
          .hasSameBinaryContentAs(folder.resolve("two").resolve(file));
    }
  }

  @Test
  void bringsCopiesFailuresAndLateRecords_inOrderOfArrival(@TempDir Path folder)
      throws IOException {
    BenignMonth.write(folder, 5, 40, 5);

    Map<String, Integer> seen = new HashMap<>();
    Set<String> ids = new HashSet<>();
    Instant before = Instant.MIN;
    for (JsonNode message : CaptureReading.lines(folder.resolve("hubs/signins.jsonl.gz"))) {
      for (JsonNode item : message.get("records")) {
        Instant arrival = CaptureReading.instant(item.get("time").textValue());
        Instant at = CaptureReading.instant(item.at("/properties/createdDateTime").textValue());
        assertThat(arrival).isAfterOrEqualTo(before).isAfter(at);
        before = arrival;
        count(seen, item.get("category").textValue(), true);
        count(seen, "copy", !ids.add(item.at("/properties/id").textValue()));
        count(seen, "failed", item.at("/properties/status/errorCode").intValue() != 0);
        count(seen, "late", at.isBefore(arrival.minusSeconds(3600)));
        count(seen, "wide", item.get("callerIpAddress").textValue().contains(":"));
      }
    }
    for (JsonNode message : CaptureReading.lines(folder.resolve("hubs/gateway.jsonl.gz"))) {
      for (JsonNode item : message.get("records")) {
        count(seen, "call", true);
        count(seen, "linked", item.at("/properties/traceRecords").isContainerNode());
        count(seen, "proxied", item.at("/properties/requestHeaders").isObject());
      }
    }
    assertThat(seen)
        .containsOnlyKeys(
            "SignInLogs",
            "NonInteractiveUserSignInLogs",
            "copy",
            "failed",
            "late",
            "wide",
            "call",
            "linked",
            "proxied");
  }

  private static void count(Map<String, Integer> seen, String what, boolean so) {
    if (so) {
      seen.merge(what, 1, Integer::sum);
    }
  }

  @Test
  void writesDatabasesThatCanBeRead(@TempDir Path folder) throws Exception {
    BenignMonth.write(folder, 5, 1, 1);

    try (GeoDatabases geo =
        GeoDatabases.open(folder.resolve("city.mmdb"), folder.resolve("asn.mmdb"), null)) {
      Enrichment enrichment = Enrichment.of(Networks.none(), Partners.none(), geo);
      JsonNode call =
          JSON.readTree(
              CaptureReading.lines(folder.resolve("hubs/gateway.jsonl.gz")).get(0).toString());
      Address address = Address.parse(call.at("/records/0/callerIpAddress").textValue());
      assertThat(address).isNotNull();
      if (address != null) {
        assertThat(enrichment.locate(address, null).network().asn()).isGreaterThan(64_511);
        assertThat(enrichment.locate(address, null).network().country()).isNotNull();
      }
    }
  }

  @Test
  void writesAnInternetInWhichNoTwoRangesOverlap() throws IOException {
    Company company = new Company(new Dice(11));
    Set<String> prefixes = new HashSet<>();
    for (Town town : Town.ALL) {
      for (boolean wide : new boolean[] {false, true}) {
        for (Net net : company.internet.homes(town, wide)) {
          assertThat(prefixes.add(net.prefix())).as(net.prefix()).isTrue();
        }
      }
    }
    assertThat(prefixes).hasSizeGreaterThan(200);
  }
}
