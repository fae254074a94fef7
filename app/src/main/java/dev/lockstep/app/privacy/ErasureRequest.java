package dev.lockstep.app.privacy;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.app.terminal.SlowAnswer;
import dev.lockstep.detections.erasure.ErasedPrincipal;
import dev.lockstep.detections.topology.ErasureCodec;
import dev.lockstep.schemas.ClusterNames;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Erasure;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.process.Causes;
import dev.lockstep.schemas.text.Quoted;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Request to erase a principal from state and detections. It finds the principal's detections,
 * sends the request through the topic of activities, and waits for the answers.
 */
public final class ErasureRequest {
  private static final Duration POLL = Duration.ofMillis(200);

  /** Longest wait for the next record before a read of the topic of detections fails. */
  private static final Duration MOST_WAIT = Duration.ofSeconds(60);

  /**
   * Largest total size in bytes of findings that share one record of an erasure request. Brokers
   * accept messages of 1 MiB by default. A larger finding has a record of its own.
   */
  private static final int MOST_BYTES = 400_000;

  private final Config.Kafka kafka;
  private final ClusterNames topics;
  private final Set<String> names;
  private final Erasure erasure;

  /**
   * Map from a finding's id to the id of its principal, for findings whose principal has the given
   * text as UPN instead of as id.
   */
  private final Map<String, String> namesakes = new TreeMap<>();

  /**
   * Map from a finding's id to the id of its principal, for findings whose principal has an id that
   * differs from the given id only in case.
   */
  private final Map<String, String> likeIds = new TreeMap<>();

  /**
   * Whether the sending of the request has begun. Instances may then carry out the request or a
   * part of it.
   */
  private boolean isAsked;

  private final SingleObject<Detection> codec = new SingleObject<>(Detection.getClassSchema());

  /**
   * Creates a request, which is not sent yet.
   *
   * @param names names of the principal beside those in its findings
   */
  public ErasureRequest(Config config, String principal, List<String> names) {
    this.kafka = config.kafka();
    this.topics = new ClusterNames(kafka.topicPrefix());
    this.names = new TreeSet<>(names);
    this.erasure =
        Erasure.newBuilder()
            .setRequest(UUID.randomUUID().toString())
            .setPrincipal(principal)
            .setNames(List.copyOf(this.names))
            .setPseudonym(Pseudonyms.of(config.redactKey()).of("erased", principal))
            .build();
  }

  /**
   * Outcome of a request to erase a principal.
   *
   * @param deleted number of deleted findings
   * @param revised number of findings about others that now have the pseudonym
   * @param pending names of the tasks that have not answered, and a text with the number of
   *     findings without an answer; empty if all answers have come
   */
  public record Done(
      String principal, String pseudonym, int deleted, int revised, List<String> pending) {}

