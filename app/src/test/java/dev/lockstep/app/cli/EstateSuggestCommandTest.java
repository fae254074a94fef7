package dev.lockstep.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.app.Main;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.report.ReportJson;
import dev.lockstep.enrichment.estate.Vault;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EstateSuggestCommandTest {
  private static final String APP = "7d2a6a4e-0c1b-4b9e-8f52-1a9b3f2c77f0";

  private final StringWriter err = new StringWriter();

  @TempDir Path folder;

  @Test
  void proposesAnEstateFromTheBundledCapture_thatTheConfigurationTakes() throws IOException {
    Path file = folder.resolve("proposed.yaml");
    run("estate", "suggest", "--output", file.toString());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .as("its comments name people")
        .isEqualTo("rw-------");
    Config read = Config.read(file, Map.of());
    assertThat(read.estate().gateways())
        .hasSize(2)
        .first()
        .satisfies(
            gateway -> {
              assertThat(gateway.name()).isEqualTo("northwind-apim");
              assertThat(gateway.hosts()).contains("api.northwindtraders.example");
              assertThat(gateway.resourceIds())
                  .singleElement()
                  .asString()
                  .endsWith("/microsoft.apimanagement/service/northwind-apim");
            });
    assertThat(read.estate().api(APP)).isNotNull();
    assertThat(read.estate().vaults()).extracting(Vault::name).contains("northwind-kv");
    assertThat(Files.readString(file, UTF_8))
        .contains("accepted calls of an API")
        .containsPattern("\n      # private: true   # 14 of 15 accepted calls came from private")
        .contains("should it be reached only by private endpoints?")
        .contains("tokens of calls")
        .containsPattern("\n    # [0-9,]+ sign-ins|# sign-ins [0-9,]+")
        .doesNotContain("sign ins")
        .contains("would fire");
  }

  @Test
  void refusesAPlaceThatCannotBeWritten_beforeItReads() {
    for (Path place : new Path[] {folder, folder.resolve("none/estate.yaml")}) {
      assertThat(execute("estate", "suggest", "--output", place.toString(), folder.toString()))
          .isEqualTo(1);
    }
    assertThat(err.toString().lines())
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).endsWith("; name a file in an existing folder"));
  }

  @Test
  void hasTheSameAsJson() throws IOException {
    JsonNode proposed =
        new ObjectMapper()
            .readTree(run("estate", "suggest", "--json", "--from", "2026-11-14T00:00:00Z"));
    assertThat(proposed.properties())
        .extracting(Map.Entry::getKey)
        .containsExactly("from", "to", "gateways", "apis", "privileged", "vaults");
    JsonNode gateway = proposed.get("gateways").get(0);
    assertThat(gateway.get("hosts").get(0).textValue()).isEqualTo("api.northwindtraders.example");
    assertThat(gateway.get("seen").get("calls").intValue()).isGreaterThan(1_000);
    JsonNode shop = proposed.get("gateways").get(1);
    assertThat(shop.get("name").textValue()).isEqualTo("northwind-shop");
    assertThat(shop.get("frontDoorIds")).isEmpty();
    assertThat(shop.get("frontDoorIdsCommentedOut")).hasSize(2);
    assertThat(proposed.get("vaults").findValues("private"))
        .allSatisfy(each -> assertThat(each.isBoolean()).isTrue());
    assertThat(proposed.get("apis").get(0).get("appId").textValue()).isEqualTo(APP);
    assertThat(proposed.get("apis").get(0).get("requireManagedDevice").isBoolean()).isTrue();
  }

  @Test
  void hygieneOfTheBundledCapture_namesTheWorkloadsOnSecretsAndTheGateway() throws IOException {
    JsonNode found = new ObjectMapper().readTree(run("hygiene", "--json"));
    assertThat(found.get("byCheck").get("secret").intValue()).isPositive();
    assertThat(found.get("byCheck").get("no-identity-link").intValue()).isEqualTo(2);
    assertThat(found.get("notChecked").has("no-policy")).isFalse();
    assertThat(run("hygiene")).contains("Check").contains("use a managed identity");
  }

  @Test
  void theReportOfAReplayHasASectionOnHygiene_exceptWithPseudonyms() throws IOException {
    Path report = folder.resolve("report.html");
    run("replay", "--report", report.toString());
    assertThat(new ReportJson(Files.readString(report)).section("hygiene"))
        .anySatisfy(row -> assertThat(row).contains("no-identity-link", "northwind-apim"));
    run("replay", "--redact", "--report", report.toString());
    assertThat(new ReportJson(Files.readString(report)).section("hygiene")).isEmpty();
  }

  @Test
  void neverOverwritesItsInputOrTheConfiguration() throws IOException {
    Path config = Files.writeString(folder.resolve("lockstep.yaml"), "bundledNetworks: true\n");
    Path input = Files.createDirectory(folder.resolve("in"));
    Path capture = Files.writeString(input.resolve("a"), "");
    for (String name : List.of("estate suggest", "replay")) {
      for (Path file : List.of(capture, config)) {
        String before = Files.readString(file);
        List<String> words = new ArrayList<>(List.of(name.split(" ", -1)));
        words.addAll(List.of("--quiet", "--config", config.toString()));
        words.addAll(List.of("--output", file.toString(), input.toString()));
        assertThat(execute(words.toArray(String[]::new))).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(Files.readString(file)).isEqualTo(before);
      }
    }
    assertThat(err.toString())
        .contains("in/a\": it is an input file and would be overwritten; name another file")
        .contains("lockstep.yaml\": it is the configuration and would be overwritten");
  }

  @Test
  void proposesNothingOfNothing() throws IOException {
    Path file = Files.writeString(folder.resolve("empty.jsonl"), "");
    String yaml = output("estate", "suggest", "--quiet", file.toString());
    assertThat(yaml).contains("The capture has no event.").contains("gateways: []");
    Path proposed = Files.writeString(folder.resolve("proposed.yaml"), yaml);
    assertThat(Config.read(proposed, Map.of()).estate().gateways()).isEmpty();
  }

  @Test
  void refusesBadUse_andEndsWithCode3WhereSomethingWasRejected() throws IOException {
    assertThat(execute("hygiene")).isEqualTo(2);
    assertThat(execute("estate", "suggest")).isEqualTo(2);
    assertThat(execute("hygiene", "--rotation", "0", "x")).isEqualTo(2);
    assertThat(err.toString())
        .contains("could not use --rotation: 0 is out of range; give 1 to 3650 days");
    assertThat(execute("hygiene", folder + "/none.jsonl")).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString()).contains("none.jsonl");
    Path broken = Files.writeString(folder.resolve("broken.jsonl"), "{\"records\":[{]}\n");
    assertThat(execute("hygiene", "--quiet", broken.toString()))
        .isEqualTo(ExitCode.DONE_WITH_REJECTIONS);
    assertThat(execute("estate", "suggest", "--quiet", broken.toString()))
        .isEqualTo(ExitCode.DONE_WITH_REJECTIONS);
  }

  private int execute(String... words) {
    return Main.commandLine(words).setErr(new PrintWriter(err)).execute(words);
  }

  /** Runs a command over the bundled capture. */
  private String run(String... words) throws IOException {
    List<String> all = new ArrayList<>(List.of(words));
    Path config = fromDemo("lockstep.yaml");
    fromDemo("networks.csv");
    fromDemo("partners.yaml");
    all.addAll(List.of("--quiet", "--config", config.toString()));
    for (String name : DemoCommand.CAPTURE) {
      all.add(fromDemo(name).toString());
    }
    return output(all.toArray(String[]::new));
  }

  private String output(String... words) {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, UTF_8));
    try {
      assertThat(execute(words)).as("%s", err).isIn(ExitCode.DONE, ExitCode.DONE_WITH_REJECTIONS);
    } finally {
      System.setOut(before);
    }
    return out.toString(UTF_8);
  }

  private Path fromDemo(String name) throws IOException {
    Path copy = folder.resolve(name);
    if (!Files.exists(copy)) {
      try (InputStream in = Main.class.getResourceAsStream("/demo/" + name)) {
        Files.copy(Objects.requireNonNull(in, name), copy);
      }
    }
    return copy;
  }
}
