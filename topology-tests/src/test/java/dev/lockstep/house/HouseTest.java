package dev.lockstep.house;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import java.io.File;
import java.io.FileReader;
import java.io.FileWriter;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Calendar;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TimeZone;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** Who may know whom, and what nobody may do. A message that names a rule is the rule. */
@AnalyzeClasses(packages = "dev.lockstep", importOptions = MainClasses.class)
final class HouseTest {
  private static final String OURS = "dev.lockstep..";

  @ArchTest static final ArchTests ROOMS = ArchTests.in(Rooms.class);

  @ArchTest static final ArchRule SCHEMAS_KNOW_NOBODY = knowOnly("schemas");

  @ArchTest static final ArchRule ENRICHMENT_KNOWS_SCHEMAS = knowOnly("enrichment", "schemas");

  @ArchTest
  static final ArchRule RULES_KNOW_SCHEMAS_AND_ENRICHMENT =
      knowOnly("rules", "schemas", "enrichment");

  @ArchTest static final ArchRule INGEST_KNOWS_SCHEMAS = knowOnly("ingest", "schemas");

  @ArchTest
  static final ArchRule DETECTIONS_KNOW_RULES =
      knowOnly("detections", "schemas", "enrichment", "rules");

  @ArchTest static final ArchRule SENTINEL_KNOWS_SCHEMAS = knowOnly("sentinel", "schemas");

  @ArchTest static final ArchRule TRAVEL_STANDS_ALONE = standsAlone("travel");

  @ArchTest static final ArchRule TOKEN_STANDS_ALONE = standsAlone("token");

  @ArchTest static final ArchRule PARTNER_STANDS_ALONE = standsAlone("partner");

  @ArchTest static final ArchRule DEFENDER_STANDS_ALONE = standsAlone("defender");

  @ArchTest
  static final ArchRule OF_DETECTIONS_ONLY_THE_TOPOLOGY_KNOWS_KAFKA =
      noClasses()
          .that(
              resideInAnyPackage("dev.lockstep.rules..", "dev.lockstep.detections..")
                  .and(not(resideInAPackage("dev.lockstep.detections.topology.."))))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.kafka..")
          .because("the engine is plain Java: the service and replay are two drivers of it");

  @ArchTest
  static final ArchRule DETECTIONS_HAS_LITTLE_AT_ITS_TOP =
      classes()
          .that(resideInAPackage("dev.lockstep.detections"))
          .should()
          .haveNameMatching(
              "dev\\.lockstep\\.detections\\."
                  + "(BuiltInRules|DetectionCounters|ExceptionCounters|package-info)(\\$.*)?")
          .because("a package is a room: put the class beside what it belongs to");

