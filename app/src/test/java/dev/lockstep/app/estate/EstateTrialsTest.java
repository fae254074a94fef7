package dev.lockstep.app.estate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.replay.SortedCapture;
import dev.lockstep.app.rules.ConfiguredRule;
import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.rules.RuleCatalogue;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.detections.bypass.GatewayBypass;
import dev.lockstep.detections.privileged.PrivilegedWithoutPim;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.enrichment.network.Networks;
import dev.lockstep.enrichment.partner.Partners;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.raw.RawFieldPlan;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.Settings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A proposal is tried by rules that need the estate. */
class EstateTrialsTest {
  private static final String DOOR = "55555555-aaaa-bbbb-cccc-000000000001";
  private static final String FOREIGN = "66666666-aaaa-bbbb-cccc-000000000001";
  private static final String ADMIN = "22222222-3333-4444-5555-666666666666";
  private static final String PIM_USER = "22222222-3333-4444-5555-777777777777";
  private static final String CLEAN = "22222222-3333-4444-5555-888888888888";

  @TempDir Path folder;

  @Test
  void eachEntryHasItsCounts_andWhatItWouldFire() throws Exception {
    StringBuilder capture = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      capture.append(call(i, "192.0.2.1", DOOR, "api.contoso.com", "orders"));
    }
    capture.append(call(41, "192.0.2.1", FOREIGN, "api.contoso.com", "orders"));
    capture.append(call(42, "198.51.100.7", DOOR, "api.contoso.com", "orders"));
    capture.append(call(43, "198.51.100.8", null, "evil.example", null));
    capture.append(audit("a", ADMIN, "Add member to role", "Core Directory"));
    capture.append(audit("b", ADMIN, "Add member to role", "Core Directory"));
    capture.append(audit("c", PIM_USER, "Add member to role completed (PIM activation)", "PIM"));
    capture.append(audit("d", PIM_USER, "Add member to role", "Core Directory"));
    capture.append(audit("e", CLEAN, "Add user", "Core Directory"));

    Suggested suggested = suggest(capture.toString());
    JsonNode gateway = suggested.json().get("gateways").get(0);
    assertThat(texts(gateway, "hosts")).containsExactly("api.contoso.com");
    assertThat(texts(gateway, "hostsCommentedOut")).containsExactly("evil.example");
    assertThat(texts(gateway, "frontDoorIds")).isEmpty();
    assertThat(texts(gateway, "frontDoorIdsCommentedOut")).containsExactly(DOOR, FOREIGN);
    assertThat(suggested.yaml())
        .contains("keep only the frontDoorIds of your own Front Doors")
        .contains(
            "frontDoorIds: []   # to take one of these, remove the brackets, and the # before the"
                + " value:")
        .contains("# - " + DOOR + "   # 40 calls", "# - " + FOREIGN + "   # 1 call\n");
    assertThat(gateway.get("seen").toString())
        .isEqualTo("{\"calls\":43,\"throughTrustedProxy\":41,\"withClaims\":0}");
    assertThat(gateway.get("wouldFire").toString())
        .isEqualTo(
            "{\"gateway-bypass direct High\":1,\"gateway-bypass direct Low\":1,"
                + "\"gateway-bypass foreign-front-door High\":1}");

    JsonNode privileged = suggested.json().get("privileged").get(0);
    assertThat(privileged.get("name").textValue()).isEqualTo("role-assignment");
    assertThat(texts(privileged, "operations")).containsExactly("Add member to role*");
    assertThat(texts(privileged, "standing")).isEmpty();
    assertThat(texts(privileged, "standingCommentedOut")).containsExactly(ADMIN);
    assertThat(privileged.get("seen").toString())
        .isEqualTo("{\"operations\":3,\"users\":2,\"withActivation\":1,\"withoutActivation\":2}");
    assertThat(privileged.get("tried").booleanValue()).isTrue();

