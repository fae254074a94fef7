package dev.lockstep.app.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.config.ConfigProblems;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.detections.BuiltInRules;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each jar that cannot be used is refused by one line with the jar and the fix. */
final class RefusedJarsTest {
  private static final String GOOD = "rule(\"every-sign-in\").builtFor(Rule.INTERFACE).done()";

  @TempDir Path folder;
  private Path jars = Path.of("");

  @BeforeEach
  void makeFolder() throws IOException {
    jars = Files.createDirectory(folder.resolve("my-rules"));
    Files.setPosixFilePermissions(jars, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void takesAGoodOne() throws IOException {
    StrangersJar.of(GOOD).into(jars, "good.jar");
    assertThat(config().rules().ids())
        .hasSize(BuiltInRules.all().size() + 1)
        .endsWith("every-sign-in");
  }

  @Test
  void aMissingFolder() throws IOException {
    Files.delete(jars);
    refused(
        "rules.directories \"my-rules\" does not name an existing folder (",
        "; create the folder, or correct");
  }

  @Test
  void aFolderThatOthersMayWrite() throws IOException {
    Files.setPosixFilePermissions(jars, PosixFilePermissions.fromString("rwxrwxr-x"));
    refused(
        "is a folder to which users other than its owner may write",
        "; remove the write access of other users with chmod go-w \"" + jars + "\"");
  }

  @Test
  void aJarThatOthersMayWrite() throws IOException {
    Path jar = StrangersJar.of(GOOD).into(jars, "good.jar");
    Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-r--rw-"));
    refused(
        "contains the jar \"good.jar\" to which users other than its owner may write",
        "; remove the write access of other users with chmod go-w \"" + jar.toRealPath() + "\"");
  }

  @Test
  void aJarBehindALink_inAFolderThatOthersMayWrite() throws IOException {
    Path shared = Files.createDirectory(folder.resolve("shared"));
    Path jar = StrangersJar.of(GOOD).into(shared, "real.jar");
    Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.createSymbolicLink(jars.resolve("link.jar"), jar);
    refused(
        "contains the jar \"link.jar\" in a folder to which users other than its owner may write",
        "; remove the write access of other users with chmod go-w \"" + shared.toRealPath() + "\"");
  }

  @Test
  void noJarAtAll() throws IOException {
    Files.writeString(jars.resolve("text.jar"), "no jar");
    refused(
        "contains the jar \"text.jar\", but the jar cannot be read (",
        "; replace the jar by a complete jar");
  }

  @Test
  void aJarWithoutAProvider() throws IOException {
    StrangersJar.of(GOOD).namingNone().into(jars, "mute.jar");
    refused("contains the jar \"mute.jar\", but the jar names no rule", "META-INF/services/");
  }

  @Test
  void aJarThatNamesAClassThatIsNotThere() throws IOException {
    StrangersJar.of(GOOD).naming("org.example.other.Gone").into(jars, "gone.jar");
    refused(
        "the jar \"gone.jar\", but a rule class of the jar cannot be instantiated",
        ", list only public classes that have");
  }

  @Test
  void aJarWhoseRuleHasNoConstructor() throws IOException {
    String source =
        StrangersJar.source("Any", GOOD)
            .replace(
                "  @Override\n  public RuleInfo",
                "  private Any() {}\n\n  @Override\n  public RuleInfo");
    new StrangersJar().with("org.example.other.Any", source).into(jars, "closed.jar");
    refused(
        "the jar \"closed.jar\", but a rule class of the jar cannot be instantiated",
        ", list only public classes that have");
  }

  @Test
  void aJarWithoutALibraryThatItNeeds() throws IOException {
    String source = StrangersJar.source("Any", "org.example.library.Words.name(" + GOOD + ")");
    new StrangersJar()
        .with("org.example.other.Any", source)
        .without(
            "org.example.library.Words",
            "package org.example.library; public class Words { public static"
                + " dev.lockstep.rules.RuleInfo name(dev.lockstep.rules.RuleInfo info)"
                + " { return info; } }")
        .into(jars, "half.jar");
    refused(
        "the jar \"half.jar\", but the jar needs a class that the jar does not contain (",
        "org.example.library.Words",
        "; put all needed classes");
  }

  @Test
  void aJarOfAnotherVersionOfTheInterface_byItsNumber() throws IOException {
    StrangersJar.of("rule(\"every-sign-in\").builtFor(99).done()").into(jars, "old.jar");
    refused(
        "the jar \"old.jar\", but the jar's rule \"org.example.other.Any\" was built for version 99"
            + " of the rule interface, and Lockstep has version 1; compile the rule against the"
            + " jars of this version");
  }

  @Test
  void aJarThatDoesNotTellItsVersion() throws IOException {
    StrangersJar.of("rule(\"every-sign-in\").done()").into(jars, "silent.jar");
    refused(
        "the jar \"silent.jar\", but the jar's rule \"org.example.other.Any\" does not declare the"
            + " version",
        "; add builtFor(Rule.INTERFACE) to its RuleInfo");
  }

  @Test
  void aJarOfAnotherVersionOfTheInterface_byItsLinks() throws IOException {
    String other =
        Files.readString(Path.of("../rules/src/main/java/dev/lockstep/rules/RuleInfo.java"))
            .replace("import org.jspecify.annotations.Nullable;", "")
            .replace("@Nullable ", "")
            .replace(
                "public Builder reasons(",
                """
                public Builder called(String name) {
                  return this;
                }

                public Builder reasons(\
                """);
    StrangersJar jar =
        new StrangersJar()
            .with(
                "org.example.other.Any",
                StrangersJar.source(
                    "Any",
                    "rule(\"every-sign-in\").called(\"x\").builtFor(Rule.INTERFACE).done()"));
    String rules = "dev.lockstep.rules.";
    jar.without(rules + "RuleInfo", other);
    jar.without(
        rules + "Soundness",
        "package dev.lockstep.rules; class Soundness { static RuleInfo.Problem problem(RuleInfo"
            + " rule) { return null; } }");
    jar.into(jars, "newer.jar");
    refused(
        "the jar \"newer.jar\", but the jar was built for another version of the rule interface"
            + " (NoSuchMethodError",
        "; compile the jar against the jars of this version");
  }

  @Test
  void twoRulesOfOneId() throws IOException {
    StrangersJar.of(GOOD).into(jars, "a.jar");
    StrangersJar.of(GOOD).into(jars, "b.jar");
    refused(
        "the jar \"b.jar\", whose rule \"every-sign-in\" has the same id as a rule of the jar"
            + " \"a.jar\"",
        "; remove one of the jars, or give the rule another id");
  }

  @Test
  void twoRulesOfOneId_inOneJar() throws IOException {
    new StrangersJar()
        .with("org.example.other.Any", StrangersJar.source("Any", GOOD))
        .with("org.example.other.Same", StrangersJar.source("Same", GOOD))
        .into(jars, "a.jar");
    refused(
        "the jar \"a.jar\", which has two rules with the id \"every-sign-in\"; give one of them"
            + " another id");
  }

  @Test
  void aRuleWithTheIdOfABuiltInOne() throws IOException {
    StrangersJar.of(GOOD.replace("every-sign-in", "token-replay")).into(jars, "a.jar");
    refused(
        "whose rule \"token-replay\" has the same id as a built-in rule; give the rule another id");
  }

  @Test
  void aRuleThatTakesTheFindingsOrTheStateOfAnother() {
    write(GOOD.replace(".done()", ".identity(\"token-replay\").done()"));
    refused(
        "whose rule \"every-sign-in\" has the same identity as the rule \"token-replay\"; set another"
            + " identity in its description, or none");
    write(GOOD.replace(".done()", ".meaning(\"token-replay:1\").done()"));
    refused("whose rule \"every-sign-in\" has the same meaning as the rule \"token-replay\"");
  }

  @Test
  void anIdThatIsNoWordWithDashes() throws IOException {
    for (String id : List.of("EverySignIn", "every_sign_in", "-a", "a-", "a--b", "1a", "", "a b")) {
      StrangersJar.of(GOOD.replace("every-sign-in", id)).into(jars, "a.jar");
      refused(
          "the jar's rule \"org.example.other.Any\" cannot be used: its id \"" + id + "\" is not a",
          "; choose an id such as new-country");
    }
  }

  @Test
  void aLogCategoryThatNothingReads() {
    Map.of(
            "AuditLog",
            "; the nearest known one is AuditLogs",
            "auditlogs",
            "; the nearest known one is AuditLogs",
            "IdentityLink",
            "; write one of SignInLogs, NonInteractiveUserSignInLogs, GatewayLogs, ",
            "Firewall",
            "; write one of SignInLogs, NonInteractiveUserSignInLogs, GatewayLogs, ")
        .forEach(
            (category, fix) -> {
              write(GOOD.replace(".done()", ".reads(\"SignInLogs\", \"" + category + "\").done()"));
              refused(
                  "the jar \"a.jar\", but the jar's rule \"org.example.other.Any\" cannot be used:"
                      + " the rule reads \""
                      + category
                      + "\", which is not a log category that a rule can read"
                      + fix);
            });
  }

  @Test
  void aTacticThatAttackDoesNotHave() {
    write(GOOD.replace(".done()", ".tactics(\"CredentialAcess\").done()"));
    refused(
        "the jar \"a.jar\", but the jar's rule \"org.example.other.Any\" cannot be used: its tactic"
            + " \"CredentialAcess\" is no tactic of MITRE ATT&CK as Sentinel spells it; the nearest"
            + " known one is CredentialAccess");
  }

  @Test
  void aTechniqueThatAttackDoesNotHave() {
    write(GOOD.replace(".done()", ".techniques(\"T1078\", \"T1078.044\").done()"));
    refused(
        "the jar \"a.jar\", but the jar's rule \"org.example.other.Any\" cannot be used: its"
            + " technique \"T1078.044\" is no technique of MITRE ATT&CK; the nearest known one is"
            + " T1078.004");
  }

  private void write(String description) {
    try {
      StrangersJar.of(description).into(jars, "a.jar");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void anIdThatIsAKey() throws IOException {
    StrangersJar.of(GOOD.replace("every-sign-in", "directories")).into(jars, "a.jar");
    refused(
        "whose rule \"directories\" has an id that is already the name of a setting: the key"
            + " rules.directories of the configuration; give the rule another id");
  }

  @Test
  void settingsThatCannotBe() {
    Map.of(
            "Setting.integer(\"least\", 5, 10, 20, \"X.\")",
            "its setting \"least\" has the default 5, out of its own bounds 10 to 20; change",
            "Setting.decimal(\"least\", Double.NaN, 10, 20, \"X.\")",
            "its setting \"least\" has the default NaN, out of its own bounds 10 to 20; change",
            "Setting.integer(\"least\", 5, 0, 5_000_000_000L, \"X.\")",
            "its setting \"least\" has a bound below -2147483648 or above 2147483647; make it a decimal",
            "Setting.flag(\"shadow\", true, \"X.\")",
            "its setting \"shadow\" has the name of a setting that every rule has; give it another",
            "Setting.flag(\"enAbled\", true, \"X.\")",
            "its setting \"enAbled\" has the name of a setting that every rule has; give it"
                + " another",
            "Setting.flag(\"of-a-kind\", true, \"X.\")",
            "its setting \"of-a-kind\" is not a word in camel case; choose a name such as"
                + " learningDays",
            "Setting.flag(\"oneTwo\", true, \"X.\"), Setting.flag(\"onetwo\", true, \"X.\")",
            "its settings \"oneTwo\" and \"onetwo\" have the same environment variable; give one",
            "Setting.integer(\"one\", 1, 0, 9, \"X.\").atMost(Setting.integer(\"b\", 1, 0, 9,"
                + " \"\"))",
            "its setting \"one\" is bounded by \"b\", which is not a setting of the rule; add that")
        .forEach(
            (settings, problem) -> {
              write(GOOD.replace(".done()", ".settings(" + settings + ").done()"));
              refused("but the jar's rule \"org.example.other.Any\" cannot be used: " + problem);
            });
  }

  @Test
  void aRuleWhoseSettingHasTheVariableOfAnothers() throws IOException {
    StrangersJar.of(
            GOOD.replace("every-sign-in", "token-replay-max")
                .replace(".done()", ".settings(Setting.flag(\"hours\", true, \"X.\")).done()"))
        .into(jars, "a.jar");
    refused(
        "whose rule \"token-replay-max\" has a setting with an environment variable that another"
            + " key already uses: LOCKSTEP_RULES_TOKEN_REPLAY_MAX_HOURS of"
            + " \"rules.token-replay.maxHours\"; give the rule or its setting another name");
  }

  @Test
  void aRuleThatDoesNotDescribeItself() throws IOException {
    StrangersJar.of("null").into(jars, "a.jar");
    refused(
        "\"a.jar\", but the info method of the jar's rule \"org.example.other.Any\" failed (",
        "; fix that method");
    StrangersJar.of("List.of(" + GOOD + ").get(7)").into(jars, "a.jar");
    refused("\" failed (", "; fix that method");
    StrangersJar.of("info()").into(jars, "a.jar");
    refused("\" failed (StackOverflowError", "; fix that method");
  }

  @Test
  void aRuleWhoseDescriptionFailsWithAnError() throws IOException {
    Map<String, String> failures =
        Map.of(
            "new Error(\"no\")", "Error \"no\"",
            "new AssertionError(\"no\")", "AssertionError \"no\"",
            "new InternalError(\"no\")", "InternalError \"no\"",
            "new ExceptionInInitializerError(new IllegalStateException(\"no\"))",
                "IllegalStateException \"no\"");
    for (Map.Entry<String, String> each : failures.entrySet()) {
      String source =
          StrangersJar.source("Any", GOOD)
              .replace(
                  "    return rule(",
                  "    if (true) throw " + each.getKey() + ";\n    return rule(");
      new StrangersJar().with("org.example.other.Any", source).into(jars, "a.jar");
      refused(
          "\"a.jar\", but the info method of the jar's rule \"org.example.other.Any\" failed ("
              + each.getValue()
              + ")",
          "; fix that method");
    }
  }

  @Test
  void aRuleWhoseDescriptionNeedsAClassThatCannotBeInitialised() throws IOException {
    String source = StrangersJar.source("Any", "rule(Table.ID).builtFor(Rule.INTERFACE).done()");
    new StrangersJar()
        .with("org.example.other.Any", source)
        .and(
            "org.example.other.Table",
            "package org.example.other; class Table { static final String ID = \"a\""
                + " + Integer.parseInt(\"no\"); }")
        .into(jars, "a.jar");
    refused(
        "\"a.jar\", but the info method of the jar's rule \"org.example.other.Any\" failed ("
            + "NumberFormatException",
        "; fix that method");
  }

  @Test
  void aRuleWhoseSecondClassFailsWithAnError() throws IOException {
    String failing =
        StrangersJar.source("Second", "failing()")
            .replace(
                "  private static RuleInfo.Builder rule",
                "  private static RuleInfo failing() {\n    throw new Error(\"no\");\n  }\n\n"
                    + "  private static RuleInfo.Builder rule");
    new StrangersJar()
        .with("org.example.other.First", StrangersJar.source("First", GOOD))
        .with("org.example.other.Second", failing)
        .into(jars, "a.jar");
    refused(
        "but the info method of the jar's rule \"org.example.other.Second\" failed (Error \"no\")");
  }

  @Test
  void aRuleWithANativeLibraryThatIsNotThere() throws IOException {
    String source =
        StrangersJar.source("Any", GOOD)
            .replace("    return rule(", "    System.loadLibrary(\"gone\");\n    return rule(");
    new StrangersJar().with("org.example.other.Any", source).into(jars, "linked.jar");
    refused(
        "the jar \"linked.jar\", but a class of the jar cannot be loaded (UnsatisfiedLinkError",
        "; correct the jar");
  }

  @Test
  void aRuleWhoseConstructorFails() throws IOException {
    String source =
        StrangersJar.source("Any", GOOD)
            .replace(
                "  @Override\n  public RuleInfo",
                "  public Any() {\n    throw new IllegalStateException(\"no\");\n  }\n\n"
                    + "  @Override\n  public RuleInfo");
    new StrangersJar().with("org.example.other.Any", source).into(jars, "failing.jar");
    refused(
        "the jar \"failing.jar\", but a rule class of the jar cannot be instantiated"
            + " (IllegalStateException \"no\")",
        ", and correct constructors that fail");
  }

  @Test
  void aJarWhoseRuleFails_whenItIsAskedForDays() throws IOException {
    StrangersJar.of(
            "rule(\"every-sign-in\").builtFor(Rule.INTERFACE)"
                + ".learnsFrom(settings -> Integer.parseInt(\"no\")).done()")
        .into(jars, "days.jar");
    assertThat(catchThrowable(this::config))
        .isInstanceOf(OperatorException.class)
        .hasMessageStartingWith(
            "could not use the rule \"every-sign-in\" of the jar \"days.jar\": a function in"
                + " its RuleInfo fails with the configured settings (NumberFormatException")
        .hasMessageEndingWith("; correct the rule, or set enabled: false for it");
  }

  @Test
  void aJarWhoseRuleFailsWithAnError_whenItIsAskedForDays() throws IOException {
    String source =
        StrangersJar.source(
                "Any",
                "rule(\"every-sign-in\").builtFor(Rule.INTERFACE)"
                    + ".learnsFrom(settings -> failing()).done()")
            .replace(
                "  private static RuleInfo.Builder rule",
                "  private static int failing() {\n    throw new Error(\"no\");\n  }\n\n"
                    + "  private static RuleInfo.Builder rule");
    new StrangersJar().with("org.example.other.Any", source).into(jars, "days.jar");
    assertThat(catchThrowable(this::config))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining(
            "a function in its RuleInfo fails with the configured settings (Error \"no\")");
  }

  @Test
  void everyOtherProblemIsFoundBesideIt() throws IOException {
    Files.writeString(jars.resolve("text.jar"), "no jar");
    Path file =
        Files.writeString(
            folder.resolve("lockstep.yaml"),
            """
            rules:
              directories: [my-rules]
              every-sign-in: {least: 3}
              token-replay: {maxHours: 99}
            """);
    ConfigProblems problems =
        ConfigProblems.of(file, Map.of("LOCKSTEP_RULES_EVERY_SIGN_IN_MOST", "4"));
    assertThat(problems.found())
        .extracting(OperatorException::what)
        .satisfiesExactly(
            first ->
                assertThat(first).startsWith("rules.directories \"my-rules\" contains the jar"),
            second -> assertThat(second).startsWith("rules.token-replay.maxHours \"99\""));
    assertThat(problems.rest()).isNotNull();
  }

  private Config config() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("lockstep.yaml"), "rules:\n  directories:\n    - my-rules\n");
    return Config.read(file, Map.of());
  }

  private void refused(String... parts) {
    Throwable failure = catchThrowable(this::config);
    assertThat(failure).isInstanceOf(OperatorException.class);
    assertThat(failure.getMessage())
        .startsWith("could not use the configuration: " + folder.resolve("lockstep.yaml") + ":3: ")
        .contains("rules.directories \"my-rules\" ")
        .contains(parts)
        .hasLineCount(1);
  }
}
