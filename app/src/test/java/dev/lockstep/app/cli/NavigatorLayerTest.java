package dev.lockstep.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.detections.BuiltInRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The layer of {@code rules list --navigator} has the techniques of every rule. */
class NavigatorLayerTest {
  private static final String RULE =
      """
      title: A role is given
      id: 11111111-0000-0000-0000-000000000001
      tags: [attack.persistence, attack.t1098.003, attack.t1136]
      logsource: {product: azure, service: auditlogs}
      detection:
          selection:
              OperationName: Add member to role
          condition: selection
      """;

  @TempDir Path folder;

  private Map<String, JsonNode> techniques(String configuration) throws IOException {
    Path file = Files.writeString(folder.resolve("lockstep.yaml"), configuration);
    Ran ran = Ran.run("rules", "list", "--navigator", "--config", file.toString());
    assertThat(ran.code()).isEqualTo(ExitCode.DONE);
    JsonNode layer = new ObjectMapper().readTree(ran.out());
    assertThat(layer.path("domain").asText()).isEqualTo("enterprise-attack");
    assertThat(layer.at("/versions/layer").asText()).isEqualTo("4.5");
    assertThat(layer.at("/versions/attack").asText()).isEqualTo("18");
    Map<String, JsonNode> techniques = new TreeMap<>();
    for (JsonNode technique : layer.path("techniques")) {
      String id = technique.path("techniqueID").asText();
      assertThat(id).matches("T\\d{4}(\\.\\d{3})?");
      assertThat(techniques.put(id, technique)).as(id).isNull();
      assertThat(technique.path("score").asInt())
          .isLessThanOrEqualTo(layer.at("/gradient/maxValue").asInt());
    }
    return techniques;
  }

  private static JsonNode of(Map<String, JsonNode> techniques, String id) {
    return techniques.getOrDefault(id, MissingNode.getInstance());
  }

  @Test
  void hasEveryTechniqueOfTheBuiltInRules_andThoseOfSigmasTags() throws IOException {
    Path rules = Files.createDirectory(folder.resolve("rules"));
    Files.writeString(rules.resolve("role.yml"), RULE);
    Map<String, JsonNode> techniques = techniques("rules: {directories: [rules]}\n");
    BuiltInRules.all()
        .forEach(rule -> assertThat(techniques.keySet()).containsAll(rule.info().techniques()));
    assertThat(of(techniques, "T1136").path("score").asInt()).isEqualTo(1);
    assertThat(of(techniques, "T1136").path("comment").asText()).isEqualTo("role");
    assertThat(of(techniques, "T1098.003").path("comment").asText())
        .contains("privileged-without-pim", "role");
    assertThat(of(techniques, "T1078").path("showSubtechniques").asBoolean()).isTrue();
    assertThat(of(techniques, "T1136").path("showSubtechniques").asBoolean()).isFalse();
  }

  @Test
  void countsTheRulesThatRun() throws IOException {
    int before = of(techniques("rules: {}\n"), "T1528").path("score").asInt();
    JsonNode after = of(techniques("rules: {token-replay: {enabled: false}}\n"), "T1528");
    assertThat(before).isEqualTo(1);
    assertThat(after.path("score").asInt()).isZero();
    assertThat(after.path("comment").asText()).isEqualTo("token-replay (off)");
  }

  @Test
  void countsARuleOnce_thatHasACandidate() throws IOException {
    JsonNode technique = of(techniques("rules: {token-replay@short: {maxHours: 24}}\n"), "T1528");
    assertThat(technique.path("score").asInt()).isEqualTo(1);
    assertThat(technique.path("comment").asText()).isEqualTo("token-replay");
  }

  @Test
  void isNoArrayOfRulesAsWell() {
    Ran ran = Ran.run("rules", "list", "--navigator", "--json");
    assertThat(ran.code()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(ran.err())
        .contains("could not use --json and --navigator together; leave out one of the two");
  }
}
