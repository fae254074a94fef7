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
 * Writer that announces in the target cluster that a source exists. No state is evicted until the
 * partitions of each announced source have reported their watermarks.
 *
 * @param source name of the source
 * @param hub event hub or topic; {@code capture} for a folder of captures
 */
public record SourceAnnouncement(
    String source, String hub, KafkaTarget target, TargetClients clients) {
  /**
   * Announces the source in each partition of the activity topic, or withdraws the announcement if
   * the source's watermarks are reported.
   *
   * @param isReported true to withdraw the announcement, because every partition of this instance
   *     has reported its watermark
   * @throws KafkaException if the announcement could not be written to every partition
   */
  public void write(boolean isReported) {
    Where where = Origin.offset(source, hub, -1, -1);
    ActivityOutput output = new ActivityOutput(target);
    try (Producer<byte[], byte[]> out = clients.announcements()) {
      List<Future<?>> sent = new ArrayList<>();
      int partitions = out.partitionsFor(target.activityTopic()).size();
      output.begin(partitions, record -> sent.add(out.send(record)));
      output.watermark(where, 0, 0, isReported);
      output.end();
      out.flush();
      for (Future<?> each : sent) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new KafkaException(
          (isReported
                  ? "could not record in the target cluster that this instance's partitions of the source %s have reported their watermarks; until this is recorded, no state is evicted; check that all brokers of the cluster answer"
                  : "could not record in the target cluster that the source %s exists; check that all brokers of the cluster answer")
              .formatted(source),
          e.getCause());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }
}
