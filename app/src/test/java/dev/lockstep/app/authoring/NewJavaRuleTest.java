package dev.lockstep.app.authoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.rules.RuleLoader;
import dev.lockstep.app.rules.SigmaDocuments;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.enrichment.Enrichment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A new rule in Java compiles, and its tests run beside its jar, of which one fails until edited.
 */
class NewJavaRuleTest {
  @TempDir Path folder;

  private static void compile(Path source, Path classes) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      List<String> options =
          List.of(
              "--release",
              "17",
              "-proc:none",
              "-d",
              classes.toString(),
              "-cp",
              System.getProperty("java.class.path"));
      assertThat(
              compiler
                  .getTask(null, files, null, options, null, files.getJavaFileObjects(source))
                  .call())
          .isTrue();
    }
  }

  private static void pack(Path classes, String type, Path jar) throws IOException {
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> all = Files.walk(classes)) {
      out.putNextEntry(new JarEntry("META-INF/services/dev.lockstep.rules.Rule"));
      out.write(type.getBytes(StandardCharsets.UTF_8));
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(file).toString().replace('\\', '/')));
        out.write(Files.readAllBytes(file));
      }
    }
  }

  private static TestReport test(Path folder) {
    return new RuleTester(new SigmaDocuments(), RuleCases.of(List.of(folder)), Enrichment.none(), 7)
        .run();
  }

  @Test
  void compiles_andPassesItsTests_onceTheRecordIsFixed() throws IOException {
    Path made = NewJavaRule.write(folder, "many_failed");
    Path rules = made.resolve("my-rules");
    compile(made.resolve("src/com/example/ManyFailed.java"), made.resolve("classes"));
    pack(made.resolve("classes"), "com.example.ManyFailed", rules.resolve("many-failed.jar"));

    TestReport before = test(rules);
    Path cases = rules.resolve("many-failed.tests.yaml");
    Files.writeString(
        cases, Files.readString(cases).replace("{errorCode: 0}", "{errorCode: 50126}"));
    TestReport after = test(rules);

    assertThat(before.faults()).isEmpty();
    assertThat(before.outcomes()).extracting(TestOutcome::passed).containsExactly(false, true);
    assertThat(before.outcomes().get(0).failures().toString())
        .contains("expected, but not found: Medium, count 3, principal user-1", "few-minutes");
    assertThat(after.isGood()).isTrue();
    assertThat(Files.readString(made.resolve("README.md"))).contains("# Many failed", "build.sh");
    assertThat(Files.readString(made.resolve("build.sh"))).contains("com.example.ManyFailed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        ".reasons(\"many-minutes\") ~ .reasons(\"other\") ~ a finding has the reason many-minutes,"
            + " which the rule does not declare; add it to reasons() in the rule description",
        ".severities(Severity.Medium) ~ .severities(Severity.Low) ~ a finding has the severity"
            + " Medium, which the rule does not declare; add it to severities() in the rule"
            + " description",
        ".gates(\"few-minutes\") ~ .gates(\"other\") ~ a verdict is suppressed by the gate"
            + " few-minutes, which the rule does not declare; add it to gates() in the rule"
            + " description"
      })
  void failsTheTests_whereTheRuleUsesWhatItDoesNotDeclare(
      String declared, String other, String words) throws IOException {
    Path made = NewJavaRule.write(folder, "many_failed");
    Path source = made.resolve("src/com/example/ManyFailed.java");
    assertThat(Files.readString(source)).contains(declared);
    Files.writeString(source, Files.readString(source).replace(declared, other));
    Path rules = made.resolve("my-rules");
    compile(source, made.resolve("classes"));
    pack(made.resolve("classes"), "com.example.ManyFailed", rules.resolve("many-failed.jar"));
    Path cases = rules.resolve("many-failed.tests.yaml");
    Files.writeString(
        cases, Files.readString(cases).replace("{errorCode: 0}", "{errorCode: 50126}"));

    TestReport report = test(rules);

    assertThat(report.isGood()).isFalse();
    assertThat(report.outcomes().stream().flatMap(each -> each.failures().stream()))
        .containsOnly(words);
  }

  @Test
  void compiles_alsoWithANameThatTheRuleUses() throws IOException {
    for (String name : List.of("rule", "principal", "string")) {
      Path made = NewJavaRule.write(folder, name);
      try (Stream<Path> sources = Files.list(made.resolve("src/com/example"))) {
        compile(sources.findFirst().orElseThrow(), made.resolve("classes"));
      }
    }
  }

  @Test
  void givesWordsInCamelCaseADash() throws IOException {
    assertThat(List.of("MyRule", "my_rule", "My-Rule", "myRule"))
        .allMatch(name -> NewJavaRule.id(name).equals("my-rule"));
    assertThat(NewJavaRule.id("HTTP2xxRule")).isEqualTo("http2xx-rule");
    Path made = NewJavaRule.write(folder, "MyRule");
    assertThat(made.resolve("my-rules/my-rule.tests.yaml")).exists();
    compile(made.resolve("src/com/example/MyRule.java"), made.resolve("classes"));
  }

  @Test
  void tellsAFileFromAFolder_thatHasTheNameAlready() throws IOException {
    Files.writeString(folder.resolve("many_failed"), "");
    assertThatThrownBy(() -> NewJavaRule.write(folder, "many_failed"))
        .hasMessageContaining("the file \"" + folder.resolve("many_failed") + "\" exists already");
    Files.createDirectory(folder.resolve("few_failed"));
    assertThatThrownBy(() -> NewJavaRule.write(folder, "few_failed"))
        .hasMessageContaining("the folder \"" + folder.resolve("few_failed") + "\" exists");
  }

  @Test
  void refusesANameThatGivesNoId() {
    for (String name : List.of("2fa", "odd_", "a__b")) {
      assertThatThrownBy(() -> NewJavaRule.write(folder, name))
          .isInstanceOf(OperatorException.class)
          .hasMessageContaining(
              "which cannot be the id of a rule in Java; begin the name with a letter, end it");
      assertThat(folder.resolve(name)).doesNotExist();
    }
  }

  @Test
  void refusesANameThatGivesTheIdOfABuiltInRule_orAKeyOfTheSectionRules() {
    for (String name : List.of("impossible_travel", "Directories")) {
      assertThatThrownBy(() -> NewJavaRule.write(folder, name))
          .isInstanceOf(OperatorException.class)
          .hasMessageContaining("which is taken, because it is already")
          .hasMessageContaining("choose another name");
      assertThat(folder.resolve(name)).doesNotExist();
    }
  }

  @Test
  void joinsAReplay_byTheJar_andCanBeLeftOut() throws IOException {
    Path made = NewJavaRule.write(folder, "many_failed");
    compile(made.resolve("src/com/example/ManyFailed.java"), made.resolve("classes"));
    Path jar = made.resolve("my-rules/many-failed.jar");
    pack(made.resolve("classes"), "com.example.ManyFailed", jar);
    Path config =
        Files.writeString(
            made.resolve("lockstep.yaml"),
            "rules: {directories: [my-rules], many-failed: {minutes: 2}}\n");

    assertThat(Config.rules(null, Map.of(), RuleLoader.adding(List.of(jar))).ids())
        .contains("many-failed");
    assertThat(Config.rules(config, Map.of(), RuleLoader.adding(List.of(jar))).ids())
        .containsOnlyOnce("many-failed");
    assertThat(Config.rules(config, Map.of(), RuleLoader.without(List.of(jar))).ids())
        .doesNotContain("many-failed");
  }

  @Test
  void refusesAFolderThatIsThere_andANameThatIsNone() {
    NewJavaRule.write(folder, "one");

    assertThatThrownBy(() -> NewJavaRule.write(folder, "one"))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("exists already");
    assertThatThrownBy(() -> NewJavaRule.write(folder, "../one"))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("may have only");
  }

  @Test
  void saysWhatARuleCounted_ofTheRecordsOfATestThatFails() throws IOException {
    Files.writeString(
        folder.resolve("a.tests.yaml"),
        """
        rule: partner-ip-drift
        tests:
            - name: fires for a partner
              records: [{callerIpAddress: 203.0.113.5, properties: {responseCode: 200}}]
              fires: 1
        """);

    assertThat(test(folder).outcomes().get(0).failures()).contains("counted callsOfNoPartner: 1");
  }

  @Test
  void testsABuiltInRule_andNamesARuleThatIsNone() throws IOException {
    Files.writeString(
        folder.resolve("a.tests.yaml"),
        """
        rule: password-spray
        tests:
            - name: does not fire at one sign-in
              records: [{properties: {userId: u, status: {errorCode: 50126}}}]
              fires: none
        """);
    Files.writeString(folder.resolve("b.tests.yaml"), "rule: pasword-spray\ntests: []\n");
    Files.writeString(folder.resolve("c.tests.yaml"), "rules: x\n");

    TestReport report = test(folder);

    assertThat(report.outcomes()).extracting(TestOutcome::passed).containsExactly(true);
    List<Path> twice = List.of(folder, folder.resolve("a.tests.yaml"));
    assertThat(RuleCases.of(twice).size()).as("each file once").isEqualTo(3);
    List<String> faults = new ArrayList<>();
    report.faults().forEach(fault -> faults.add(fault.message()));
    assertThat(faults).hasSize(2);
    assertThat(faults.get(0))
        .contains("b.tests.yaml", "no jar in the same folder", "password-spray");
    assertThat(faults.get(1)).contains("c.tests.yaml:1", "rule");
  }
}
