package dev.lockstep.ingest.cluster;

import dev.lockstep.ingest.message.Origin;
import dev.lockstep.schemas.Where;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Says in the target that a source is there before its partitions can say how far they are.
 *
 * @param source the source's name
 * @param hub event hub or topic
 */
public record Announcement(String source, String hub, KafkaTarget target, TargetClients clients) {
  /**
   * Says whether the source as a whole need not be waited for any more.
   *
   * @throws KafkaException if that could not be written everywhere
   */
  public void say(boolean heardOf) {
    Where where = Origin.offset(source, hub, -1, -1);
    ActivityOutput output = new ActivityOutput(target);
    try (Producer<byte[], byte[]> out = clients.announcements()) {
      List<Future<?>> sent = new ArrayList<>();
      int partitions = out.partitionsFor(target.activityTopic()).size();
      output.begin(partitions, record -> sent.add(out.send(record)));
      output.clock(where, 0, 0, heardOf);
      output.end();
      out.flush();
      for (Future<?> each : sent) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new KafkaException("a source could not be announced", e.getCause());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }
}
