package dev.lockstep.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.MessageReader;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.text.TokenIds;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Delegation;
import dev.lockstep.schemas.Token;
import dev.lockstep.schemas.Where;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Our reader understands what the policies log. The messages are what the policies' own expressions
 * gave, compiled and run against API Management's documented context by {@code
 * topology-tests/src/test/csharp/run}; a digest tells whether that was done since they changed.
 */
class PolicyMessagesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The message's properties in the order of the contract, and the last that any gateway sets. */
  private static final List<String> PROPERTIES =
      List.of(
          "v",
          "correlationId",
          "uti",
          "sid",
          "oid",
          "tid",
          "appid",
          "idtyp",
          "iat",
          "exp",
          "azp",
          "azpacr",
          "actfct",
          "subfct",
          "parapp",
          "socketIp",
          "xff",
          "userAgent",
          "validated",
          "time");

  /** What a fragment logs in a situation. */
  record Logged(String fragment, String situation, String message) {
    @Override
    public String toString() {
      return fragment + ", " + situation;
    }

    JsonNode json() throws Exception {
      return JSON.readTree(message);
    }
  }

  @Test
  void wasRunSinceTheExpressionsChanged() throws Exception {
    Map<String, String> digests = new TreeMap<>();
    for (JsonNode line : lines()) {
      if (line.has("digest")) {
        digests.put(line.path("fragment").asText(), line.path("digest").asText());
      }
    }
    Map<String, String> now = new TreeMap<>();
    for (Path file : PolicyFilesTest.fragments().toList()) {
      String name = file.getFileName().toString();
      String text = String.join("\n", PolicyFilesTest.expressions(file));
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      now.put(name.substring(0, name.length() - 4), HexFormat.of().formatHex(digest));
    }
    assertThat(digests)
        .as("could not trust messages.jsonl; run topology-tests/src/test/csharp/run")
        .isEqualTo(now);
  }

  @ParameterizedTest
  @MethodSource("messages")
  void holdsThePropertiesOfTheContract_inItsOrder(Logged logged) throws Exception {
    List<String> names = new ArrayList<>();
    logged.json().fieldNames().forEachRemaining(names::add);
    assertThat(PROPERTIES).containsSubsequence(names);
    assertThat(names).startsWith("v", "correlationId").contains("validated");
    assertThat(names.contains("time")).isEqualTo(logged.fragment().endsWith("eventhub"));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void neverHoldsTheTokenItself_andIsShort(Logged logged) throws Exception {
    assertThat(logged.message()).doesNotContain("token.text").doesNotContain("Bearer");
    assertThat(logged.message().length()).isLessThan(2_600);
  }

  @ParameterizedTest
  @MethodSource("messages")
  void isReadAsAMessageOfItsOwn(Logged logged) throws Exception {
    Activity link = read(logged.message());
    assertThat(link.getKind()).isEqualTo(ActivityKind.IDENTITY_LINK);
    assertThat(link.getEventId()).isEqualTo("6f1c1f0e-0d5b-4c5e-9a55-1f2b3c4d5e6f");
    check(link, logged.json());
  }

  @ParameterizedTest
  @MethodSource("messages")
  void isReadAsATraceOfItsCall(Logged logged) throws Exception {
    ObjectNode trace = JSON.createObjectNode().put("source", "lockstep");
    trace.put("message", logged.message());
    ObjectNode call = JSON.createObjectNode().put("category", "GatewayLogs");
    call.put("correlationId", "6f1c1f0e-0d5b-4c5e-9a55-1f2b3c4d5e6f");
    call.put("time", "2026-11-03T09:30:00.1234567Z").put("callerIpAddress", "192.0.2.10");
    call.putObject("properties").put("responseCode", 200).putArray("traceRecords").add(trace);
    Activity activity = read(call.toString());
    assertThat(activity.getKind()).isEqualTo(ActivityKind.API_CALL);
    check(activity, logged.json());
  }

  @Test
  void tellsAUserFromAnApplication() throws Exception {
    assertThat(property("link", "user of a v2.0 token without sid", "idtyp")).containsOnly("user");
    assertThat(property("link", "user whose token says so", "idtyp")).containsOnly("user");
    assertThat(property("link", "application", "idtyp")).containsOnly("app");
    assertThat(property("link", "application whose token says so", "idtyp")).containsOnly("app");
  }

  @Test
  void tellsWhoActs_andForWhom() throws Exception {
    String agent = "agent that acts for a user";
    assertThat(property("link", agent, "azp")).containsOnly("aaaabbbb-cccc-dddd-eeee-ffff00001111");
    assertThat(property("link", agent, "appid"))
        .containsOnly("22223333-4444-5555-6666-777788889999");
    assertThat(property("link", agent, "azpacr")).containsOnly("2");
    assertThat(property("link", agent, "actfct")).containsOnly("3 11");
    assertThat(property("link", "application for a user, v1.0 token", "azpacr")).containsOnly("1");
    assertThat(property("link", "user", "azp"))
        .containsOnly("22223333-4444-5555-6666-777788889999");
    for (String name : List.of("azpacr", "actfct", "subfct", "parapp")) {
      assertThat(property("link", "user", name)).containsOnly("");
    }
    for (Logged logged : messages().filter(each -> each.situation().equals(agent)).toList()) {
      Delegation delegation = read(logged.message()).getToken().getDelegation();
      assertThat(delegation.getAuthorizedParty()).isEqualTo("aaaabbbb-cccc-dddd-eeee-ffff00001111");
      assertThat(delegation.getClientAuth()).isEqualTo(2);
      assertThat(delegation.getActorFacets()).containsExactly(3, 11);
      assertThat(delegation.getSubjectFacets()).containsExactly(9, 13);
      assertThat(delegation.getParentApp()).isEqualTo("11112222-3333-4444-5555-666677778888");
    }
  }

  @Test
  void leavesOutWhatIsTooLongOrNoNumber() throws Exception {
    for (String name : List.of("sid", "tid", "iat", "exp")) {
      assertThat(property("link", "odd claims", name)).containsOnly("");
    }
    assertThat(property("link", "endless X-Azure-SocketIP", "socketIp")).containsOnly("");
    assertThat(property("link", "one endless X-Forwarded-For", "xff")).containsOnly("");
    assertThat(property("link", "long headers", "xff"))
        .allSatisfy(xff -> assertThat(xff).startsWith("198.51.100.").endsWith(",203.0.113.7"))
        .allSatisfy(xff -> assertThat(xff.length()).isBetween(1000, 1024));
    assertThat(property("link", "long headers", "userAgent")).containsOnly("u".repeat(256));
  }

  @Test
  void callsClaimsValidated_onlyIfTheyWere() throws Exception {
    for (String situation : List.of("nothing was validated", "the variable is no token")) {
      assertThat(property("link", situation, "validated")).containsOnly("false");
      assertThat(property("link", situation, "oid")).containsOnly("");
    }
    assertThat(property("link", "user", "validated")).containsOnly("true");
    assertThat(property("refused", "refused", "validated")).containsOnly("false");
  }

  @Test
  void readsARefusedToken_whereverItStands() throws Exception {
    for (String situation : List.of("refused", "refused without scheme", "refused, two values")) {
      assertThat(property("refused", situation, "oid"))
          .containsOnly("11112222-3333-4444-5555-666677778888");
    }
    assertThat(property("refused", "refused, no token", "oid")).containsOnly("");
  }

  @Test
  void isSilentInOnError_withoutATokenAndAfterValidation() throws Exception {
    assertThat(lines())
        .filteredOn(line -> line.path("fragment").asText().contains("refused"))
        .filteredOn(line -> !line.has("message") && !line.has("digest"))
        .extracting(line -> line.path("situation").asText())
        .contains("user", "no header at all", "nothing was validated", "failed after validation");
  }

  private static void check(Activity activity, JsonNode said) {
    assertThat(activity.getSocketAddress()).isEqualTo(said.path("socketIp").textValue());
    assertThat(activity.getForwardedFor()).isEqualTo(said.path("xff").textValue());
    Token token = activity.getToken();
    if (Stream.of("uti", "sid", "oid", "tid", "appid").noneMatch(said::has)) {
      assertThat(token).isNull();
      return;
    }
    String uti = said.path("uti").textValue();
    assertThat(token.getUti()).isEqualTo(uti == null ? null : TokenIds.normalised(uti));
    assertThat(token.getSid()).isEqualTo(said.path("sid").textValue());
    assertThat(token.getOid()).isEqualTo(said.path("oid").textValue());
    assertThat(token.getTid()).isEqualTo(said.path("tid").textValue());
    assertThat(token.getAppId()).isEqualTo(said.path("appid").textValue());
    assertThat(token.getAppOnly()).isEqualTo(said.path("idtyp").asText().equals("app"));
    assertThat(token.getIssuedAt()).isEqualTo(millis(said.path("iat")));
    assertThat(token.getExpiresAt()).isEqualTo(millis(said.path("exp")));
    assertThat(token.getValidated()).isEqualTo(said.path("validated").asBoolean());
  }

  private static @Nullable Long millis(JsonNode seconds) {
    return seconds.isMissingNode() ? null : seconds.longValue() * 1000;
  }

  private static Activity read(String text) {
    List<Outcome> outcomes = new ArrayList<>();
    new MessageReader(Limits.defaults())
        .read(text.getBytes(StandardCharsets.UTF_8), new Where(), null, outcomes::add);
    assertThat(outcomes).singleElement().isInstanceOf(Outcome.Mapped.class);
    return ((Outcome.Mapped) outcomes.get(0)).activity();
  }

  /** Returns what the fragments of a kind say in a situation, absent as an empty text. */
  private static List<String> property(String kind, String situation, String name)
      throws Exception {
    List<String> values = new ArrayList<>();
    for (Logged logged : messages().toList()) {
      if (logged.fragment().contains("-" + kind + "-") && logged.situation().equals(situation)) {
        values.add(logged.json().path(name).asText());
      }
    }
    assertThat(values).hasSize(2);
    return values;
  }

  static Stream<Logged> messages() throws Exception {
    return lines().stream()
        .filter(line -> line.has("message"))
        .map(
            line ->
                new Logged(
                    line.path("fragment").asText(),
                    line.path("situation").asText(),
                    line.path("message").asText()));
  }

  private static List<JsonNode> lines() throws Exception {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("src/test/resources/policy/messages.jsonl"))) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }
}
