package dev.lockstep.app.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigProblemsTest {
  @TempDir Path folder;

  @Test
  void findsEachProblemOnce_andKeepsTheRest() throws Exception {
    ConfigProblems problems =
        of(
            """
            networks: [one.csv, two.csv]
            rules:
              token-replay: {maxHours: 1, maxHour: 2}
            sources:
              - {name: good, type: kafka, bootstrapServers: "localhost:9092", topic: logs}
              - {name: bad, type: kafka, bootstrapServers: "localhost", topic: logs}
              - {name: worse, type: event-hubs-kafka, auth: managed-identity, hub: logs}
              - {name: good, type: kafka, bootstrapServers: "localhost:9092", topic: others}
            kafka: {properties: {security.protocol: "${env:NO_SUCH_VARIABLE}"}}
            """);
    assertThat(said(problems))
        .anySatisfy(line -> assertThat(line).contains("\"one.csv\" does not name an existing file"))
        .anySatisfy(line -> assertThat(line).contains("unknown key \"rules.token-replay.maxHour\""))
        .anySatisfy(
            line -> assertThat(line).contains("token-replay.maxHours \"1\" is out of range"))
        .anySatisfy(
            line -> assertThat(line).contains("names the server \"localhost\", which is not"))
        .anySatisfy(line -> assertThat(line).contains("namespace is missing"))
        .anySatisfy(line -> assertThat(line).contains("two sources have the name \"good\""))
        .anySatisfy(line -> assertThat(line).contains("NO_SUCH_VARIABLE"))
        .doesNotHaveDuplicates();
    assertThat(requireNonNull(problems.rest()).sources()).hasSize(1);
    assertThat(problems.lacks("sources")).isTrue();
    assertThat(problems.lacks("kafka")).isTrue();
    assertThat(problems.lacks("sentinel")).isFalse();
  }

  @Test
  void aCategoryWithoutItsBeginning_isToldWithIt() throws Exception {
    assertThat(said(of(bringing("AlertInfo"))).get(0))
        .contains("brings \"AlertInfo\"", "the nearest is AdvancedHunting-AlertInfo");
    assertThat(said(of(bringing("SigninLog"))).get(0)).contains("the nearest is SignInLogs");
    assertThat(said(of(bringing("logs"))).get(0)).contains("write one of SignInLogs");
  }

  private static String bringing(String category) {
    return """
        sources:
          - {name: xdr, type: kafka, bootstrapServers: "localhost:9092", topic: logs, brings: [%s]}
        """
        .formatted(category);
  }

  @Test
  void aKeyThatIsMissedOnlyBecauseItsValueWasBad_isNoProblemOfItsOwn() throws Exception {
    ConfigProblems problems =
        of(
            """
            sentinel:
              endpoint: "http://contoso.example"
              ruleId: dcr-1
              auth: managed-identity
            """);
    assertThat(said(problems)).hasSize(1);
    assertThat(said(problems).get(0)).contains("would send a token unencrypted");
    assertThat(requireNonNull(problems.rest()).sentinel()).isNull();
    assertThat(problems.lacks("sentinel")).isTrue();
  }

  @Test
  void namesAnEntryByItsPlaceInTheFile_whateverWasTakenOutBeforeIt() throws Exception {
    ConfigProblems problems =
        of(
            """
            sources:
              - {name: one, type: kafka, topic: t}
              - {name: two, type: kafka, bootstrapServers: "localhost:9092", topic: t}
              - {name: three, type: kafka, bootstrapServers: "localhost:9092"}
              - {name: 4, type: kafka, bootstrapServers: "localhost:9092", topic: t}
            """,
            Map.of("LOCKSTEP_SOURCES_1_TOPIC", "other", "LOCKSTEP_SOURCES_3_FROM", "noon"));
    assertThat(said(problems))
        .hasSize(3)
        .anySatisfy(line -> assertThat(line).contains("sources[0].bootstrapServers is missing"))
        .anySatisfy(line -> assertThat(line).contains("sources[2].topic is missing"))
        .anySatisfy(line -> assertThat(line).contains("sources[3].name \"4\" is not a name"));
    assertThat(requireNonNull(problems.rest()).sources())
        .singleElement()
        .satisfies(source -> assertThat(source.topic()).isEqualTo("other"));
  }

  @Test
  void aVariableThatCannotBeUsed_isTakenOut() throws Exception {
    ConfigProblems problems =
        ConfigProblems.of(
            null, Map.of("LOCKSTEP_KAFKA_PARTITIONS", "0", "LOCKSTEP_METRICS_PORT", "9405"));
    assertThat(said(problems)).hasSize(1);
    assertThat(requireNonNull(problems.rest()).metrics().port()).isEqualTo(9405);
  }

  @Test
  void whatIsNoYaml_isTheOnlyProblem() throws Exception {
    ConfigProblems problems = of("kafka: {bootstrapServers: [");
    assertThat(said(problems)).hasSize(1);
    assertThat(problems.rest()).isNull();
  }

  @Test
  void keepsTheRest_alsoOfAFileWithAsManyProblemsAsAreSearched() throws Exception {
    StringBuilder yaml = new StringBuilder("metrics:\n  port: 9405\n");
    for (int i = 0; i < 50; i++) {
      yaml.append("  unknown").append(i).append(": 1\n");
    }
    ConfigProblems problems = of(yaml.toString());
    assertThat(said(problems)).hasSize(50);
    assertThat(requireNonNull(problems.rest()).metrics().port()).isEqualTo(9405);

    ConfigProblems more = of(yaml + "  oneMore: 1\n");
    assertThat(said(more))
        .hasSize(51)
        .last(InstanceOfAssertFactories.STRING)
        .startsWith("could not list all problems of the configuration: it has more than 50");
    assertThat(more.rest()).isNull();
  }

  @Test
  void aKeyThatIsMissedAfterTheLastProblem_isNotOneMore() throws Exception {
    StringBuilder yaml = new StringBuilder("kafka:\n");
    for (int i = 0; i < 49; i++) {
      yaml.append("  unknown").append(i).append(": 1\n");
    }
    yaml.append(
        "sentinel: {endpoint: \"http://contoso.example\", ruleId: dcr-1, auth: managed-identity}\n");
    ConfigProblems problems = of(yaml.toString());
    assertThat(said(problems)).hasSize(50).noneMatch(line -> line.contains("more than"));
    assertThat(requireNonNull(problems.rest()).sentinel()).isNull();
  }

  @Test
  void aKeyWithBracketsOfItsOwn_isOneProblem() throws Exception {
    ConfigProblems problems =
        of(
            """
            sources:
              - {name: one, type: kafka, bootstrapServers: "localhost:9092", topic: t}
            "sources[first] of all": 1
            "sources[-1] of all": 1
            """);
    assertThat(said(problems)).hasSize(2);
    assertThat(requireNonNull(problems.rest()).sources()).hasSize(1);
  }

  @Test
  void aGoodOneHasNone() throws Exception {
    ConfigProblems problems = of("metrics: {port: 0}\n");
    assertThat(said(problems)).isEmpty();
    assertThat(problems.rest()).isNotNull();
  }

  private ConfigProblems of(String yaml) throws Exception {
    return of(yaml, Map.of());
  }

  private ConfigProblems of(String yaml, Map<String, String> variables) throws Exception {
    Path file = folder.resolve("lockstep.yaml");
    Files.writeString(file, yaml);
    return ConfigProblems.of(file, variables);
  }

  private static List<String> said(ConfigProblems problems) {
    return problems.found().stream().map(problem -> String.valueOf(problem.getMessage())).toList();
  }
}
