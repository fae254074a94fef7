package dev.lockstep.app.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.app.broker.CalmBroker;
import dev.lockstep.app.broker.LocalBroker;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.kafka.PlayedTopic;
import dev.lockstep.app.replay.CapturePlayer;
import dev.lockstep.app.report.ReportOrigin;
import dev.lockstep.app.report.ReportSection;
import dev.lockstep.app.service.Service;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.text.Quoted;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Look-ups in the state of a running service, with texts in it that would run or hide something.
 */
class StateLookUpIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final String USER = "fbfb95da-c3ce-4c36-80ab-385908842386";
  private static final String NAME = "dilan.gerdes@northwindtraders.example";
  private static final String HOSTILE =
      "<script>alert(1)</script>\\u202e\\u001b[2J@contoso.example";

  /** User whose own facts have no name, since the network of the one sign-in has no place. */
  private static final String OTHER_USER = "7ba01ed9-5a25-4855-88df-f0b51ae64c8c";

  private static final String OTHER_NAME = "malte.kruse2@northwindtraders.example";
  private static final String OTHER_SIGN_IN = "4e383eda-b897-4f35-9104-fc2e76a353ca";

  @TempDir Path folder;

  private final List<String> told = new ArrayList<>();

  @Test
  void explainsASubjectAndAFinding_byWhatAllInstancesKeep() throws Exception {
    String capture = capture();
    try (LocalBroker broker = LocalBroker.start(folder.resolve("broker"), 0, CalmBroker.OPTIONS)) {
      Config config = config(broker);
      PlayedTopic.create(broker.bootstrapServers(), "played", 2);
      try (Service service = new Service(config, EnumSet.allOf(Service.Role.class));
          LatestFindings findings = LatestFindings.of(config.kafka())) {
        ServiceContent content =
            ServiceContent.of(
                service, config.kafka(), findings, ReportOrigin.plain("service", "test"));
        assertThat(look(content, Subject.Kind.PRINCIPAL, USER).get("problem").asText())
            .contains("no instance with the role detect has run yet");
        service.start();
        play(broker, capture);
        await().atMost(TIMEOUT).until(() -> findings.all().size() == 1);
        Detection finding = findings.all().get(0);
        assertThat(finding.getRule()).isEqualTo("impossible-travel");

        JsonNode byId = look(content, Subject.Kind.PRINCIPAL, USER);
        assertThat(byId.get("subjects").get(0).get("name").asText())
            .isEqualTo(Quoted.visible("<script>alert(1)</script>\u202e\u001b[2J@contoso.example"));
        assertThat(
                byId.get("subjects").get(0).get("judged").get(0).get("findings").get(0).get("id"))
            .hasToString('"' + finding.getId() + '"');
        JsonNode byFinding = read(content, new StateQuestion(null, finding.getId(), true));
        assertThat(byFinding.at("/subjects/0/id").asText()).isEqualTo(USER);
        assertThat(byFinding.at("/subjects/0/judged")).hasSize(1);
        assertThat(byFinding.at("/subjects/0/judged/0/verdicts/0/gates").size())
            .isEqualTo(finding.getGates().size());
        JsonNode byName =
            look(content, null, "<SCRIPT>alert(1)</script>\u202e\u001b[2J@contoso.example");
        assertThat(byName.at("/subjects/0/id").asText()).isEqualTo(USER);
        await()
            .atMost(TIMEOUT)
            .untilAsserted(
                () ->
                    assertThat(
                            look(content, Subject.Kind.PRINCIPAL, OTHER_NAME).at("/subjects/0/id"))
                        .as("a name that only facts of other subjects hold")
                        .hasToString('"' + OTHER_USER + '"'));
        assertThat(look(content, Subject.Kind.ADDRESS, "198.18.20.30").has("subjects")).isTrue();
        assertThat(look(content, Subject.Kind.ADDRESS, "no-address").get("problem").asText())
            .contains("is not an address");
        assertThat(look(content, null, "nobody").get("problem").asText())
            .contains("The state has nothing about \"nobody\"");
        assertThat(told).contains("Reading the state of all instances: 0 % of one partition.");

        assertHealth(content, folder.resolve("rows.jsonl"));
      }
    }
  }

  /** A finding has one or two rows: an earlier day of the user that is read later revises it. */
  private static void assertHealth(PageContent content, Path sent) {
    await()
        .atMost(TIMEOUT)
        .untilAsserted(
            () -> {
              Map<String, ReportSection> sections = new TreeMap<>();
              content.sections().forEach(section -> sections.put(section.id(), section));
              assertThat(sections).containsOnlyKeys("health", "sources", "stages", "forwarders");
              assertThat(rows(sections, "health"))
                  .extracting(row -> row.get(0) + " " + row.get(1))
                  .containsExactly("ingest ready", "detect ready", "forward ready");
              assertThat(rows(sections, "stages"))
                  .hasSizeGreaterThan(5)
                  .allMatch(row -> row.get(1).equals("0"));
              assertThat(rows(sections, "forwarders"))
                  .extracting(row -> row.get(0) + " " + row.get(1) + " " + row.get(2))
                  .containsExactly("archive ready " + Files.readAllLines(sent).size());
            });
  }

  private static List<List<String>> rows(Map<String, ReportSection> sections, String id) {
    return Objects.requireNonNull(sections.get(id)).rows();
  }

  private JsonNode look(PageContent content, Subject.@Nullable Kind kind, String text)
      throws IOException {
    return read(content, new StateQuestion(kind, text, false));
  }

  private JsonNode read(PageContent content, StateQuestion question) throws IOException {
    String answer = content.look(question, told::add);
    assertThat(answer.codePoints().filter(Quoted::isHidden)).as(answer).isEmpty();
    return new ObjectMapper().readTree(answer);
  }

  /**
   * Writes sign-ins of the bundled capture: all of a user with a hostile name, and one of another.
   */
  private String capture() throws IOException {
    List<String> lines = new ArrayList<>();
    try (InputStream packed = StateLookUpIT.class.getResourceAsStream("/demo/signins.jsonl.gz");
        BufferedReader in =
            new BufferedReader(new InputStreamReader(new GZIPInputStream(packed), UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.contains(USER)) {
          lines.add(line.replace(NAME, HOSTILE));
        } else if (line.contains(OTHER_SIGN_IN)) {
          lines.add(line);
        }
      }
    }
    return Files.write(folder.resolve("signins.jsonl"), lines).toString();
  }

  private Config config(LocalBroker broker) throws IOException {
    try (InputStream in = StateLookUpIT.class.getResourceAsStream("/demo/networks.csv")) {
      Files.copy(in, folder.resolve("networks.csv"));
    }
    Path file =
        Files.writeString(
            folder.resolve("lockstep.yaml"),
            """
            networks: networks.csv
            rules: {repeatSeconds: 0}
            sources:
              - {name: local, type: kafka, bootstrapServers: "%1$s", topic: played, arrival: header}
            kafka: {bootstrapServers: "%1$s", stateDir: state, partitions: 2}
            sinks:
              - {name: archive, type: file, path: rows.jsonl}
            """
                .formatted(broker.bootstrapServers()));
    return Config.read(file, Map.of());
  }

  private static void play(LocalBroker broker, String capture) throws IOException {
    try (Producer<byte[], byte[]> producer = PlayedTopic.producer(broker.bootstrapServers())) {
      new CapturePlayer(producer, "played", 0)
          .play(
              List.of(capture),
              InputStream.nullInputStream(),
              Progress.on(System.err, true, false, System::nanoTime));
    }
  }
}
