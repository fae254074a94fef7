package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.app.Main;
import dev.lockstep.app.broker.TestBroker;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.kafka.Onlooker;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Principal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sigma rules that change while two instances work: nothing is lost, doubled or late. */
final class RuleReloadIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

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

  private static final int PARTITIONS = 4;
  private static final int EDITS = 3;
  private static final int MANY_EDITS = 50;

  @TempDir Path folder;

  private final AtomicInteger sent = new AtomicInteger();

  /** What an edit changes. */
  private enum Edit {
    SELECTION,
    THRESHOLD,
    TITLE
  }

  /**
   * Event that shows whether an edit is in effect.
   *
   * @param times number of events of a user
   * @param isShown if a finding of the event's user comes from the edited rule
   */
  private record Probe(String operation, String field, int times, Predicate<Detection> isShown) {}

  @Test
  void losesAndDoublesNothing_whileRulesChange() throws Exception {
    losesAndDoublesNothing(EDITS);
  }

  @Test
  @Tag("long")
  void losesAndDoublesNothing_whileRulesChangeFiftyTimes() throws Exception {
    losesAndDoublesNothing(MANY_EDITS);
  }

  private void losesAndDoublesNothing(int edits) throws Exception {
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
          .atMost(TIMEOUT)
          .until(() -> one.notReady().isEmpty() && other.notReady().isEmpty());
      Load load = new Load(producer, topic);
      Thread loading = new Thread(load, "load");
      loading.start();
      List<Duration> inForce = new ArrayList<>();
      List<Duration> inEffect = new ArrayList<>();
      try {
        change(onlooker, prefix, load, "edited.yml", "first", "operation 0");
        for (int number = 1; number <= edits; number++) {
          Edit edit = Edit.values()[number % Edit.values().length];
          long taken = one.reload().taken();
          long start = System.nanoTime();
          Probe probe = edit(rules, edit, number);
          Set<String> users = new TreeSet<>();
          await("both to have edit " + number)
              .atMost(TIMEOUT)
              .pollInterval(Duration.ofMillis(20))
              .until(() -> one.reload().taken() > taken && other.reload().taken() > taken);
          inForce.add(Duration.ofNanos(System.nanoTime() - start));
          await("edit " + number + " in effect by each partition")
              .atMost(TIMEOUT)
              .pollInterval(Duration.ofMillis(100))
              .until(() -> isShown(onlooker, prefix, load, probe, users));
          inEffect.add(Duration.ofNanos(System.nanoTime() - start));
          assertThat(one.reload().state().hash()).isEqualTo(other.reload().state().hash());
        }
        refuses(onlooker, prefix, load, rules, one, other);
      } finally {
        load.stop();
        loading.join();
      }
      tell("in force in both", inForce);
      tell("found by each partition", inEffect);
      assertThat(inForce).allMatch(took -> took.compareTo(EFFECT) < 0);
      assertThat(inEffect).allMatch(took -> took.compareTo(EFFECT) < 0);
      Set<String> users = load.users();
      System.out.printf("%d users while %d sets were taken%n", users.size(), one.reload().taken());
      await("a finding of each user, once")
          .atMost(TIMEOUT)
          .untilAsserted(
              () -> {
                assertThat(found(onlooker, prefix, "steady").keySet()).isEqualTo(users);
                assertThat(found(onlooker, prefix, "counted").keySet()).isEqualTo(users);
              });
      assertThat(found(onlooker, prefix, "steady").values()).allMatch(count -> count == 1);
      assertThat(found(onlooker, prefix, "counted").values())
          .allMatch(count -> count == 3 || count == Load.EVENTS);
      assertThat(one.reload().refused()).isEqualTo(1);
      emptied(rules, one);
    } finally {
      broker.deleteTopics(prefix);
    }
  }

  /** Changes one thing in the rules, and returns what shows that it is in effect. */
  private static Probe edit(Path rules, Edit edit, int number) throws IOException {
    switch (edit) {
      case SELECTION -> {
        String operation = "operation " + number;
        String field = "edit" + number; // a raw field that no rule has named before
        write(
            rules,
            "edited.yml",
            edited(
                "Edited",
                "high",
                "OperationName: " + operation + "\n    properties." + field + ": \"yes\""));
        return new Probe(
            operation, "\"" + field + "\":\"yes\"", 1, found -> found.getRule().equals("edited"));
      }
      case THRESHOLD -> {
        int threshold = number / Edit.values().length % 2 == 0 ? Load.EVENTS : 3;
        write(rules, "counted.yml", COUNTED.replace("gte: 3", "gte: " + threshold));
        return new Probe(
            Load.OPERATION,
            Load.FIELD,
            Load.EVENTS,
            found -> found.getRule().equals("counted") && found.getCount() == threshold);
      }
      case TITLE -> {
        String title = "Steady " + number;
        write(rules, "steady.yml", STEADY.replace("title: Steady", "title: " + title));
        return new Probe(
            Load.OPERATION,
            Load.FIELD,
            Load.EVENTS,
            found -> found.getRule().equals("steady") && found.getTitle().equals(title));
      }
    }
    throw new IllegalArgumentException(edit.name());
  }

  /** Sends a probe to each partition; returns whether one from each is shown. */
  private boolean isShown(
      Onlooker onlooker, String prefix, Load load, Probe probe, Set<String> users)
      throws ExecutionException, InterruptedException {
    for (int partition = 0; partition < PARTITIONS; partition++) {
      String user = "probe-" + partition + "-" + sent.incrementAndGet();
      users.add(user);
      if (probe.operation().equals(Load.OPERATION)) {
        load.users.add(user);
      }
      for (int event = 0; event < probe.times(); event++) {
        load.send(partition, user, probe.operation(), event, probe.field());
      }
    }
    Set<Character> shown = new TreeSet<>();
    for (Detection found : onlooker.detections(prefix)) {
      Principal principal = found.getPrincipal();
      if (principal != null && users.contains(principal.getId()) && probe.isShown().test(found)) {
        shown.add(principal.getId().charAt("probe-".length()));
      }
    }
    return shown.size() == PARTITIONS;
  }

  private void refuses(
      Onlooker onlooker, String prefix, Load load, Path rules, Service one, Service other)
      throws IOException {
    write(rules, "edited.yml", edited("Edited", "high", "OperationName: the last"));
    change(onlooker, prefix, load, "edited.yml", "last", "the last");
    write(rules, "broken.yml", "title: Broken\nlogsource: {product: azure}\n");
    await("a refusal").atMost(TIMEOUT).until(() -> !one.degraded().isEmpty());
    assertThat(one.degraded().get(0)).contains("rules/broken.yml:");
    assertThat(one.notReady()).isEmpty();
    change(onlooker, prefix, load, "edited.yml", "after", "the last");
    Files.delete(rules.resolve("broken.yml"));
    await("the fault to be gone")
        .atMost(TIMEOUT)
        .until(() -> one.degraded().isEmpty() && other.degraded().isEmpty());
  }

  /** A folder without any file, as when a volume is not mounted, is told until files are back. */
  private static void emptied(Path rules, Service service) throws IOException {
    Path aside = rules.resolveSibling("aside");
    Files.move(rules, aside);
    Files.createDirectory(rules);
    await("the loss of all rules")
        .atMost(TIMEOUT)
        .untilAsserted(
            () ->
                assertThat(service.degraded())
                    .anyMatch(reason -> reason.contains("no Sigma file is there any more")));
    assertThat(service.notReady()).isEmpty();
    Files.delete(rules);
    Files.move(aside, rules);
    await("the rules to be back")
        .atMost(TIMEOUT)
        .untilAsserted(() -> assertThat(service.degraded()).isEmpty());
    assertThat(service.reload().inForce().rule("steady")).isNotNull();
  }

  private static void tell(String what, List<Duration> took) {
    List<Duration> sorted = took.stream().sorted().toList();
    System.out.printf(
        "%d edits %s after %.1f s in the middle, %.1f s at most%n",
        sorted.size(),
        what,
        sorted.get(sorted.size() / 2).toMillis() / 1e3,
        sorted.get(sorted.size() - 1).toMillis() / 1e3);
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
          .atMost(TIMEOUT)
          .until(() -> one.notReady().isEmpty() && other.notReady().isEmpty());
      change(onlooker, prefix, load, "the published rule", "start", "operation 0");

      write(rules, "edited.yml", edited("Edited", "medium", "OperationName: operation 1"));
      assertThat(publish(rules, "--dry-run")).isEqualTo(ExitCode.DONE);
      long taken = one.reload().taken();
      assertThat(publish(rules)).isEqualTo(ExitCode.DONE);
      await("both to take it")
          .atMost(TIMEOUT)
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

  /** Sends events of new users until one of them is found. */
  private void change(
      Onlooker onlooker, String prefix, Load load, String file, String edit, String operation) {
    Set<String> mine = new TreeSet<>();
    await(file + " to find " + operation)
        .atMost(TIMEOUT)
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              String user = edit + "-" + sent.incrementAndGet();
              mine.add(user);
              load.send(null, user, operation, 0, Load.FIELD);
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

  /**
   * Load of users that two rules count. Each has four events: two, and two more after some seconds,
   * in which rules change.
   */
  private static final class Load implements Runnable {
    static final int EVENTS = 4;
    static final String OPERATION = "steady operation";
    static final String FIELD = "\"other\":\"x\"";

    private static final int LATER = 100;

    private final Producer<byte[], byte[]> producer;
    private final String topic;
    private final String at = Instant.now().truncatedTo(ChronoUnit.MINUTES).toString();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Set<String> users = ConcurrentHashMap.newKeySet();
    private final Queue<String> begun = new ArrayDeque<>();

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
          begun.add(user);
          send(user, 0, EVENTS / 2);
          if (begun.size() > LATER) {
            send(begun.remove(), EVENTS / 2, EVENTS);
          }
        }
        for (String user : begun) {
          send(user, EVENTS / 2, EVENTS);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }

    private void send(String user, int from, int to)
        throws ExecutionException, InterruptedException {
      for (int event = from; event < to; event++) {
        send(null, user, OPERATION, event, FIELD);
      }
    }

    void send(@Nullable Integer partition, String user, String operation, int number, String field)
        throws ExecutionException, InterruptedException {
      String record =
          """
          {"time":"%1$s","category":"AuditLogs","operationName":"%2$s","properties":{"id":"%3$s-%4$d",%5$s,"initiatedBy":{"user":{"id":"%3$s","userPrincipalName":"%3$s@contoso.com"}}}}
          """
              .formatted(at, operation, user, number, field)
              .strip();
      byte[] bytes = record.getBytes(StandardCharsets.UTF_8);
      producer.send(new ProducerRecord<>(topic, partition, null, bytes)).get();
    }

    void stop() {
      stopped.countDown();
    }

    Set<String> users() {
      return new TreeSet<>(users);
    }
  }
}
