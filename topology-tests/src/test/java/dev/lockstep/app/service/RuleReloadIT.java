package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.app.Main;
import dev.lockstep.app.broker.TestBroker;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.kafka.Onlooker;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.schemas.Detection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sigma rules that change while two instances work: nothing is lost, doubled or late. */
final class RuleReloadIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Time from file to effect on a machine that other tests share; the promise is 2 s. */
  private static final Duration EFFECT = Duration.ofSeconds(10);

  private static final String STEADY =
      """
      title: Steady
      id: 5f3f3d0a-1f0e-4b39-8a4b-0d4b7a5c0001
      name: steady
      logsource: {product: azure, service: auditlogs}
      detection:
        selection: {OperationName: steady operation}
        condition: selection
      level: medium
      """;

  private static final String COUNTED =
      """
      title: Counted
      id: 5f3f3d0a-1f0e-4b39-8a4b-0d4b7a5c0002
      correlation:
        type: event_count
        rules: [steady]
        group-by: [lockstep.principal.id]
        timespan: 1h
        generate: true
        condition: {gte: 3}
      level: high
      """;

  @TempDir Path folder;

  private final AtomicInteger sent = new AtomicInteger();

  @Test
  void losesAndDoublesNothing_whileRulesChange() throws Exception {
    TestBroker broker = TestBroker.shared();
    String prefix = TestBroker.newPrefix();
    String topic = prefix + "audit";
    broker.createTopic(topic);
    Path rules = Files.createDirectory(folder.resolve("rules"));
    write(rules, "steady.yml", STEADY);
    write(rules, "counted.yml", COUNTED);
    write(rules, "edited.yml", edited("Edited", "medium", "OperationName: operation 0"));
    try (Onlooker onlooker = new Onlooker(broker.bootstrapServers());
        Producer<byte[], byte[]> producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "linger.ms", 5),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        Service one = service(broker, prefix, topic, "one");
        Service other = service(broker, prefix, topic, "other")) {
      one.start();
      other.start();
      await("both to be ready")
          .atMost(PATIENCE)
          .until(() -> one.notReady().isEmpty() && other.notReady().isEmpty());
      Load load = new Load(producer, topic);
      Thread loading = new Thread(load, "load");
      loading.start();
      try {
        change(onlooker, prefix, load, "edited.yml", "first", "operation 0");
        for (int edit = 1; edit <= 3; edit++) {
          String operation = "operation " + edit;
          // a raw field that no rule has named before
          String field = "properties.edit" + edit + ": \"yes\"";
          long start = System.nanoTime();
          write(
              rules,
              "edited.yml",
              edited("Edited " + edit, "high", "OperationName: " + operation + "\n    " + field));
          change(onlooker, prefix, load, "edited.yml", "edit" + edit, operation);
          Duration took = Duration.ofNanos(System.nanoTime() - start);
          System.out.printf(
              "edit %d: a finding %.1f s after the file%n", edit, took.toMillis() / 1e3);
          assertThat(took).isLessThan(EFFECT);
          write(rules, "steady.yml", STEADY.replace("title: Steady", "title: Steady " + edit));
          write(rules, "counted.yml", COUNTED.replace("level: high", "level: low"));
          awaitForce(one, other, 2L * edit);
        }
        write(rules, "broken.yml", "title: Broken\nlogsource: {product: azure}\n");
        await("a refusal").atMost(PATIENCE).until(() -> !one.degraded().isEmpty());
        assertThat(one.degraded().get(0)).contains("rules/broken.yml:");
        assertThat(one.notReady()).isEmpty();
        change(onlooker, prefix, load, "edited.yml", "edit3", "operation 3");
        Files.delete(rules.resolve("broken.yml"));
        await("the fault to be gone")
            .atMost(PATIENCE)
            .until(() -> one.degraded().isEmpty() && other.degraded().isEmpty());
      } finally {
        load.stop();
        loading.join();
      }
      Set<String> users = load.users();
      System.out.printf("%d users while %d sets were taken%n", users.size(), one.reload().taken());
      await("a finding of each user, once")
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(found(onlooker, prefix, "steady").keySet()).isEqualTo(users);
                assertThat(found(onlooker, prefix, "counted").keySet()).isEqualTo(users);
              });
      assertThat(found(onlooker, prefix, "steady").values()).allMatch(count -> count == 1);
      assertThat(found(onlooker, prefix, "counted").values()).allMatch(count -> count == 3);
      assertThat(one.reload().refused()).isEqualTo(1);
      assertThat(one.reload().state().hash()).isEqualTo(other.reload().state().hash());
    } finally {
      broker.deleteTopics(prefix);
    }
  }

  @Test
  void takesPublishedRules_inEveryInstance() throws Exception {
    TestBroker broker = TestBroker.shared();
    String prefix = TestBroker.newPrefix();
    String topic = prefix + "audit";
    broker.createTopic(topic);
    Path rules = Files.createDirectory(folder.resolve("published"));
    write(rules, "edited.yml", edited("Edited", "medium", "OperationName: operation 0"));
    String from = "rules: {topic: true, repeatSeconds: 0}";
    try (Onlooker onlooker = new Onlooker(broker.bootstrapServers());
        Producer<byte[], byte[]> producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        Service one = service(broker, prefix, topic, "first", from);
        Service other = service(broker, prefix, topic, "second", from)) {
      Load load = new Load(producer, topic);
      assertThat(publish(rules, "--dry-run")).isEqualTo(ExitCode.DONE);
      assertThat(publish(rules)).isEqualTo(ExitCode.DONE);
      one.start();
      other.start();
      assertThat(one.reload().inForce().rule("edited")).isNotNull();
      await("both to be ready")
          .atMost(PATIENCE)
          .until(() -> one.notReady().isEmpty() && other.notReady().isEmpty());
      change(onlooker, prefix, load, "the published rule", "start", "operation 0");

      write(rules, "edited.yml", edited("Edited", "medium", "OperationName: operation 1"));
      assertThat(publish(rules, "--dry-run")).isEqualTo(ExitCode.DONE);
      long taken = one.reload().taken();
      assertThat(publish(rules)).isEqualTo(ExitCode.DONE);
      await("both to take it")
          .atMost(PATIENCE)
          .until(
              () ->
                  one.reload().taken() > taken
                      && one.reload().state().hash().equals(other.reload().state().hash()));
      change(onlooker, prefix, load, "the published rule", "next", "operation 1");

      write(rules, "broken.yml", "title: Broken\nlogsource: {product: azure}\n");
      assertThat(publish(rules)).isEqualTo(ExitCode.FAILED);
      assertThat(one.degraded()).isEmpty();
    } finally {
      broker.deleteTopics(prefix);
    }
  }

  private int publish(Path rules, String... options) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "rules",
                "publish",
                rules.toString(),
                "--config",
                folder.resolve("first.yaml").toString()));
    words.addAll(List.of(options));
    return Main.run(Main.commandLine(), words.toArray(String[]::new));
  }

  private static void awaitForce(Service one, Service other, long sets) {
    await("the set to be in force")
        .atMost(PATIENCE)
        .until(() -> one.reload().taken() >= sets && other.reload().taken() >= sets);
  }

  /** Sends events of new users until one of them is found. */
  private void change(
      Onlooker onlooker, String prefix, Load load, String file, String edit, String operation) {
    Set<String> mine = new TreeSet<>();
    await(file + " to find " + operation)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              String user = edit + "-" + sent.incrementAndGet();
              mine.add(user);
              load.send(user, operation, 0, "\"" + edit + "\":\"yes\"");
              Set<String> found = new TreeSet<>(found(onlooker, prefix, "edited").keySet());
              found.retainAll(mine);
              return !found.isEmpty();
            });
  }

  /** Returns the count of a rule's finding by user. */
  private static Map<String, Integer> found(Onlooker onlooker, String prefix, String rule) {
    Map<String, Integer> found = new TreeMap<>();
    for (Detection detection : onlooker.detections(prefix)) {
      if (detection.getRule().equals(rule) && !detection.getReason().equals("withdrawn")) {
        Integer other =
            found.put(String.valueOf(detection.getPrincipal().getId()), detection.getCount());
        assertThat(other).as("one finding of a rule, user and day").isNull();
      }
    }
    return found;
  }

  private static void write(Path rules, String name, String text) throws IOException {
    Path fresh = rules.resolveSibling(name + ".new");
    Files.writeString(fresh, text);
    Files.move(fresh, rules.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  private static String edited(String title, String level, String selection) {
    return """
        title: %s
        id: 5f3f3d0a-1f0e-4b39-8a4b-0d4b7a5c0003
        logsource: {product: azure, service: auditlogs}
        detection:
          selection:
            %s
          condition: selection
        level: %s
        """
        .formatted(title, selection, level);
  }

  private Service service(TestBroker broker, String prefix, String topic, String name)
      throws IOException {
    return service(broker, prefix, topic, name, "rules: {directories: [rules], repeatSeconds: 0}");
  }

  private Service service(TestBroker broker, String prefix, String topic, String name, String rules)
      throws IOException {
    Path file = folder.resolve(name + ".yaml");
    Files.writeString(
        file,
        """
        %5$s
        sources:
          - {name: audit, type: kafka, bootstrapServers: "%1$s", topic: %2$s}
        kafka: {bootstrapServers: "%1$s", topicPrefix: %3$s, stateDir: state-%4$s}
        """
            .formatted(broker.bootstrapServers(), topic, prefix, name, rules));
    return new Service(
        Config.read(file, new HashMap<>()), EnumSet.of(Service.Role.INGEST, Service.Role.DETECT));
  }

  /** Load of users, each with three events that two rules count. */
  private static final class Load implements Runnable {
    private final Producer<byte[], byte[]> producer;
    private final String topic;
    private final String at = Instant.now().truncatedTo(ChronoUnit.MINUTES).toString();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Set<String> users = new TreeSet<>();

    Load(Producer<byte[], byte[]> producer, String topic) {
      this.producer = producer;
      this.topic = topic;
    }

    @Override
    public void run() {
      try {
        for (int i = 0; !stopped.await(20, TimeUnit.MILLISECONDS); i++) {
          String user = "user-" + i;
          users.add(user);
          for (int event = 0; event < 3; event++) {
            send(user, "steady operation", event, "\"other\":\"x\"");
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }

    void send(String user, String operation, int number, String field)
        throws ExecutionException, InterruptedException {
      String record =
          """
          {"time":"%1$s","category":"AuditLogs","operationName":"%2$s","properties":{"id":"%3$s-%4$d",%5$s,"initiatedBy":{"user":{"id":"%3$s","userPrincipalName":"%3$s@contoso.com"}}}}
          """
              .formatted(at, operation, user, number, field)
              .strip();
      producer.send(new ProducerRecord<>(topic, record.getBytes(StandardCharsets.UTF_8))).get();
    }

    void stop() {
      stopped.countDown();
    }

    Set<String> users() {
      return new TreeSet<>(users);
    }
  }
}
