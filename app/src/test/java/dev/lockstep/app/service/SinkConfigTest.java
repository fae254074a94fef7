package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.app.config.ClientProperties;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.config.SinkConfig;
import dev.lockstep.app.setting.ConfigValue;
import dev.lockstep.app.setting.Secret;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.sentinel.delivery.DailyBudget;
import dev.lockstep.sentinel.delivery.ForwarderConfig;
import dev.lockstep.sentinel.logs.Cloud;
import dev.lockstep.sentinel.sink.RowFormat;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SinkConfigTest {
  private static final String SENTINEL =
      "sentinel: {endpoint: 'https://x.ingest.monitor.azure.us', ruleId: dcr-1, auth:"
          + " managed-identity, ";

  @TempDir Path folder;

  private Config read(String text, Map<String, String> environment) throws IOException {
    Path file = Files.writeString(folder.resolve("lockstep.yaml"), text);
    return Config.read(file, environment);
  }

  @Test
  void aLakeIsASinkOfItsOwn_behindSentinel() throws IOException {
    String lake = "lake: {endpoint: 'https://y.ingest.monitor.azure.us', ruleId: dcr-2}}";
    List<SinkPipeline> pipelines =
        SinkPipeline.of(
            read(SENTINEL + "maxHighRowsPerHour: 5, " + lake, Map.of()),
            InstantSource.system(),
            new Latencies());
    assertThat(pipelines)
        .extracting(SinkPipeline::name)
        .containsExactly("sentinel", "sentinel-lake");
    assertThat(pipelines.get(1).sink().place())
        .isEqualTo(
            "https://y.ingest.monitor.azure.us, rule dcr-2, stream Custom-LockstepEvidence_CL");
    assertThat(pipelines.get(0).config().maxHighRowsPerHour()).isEqualTo(5);
    assertThat(pipelines.get(1).config().maxHighRowsPerHour())
        .isEqualTo(ForwarderConfig.NO_CEILING);
    pipelines.forEach(each -> each.sink().close());
  }

  @Test
  void readsSinksOfEachType_andTheirVariables() throws IOException {
    Config config =
        read(
            """
            sinks:
              - {name: soar, type: webhook, url: "https://soar.example/h/abc", secret: "${env:SOAR}"}
              - {name: archive, type: file, path: out/d.jsonl, rotateBytes: 5 MB, rotateDaily: false, format: ocsf}
              - name: siem
                type: kafka
                bootstrapServers: k:9092
                topic: alerts
                properties: {security.protocol: SSL}
              - {name: plain, type: file, path: p.jsonl}
            """,
            Map.of(
                "SOAR", "0123456789abcdef",
                "LOCKSTEP_SINKS_SIEM_TOPIC", "others",
                "LOCKSTEP_SINKS_MORE_TYPE", "file",
                "LOCKSTEP_SINKS_MORE_PATH", "/m.jsonl"));
    assertThat(config.sinks())
        .containsExactly(
            new SinkConfig.Webhook(
                "soar",
                RowFormat.PLAIN,
                URI.create("https://soar.example/h/abc"),
                new Secret("0123456789abcdef")),
            new SinkConfig.Archive(
                "archive", RowFormat.OCSF, folder.resolve("out/d.jsonl"), 5_000_000, false),
            new SinkConfig.Topic(
                "siem",
                "k:9092",
                "others",
                new ClientProperties(Map.of("security.protocol", "SSL"))),
            new SinkConfig.Archive(
                "plain", RowFormat.PLAIN, folder.resolve("p.jsonl"), 104_857_600, true),
            new SinkConfig.Archive(
                "more", RowFormat.PLAIN, Path.of("/m.jsonl"), 104_857_600, true));
    assertThat(config.toString()).doesNotContain("0123456789abcdef", "/h/abc");
    assertThat(SinkPipeline.of(config, InstantSource.system(), new Latencies()))
        .extracting(SinkPipeline::name)
        .containsExactly("soar", "archive", "siem", "plain", "more");
  }

  @ParameterizedTest
  @CsvSource({"1000 TB,1000000000000000", "2TiB,2199023255552"})
  void readsALargeSize(String written, long bytes) throws IOException {
    String sinks = "sinks: [{name: a, type: file, path: /x, rotateBytes: %s}]%n".formatted(written);
    assertThat(read(sinks, Map.of()).sinks())
        .extracting(sink -> ((SinkConfig.Archive) sink).rotateBytes())
        .containsExactly(bytes);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{name: sentinel, type: file, path: x}|is used twice or reserved",
        "{name: a, type: file, path: x}, {name: A, type: file, path: y}|is used twice or reserved",
        "{name: a, type: file, path: x}, {name: b, type: file, path: ./x}|two sinks write to",
        "{name: a, type: file}|path is missing",
        "{name: a, type: fil}|give one of file, kafka, webhook",
        "{name: a, type: file, path: x, url: 'https://a'}|url cannot be set for the type file",
        "{name: a, type: file, path: x, properties: {a: b}}|properties cannot be set for the type"
            + " file",
        "{name: a, type: file, path: x, rotateBytes: 1 KB}|is out of range",
        "{name: a, type: file, path: x, rotateBytes: 18446744074 GB}|is out of range",
        "{name: a, type: file, path: x, rotateBytes: 1001 TB}|to 1000 TB",
        "{name: a, type: file, path: x, rotateBytes: 2000000000000000000000}|is out of range",
        "{name: a, type: file, path: x, rotateBytes: 5 MX}|is not a size",
        "{name: a, type: webhook, url: 'https://a'}|secret is missing",
        "{name: a, type: webhook, url: 'https://a', secret: short}|fewer than 16 characters",
        "{name: a, type: kafka, bootstrapServers: k, topic: t}|names the server \"k\", which is not"
            + " a host and a port",
        "{name: a, type: file, pth: x}|nearest known one is",
        "{name: a, type: file, path: x, format: cef}|give one of ocsf, plain",
        "{name: a, type: kafka, bootstrapServers: 'k:9092', topic: t, format: ocsf}|format cannot"
            + " be set for the type kafka",
        "{name: a b, type: file, path: x}|is not a name for a sink; give an ASCII letter"
      })
  void refusesWithTheMend(String sinks, String message) {
    assertThatThrownBy(() -> read("sinks: [" + sinks + "]\n", Map.of()))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("lockstep.yaml:1")
        .hasMessageContaining(message);
  }

  @Test
  void refusesTwoPathsOfOneFile() throws IOException {
    Path file = folder.resolve("found.jsonl"); // which the first sink would make
    Files.createSymbolicLink(folder.resolve("one"), Path.of("two"));
    Files.createSymbolicLink(folder.resolve("two"), file);
    Path above = Files.createSymbolicLink(folder.resolve("folder"), folder);
    List<Path> others =
        List.of(folder.resolve("one"), folder.resolve("two"), above.resolve("found.jsonl"));
    for (Path other : others) {
      String sinks =
          "sinks: [{name: a, type: file, path: '%s'}, {name: b, type: file, path: '%s'}]%n"
              .formatted(file, other);
      assertThatThrownBy(() -> read(sinks, Map.of()))
          .isInstanceOf(OperatorException.class)
          .hasMessageContaining("two sinks write to \"" + other + "\"; give each sink a different");
    }
    String apart =
        "sinks: [{name: a, type: file, path: '%s'}, {name: b, type: file, path: '%s'}]%n"
            .formatted(file, above.resolve("other.jsonl"));
    assertThat(read(apart, Map.of()).sinks()).hasSize(2);
  }

  @Test
  void refusesAWebhookByHttp_withoutShowingItsPath() {
    assertThatThrownBy(
            () ->
                read(
                    "sinks: [{name: a, type: webhook, url: 'http://soar.example/t0ken', secret:"
                        + " 0123456789abcdef}]\n",
                    Map.of()))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("https")
        .hasMessageNotContaining("t0ken");
  }

  @ParameterizedTest
  @CsvSource({
    "7, 7",
    "100 MB, 100000000",
    "100MB, 100000000",
    "2 KiB, 2048",
    "3gb, 3000000000",
    "9 B, 9"
  })
  void readsSizes(String written, long bytes) {
    assertThat(new ConfigValue("k", written, written, "here", folder).bytes(1)).isEqualTo(bytes);
  }

  @Test
  void readsABudgetForTheDay() throws IOException {
    assertThat(sentinel("dailyBudget: {rows: 500, bytes: 20 MB}}\n").dailyBudget())
        .isEqualTo(new DailyBudget(500, 20_000_000));
    assertThat(sentinel("dailyBudget: {rows: 500}}\n").dailyBudget())
        .isEqualTo(new DailyBudget(500, Long.MAX_VALUE));
    assertThat(sentinel("}\n").dailyBudget()).isNull();
    assertThatThrownBy(() -> sentinel("dailyBudget: {rows: 0}}\n"))
        .hasMessageContaining("sentinel.dailyBudget.rows");
  }

  @Test
  void readsTheCloud_andElseTellsItByTheEndpoint() throws IOException {
    assertThat(sentinel("}\n").cloud()).isEqualTo(Cloud.US_GOVERNMENT);
    assertThat(sentinel("cloud: china}\n").cloud()).isEqualTo(Cloud.CHINA);
    assertThatThrownBy(() -> sentinel("cloud: moon}\n"))
        .hasMessageContaining("china, public, us-government");
  }

  private Config.Sentinel sentinel(String rest) throws IOException {
    return Objects.requireNonNull(read(SENTINEL + rest, Map.of()).sentinel());
  }
}
