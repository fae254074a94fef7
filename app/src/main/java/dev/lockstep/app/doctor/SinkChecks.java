package dev.lockstep.app.doctor;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.config.SinkConfig;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.jspecify.annotations.Nullable;

/**
 * Static methods that add to {@code doctor} a check of each sink other than Sentinel. No check
 * sends a detection or writes to a file.
 */
public final class SinkChecks {
  private SinkChecks() {}

  public static void addTo(CheckRunner doctor, Config config) {
    for (SinkConfig sink : config.sinks()) {
      doctor.add("sink " + sink.name(), into -> look(into, sink));
    }
  }

  private static void look(CheckReport into, SinkConfig sink)
      throws IOException, InterruptedException {
    if (sink instanceof SinkConfig.Webhook webhook) {
      webhook(into, webhook.url());
    } else if (sink instanceof SinkConfig.Archive archive) {
      archive(into, archive.path());
    } else if (sink instanceof SinkConfig.Topic topic) {
      topic(into, topic);
    } else {
      throw new IllegalStateException("no check of " + sink);
    }
  }

  private static void webhook(CheckReport into, URI url) {
    into.begin("looking " + Quoted.of(url.getHost()) + " up", "check this machine's name server");
    // no request is sent, because a receiver may take any request for an alert
    HostReachability reachability = HostReachability.of(url);
    if (reachability.reached()) {
      into.ok(reachability.what() + "; the check does not post anything");
    } else {
      into.fail(reachability.what(), reachability.fix());
    }
  }

  private static void archive(CheckReport into, Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Path written = Files.exists(file) ? file : folder;
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      into.fail(
          Quoted.of(file) + " is not a regular file",
          "name a regular file, because this process cannot lock and sync other kinds of files");
    } else if (written == null || !Files.isWritable(written)) {
      into.fail(
          Quoted.of(file) + " cannot be written to",
          "create its folder, grant write access, or name another file");
    } else {
      DiskRoom.ofFile(into, file, Files.getFileStore(written).getUsableSpace());
    }
  }

  private static void topic(CheckReport into, SinkConfig.Topic sink) throws InterruptedException {
    ClusterChecks.warnOfOverridden(into, into.check() + " properties", sink.properties());
    ClusterChecks.warnOfMisspelt(into, into.check() + " properties", sink.properties());
    if (!ClusterChecks.anyReached(into, sink.bootstrapServers())) {
      return;
    }
    Map<String, Object> settings = ClusterChecks.quick(sink.properties().values());
    settings.put("bootstrap.servers", sink.bootstrapServers());
    into.begin(
        "an answer from " + sink.bootstrapServers() + " in Kafka's protocol",
        "check the port and the sink's property security.protocol");
    try (CloseAction<Admin> opened = ClusterChecks.admin(settings)) {
      TopicDescription found =
          opened
              .it()
              .describeTopics(
                  List.of(sink.topic()),
                  new DescribeTopicsOptions().includeAuthorizedOperations(true))
              .allTopicNames()
              .get()
              .get(sink.topic());
      judge(into, sink.topic(), found);
    } catch (KafkaException | ExecutionException e) {
      KafkaFault fault =
          KafkaFault.of(
              e,
              settings,
              "check the sink's properties: security.protocol, sasl.mechanism, sasl.jaas.config",
              "grant Write and Describe on the topic");
      into.fail("topic " + Quoted.of(sink.topic()) + ": " + fault.what(), fault.fix());
    }
  }

  private static void judge(CheckReport into, String topic, @Nullable TopicDescription found) {
    var may = found == null ? null : found.authorizedOperations();
    if (may != null && !may.contains(AclOperation.WRITE) && !may.contains(AclOperation.ALL)) {
      into.fail(
          "topic " + Quoted.of(topic) + ": this credential may not write to it",
          "grant Write on it");
    } else {
      into.ok("topic " + Quoted.of(topic) + " is there");
    }
  }
}
