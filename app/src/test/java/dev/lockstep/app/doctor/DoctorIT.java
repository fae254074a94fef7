package dev.lockstep.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.Main;
import dev.lockstep.app.process.ExitCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** The doctor on a set-up in which everything is there, and how it tells. */
final class DoctorIT extends Examination {
  @Test
  void findsNothing_whereEverythingIsThere_soonAndLeavingNoTrace() throws Exception {
    Map<TopicPartition, Long> before = ends();
    long began = System.nanoTime();
    List<CheckReport.Line> lines = look();
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    System.out.println("a good set-up took " + took);
    lines.forEach(line -> System.out.println(line.text()));

    assertThat(lines)
        .allMatch(
            line -> line.verdict() == CheckReport.Verdict.OK || line.what().equals("off"),
            "is ok, or a rule that is off");
    assertThat(lines)
        .extracting(CheckReport.Line::check)
        .contains(
            "config",
            "geoip.city",
            "networks",
            "partners",
            "kafka",
            "topics",
            "source logs",
            "sentinel.endpoint",
            "sentinel.stream",
            "clock",
            "identity link",
            "rule impossible-travel",
            "rule token-replay",
            "rule partner-ip-drift",
            "rule defender-corroboration");
    assertThat(took).isLessThan(MOST);
    assertThat(ends()).isEqualTo(before);
    assertThat(sentinel.rows()).isEmpty();
    try (Admin admin = admin()) {
      assertThat(admin.listGroups().all().get()).isEmpty();
    }
  }

  @Test
  void endsWithOneWhereSomethingFails_andWithZeroWhereItOnlyWarns() {
    CheckReport.Line fail =
        new CheckReport.Line(CheckReport.Verdict.FAIL, "kafka", "is away", "start it");
    CheckReport.Line warn =
        new CheckReport.Line(CheckReport.Verdict.WARN, "clock", "61 s ahead", "");
    assertThat(fail.text()).isEqualTo("fail  kafka: is away; start it");
    assertThat(warn.text()).isEqualTo("warn  clock: 61 s ahead");
    assertThat(new DoctorReport(List.of(fail, warn)).json())
        .isEqualTo(
            "{\"ok\":0,\"warn\":1,\"fail\":1,\"skip\":0,\"checks\":[{\"verdict\":\"fail\",\"check\":\"kafka\",\"what\":\"is"
                + " away\",\"fix\":\"start"
                + " it\"},{\"verdict\":\"warn\",\"check\":\"clock\",\"what\":\"61 s ahead\"}]}");
    int exit =
        Main.commandLine()
            .execute("doctor", "--json", "--config", folder.resolve("nowhere.yaml").toString());
    assertThat(exit).isEqualTo(ExitCode.FAILED);
  }

  private Map<TopicPartition, Long> ends() throws Exception {
    Map<TopicPartition, Long> ends = new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
    try (Admin admin = admin()) {
      for (var topic :
          admin.describeTopics(admin.listTopics().names().get()).allTopicNames().get().values()) {
        List<TopicPartition> partitions = new ArrayList<>();
        topic
            .partitions()
            .forEach(info -> partitions.add(new TopicPartition(topic.name(), info.partition())));
        for (TopicPartition partition : partitions) {
          ends.put(
              partition,
              Optional.ofNullable(
                      admin
                          .listOffsets(Map.of(partition, OffsetSpec.latest()))
                          .all()
                          .get()
                          .get(partition))
                  .orElseThrow()
                  .offset());
        }
      }
    }
    return ends;
  }
}