    Path file = Files.writeString(folder.resolve("lockstep.yaml"), suggested.yaml(), UTF_8);
    Config read = Config.read(file, Map.of());
    assertThat(read.estate().gateways().get(0).frontDoorIds()).isEmpty();
    assertThat(read.estate().privileged().get(0).includes("add member to role")).isTrue();
  }

  @Test
  void theOnlyFrontDoorOfAGateway_isItsOwn() throws Exception {
    Suggested suggested = suggest(call(1, "192.0.2.1", DOOR, "api.contoso.com", "orders"));

    assertThat(texts(suggested.json().get("gateways").get(0), "frontDoorIds"))
        .containsExactly(DOOR);
    assertThat(suggested.yaml())
        .contains("- " + DOOR + "   # 1 call\n", "1 accepted call of an API")
        .doesNotContain("keep only the frontDoorIds");
  }

  @Test
  void hostilePartsOfRecords_neverBreakTheProposal() throws Exception {
    String hostile = "a b\\nestate: {x: 1}";
    Suggested suggested =
        suggest(
            call(1, "192.0.2.1", "no guid # \\\"", hostile, "orders")
                + call(2, "192.0.2.1", DOOR, "[::1]", "orders")
                + audit("a", ADMIN, "Add member to role\\n- x", "Core Directory"));
    Path file = Files.writeString(folder.resolve("lockstep.yaml"), suggested.yaml(), UTF_8);
    assertThat(Config.read(file, Map.of()).estate().gateways()).hasSize(1);
  }

  private record Suggested(JsonNode json, String yaml) {}

  private static List<String> texts(JsonNode entry, String list) {
    return Stream.of(entry.get(list))
        .flatMap(values -> values.valueStream())
        .map(JsonNode::textValue)
        .toList();
  }

  private static Suggested suggest(String capture) throws IOException, FileProblemException {
    Enrichment enrichment =
        Enrichment.of(
            Networks.parse("networks.csv", "cidr,class\n192.0.2.1/32,trusted-proxy\n"),
            Partners.none(),
            GeoDatabases.none());
    EstateSurvey survey = new EstateSurvey(enrichment);
    Progress progress = Progress.of(true);
    try (SortedCapture read =
        new SortedCapture(Limits.defaults(), RawFieldPlan.none(), Long.MIN_VALUE, Long.MAX_VALUE)) {
      read.read(List.of("-"), new ByteArrayInputStream(capture.getBytes(UTF_8)), progress);
      assertThat(read.counts().total().rejected()).isZero();
      read.forEach("looking", progress, survey::add);
      SuggestedEstate suggested =
          new SuggestedEstate(
              EstateProposal.of(survey),
              new EstateTrials(
                  read,
                  rules(new GatewayBypass(), new PrivilegedWithoutPim()),
                  enrichment,
                  progress));
      return new Suggested(new ObjectMapper().readTree(suggested.json()), suggested.yaml());
    }
  }

  private static ConfiguredRules rules(Rule... rules) {
    List<ConfiguredRule> configured =
        Stream.of(rules)
            .map(
                rule ->
                    new ConfiguredRule(
                        new RuleCatalogue.Entry(rule, rule.info(), null),
                        Settings.defaults(rule.info()),
                        Map.of()))
            .toList();
    return new ConfiguredRules(RuleCatalogue.builtIn(), configured, 256, 5);
  }

  private static String call(
      int number, String peer, @Nullable String frontDoorId, String host, @Nullable String api) {
    String header =
        frontDoorId == null
            ? ""
            : ",\"requestHeaders\":{\"X-Azure-FDID\":\"%s\"}".formatted(frontDoorId);
    String of = api == null ? "" : ",\"apiId\":\"%s\"".formatted(api);
    return """
        {"time":"2026-11-19T10:%02d:00Z","category":"GatewayLogs","correlationId":"c-%d",\
        "resourceId":"/SUBSCRIPTIONS/S/PROVIDERS/MICROSOFT.APIMANAGEMENT/SERVICE/CONTOSO-APIM",\
        "callerIpAddress":"%s","properties":{"method":"GET","url":"https://%s/orders",\
        "responseCode":200%s%s}}
        """
        .formatted(number, number, peer, host, of, header);
  }

  private static String audit(String id, String user, String operation, String service) {
    return """
        {"time":"2026-11-19T10:30:00Z","category":"AuditLogs","operationName":"%s",\
        "properties":{"id":"%s","result":"success","loggedByService":"%s",\
        "activityDisplayName":"%s","activityDateTime":"2026-11-19T10:30:00Z",\
        "initiatedBy":{"user":{"id":"%s","userPrincipalName":"%s@contoso.com"}},\
        "targetResources":[]}}
        """
        .formatted(operation, id, service, operation, user, user.substring(30));
  }
}