  @ArchTest
  static final ArchRule THE_ENGINE_KNOWS_NO_RULE =
      noClasses()
          .that(
              resideInAPackage("dev.lockstep.detections..")
                  .and(
                      not(
                          resideInAnyPackage(
                              "dev.lockstep.detections",
                              "dev.lockstep.detections.travel..",
                              "dev.lockstep.detections.token..",
                              "dev.lockstep.detections.partner..",
                              "dev.lockstep.detections.defender.."))))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.lockstep.detections.travel..",
              "dev.lockstep.detections.token..",
              "dev.lockstep.detections.partner..",
              "dev.lockstep.detections.defender..")
          .because("a rule is a folder: nothing but the one list of rules names it");

  @ArchTest
  static final ArchRule NOBODY_KNOWS_APP =
      noClasses()
          .that(not(resideInAPackage("dev.lockstep.app..")))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.lockstep.app..")
          .because("who may know whom: app wires the modules, and nothing knows app");

  @ArchTest
  static final ArchRule ONLY_DETECTIONS_AND_APP_KNOW_KAFKA_STREAMS =
      noClasses()
          .that(not(resideInAnyPackage("dev.lockstep.detections..", "dev.lockstep.app..")))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.kafka.streams..")
          .because("who may know whom: org.apache.kafka.streams only in detections and app");

  @ArchTest
  static final ArchRule ENRICHMENT_AND_SCHEMAS_KNOW_NO_KAFKA =
      noClasses()
          .that(
              resideInAnyPackage(
                  "dev.lockstep.enrichment..", "dev.lockstep.schemas..", "dev.lockstep.rules.."))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.kafka..")
          .because("who may know whom: enrichment is pure look-ups, and schemas are data");

  @ArchTest
  static final ArchRule ONLY_SENTINEL_AND_THE_AZURE_SOURCE_KNOW_AZURE =
      noClasses()
          .that(
              not(
                  resideInAnyPackage(
                      "dev.lockstep.sentinel..",
                      "dev.lockstep.ingest.azure..",
                      "dev.lockstep.ingest.amqp..")))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.azure..")
          .because("who may know whom: com.azure only in sentinel and in ingest's Azure sources");

  @ArchTest
  static final ArchRule THE_YAML_PARSER_STAYS_WHERE_FILES_ARE_READ =
      noClasses()
          .that(
              not(
                  resideInAnyPackage(
                      "dev.lockstep.enrichment.file..",
                      "dev.lockstep.enrichment.partner..",
                      "dev.lockstep.enrichment.exception..",
                      "dev.lockstep.detections.sigma.document..",
                      "dev.lockstep.app.config..",
                      "dev.lockstep.app.setting..",
                      "dev.lockstep.app.rules..")))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.snakeyaml..")
          .because("who may know whom: the YAML parser only where files are read");

  @ArchTest
  static final ArchRule NO_BACKTRACKING_REGULAR_EXPRESSIONS =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAPackage("java.util.regex..")
          .orShould()
          .accessTargetWhere(
              calls(
                  String.class,
                  "split",
                  "splitWithDelimiters",
                  "matches",
                  "replaceAll",
                  "replaceFirst"))
          .because(
              "java.util.regex never sees an attacker's text: RE2/J, or plain code; a pattern that"
                  + " backtracks can be made to take for ever");

  @ArchTest
  static final ArchRule TIME_IS_A_PARAMETER =
      outsideApp()
          .should()
          .accessTargetWhere(
              calls(Instant.class, "now")
                  .or(calls(LocalDate.class, "now"))
                  .or(calls(LocalDateTime.class, "now"))
                  .or(calls(OffsetDateTime.class, "now"))
                  .or(calls(ZonedDateTime.class, "now"))
                  .or(calls(System.class, "currentTimeMillis"))
                  .or(calls(Clock.class, "systemUTC", "systemDefaultZone", "system"))
                  .or(calls(InstantSource.class, "system"))
                  .or(calls(Calendar.class, "getInstance")))
          .orShould()
          .accessTargetWhere(callsWithout(Date.class, "<init>"))
          .because("time is a parameter outside app: a replay runs by the capture's own clock");

  @ArchTest
  static final ArchRule RANDOMNESS_IS_A_PARAMETER =
      outsideApp()
          .should()
          .accessTargetWhere(
              calls(Math.class, "random")
                  .or(calls(ThreadLocalRandom.class, "current"))
                  .or(calls(UUID.class, "randomUUID")))
          .orShould()
          .accessTargetWhere(callsWithout(Random.class, "<init>"))
          .because("randomness is a parameter outside app: what happened must be repeatable");

  @ArchTest
  static final ArchRule NO_DEFAULT_CHARSET_LOCALE_OR_ZONE =
      outsideApp()
          .should()
          .accessTargetWhere(
              calls(Charset.class, "defaultCharset")
                  .or(calls(Locale.class, "getDefault"))
                  .or(calls(ZoneId.class, "systemDefault"))
                  .or(calls(TimeZone.class, "getDefault"))
                  .or(callsWithout(String.class, "getBytes"))
                  .or(callsWithout(String.class, "toLowerCase"))
                  .or(callsWithout(String.class, "toUpperCase")))
          .orShould()
          .callConstructor(String.class, byte[].class)
          .orShould()
          .callConstructor(String.class, byte[].class, int.class, int.class)
          .orShould()
          .callConstructor(InputStreamReader.class, InputStream.class)
          .orShould()
          .callConstructor(OutputStreamWriter.class, OutputStream.class)
          .orShould()
          .callConstructor(FileReader.class, String.class)
          .orShould()
          .callConstructor(FileReader.class, File.class)
          .orShould()
          .callConstructor(FileWriter.class, String.class)
          .orShould()
          .callConstructor(FileWriter.class, File.class)
          .because("charset, locale and zone are named outside app: the same on every machine");

  @ArchTest
  static final ArchRule NAMES_ARE_THE_FIELDS =
      noClasses()
          .that(not(resideInAPackage("dev.lockstep.schemas..")))
          .should()
          .haveSimpleNameEndingWith("Util")
          .orShould()
          .haveSimpleNameEndingWith("Utils")
          .orShould()
          .haveSimpleNameEndingWith("Helper")
          .orShould()
          .haveSimpleNameEndingWith("Manager")
          .orShould()
          .haveSimpleNameEndingWith("Impl")
          .orShould()
          .haveSimpleNameStartingWith("Abstract")
          .orShould()
          .haveSimpleNameStartingWith("Base")
          .because("names are the field's: no Util, Helper, Manager, Impl, Abstract, Base");

  @ArchTest
  static final ArchRule ONE_MAIN =
      noClasses()
          .that(not(simpleName("Main")).and(not(resideInAPackage("dev.lockstep.capture.."))))
          .should(haveAMain())
          .because("app is the one runnable; what makes captures is a tool of the tests");

  @ArchTest
  static void everyPackageIsNullMarked(JavaClasses imported) {
    Set<JavaPackage> packages = new HashSet<>();
    for (JavaClass each : imported) {
      packages.add(each.getPackage());
    }
    for (JavaPackage each : packages) {
      if (!each.getName().equals("dev.lockstep.schemas")
          && !each.isAnnotatedWith(NullMarked.class)) {
        throw new AssertionError(
            "could not find @NullMarked on %s; add a package-info.java: null is said where it is meant"
                .formatted(each.getName()));
      }
    }
  }

  @ArchTest
  static void summariesDefine(JavaClasses imported) {
    Summaries summaries =
        Summaries.of(
            Stream.of("schemas", "enrichment", "rules", "ingest", "detections", "sentinel", "app")
                .map(module -> Path.of("..", module))
                .toList());
    if (summaries.size() < 2000) {
      throw new AssertionError(
          "the rules hold for nothing: %d summaries".formatted(summaries.size()));
    }
    List<String> faults = summaries.faults();
    if (!faults.isEmpty()) {
      throw new AssertionError(String.join("\n", faults));
    }
  }

  @ArchTest
  static void seesTheWholeHouse(JavaClasses imported) {
    for (String module :
        List.of(
            "schemas",
            "enrichment",
            "rules",
            "ingest",
            "detections",
            "sentinel",
            "app",
            "capture")) {
      if (!imported.containPackage("dev.lockstep." + module)) {
        throw new AssertionError("the rules hold for nothing: no class of " + module);
      }
    }
  }

  private static ArchRule knowOnly(String module, String... others) {
    String[] known = new String[others.length + 1];
    known[0] = "dev.lockstep." + module + "..";
    for (int i = 0; i < others.length; i++) {
      known[i + 1] = "dev.lockstep." + others[i] + "..";
    }
    return classes()
        .that(resideInAPackage(known[0]))
        .should()
        .onlyDependOnClassesThat(not(resideInAPackage(OURS)).or(resideInAnyPackage(known)))
        .because(
            "who may know whom: schemas <- enrichment, ingest, detections, sentinel <- app;"
                + " detections -> enrichment");
  }

  /** Returns that a rule's package knows nothing of ours but what a stranger's rule may know. */
  private static ArchRule standsAlone(String rule) {
    String own = "dev.lockstep.detections." + rule + "..";
    return classes()
        .that(resideInAPackage(own))
        .should()
        .onlyDependOnClassesThat(
            not(resideInAPackage(OURS))
                .or(
                    resideInAnyPackage(
                        own,
                        "dev.lockstep.rules..",
                        "dev.lockstep.schemas..",
                        "dev.lockstep.enrichment..")))
        .because("a built-in rule knows what a jar of others knows: rules, schemas, enrichment");
  }

  private static GivenClassesConjunction outsideApp() {
    return noClasses().that(not(resideInAPackage("dev.lockstep.app..")));
  }

  private static DescribedPredicate<JavaAccess<?>> calls(Class<?> owner, String... methods) {
    List<String> all = Arrays.asList(methods);
    return DescribedPredicate.describe(
        owner.getSimpleName() + "." + all,
        access -> access.getTargetOwner().isEquivalentTo(owner) && all.contains(access.getName()));
  }

  private static DescribedPredicate<JavaAccess<?>> callsWithout(Class<?> owner, String method) {
    return DescribedPredicate.describe(
        owner.getSimpleName() + "." + method + "()",
        access ->
            access.getTargetOwner().isEquivalentTo(owner)
                && access.getTarget().getFullName().endsWith("." + method + "()"));
  }

  private static ArchCondition<JavaClass> haveAMain() {
    return new ArchCondition<>("have a main method") {
      @Override
      public void check(JavaClass each, ConditionEvents events) {
        boolean found = each.tryGetMethod("main", String[].class).isPresent();
        events.add(new SimpleConditionEvent(each, found, each.getName() + " has a main method"));
      }
    };
  }
}
