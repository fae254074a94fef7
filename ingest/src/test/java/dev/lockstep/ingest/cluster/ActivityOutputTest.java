package dev.lockstep.ingest.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.ingest.message.Origin;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Bundle;
import dev.lockstep.schemas.Principal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;

class ActivityOutputTest {
  private static final int PARTITIONS = 7;
  private static final long SEED = 20260114;

  private final List<ProducerRecord<byte[], byte[]>> written = new ArrayList<>();

  @Test
  void putsAnActivityWhereKafkaWouldPutItsKey_inTheOrderOfItsPrincipal() {
    Map<String, List<String>> given = new HashMap<>();
    ActivityOutput output = begun(Map.of());
    Random random = new Random(SEED);
    for (int i = 0; i < 5_000; i++) {
      Activity activity = activity("event-" + i, "person-" + random.nextInt(100), 10);
      given
          .computeIfAbsent(activity.getPrincipal().getId(), id -> new ArrayList<>())
          .add(activity.getEventId());
      output.take(new Outcome.Mapped(activity));
    }
    output.end();

    assertThat(written).as("seed %d", SEED).hasSize(PARTITIONS);
    Map<String, List<String>> found = new HashMap<>();
    for (ProducerRecord<byte[], byte[]> record : written) {
      for (Activity activity : Bundled.activities(List.of(record))) {
        String principal = activity.getPrincipal().getId();
        byte[] key = principal.getBytes(StandardCharsets.UTF_8);
        assertThat(record.partition())
            .isEqualTo(BuiltInPartitioner.partitionForKey(key, PARTITIONS));
        found.computeIfAbsent(principal, id -> new ArrayList<>()).add(activity.getEventId());
      }
    }
    assertThat(found).isEqualTo(given);
  }

  @Test
  void keepsABundleBelowItsSize_andOneThatIsLargerAlone() {
    ActivityOutput output = begun(Map.of());
    for (int i = 0; i < 40; i++) {
      output.take(
          new Outcome.Mapped(activity("event-" + i, "ada", i % 10 == 9 ? 450_000 : 90_000)));
    }
    output.end();
    assertThat(Bundled.activities(written).stream().map(Activity::getEventId))
        .containsExactlyElementsOf(IntStream.range(0, 40).mapToObj(i -> "event-" + i).toList());
    assertThat(written)
        .allSatisfy(
            record ->
                assertThat(
                        record.value().length <= Bundle.MOST_BYTES
                            || Bundled.activities(List.of(record)).size() == 1)
                    .isTrue());
  }

  @Test
  void keepsABundleBelowHalfOfWhatARequestMayHave() {
    ActivityOutput output = begun(Map.of("max.request.size", "50000"));
    for (int i = 0; i < 1_000; i++) {
      output.take(new Outcome.Mapped(activity("event-" + i, "ada", 100)));
    }
    output.end();
    assertThat(written)
        .allSatisfy(record -> assertThat(record.value().length).isLessThanOrEqualTo(25_000));
    assertThatThrownBy(() -> begun(Map.of("max.request.size", "much")))
        .isInstanceOf(ConfigException.class);
  }

  @Test
  void putsAClockBehindTheActivitiesOfEachPartition() {
    ActivityOutput output = begun(Map.of());
    for (int i = 0; i < 100; i++) {
      output.take(new Outcome.Mapped(activity("event-" + i, "person-" + i, 10)));
    }
    output.watermark(Origin.offset("src", "hub", 0, 7), 5, 6, false);
    output.end();
    assertThat(written).hasSize(PARTITIONS);
    for (ProducerRecord<byte[], byte[]> record : written) {
      List<Activity> activities = Bundled.activities(List.of(record));
      assertThat(activities)
          .filteredOn(activity -> activity.getKind() == ActivityKind.CLOCK)
          .containsExactly(activities.get(activities.size() - 1));
    }
  }

  @Test
  void forgetsWhatAFailedTransactionLeft() {
    ActivityOutput output = begun(Map.of());
    output.take(new Outcome.Mapped(activity("lost", "ada", 10)));
    output.begin(PARTITIONS, written::add);
    output.take(new Outcome.Mapped(activity("kept", "ada", 10)));
    output.end();
    assertThat(Bundled.activities(written).stream().map(Activity::getEventId))
        .containsExactly("kept");
  }

  private ActivityOutput begun(Map<String, Object> properties) {
    ActivityOutput output = new ActivityOutput(new KafkaTarget(properties, "lockstep."));
    output.begin(PARTITIONS, written::add);
    return output;
  }

  private static Activity activity(String id, String principal, int characters) {
    return Activity.newBuilder()
        .setKind(ActivityKind.SIGN_IN)
        .setCategory("SignInLogs")
        .setEventId(id)
        .setEventAt(1)
        .setArrivalAt(2)
        .setWhere(Origin.offset("src", "hub", 0, 1))
        .setPrincipal(new Principal(principal, null, "user"))
        .setReason(UUID.nameUUIDFromBytes(new byte[] {1}).toString().repeat(1 + characters / 36))
        .build();
  }
}
