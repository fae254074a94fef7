package dev.lockstep.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lockstep.app.rules.ConfiguredRule;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.schemas.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sigma rules of the folders that the configuration names. */
class SigmaRulesTest {
  private static final String RULE =
      """
      title: %s
      id: %s
      level: low
      tags: [attack.stealth, attack.t1078.004]
      logsource: {product: azure, service: auditlogs}
      detection:
          selection:
              operationName: Add service principal
          condition: selection
      lockstep: {shadow: true}
      """;

  @TempDir Path folder;
  private Path rules;

  @BeforeEach
  void makeFolder() throws IOException {
    rules = Files.createDirectories(folder.resolve("rules/below"));
  }

  private Config read() throws IOException {
    Path file =
        Files.writeString(folder.resolve("lockstep.yaml"), "rules: {directories: [rules]}\n");
    return Config.read(file, Map.of());
  }

  @Test
  void loadsRulesByTheNamesOfTheirFiles() throws IOException {
    Files.writeString(
        rules.resolve("new_principal.yml"),
        RULE.formatted("One", "a") + "---\n" + RULE.formatted("Two parts", "b"));

    Config config = read();
    ConfiguredRule one = config.rules().rule("new_principal");
    ConfiguredRule two = config.rules().rule("new_principal/two_parts");

    assertThat(one).isNotNull();
    assertThat(two).isNotNull();
    assertThat(one.entry().origin()).isEqualTo("rules/below/new_principal.yml:1");
    assertThat(one.settings().isShadow()).isTrue();
    assertThat(one.info().identity()).isEqualTo("a");
    assertThat(one.info().severities()).containsExactly(Severity.Low);
    assertThat(one.info().tactics()).containsExactly("DefenseEvasion");
    assertThat(one.info().techniques()).containsExactly("T1078.004");
    assertThat(one.info().categories()).containsExactly("AuditLogs");
    assertThat(one.info().rawFields()).isNotEmpty();
    assertThat(one.info().sha256()).isNotEqualTo(two.info().sha256()).hasSize(64);
  }

  @Test
  void refusesTheWholeSet_withALineForEachFaultAndTheGoodFiles() throws IOException {
    Files.writeString(rules.resolve("good.yml"), RULE.formatted("Good", "a"));
    Files.writeString(rules.resolve("twice.yml"), RULE.formatted("Twice", "A"));
    Files.writeString(
        rules.resolve("bad.yml"), RULE.formatted("Bad", "c").replace("azure", "windows"));

    OperatorException failure = catchThrowableOfType(OperatorException.class, this::read);

    assertThat(failure).hasMessageContaining("has Sigma rules with 2 faults");
    assertThat(failure.lines())
        .satisfiesExactly(
            first ->
                assertThat(first)
                    .contains("rules/below/bad.yml:5 has the product \"windows\"", "azure"),
            second -> assertThat(second).contains("rules/below/twice.yml:1 has the same id, \"A\""),
            third -> assertThat(third).isEqualTo("files without a fault: rules/below/good.yml"));
  }

  @Test
  void namesTheFolderThatHasTheFault_ofSeveral() throws IOException {
    Path more = Files.createDirectories(folder.resolve("rules-more"));
    Path file =
        Files.writeString(
            folder.resolve("lockstep.yaml"), "rules: {directories: [rules, rules-more]}\n");
    Files.writeString(rules.resolve("good.yml"), RULE.formatted("Good", "a"));
    Files.writeString(more.resolve("token-replay.yml"), RULE.formatted("Same id", "b"));
    OperatorException sameId =
        catchThrowableOfType(OperatorException.class, () -> Config.read(file, Map.of()));
    Files.writeString(
        more.resolve("token-replay.yml"), RULE.formatted("Bad", "b").replace("azure", "windows"));
    OperatorException fault =
        catchThrowableOfType(OperatorException.class, () -> Config.read(file, Map.of()));

    assertThat(sameId)
        .hasMessageContaining("\"rules-more\" contains the Sigma rule at")
        .hasMessageContaining("the id of a built-in rule");
    assertThat(fault).hasMessageContaining("\"rules-more\" has Sigma rules with 1 fault");
    Files.writeString(
        rules.resolve("good.yml"), RULE.formatted("Bad", "a").replace("azure", "windows"));
    assertThatThrownBy(() -> Config.read(file, Map.of()))
        .hasMessageContaining(
            "\"rules-more\" and at least one more folder of the same list have Sigma rules with 2 faults");
  }

  @Test
  void keepsTheFindingsOfARuleWhoseFileOrTitleChanges() throws IOException {
    Files.writeString(rules.resolve("one.yml"), RULE.formatted("One", "a"));
    ConfiguredRule before = Objects.requireNonNull(read().rules().rule("one"));
    Files.delete(rules.resolve("one.yml"));
    Files.writeString(
        rules.resolve("other.yml"), RULE.formatted("Another", "a").replace("low", "high"));

    ConfiguredRule after = Objects.requireNonNull(read().rules().rule("other"));

    assertThat(after.info().identity()).isEqualTo(before.info().identity());
    assertThat(after.info().meaning()).isEqualTo(before.info().meaning());
  }
}
