package dev.lockstep.app.doctor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.config.Config;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.ingest.message.Limits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class CheckRunnerTest {
  private final CheckRunner doctor = new CheckRunner(Duration.ofSeconds(20));

  @Test
  void whatAThingWorksWithout_isAWarningWhereItLastsTooLong() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CheckRunner hasty = new CheckRunner(Duration.ofMillis(200));
    hasty.add(
        "source a",
        into -> {
          into.beginExtra("reading the newest records", "try again");
          never.await();
        });
    hasty.add(
        "source b",
        into -> {
          into.begin("an answer of b", "check the port");
          never.await();
        });
    assertThat(hasty.run())
        .extracting(CheckReport.Line::verdict)
        .containsExactly(CheckReport.Verdict.WARN, CheckReport.Verdict.FAIL);
  }

  @Test
  void aCheckThatLastsTooLong_saysSo_alsoBeforeItsFirstStep() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CheckRunner hasty = new CheckRunner(Duration.ofMillis(200));
    hasty.add("networks", into -> never.await());
    hasty.add(
        "geoip.city",
        into -> {
          into.begin("reading the database", "move the file");
          never.await();
        });
    assertThat(hasty.run())
        .extracting(CheckReport.Line::text)
        .containsExactly(
            "fail  networks: the check has not ended within 0 s; try again",
            "fail  geoip.city: reading the database takes longer than 0 s; if this machine is"
                + " busy, try again; else move the file");
  }

  @Test
  void aSampleThatWasCutShort_doesNotSayWhatIsMissing() {
    HubSample sample = new HubSample(Limits.defaults(), List.of("a", "by-amqp"));
    sample.end("a");
    sample.add("a", new ConsumerRecord<>("logs", 0, 0, null, "{}".getBytes(UTF_8)));
    assertThat(new RuleChecks(Config.read(null, Map.of()), sample, Enrichment.none()).lines())
        .extracting(CheckReport.Line::what)
        .contains("the newest records of by-amqp were not all read")
        .noneMatch(what -> what.contains("among the newest records"));
  }

  @Test
  void aCheckThatRunsOutOfStackOrHeap_isAFailureOfTheThing() throws Exception {
    doctor.add(
        "networks",
        into -> {
          throw new StackOverflowError();
        });
    doctor.add(
        "partners",
        into -> {
          throw new OutOfMemoryError("Java heap space");
        });
    assertThat(doctor.run())
        .hasSize(2)
        .allSatisfy(line -> assertThat(line.verdict()).isEqualTo(CheckReport.Verdict.FAIL))
        .extracting(CheckReport.Line::check)
        .containsExactly("networks", "partners");
  }
}
