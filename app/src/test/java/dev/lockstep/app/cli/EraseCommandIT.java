package dev.lockstep.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.broker.CalmBroker;
import dev.lockstep.app.broker.LocalBroker;
import dev.lockstep.app.kafka.PlayedTopic;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.report.ReportFindings;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.SingleObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests to erase a principal whose UPN was given in place of its id. */
class EraseCommandIT {
  private static final String ID = "c284761c-2b7e-4ae3-8d99-40d6cdb02325";

  private static final String FINDING = "11112222333344445555";

  @TempDir private Path folder;

  @Test
  void refusesAUpn_andNamesTheIdThatFindingsHaveForIt() throws Exception {
    try (LocalBroker broker = brokerWith("")) {
      Path config =
          Files.writeString(
              folder.resolve("lockstep.yaml"),
              "kafka: {bootstrapServers: \"%s\"}\n".formatted(broker.bootstrapServers()));

      for (String[] more : new String[][] {{"--dry-run"}, {"--wait", "1s"}}) {
        Ran named = erase(config, "Mia@contoso.example", more);
        assertThat(named.code()).isEqualTo(ExitCode.FAILED);
        assertThat(named.out()).isEmpty();
        assertThat(named.err())
            .contains(
                "\"Mia@contoso.example\" is the UPN of the principal " + ID + " in the findings");
      }

      Ran unknown = erase(config, "nobody@contoso.example", "--dry-run");
      assertThat(unknown.code()).isEqualTo(ExitCode.DONE);
      assertThat(unknown.err())
          .contains("has the form of a UPN, and no finding is about it", "the UPN as --name");

      Ran unanswered = erase(config, "nobody@contoso.example", "--wait", "1s");
      assertThat(unanswered.err())
          .contains("could not confirm the erasure within 1s")
          .doesNotContain("no finding is about it");

      Ran byId = erase(config, ID, "--dry-run");
      assertThat(byId.out()).contains("1 finding would be deleted");
      assertThat(byId.err()).isEmpty();

      delete(broker, FINDING);
      Ran deleted = erase(config, "Mia@contoso.example", "--dry-run");
      assertThat(deleted.code()).as("the finding is deleted, also before compaction").isZero();
    }
  }

  @Test
  void refusesAnIdThatFindingsHaveInAnotherCase_andSaysWhereNothingIsFound() throws Exception {
    try (LocalBroker broker = brokerWith("of Fabrikam-Prod", "Fabrikam-Prod")) {
      Path config =
          Files.writeString(
              folder.resolve("lockstep.yaml"),
              "kafka: {bootstrapServers: \"%s\"}\n".formatted(broker.bootstrapServers()));

      for (String[] more : new String[][] {{"--dry-run"}, {"--wait", "1s"}}) {
        Ran other = erase(config, "fabrikam-prod", more);
        assertThat(other.code()).isEqualTo(ExitCode.FAILED);
        assertThat(other.out()).isEmpty();
        assertThat(other.err())
            .contains(
                "no finding is about a principal with exactly the id \"fabrikam-prod\"",
                "Fabrikam-Prod, which differs in case only",
                "; give that id as --principal");
      }

      Ran unknown = erase(config, "fabrikam-test", "--dry-run");
      assertThat(unknown.code()).isEqualTo(ExitCode.DONE);
      assertThat(unknown.err())
          .contains(
              "no finding is about a principal with exactly the id \"fabrikam-test\" or names this"
                  + " principal",
              ", with the same upper and lower case")
          .hasLineCount(1);

      Ran byId = erase(config, "Fabrikam-Prod", "--dry-run");
      assertThat(byId.out()).contains("1 finding would be deleted");
      assertThat(byId.err()).isEmpty();
    }
  }

  @Test
  void doesNotSayThatNothingWasErased_whereAPartOfTheRequestWasSent() throws Exception {
    try (LocalBroker broker = brokerWith("x".repeat(10_000))) {
      Path config =
          Files.writeString(
              folder.resolve("lockstep.yaml"),
              "kafka: {bootstrapServers: \"%s\", properties: {max.request.size: 5000}}\n"
                  .formatted(broker.bootstrapServers()));

      Ran ran = erase(config, ID, "--wait", "1s");

      assertThat(ran.code()).isEqualTo(ExitCode.FAILED);
      assertThat(ran.err())
          .contains("could not confirm the erasure: the cluster", "RecordTooLargeException")
          .contains("instances may carry out the request or a part of it");
    }
  }

  private LocalBroker brokerWith(String description) throws Exception {
    return brokerWith(description, ID);
  }

  /** Starts a broker with one finding about a principal. */
  private LocalBroker brokerWith(String description, String id) throws Exception {
    LocalBroker broker = LocalBroker.start(folder.resolve("broker"), 0, CalmBroker.OPTIONS);
    PlayedTopic.create(broker.bootstrapServers(), "lockstep.detections", 1);
    PlayedTopic.create(broker.bootstrapServers(), "lockstep.activity", 1);
    Detection finding = ReportFindings.finding(FINDING, "impossible-travel", Severity.High, 0);
    finding.setPrincipal(new Principal(id, "mia@contoso.example", "user"));
    finding.setDescription(description);
    try (Producer<byte[], byte[]> producer = PlayedTopic.producer(broker.bootstrapServers())) {
      producer
          .send(
              new ProducerRecord<>(
                  "lockstep.detections",
                  finding.getId().getBytes(UTF_8),
                  new SingleObject<Detection>(Detection.getClassSchema()).encode(finding)))
          .get();
    }
    return broker;
  }

  private static void delete(LocalBroker broker, String finding) throws Exception {
    try (Producer<byte[], byte[]> producer = PlayedTopic.producer(broker.bootstrapServers())) {
      producer
          .send(new ProducerRecord<>("lockstep.detections", finding.getBytes(UTF_8), null))
          .get();
    }
  }

  private static Ran erase(Path config, String principal, String... more) {
    String[] all = new String[5 + more.length];
    all[0] = "erase";
    all[1] = "--config";
    all[2] = config.toString();
    all[3] = "--principal";
    all[4] = principal;
    System.arraycopy(more, 0, all, 5, more.length);
    return Ran.run(all);
  }
}
