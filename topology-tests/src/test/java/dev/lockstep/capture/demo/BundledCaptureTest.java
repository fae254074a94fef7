package dev.lockstep.capture.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.capture.record.TokenIdForms;
import dev.lockstep.detections.BuiltInRules;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BundledCaptureTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> COMPRESSED =
      List.of(
          "signins.jsonl.gz",
          "gateway.jsonl.gz",
          "links.jsonl.gz",
          "alerts.jsonl.gz",
          "xdr.jsonl.gz",
          "frontdoor.jsonl.gz",
          "graph.jsonl.gz",
          "audit.jsonl.gz",
          "keyvault.jsonl.gz");
  private static final List<String> PLAIN =
      List.of("lockstep.yaml", "networks.csv", "partners.yaml", "expected.json");

  /** Where a missing case belongs. */
  private static final String CASES =
      "a rule's cases are in a class of topology-tests/src/main/java/dev/lockstep/capture/demo, and"
          + " CONTRIBUTING has the two commands that write the capture anew";

  private JsonNode expected = JSON.nullNode();

  @BeforeAll
  void read() throws IOException {
    expected = JSON.readTree(committed("expected.json"));
  }

  @Test
  void isWhatTheGeneratorMakes(@TempDir Path folder) throws IOException {
    BundledCapture.write(folder, BundledCapture.SEED);

    List<String> stale = new ArrayList<>();
    for (String file : COMPRESSED) {
      if (!text(file, Files.readAllBytes(folder.resolve(file)))
          .equals(text(file, committed(file)))) {
        stale.add(file);
      }
    }
    for (String file : PLAIN) {
      if (!Files.readString(folder.resolve(file))
          .equals(new String(committed(file), StandardCharsets.UTF_8))) {
        stale.add(file);
      }
    }
    assertThat(stale)
        .as(
            "files of app/src/main/resources/demo that are not what the generator makes; CONTRIBUTING"
                + " has the two commands that write them, below The bundled capture")
        .isEmpty();
  }

  @Test
  void isTheSameWhenMadeTwice(@TempDir Path first, @TempDir Path second) throws IOException {
    BundledCapture.write(first, 7);
    BundledCapture.write(second, 7);

    for (String file : COMPRESSED) {
      assertThat(first.resolve(file)).hasSameBinaryContentAs(second.resolve(file));
    }
  }

  @Test
  void staysSmall() throws IOException {
    int bytes = 0;
    for (String file : COMPRESSED) {
      bytes += committed(file).length;
    }
    assertThat(bytes).isLessThan(700_000);
  }

  @Test
  void bringsEveryReasonInEverySeverity() {
    assertThat(lines("detections", "rule", "reason", "severity"))
        .as("rule, reason and severity of the findings of expected.json, as this list has them")
        .containsExactlyInAnyOrder(
            "impossible-travel impossible-travel High",
            "impossible-travel impossible-travel Medium",
            "impossible-travel impossible-travel Low",
            "token-replay wrong-principal High",
            "token-replay two-networks High",
            "token-replay two-networks Medium",
            "token-replay after-expiry High",
            "token-replay attempt Low",
            "token-replay attempt Medium", // raised by an alert
            "partner-ip-drift outside-allowlist High",
            "partner-ip-drift new-country High",
            "partner-ip-drift hosting High",
            "partner-ip-drift new-network High",
            "partner-ip-drift new-network Medium",
            "defender-corroboration flagged-address High",
            "defender-corroboration flagged-address Medium",
            "defender-corroboration flagged-address Low",
            "session-replay unbound Medium",
            "session-replay unbound High",
            "session-replay device-changed Medium",
            "session-replay device-changed High",
            "session-replay client-changed Medium",
            "session-replay hosting High",
            "gateway-bypass direct High",
            "gateway-bypass direct Low",
            "gateway-bypass foreign-front-door High",
            "gateway-bypass foreign-front-door Low",
            "waf-then-success waf-then-success High",
            "waf-then-success waf-then-success Medium",
            "conditional-access-gap unmanaged-device High",
            "conditional-access-gap not-applied Medium",
            "conditional-access-gap not-applied High", // raised by its incident
            "risky-sign-in-used at-sign-in High",
            "risky-sign-in-used at-sign-in Medium",
            "risky-sign-in-used found-later High",
            "risky-sign-in-used found-later Medium",
            "privileged-without-pim no-activation High",
            "workload-credential-drift weaker High",
            "workload-credential-drift new-key Medium",
            "workload-credential-drift new-network Medium",
            "vault-outside public-address High",
            "vault-outside public-address Low",
            "vault-outside new-principal Medium",
            "vault-outside new-principal High", // raised by its incident
            "gateway-probing then-success High",
            "gateway-probing probing Medium",
            "gateway-probing probing High", // raised by its incident
            "password-spray then-success High",
            "password-spray spray Medium",
            "password-spray spray High"); // raised by its incident
  }

  @Test
  void bringsEveryReasonAndGateOfTheCatalogue() {
    Set<String> wanted = new TreeSet<>();
    Set<String> quiet = new TreeSet<>();
    for (Rule each : BuiltInRules.all()) {
      RuleInfo rule = each.info();
      RuleInfo.Collapse crowd = rule.collapse();
      for (String reason : rule.reasons()) {
        if (crowd == null || !crowd.reason().equals(reason)) {
          wanted.add(rule.id() + " " + reason);
        } // the capture has no crowd; the rules' own tests have
      }
      rule.severities().forEach(severity -> wanted.add(rule.id() + " " + severity));
      rule.gates().forEach(gate -> quiet.add(rule.id() + " " + gate));
    }
    wanted.removeAll(lines("detections", "rule", "reason"));
    wanted.removeAll(lines("detections", "rule", "severity"));
    quiet.removeAll(lines("quiet", "rule", "gate"));
    assertThat(wanted).as("reasons and severities without a case; %s", CASES).isEmpty();
    assertThat(quiet).as("gates without a near miss; %s", CASES).isEmpty();
  }

  @Test
  void raisesFindingsOfEveryRuleAndFromEverySeverity() {
    Set<String> raised = new HashSet<>();
    for (JsonNode item : expected.get("detections")) {
      if (item.has("defenderAlerts")) {
        raised.add(line(item, "rule", "reason", "severity"));
      }
    }
    assertThat(raised)
        .contains(
            "impossible-travel impossible-travel Medium",
            "impossible-travel impossible-travel High",
            "token-replay attempt Medium",
            "token-replay two-networks High",
            "partner-ip-drift outside-allowlist High",
            "partner-ip-drift new-network High");
  }

  @Test
  void closesEveryGate() {
    assertThat(lines("quiet", "rule", "gate"))
        .contains(
            "impossible-travel corporate-egress",
            "impossible-travel backend",
            "impossible-travel same-device",
            "impossible-travel same-network",
            "impossible-travel known-commute",
            "impossible-travel no-place",
            "token-replay same-network",
            "token-replay backend",
            "token-replay corporate-egress",
            "token-replay same-country",
            "token-replay no-network",
            "token-replay unmatched-token",
            "partner-ip-drift declared",
            "partner-ip-drift known-network",
            "partner-ip-drift learning",
            "partner-ip-drift corporate-egress",
            "partner-ip-drift refused",
            "partner-ip-drift change-window",
            "partner-ip-drift no-network",
            "defender-corroboration corporate-egress",
            "defender-corroboration backend",
            "defender-corroboration trusted-proxy",
            "defender-corroboration already-named",
            "defender-corroboration own-alert");
    assertThat(expected.at("/counters/partner-ip-drift/shared-key").intValue()).isPositive();
    assertThat(expected.at("/counters/any/unjoined-edge").intValue()).isPositive();
    for (String counter : List.of("no-address", "unlinked", "late", "repeated")) {
      assertThat(expected.at("/counters/any/" + counter).intValue()).isPositive();
    }
  }

  @Test
  void expectsNothingOfThoseWhoAreToStayQuiet() {
    for (JsonNode quiet : expected.get("quiet")) {
      if (!quiet.has("partner")) {
        String[] fields = {"rule", "principal", quiet.has("principal") ? "vault" : "ip", "vault"};
        assertThat(lines("detections", fields)).doesNotContain(line(quiet, fields));
      } else {
        assertThat(lines("detections", "partner", "day", "ip"))
            .doesNotContain(line(quiet, "partner", "day", "ip"));
      }
    }
  }

  @Test
  void holdsBatchesOfOneToEightRecordsInOrderOfArrival() throws IOException {
    for (String file : List.of("signins.jsonl.gz", "gateway.jsonl.gz", "xdr.jsonl.gz")) {
      List<Integer> sizes = new ArrayList<>();
      for (JsonNode message : messages(file)) {
        sizes.add(message.get("records").size());
      }
      assertThat(sizes).as(file).allMatch(size -> size >= 1 && size <= 8).contains(1, 2, 3);
    }
  }

  @Test
  void countsItsRecords() throws IOException {
    int records = 0;
    for (String file : COMPRESSED) {
      for (JsonNode message : messages(file)) {
        records += message.has("records") ? message.get("records").size() : 1;
      }
    }
    assertThat(expected.at("/exactly/recordsRead").intValue()).isEqualTo(records);
  }

  @Test
  void namesOnlyAddressesThatBelongToNobody() throws IOException {
    for (String file : COMPRESSED) {
      for (JsonNode message : messages(file)) {
        for (String field :
            List.of(
                "callerIpAddress",
                "RemoteIP",
                "Address",
                "clientIp",
                "clientIP",
                "socketIp",
                "socketIP",
                "ipAddress")) {
          for (JsonNode address : message.findValues(field)) {
            assertThat(address.textValue()).matches(ip -> ip.isEmpty() || belongsToNobody(ip));
          }
        }
      }
    }
  }

  private static boolean belongsToNobody(String ip) {
    return Stream.of(
            "<null>", // as the audit log writes it
            "10.20.",
            "203.0.113.",
            "198.51.100.",
            "192.0.2.",
            "198.18.",
            "198.19.",
            "2001:db8:",
            "2001:0DB8:",
            "::ffff:198.18.",
            "::ffff:198.19.")
        .anyMatch(ip::startsWith);
  }

  @Test
  void spellsOneTokenInTwoWays() {
    UUID token = UUID.fromString("3f2504e0-4f89-41d3-9a0c-0305e82c3301");

    assertThat(TokenIdForms.compact(token)).isEqualTo("4AQlP4lP00GaDAMF6CwzAQ");
    assertThat(TokenIdForms.spelledOut(token))
        .isEqualTo("M2YyNTA0ZTAtNGY4OS00MWQzLTlhMGMtMDMwNWU4MmMzMzAx");
  }

  private Set<String> lines(String list, String... fields) {
    Set<String> lines = new HashSet<>();
    for (JsonNode item : expected.get(list)) {
      lines.add(line(item, fields));
    }
    return lines;
  }

  private static String line(JsonNode item, String... fields) {
    List<String> words = new ArrayList<>();
    for (String field : fields) {
      words.add(item.path(field).asText(""));
    }
    return String.join(" ", words);
  }

  private static List<JsonNode> messages(String file) throws IOException {
    return text(file, committed(file)).lines().map(BundledCaptureTest::parsed).toList();
  }

  private static JsonNode parsed(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] committed(String file) throws IOException {
    try (InputStream in = BundledCaptureTest.class.getResourceAsStream("/demo/" + file)) {
      assertThat(in).as("/demo/" + file).isNotNull();
      return in == null ? new byte[0] : in.readAllBytes();
    }
  }

  private static String text(String file, byte[] bytes) throws IOException {
    assertThat(bytes).as(file).isNotEmpty();
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
