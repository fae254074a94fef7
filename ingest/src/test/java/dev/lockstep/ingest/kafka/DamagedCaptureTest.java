package dev.lockstep.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.cluster.Bundled;
import dev.lockstep.ingest.cluster.KafkaTarget;
import dev.lockstep.ingest.file.CaptureFiles;
import dev.lockstep.ingest.message.AccountedReader;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.MessageReader;
import dev.lockstep.ingest.message.Origin;
import dev.lockstep.ingest.message.Records;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.raw.RawFieldPlan;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.SingleObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DamagedCaptureTest {
  private static final long SEED = 20_251_125;
  private static final Limits LIMITS =
      new Limits(64, 100, DamageKind.STRING_BYTES, 256, 1_048_576, 50_000);

  private static final long ARRIVAL = Instant.parse("2025-11-15T06:00:00Z").toEpochMilli();

  private final MessageReader alone = new MessageReader(LIMITS);
  private @Nullable Long enqueuedAt;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void losesNoRecord_andKeepsEachDamagedOne(int form) throws IOException {
    DamagedCapture capture = new DamagedCapture(SEED + form, 6_000, form, form == 2 ? 1 : 12);
    IngestCounts counts = new IngestCounts();
    AccountedReader reader = new AccountedReader(new MessageReader(LIMITS), counts);
    List<Outcome> outcomes = new ArrayList<>();
    byte[] file = DamageKind.bytes(String.join("\n", capture.messages));
    new CaptureFiles(LIMITS)
        .read(
            List.of("-"),
            new ByteArrayInputStream(file),
            message -> outcomes.addAll(reader.read(message)),
            outcomes::add,
            bytes -> {});
    outcomes.forEach(counts::count);
    check(capture, outcomes);
    assertThat(counts.missing()).isNull();
    assertThat(counts.begun()).isEqualTo(outcomes.size());
  }

  @Test
  void losesNoRecord_onItsWayThroughIngest() {
    FakeKafkaClients clients = new FakeKafkaClients();
    IngestCounts counts = new IngestCounts();
    KafkaIngest ingest =
        new KafkaIngest(
            new KafkaSourceConfig("src", "signins", Map.of(), false, "earliest"),
            new KafkaTarget(Map.of(), "lockstep."),
            clients,
            LIMITS,
            RawFieldPlan::none,
            counts,
            () -> Instant.ofEpochMilli(ARRIVAL));
    ingest.subscribe(clients.source);
    clients.source.rebalance(List.of(FakeKafkaClients.SOURCE));
    ingest.step(clients.source);
    DamagedCapture capture = new DamagedCapture(SEED, 6_000, 0, 12);
    for (int i = 0; i < capture.messages.size(); i++) {
      clients.add(i, DamageKind.bytes(capture.messages.get(i)), ARRIVAL);
    }
    ingest.step(clients.source);

    SingleObject<DeadLetter> letters = new SingleObject<>(DeadLetter.getClassSchema());
    List<Outcome> written = new ArrayList<>();
    List<ProducerRecord<byte[], byte[]>> records = clients.last().history();
    for (ProducerRecord<byte[], byte[]> record : records) {
      if (record.topic().equals("lockstep.dead-letters")) {
        written.add(new Outcome.Rejected(letters.decode(record.value())));
      }
    }
    Bundled.activities(records).stream()
        .filter(activity -> activity.getKind() != ActivityKind.CLOCK)
        .sorted(
            Comparator.<Activity>comparingLong(activity -> activity.getWhere().getPosition())
                .thenComparingInt(activity -> activity.getWhere().getIndex()))
        .forEach(activity -> written.add(new Outcome.Mapped(activity)));
    enqueuedAt = ARRIVAL;
    check(capture, written);
    assertThat(counts.missing()).isNull();
    assertThat(counts.begun()).isEqualTo(written.size());
  }

  private void check(DamagedCapture capture, List<Outcome> outcomes) {
    List<Activity> expected = new ArrayList<>();
    Map<DamageKind, Integer> made = new EnumMap<>(DamageKind.class);
    List<String> letters = new ArrayList<>();
    List<Activity> activities = new ArrayList<>();
    for (Outcome outcome : outcomes) {
      if (outcome instanceof Outcome.Mapped mapped) {
        activities.add(placeless(mapped.activity()));
      } else if (outcome instanceof Outcome.Rejected rejected) {
        letters.add(body(rejected.letter()));
      } else {
        throw new AssertionError(outcome);
      }
    }
    for (DamagedCapture.Sent sent : capture.records) {
      DamageKind damage = sent.damage();
      if (damage == null || damage.leavesTheRecord()) {
        expected.add(placeless(Records.activity(alone, sent.whole(), enqueuedAt)));
      }
      if (damage != null) {
        made.merge(damage, 1, Integer::sum);
        if (!damage.leavesTheRecord()) {
          String trimmed =
              sent.arrived().endsWith(",")
                  ? sent.arrived().substring(0, sent.arrived().length() - 1)
                  : sent.arrived();
          int at = 0;
          while (at < letters.size() && !letters.get(at).contains(trimmed)) {
            at++;
          }
          if (at == letters.size() && letters.contains("")) {
            at = letters.indexOf(""); // kept without the record, which no retry would read
          }
          assertThat(at).as("the letter of %s: %s", damage, trimmed).isLessThan(letters.size());
          letters.remove(at);
        }
      }
    }
    assertThat(activities).isEqualTo(expected);
    // An added bracket may be taken for the list's end, and what follows is read all the same.
    int braces = made.getOrDefault(DamageKind.BRACE_DOUBLED, 0);
    int brackets = made.getOrDefault(DamageKind.BRACKET_ADDED, 0);
    assertThat(letters).hasSizeBetween(braces, braces + brackets);
    assertThat(letters).allSatisfy(letter -> assertThat(letter).matches("[]},]+"));
    assertThat(made).hasSize(DamageKind.values().length);
  }

  private static Activity placeless(Activity activity) {
    activity.setWhere(Origin.file("", 0, 0));
    return activity;
  }

  private static String body(DeadLetter letter) {
    return StandardCharsets.ISO_8859_1.decode(letter.getBody().duplicate()).toString();
  }
}
