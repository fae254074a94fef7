package dev.lockstep.app.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ErasureRequestTest {
  private static final TopicPartition PARTITION = new TopicPartition("lockstep.detections", 0);

  @Test
  @Timeout(value = 10, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void givesUp_whereTheClusterFallsSilent() {
    MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    consumer.assign(List.of(PARTITION));
    consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    consumer.seekToBeginning(List.of(PARTITION));
    consumer.addRecord(new ConsumerRecord<>(PARTITION.topic(), 0, 0, new byte[0], new byte[0]));
    List<Long> read = new ArrayList<>();
    assertThatThrownBy(
            () ->
                ErasureRequest.read(
                    consumer,
                    each -> read.add(each.offset()),
                    () -> consumer.position(PARTITION) >= 2,
                    Duration.ofMillis(1)))
        .isInstanceOf(TimeoutException.class);
    assertThat(read).containsExactly(0L);
  }
}
