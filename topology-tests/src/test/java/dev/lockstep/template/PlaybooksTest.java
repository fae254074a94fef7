package dev.lockstep.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples of playbooks and automation rules fit the alerts that the rules make. */
class PlaybooksTest {
  private static final Path FOLDER = Templates.SENTINEL.resolve("playbooks");

  /** What an expression takes from another action. */
  private static final Pattern TAKEN =
      Pattern.compile("\\b(?:outputs|body|items)\\('(\\w+)'\\)(?:\\?\\['(\\w+)'])?");

  @ParameterizedTest
  @MethodSource("playbooks")
  void takeFromActionsThatAreThere_inAnOrderThatIsThere(Path file) throws IOException {
    JsonNode definition =
        Templates.resource(file, "Microsoft.Logic/workflows", "[parameters('playbookName')]")
            .at("/properties/definition");
    Map<String, JsonNode> actions = new TreeMap<>();
    collect(definition, actions);
    assertThat(actions).hasSizeGreaterThan(2);
    Matcher taken = TAKEN.matcher(definition.toString());
    Set<String> names = new TreeSet<>();
    while (taken.find()) {
      names.add(taken.group(1));
    }
    assertThat(actions.keySet()).containsAll(names);
    checkOrder(definition);
    assertThat(definition.path("triggers")).hasSize(1);
  }

  private static void collect(JsonNode scope, Map<String, JsonNode> actions) {
    for (Map.Entry<String, JsonNode> action : scope.path("actions").properties()) {
      assertThat(actions.put(action.getKey(), action.getValue())).as(action.getKey()).isNull();
      collect(action.getValue(), actions);
    }
  }

  /** An action waits for actions of its own scope only, and one of them is the first. */
  private static void checkOrder(JsonNode scope) {
    Set<String> own = new TreeSet<>();
    scope.path("actions").fieldNames().forEachRemaining(own::add);
    boolean first = own.isEmpty();
    for (JsonNode action : scope.path("actions")) {
      Set<String> after = new TreeSet<>();
      action.path("runAfter").fieldNames().forEachRemaining(after::add);
      assertThat(own).containsAll(after);
      first |= after.isEmpty();
      checkOrder(action);
    }
    assertThat(first).isTrue();
  }

  @Test
  void readDetailsThatAlertsHave() throws IOException {
    JsonNode details =
        Solution.yaml(Solution.RULES.resolve("NewFinding.yaml")).path("customDetails");
    Matcher taken =
        Pattern.compile("outputs\\('Details'\\)\\?\\['(\\w+)']")
            .matcher(Templates.text(FOLDER.resolve("explain.json")));
    Set<String> names = new TreeSet<>();
    while (taken.find()) {
      names.add(taken.group(1));
    }
    assertThat(names).contains("DetectionId", "Subject");
    names.forEach(name -> assertThat(details.has(name)).as(name).isTrue());
  }

  @Test
  void revokeTheUsersThatAlertsName() throws IOException {
    List<String> identifiers =
        Solution.yaml(Solution.RULES.resolve("NewFinding.yaml"))
            .path("entityMappings")
            .findValuesAsText("identifier");
    assertThat(identifiers).contains("AadUserId");
    assertThat(Templates.text(FOLDER.resolve("revoke.json")))
        .contains("item()?['AadUserId']")
        .contains("/revokeSignInSessions");
  }

  @Test
  void automationGoesByTheRulesOfTheTemplate() throws IOException {
    String automation = Templates.text(FOLDER.resolve("automation.json"));
    for (JsonNode rule : SentinelTemplateTest.rules().toList()) {
      String name = rule.path("name").asText();
      String ending = name.substring(name.indexOf("{0}") + 3, name.indexOf("',"));
      assertThat(automation.contains("format('{0}" + ending + "'"))
          .as(name)
          .isEqualTo(!ending.equals("-health"));
    }
  }

  static Stream<Path> playbooks() {
    return Stream.of(FOLDER.resolve("explain.json"), FOLDER.resolve("revoke.json"));
  }
}