  /** Returns the outcome that a request would have, and erases nothing. */
  public Done look() {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      Map<String, Detection> found = find(consumer);
      int own = (int) found.values().stream().filter(new ErasedPrincipal(erasure)::owns).count();
      return new Done(
          erasure.getPrincipal(), erasure.getPseudonym(), own, found.size() - own, List.of());
    } catch (KafkaException e) {
      throw failed(e);
    }
  }

  /**
   * Sends the request to erase the principal, and waits for all answers, but not longer than the
   * timeout. Each partition of each stage that keeps state has to answer, and there has to be an
   * answer for each finding that names the principal.
   */
  public Done send(Duration timeout) throws InterruptedException {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      Map<String, Detection> found = find(consumer);
      ask(found);
      return answers(consumer, found.keySet(), timeout);
    } catch (KafkaException e) {
      throw failed(e);
    }
  }

  private OperatorException failed(KafkaException e) {
    return new OperatorException(
        (isAsked
                ? "could not confirm the erasure: the cluster at kafka.bootstrapServers %s failed (%s); instances may carry out the request or a part of it; check that address and kafka.properties, or run %s to find the problem, and then run this command again"
                : "could not erase the principal: the cluster at kafka.bootstrapServers %s failed (%s); check that address and kafka.properties, or run %s to find the problem")
            .formatted(
                Quoted.of(kafka.bootstrapServers()),
                Failures.message(e),
                ShellCommand.call("doctor")),
        e);
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    Map<String, Object> settings = kafka.clientSettings();
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    settings.put("allow.auto.create.topics", false);
    settings.putIfAbsent("default.api.timeout.ms", 20_000);
    settings.remove("group.id");
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /**
   * Finds the detections that name the principal, and leaves the consumer at the end of the topic
   * of detections.
   */
  private Map<String, Detection> find(KafkaConsumer<byte[], byte[]> consumer) {
    List<PartitionInfo> infos;
    List<PartitionInfo> activity;
    try (SlowAnswer answer = SlowAnswer.of(kafka.bootstrapServers())) {
      infos = consumer.partitionsFor(topics.detections());
      activity = consumer.partitionsFor(topics.activity());
    }
    if (infos.isEmpty()) {
      throw absent(topics.detections());
    }
    if (activity.isEmpty()) {
      throw absent(topics.activity());
    }
    List<TopicPartition> partitions =
        infos.stream().map(info -> new TopicPartition(info.topic(), info.partition())).toList();
    consumer.assign(partitions);
    int given = names.size();
    Map<String, Detection> found = find(consumer, partitions);
    if (names.size() > given) { // records read before a name was known may contain it
      found = find(consumer, partitions);
    }
    boolean isKnown = found.values().stream().anyMatch(this::isAbout);
    if (!isKnown && !likeIds.isEmpty()) {
      throw new OperatorException(
          "could not erase the principal: no finding is about a principal with exactly the id %s, but findings are about %s, which differs in case only; give that id as --principal"
              .formatted(
                  Quoted.of(erasure.getPrincipal()),
                  String.join(" or ", new TreeSet<>(likeIds.values()))));
    }
    if (!isKnown && !namesakes.isEmpty()) {
      throw new OperatorException(
          "could not erase the principal: %s is the UPN of the principal %s in the findings, and a principal is erased by its id; give that id as --principal"
              .formatted(
                  Quoted.of(erasure.getPrincipal()),
                  String.join(" or ", new TreeSet<>(namesakes.values()))));
    }
    return found;
  }

  private boolean isAbout(Detection detection) {
    return detection.getPrincipal() != null
        && detection.getPrincipal().getId().equals(erasure.getPrincipal());
  }

  private static OperatorException absent(String topic) {
    return new OperatorException(
        "could not erase the principal: the topic %s does not exist; check kafka.topicPrefix"
            .formatted(Quoted.of(topic)));
  }

  private Map<String, Detection> find(
      KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {
    Map<String, Detection> found = new TreeMap<>();
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    consumer.seekToBeginning(partitions);
    read(
        consumer,
        record -> {
          String key = text(record.key());
          found.remove(key);
          likeIds.remove(key);
          namesakes.remove(key);
          if (record.value() != null && mayName(record.value())) {
            Detection detection = decoded(record.value());
            if (detection != null) {
              addNamesake(key, detection.getPrincipal());
              addLikeId(key, detection.getPrincipal());
            }
            if (detection != null && isNamed(detection)) {
              found.put(key, detection);
            }
          }
        },
        () -> ends.entrySet().stream().allMatch(end -> hasReached(consumer, end)),
        MOST_WAIT);
    return found;
  }

  private static boolean hasReached(
      KafkaConsumer<byte[], byte[]> consumer, Map.Entry<TopicPartition, Long> end) {
    return consumer.position(end.getKey()) >= end.getValue();
  }

  /**
   * Polls a Kafka consumer and passes each record to a receiver, until the condition {@code isOver}
   * is true.
   *
   * @param mostWait longest wait for a record
   * @throws TimeoutException if no record came for that time
   */
  static void read(
      org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer,
      Consumer<ConsumerRecord<byte[], byte[]>> each,
      BooleanSupplier isOver,
      Duration mostWait) {
    long until = System.nanoTime() + mostWait.toNanos();
    while (!isOver.getAsBoolean()) {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
      records.forEach(each);
      if (!records.isEmpty()) {
        until = System.nanoTime() + mostWait.toNanos();
      } else if (System.nanoTime() - until > 0) {
        throw new TimeoutException("no record came for " + mostWait.toSeconds() + " s");
      }
    }
  }

  private boolean isNamed(Detection detection) {
    boolean named = new ErasedPrincipal(asked()).isNamedIn(detection);
    if (named && isAbout(detection) && detection.getPrincipal().getName() != null) {
      names.add(detection.getPrincipal().getName());
    }
    return named;
  }

  private void addNamesake(String finding, @Nullable Principal principal) {
    if (principal != null
        && isUpn(erasure.getPrincipal()) // a display name is free, and may be somebody's id
        && erasure.getPrincipal().equalsIgnoreCase(principal.getName())
        && !erasure.getPrincipal().equals(principal.getId())) {
      namesakes.put(finding, Quoted.visible(principal.getId()));
    }
  }

  private void addLikeId(String finding, @Nullable Principal principal) {
    if (principal != null
        && erasure.getPrincipal().equalsIgnoreCase(principal.getId())
        && !erasure.getPrincipal().equals(principal.getId())) {
      likeIds.put(finding, Quoted.visible(principal.getId()));
    }
  }

  /** Returns whether an id has the form of a UPN; object ids and app ids never have this form. */
  public static boolean isUpn(String id) {
    return id.indexOf('@') > 0;
  }

  private Erasure asked() {
    return Erasure.newBuilder(erasure).setNames(List.copyOf(names)).build();
  }

  private boolean mayName(byte[] value) {
    String text = new String(value, StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
    return text.contains(erasure.getPrincipal().toLowerCase(Locale.ROOT))
        || names.stream().anyMatch(name -> text.contains(name.toLowerCase(Locale.ROOT)))
        || names.stream()
            .anyMatch(name -> name.indexOf('@') > 0); // entities split it into two fields
  }

  private @Nullable Detection decoded(byte[] value) {
    try {
      return codec.decode(value);
    } catch (RuntimeException e) { // foreign bytes contain no known name
      return null;
    }
  }

  /**
   * Sends one record to erase the principal from state, and further records to delete or revise the
   * given findings. The further records are needed because the state may have evicted findings that
   * the topic of detections still has.
   */
  private void ask(Map<String, Detection> found) throws InterruptedException {
    List<Erasure> records = new ArrayList<>();
    records.add(asked());
    List<Detection> past = new ArrayList<>();
    int bytes = 0;
    for (Detection one : found.values()) {
      int size = codec.encode(one).length;
      if (!past.isEmpty() && bytes + size > MOST_BYTES) {
        records.add(of(past));
        past.clear();
        bytes = 0;
      }
      past.add(one);
      bytes += size;
    }
    if (!past.isEmpty()) {
      records.add(of(past));
    }
    Map<String, Object> settings = kafka.clientSettings();
    settings.put("acks", "all");
    settings.put("enable.idempotence", true);
    settings.putIfAbsent("max.request.size", 8 * 1_048_576);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (Erasure each : records) {
        ProducerRecord<byte[], byte[]> record = ErasureCodec.record(topics.activity(), each);
        isAsked = true;
        producer.send(record).get();
      }
    } catch (ExecutionException e) {
      throw new KafkaException(Causes.unwrapped(e));
    }
  }

  private Erasure of(List<Detection> past) {
    return Erasure.newBuilder(asked()).setFindings(List.of()).setPast(List.copyOf(past)).build();
  }

  private Done answers(
      KafkaConsumer<byte[], byte[]> consumer, Set<String> findings, Duration timeout) {
    int partitions = consumer.partitionsFor(topics.activity()).size();
    Set<String> pending = new TreeSet<>(ErasureCodec.answers(partitions));
    Set<String> open = new HashSet<>(findings);
    Set<String> deleted = new HashSet<>();
    Set<String> revised = new HashSet<>();
    String request = erasure.getRequest();
    long until = System.nanoTime() + timeout.toNanos();
    read(
        consumer,
        record -> {
          if (!request.equals(ErasureCodec.request(record.headers()))) {
            return;
          }
          String key = text(record.key());
          String answer = ErasureCodec.answer(request, key);
          if (answer != null) {
            pending.remove(answer);
            open.remove(answer);
          } else {
            open.remove(key);
            (record.value() == null ? revised : deleted).remove(key);
            (record.value() == null ? deleted : revised).add(key);
          }
        },
        () -> (pending.isEmpty() && open.isEmpty()) || System.nanoTime() - until > 0,
        timeout.plus(MOST_WAIT)); // so that the condition ends it
    List<String> missing = new ArrayList<>(pending);
    if (!open.isEmpty()) {
      missing.add(DisplayFormat.count(open.size(), "finding"));
    }
    return new Done(
        erasure.getPrincipal(), erasure.getPseudonym(), deleted.size(), revised.size(), missing);
  }

  private static String text(byte @Nullable [] key) {
    return key == null ? "" : new String(key, StandardCharsets.UTF_8);
  }
}
