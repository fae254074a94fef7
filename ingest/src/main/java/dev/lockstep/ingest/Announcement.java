package dev.lockstep.ingest;

import dev.lockstep.schemas.Where;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;

/**
 * Says in the target that a source is there before its partitions can say how far they are.
 *
 * @param source the source's name
 * @param hub event hub or topic
 */
record Announcement(String source, String hub, KafkaTarget target, TargetClients clients) {
  /** Says whether the source as a whole need not be waited for any more. */
  void say(boolean heardOf) {
    Where where = Origin.offset(source, hub, -1, -1);
    ActivityOutput output = new ActivityOutput(target);
    try (Producer<byte[], byte[]> out = clients.announcements()) {
      for (int i = 0; i < out.partitionsFor(target.activityTopic()).size(); i++) {
        Future<?> unused = out.send(output.clock(i, where, 0, 0, heardOf));
      }
      out.flush();
    }
  }
}
