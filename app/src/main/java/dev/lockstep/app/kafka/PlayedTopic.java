package dev.lockstep.app.kafka;

import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.schemas.text.Quoted;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Topic into which captured messages are played. */
public final class PlayedTopic {
  private PlayedTopic() {}

  /** Creates a Kafka producer for the messages to play, which the caller has to close. */
  public static Producer<byte[], byte[]> producer(String bootstrap) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("bootstrap.servers", bootstrap);
    properties.put("acks", "all");
    properties.put("linger.ms", 20);
    properties.put("max.request.size", 4 * 1024 * 1024);
    properties.put("max.block.ms", 15_000);
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /**
   * Creates a topic that keeps its messages forever, unless the topic exists.
   *
   * @throws OperatorException if the broker cannot be used
   */
  public static void create(String bootstrap, String topic, int partitions) {
    try (Admin admin =
        Admin.create(
            Map.of(
                "bootstrap.servers", bootstrap,
                "default.api.timeout.ms", 15_000,
                "request.timeout.ms", 10_000))) {
      List<NewTopic> wanted =
          List.of(
              new NewTopic(topic, Optional.of(partitions), Optional.empty())
                  .configs(Map.of("max.message.bytes", "4194304", "retention.ms", "-1")));
      admin.createTopics(wanted).all().get();
      TopicAdmin.awaitLeaders(admin, wanted);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        String fix =
            e.getCause() instanceof RetriableException
                ? "check that a broker runs at this address; %s starts a broker"
                    .formatted(ShellCommand.call("broker"))
                : "give another --topic or --partitions, or a broker that lets you create topics";
        throw new OperatorException(
            "could not create topic %s at %s: %s; %s"
                .formatted(Quoted.of(topic), Quoted.of(bootstrap), Failures.message(e), fix),
            e);
      }
    } catch (KafkaException e) {
      throw new OperatorException(
          "could not reach a broker at %s: %s; give the address of a running broker with --bootstrap HOST:PORT"
              .formatted(Quoted.of(bootstrap), Failures.message(e)),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OperatorException(
          "could not create topic %s: the program was interrupted; start it again"
              .formatted(Quoted.of(topic)),
          e);
    }
  }
}
