package dev.lockstep.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.detections.join.JoinableLogs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The templates for Azure fit together: every log has its hub, and every parameter is read. */
class AzureTemplatesTest {
  private static final Path AZURE = Templates.DEPLOY.resolve("azure");
  private static final Path HUBS = AZURE.resolve("hubs.json");

  /**
   * The roles that are given, and nothing beyond: to read hubs, checkpoints, to send rows, and to
   * comment on incidents.
   */
  private static final Map<String, List<String>> ROLES =
      Map.of(
          "hubs.json",
          List.of("a638d3c7-ab3a-418d-83e6-5f17a39d4fde", "ba92f5b4-2d11-453d-a403-e96b0029c9fe"),
          "explain.json",
          List.of("3e150937-b8fe-4cfb-8069-0eaf05ecd056"),
          "revoke.json",
          List.of("3e150937-b8fe-4cfb-8069-0eaf05ecd056"),
          "data.json",
          List.of("3913510d-42f4-4e42-8a64-420c390055eb"),
          "lake.json",
          List.of("3913510d-42f4-4e42-8a64-420c390055eb"),
          "identity-link.json",
          List.of("2b629674-e913-4c01-ae53-ef4638d8f975"));

  @Test
  void standardHasRoomForTheHubs() throws IOException {
    JsonNode parameters = template(HUBS).path("parameters");
    assertThat(hubs()).hasSizeLessThanOrEqualTo(10).doesNotHaveDuplicates();
    assertThat(parameters.at("/tier/allowedValues"))
        .noneMatch(tier -> tier.asText().equals("Basic"));
    assertThat(parameters.at("/partitions/maxValue").asInt()).isLessThanOrEqualTo(32);
    assertThat(parameters.at("/retentionHours/maxValue").asInt()).isLessThanOrEqualTo(7 * 24);
  }

  @Test
  void everyCategoryOfEntraHasTheHubThatTheServiceNames() throws IOException {
    for (JsonNode log : template(AZURE.resolve("entra.json")).at("/parameters/logs/defaultValue")) {
      String category = log.path("category").asText();
      assertThat(hubs()).contains("insights-logs-" + category.toLowerCase(Locale.ROOT));
    }
  }

  @Test
  void everyHubThatASettingNamesIsThere() throws IOException {
    List<String> named = new ArrayList<>();
    for (JsonNode resource : Templates.resources(AZURE.resolve("resources.json"))) {
      named.add(resource.at("/properties/eventHubName").asText());
    }
    named.add(
        template(AZURE.resolve("subscription.json")).at("/parameters/hub/defaultValue").asText());
    named.add(template(AZURE.resolve("defender.json")).at("/parameters/hub/defaultValue").asText());
    named.add(
        template(Templates.DEPLOY.resolve("apim").resolve("identity-link.json"))
            .at("/parameters/linkHub/defaultValue")
            .asText());
    assertThat(hubs()).containsAll(named);
  }

  @Test
  void aSourceOfAHubMayBring_whatASettingSendsThere() throws IOException {
    for (JsonNode resource : Templates.resources(AZURE.resolve("resources.json"))) {
      String hub = resource.at("/properties/eventHubName").asText();
      List<String> sent = resource.at("/properties/logs").findValuesAsText("category");
      JoinableLogs brought =
          Wiring.joinSettings(
              Config.read(
                  null,
                  Map.of(
                      "LOCKSTEP_SOURCES_LOGS_TYPE", "event-hubs-kafka",
                      "LOCKSTEP_SOURCES_LOGS_NAMESPACE", "contoso.servicebus.windows.net",
                      "LOCKSTEP_SOURCES_LOGS_AUTH", "managed-identity",
                      "LOCKSTEP_SOURCES_LOGS_HUB", hub)));
      assertThat(brought)
          .as(hub)
          .isEqualTo(
              new JoinableLogs(
                  sent.contains("IdentityLink"),
                  sent.contains("FrontDoorAccessLog"),
                  sent.contains("FrontDoorWebApplicationFirewallLog")));
    }
  }

  @ParameterizedTest
  @MethodSource("templates")
  void readsEveryParameter(Path file) throws IOException {
    JsonNode template = template(file);
    String said =
        template.path("variables") + " " + template.path("resources") + template.path("outputs");
    for (Map.Entry<String, JsonNode> parameter : template.path("parameters").properties()) {
      assertThat(said).contains("parameters('" + parameter.getKey() + "')");
      assertThat(parameter.getValue().at("/metadata/description").asText())
          .as(parameter.getKey())
          .isNotEmpty();
    }
    for (Map.Entry<String, JsonNode> variable : template.path("variables").properties()) {
      assertThat(said).contains("variables('" + variable.getKey() + "')");
    }
  }

  /**
   * Azure checks the name, scope and dependencies of a resource before it looks at its condition,
   * and refuses an empty segment.
   */
  @ParameterizedTest
  @MethodSource("templates")
  void namesNoResourceByAParameterThatMayBeEmpty(Path file) throws IOException {
    List<String> mayBeEmpty = new ArrayList<>();
    for (Map.Entry<String, JsonNode> parameter : template(file).path("parameters").properties()) {
      JsonNode initial = parameter.getValue().path("defaultValue");
      if (initial.isTextual() && initial.asText().isEmpty()) {
        mayBeEmpty.add("parameters('" + parameter.getKey() + "')");
      }
    }
    for (JsonNode resource : template(file).path("resources")) {
      List<String> places = new ArrayList<>();
      places.add(resource.path("name").asText());
      places.add(resource.path("scope").asText());
      resource.path("dependsOn").forEach(needed -> places.add(needed.asText()));
      places.removeIf(place -> place.startsWith("[guid(")); // a hash is never empty
      for (String parameter : mayBeEmpty) {
        assertThat(places)
            .as(resource.path("type").asText())
            .noneMatch(place -> place.contains(parameter));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("templates")
  void givesTheLeastRoles(Path file) throws IOException {
    List<String> roles = new ArrayList<>();
    for (JsonNode variable : template(file).path("variables")) {
      String text = variable.asText();
      if (text.contains("Microsoft.Authorization/roleDefinitions")) {
        roles.add(text.substring(text.lastIndexOf(", '") + 3, text.length() - 3));
      }
    }
    assertThat(roles).isEqualTo(ROLES.getOrDefault(file.getFileName().toString(), List.of()));
  }

  @Test
  void theWalkUsesEveryTemplate_withWhatItCannotDoWithout() throws IOException {
    String walk = Templates.text(Path.of("..", "docs", "azure.md"));
    String link = Templates.text(Path.of("..", "docs", "identity-link.md"));
    for (Path file : templates().toList()) {
      boolean apim = file.toString().contains("apim");
      String page = apim ? link : walk;
      String path = Path.of("..").relativize(file).toString().replace('\\', '/');
      assertThat(page).contains(apim ? path.replace(".json", ".bicep") : path);
      for (Map.Entry<String, JsonNode> parameter : template(file).path("parameters").properties()) {
        if (!parameter.getValue().has("defaultValue")) {
          assertThat(page).contains(parameter.getKey() + "=");
        }
      }
    }
  }

  private static List<String> hubs() throws IOException {
    List<String> hubs = new ArrayList<>();
    template(HUBS).at("/parameters/hubs/defaultValue").forEach(hub -> hubs.add(hub.asText()));
    return hubs;
  }

  private static JsonNode template(Path file) throws IOException {
    return Templates.JSON.readTree(Templates.text(file));
  }

  static Stream<Path> templates() throws IOException {
    return Templates.bicep().map(Templates::json);
  }
}
