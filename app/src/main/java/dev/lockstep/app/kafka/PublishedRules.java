package dev.lockstep.app.kafka;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.schemas.ClusterNames;
import dev.lockstep.schemas.HeaderNames;
import dev.lockstep.schemas.text.Quoted;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Compacted topic with the published set of Sigma files, from which all instances take the same
 * rules.
 *
 * <p>A set is compressed and cut into parts; the key of a part is its number. All parts are written
 * in one transaction, and a reader uses a set once it has read all parts of the set.
 */
public final class PublishedRules implements AutoCloseable {
  private static final int PART_BYTES = 512 * 1024;
  private static final int MOST_PARTS = 128;
  private static final int MOST_BYTES = 256 * 1024 * 1024;
  private static final int MOST_FILES = 10_000;
  private static final String API_TIMEOUT = "default.api.timeout.ms";
  private static final String REQUEST_TIMEOUT = "request.timeout.ms";
  private static final Duration POLL = Duration.ofMillis(100);

  /**
   * Longest time without a record while the topic is read to its end. If the service is stopped
   * during its start and no record comes, the start ends only after this time.
   */
  private static final Duration MOST_WAIT = Duration.ofSeconds(10);

  private final Consumer<byte[], byte[]> consumer;
  private final Duration mostWait;
  private final TopicPartition partition;
  private final Map<Integer, Part> parts = new HashMap<>();
  private String taken = "";
  private boolean hasReadFormer;

  /** Part of a published set of files. A set can be too large for one record of Kafka. */
  @SuppressWarnings("ArrayRecordComponent") // joined with others, never compared
  private record Part(String hash, int of, byte[] bytes) {}

  /**
   * Opens the topic of published rules for reading, and creates the topic if it is missing.
   *
   * @throws OperatorException if the cluster refuses to describe or create the topic, or the topic
   *     has another cleanup policy than {@code compact}
   * @throws KafkaException if the cluster cannot be used
   */
  public PublishedRules(Config.Kafka kafka) {
    this(consumer(kafka), new ClusterNames(kafka.topicPrefix()).rules(), MOST_WAIT);
  }

  PublishedRules(Consumer<byte[], byte[]> consumer, String topic, Duration mostWait) {
    this.consumer = consumer;
    this.mostWait = mostWait;
    this.partition = new TopicPartition(topic, 0);
    consumer.assign(List.of(partition));
    consumer.seekToBeginning(List.of(partition));
  }

  private static Consumer<byte[], byte[]> consumer(Config.Kafka kafka) {
    ensure(kafka, Cluster.adminSettings(kafka.clientSettings()));
    Map<String, Object> settings = kafka.readerSettings();
    settings.putIfAbsent(API_TIMEOUT, 10_000);
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private static void ensure(Config.Kafka kafka, Map<String, Object> settings) {
    Topics topics = new Topics(kafka.topicPrefix());
    String topic = topics.names().rules();
    List<NewTopic> wanted = List.of(topics.newRules(kafka.replication()));
    boolean isCreating = false;
    try (Admin admin = Admin.create(settings)) {
      if (isThere(admin, topic)) { // a reader may lack the right to create it
        topics.checkRules(admin);
        return;
      }
      isCreating = true;
      admin.createTopics(wanted).all().get();
      TopicAdmin.awaitLeaders(admin, wanted);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RetriableException unanswered) {
        throw unanswered;
      }
      if (!isCreating) {
        throw new OperatorException(
            "could not look for the topic %s (%s); check the login in kafka.properties, and the rights to describe topics"
                .formatted(Quoted.of(topic), Failures.message(e)),
            e);
      }
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw new OperatorException(
            "could not create the topic %s (%s); check kafka.properties and the rights to create topics, or create it by hand: compacted, with one partition"
                .formatted(Quoted.of(topic), Failures.message(e)),
            e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OperatorException(
          "could not %s the topic %s: the program was interrupted; start it again"
              .formatted(isCreating ? "create" : "look for", Quoted.of(topic)),
          e);
    }
  }

  /**
   * Returns the settings of the admin client with which rules are published. Unless the
   * configuration sets time limits, a call to a cluster that does not answer fails after 20 s.
   * Kafka's own limit is a minute.
   */
  static Map<String, Object> adminSettings(Config.Kafka kafka) {
    return Cluster.adminSettings(kafka.clientSettings(), 20_000, 10_000);
  }

  private static boolean isThere(Admin admin, String topic)
      throws ExecutionException, InterruptedException {
    try {
      return admin.describeTopics(List.of(topic)).allTopicNames().get().containsKey(topic);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException
          || e.getCause() instanceof AuthorizationException) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Writes a set of Sigma files to the topic of published rules in one transaction, and returns the
   * name of the topic.
   *
   * @param files contents by name
   * @param hash hash of the contents
   * @return name of the topic
   * @throws OperatorException if the set is too large, or the cluster refuses it
   */
  public static String publish(Config.Kafka kafka, SortedMap<String, byte[]> files, String hash) {
    String topic = new ClusterNames(kafka.topicPrefix()).rules();
    try {
      ensure(kafka, adminSettings(kafka));
    } catch (KafkaException e) {
      throw unpublished(topic, e);
    }
    byte[] set = encode(files);
    int count = (set.length + PART_BYTES - 1) / PART_BYTES;
    if (count > MOST_PARTS) {
      throw new OperatorException(
          "could not publish the rules: they have %d bytes when compressed, and instances read at most %d; publish fewer rules"
              .formatted(set.length, MOST_PARTS * PART_BYTES));
    }
    Map<String, Object> settings = kafka.clientSettings();
    settings.put("transactional.id", topic + "-publish");
    settings.put("acks", "all");
    settings.put("enable.idempotence", true);
    settings.putIfAbsent("max.block.ms", 15_000);
    // Kafka refuses a limit of the delivery that is shorter than those of its parts.
    if (!settings.containsKey(REQUEST_TIMEOUT) && !settings.containsKey("linger.ms")) {
      settings.putIfAbsent("delivery.timeout.ms", 30_000);
      settings.put(REQUEST_TIMEOUT, 10_000);
    }
    boolean isCommitting = false;
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      for (int part = 0; part < count; part++) {
        int end = Math.min(set.length, (part + 1) * PART_BYTES);
        ProducerRecord<byte[], byte[]> record =
            new ProducerRecord<>(
                topic,
                0,
                bytes(Integer.toString(part)),
                Arrays.copyOfRange(set, part * PART_BYTES, end));
        record
            .headers()
            .add(HeaderNames.RULES_HASH, bytes(hash))
            .add(HeaderNames.RULES_PARTS, bytes(Integer.toString(count)));
        var unused = producer.send(record); // the commit fails if a record was not taken
      }
      isCommitting = true;
      producer.commitTransaction();
    } catch (KafkaException e) {
      boolean isUnsure =
          isCommitting && (e instanceof TimeoutException || e instanceof InterruptException);
      throw isUnsure
          ? new OperatorException(
              "could not confirm that the rules were published to %s (%s); instances may use them already; publish them again"
                  .formatted(Quoted.of(topic), Failures.message(e)),
              e)
          : unpublished(topic, e);
    }
    return topic;
  }

  private static OperatorException unpublished(String topic, KafkaException e) {
    return new OperatorException(
        "could not publish the rules to %s (%s); instances keep the rules that they have; check kafka.bootstrapServers and kafka.properties, and try again"
            .formatted(Quoted.of(topic), Failures.message(e)),
        e);
  }

  /**
   * Returns the files of a newly published set of rules, or null if there is no new set. The files
   * are given by name. A set is new if it is complete and is not the one that this object returned
   * last. The first call reads the whole topic, as {@link #latest} does, because a single poll may
   * end after an older set. Each later call polls the topic once.
   *
   * @throws OperatorException if the new set is damaged
   * @throws KafkaException if the topic cannot be read
   */
  public @Nullable SortedMap<String, byte[]> poll(Duration most) {
    return hasReadFormer ? next(most) : latest();
  }

  private @Nullable SortedMap<String, byte[]> next(Duration most) {
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(most)) {
      take(record);
    }
    return complete();
  }

  /**
   * Reads the topic to its end, and returns the files of the last published set, or null if there
   * is no new set. The files are given by name. There is no new set if no set is complete, or if
   * this object has already returned the last one. A damaged set counts only if none was published
   * after it.
   *
   * @throws OperatorException if the set is damaged
   * @throws KafkaException if the topic cannot be read
   */
  public @Nullable SortedMap<String, byte[]> latest() {
    long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
    SortedMap<String, byte[]> latest = null;
    OperatorException damage = null;
    long until = System.nanoTime() + mostWait.toNanos();
    long at = consumer.position(partition);
    while (at < end) {
      try {
        SortedMap<String, byte[]> next = next(POLL);
        if (next != null) {
          latest = next;
          damage = null;
        }
      } catch (OperatorException e) {
        damage = e;
      }
      long before = at;
      at = consumer.position(partition);
      if (at > before) {
        until = System.nanoTime() + mostWait.toNanos();
      } else if (System.nanoTime() - until > 0) {
        throw new TimeoutException("no record came for " + mostWait.toSeconds() + " s");
      }
    }
    hasReadFormer = true;
    if (damage != null) {
      throw damage;
    }
    return latest;
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    String hash = text(record, HeaderNames.RULES_HASH);
    String of = text(record, HeaderNames.RULES_PARTS);
    if (record.key() == null || record.value() == null || hash == null || of == null) {
      return; // not written by this program
    }
    try {
      int number = Integer.parseInt(new String(record.key(), StandardCharsets.UTF_8));
      parts.put(number, new Part(hash, Integer.parseInt(of), record.value()));
    } catch (NumberFormatException e) {
      return; // likewise
    }
  }

  private @Nullable SortedMap<String, byte[]> complete() {
    Part first = parts.get(0);
    if (first == null || first.hash().equals(taken) || first.of() > MOST_PARTS) {
      return null;
    }
    ByteArrayOutputStream set = new ByteArrayOutputStream();
    for (int number = 0; number < first.of(); number++) {
      Part part = parts.get(number);
      if (part == null || !part.hash().equals(first.hash()) || part.of() != first.of()) {
        return null;
      }
      set.writeBytes(part.bytes());
    }
    try {
      SortedMap<String, byte[]> published = decode(set.toByteArray());
      taken = first.hash();
      return published;
    } catch (IOException e) {
      parts.clear(); // then the same rules are read when they are published again
      taken = ""; // and so are the rules in force, if they are published again instead
      throw new OperatorException(
          "could not read the published rules in the topic %s (%s); publish them again"
              .formatted(Quoted.of(partition.topic()), Failures.message(e)),
          e);
    }
  }

  private static @Nullable String text(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null || header.value() == null
        ? null
        : new String(header.value(), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] encode(SortedMap<String, byte[]> files) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(bytes))) {
      out.writeInt(files.size());
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        out.writeUTF(file.getKey());
        out.writeInt(file.getValue().length);
        out.write(file.getValue());
      }
    } catch (IOException e) {
      throw new IllegalStateException("could not write the set of rules to a buffer in memory", e);
    }
    return bytes.toByteArray();
  }

  private static SortedMap<String, byte[]> decode(byte[] set) throws IOException {
    SortedMap<String, byte[]> files = new TreeMap<>();
    try (DataInputStream in =
        new DataInputStream(new GZIPInputStream(new ByteArrayInputStream(set)))) {
      int count = in.readInt();
      long left = MOST_BYTES;
      if (count < 0 || count > MOST_FILES) {
        throw new IOException(
            "the set of rules declares "
                + count
                + " files; at most "
                + MOST_FILES
                + " are allowed");
      }
      for (int i = 0; i < count; i++) {
        String name = in.readUTF();
        int length = in.readInt();
        left -= length;
        if (length < 0) {
          throw new IOException(
              "the set of rules declares a file of %d bytes; the set is damaged".formatted(length));
        }
        if (left < 0) {
          throw new IOException(
              "the files of the set of rules together have more bytes than the limit of %,d"
                  .formatted(MOST_BYTES));
        }
        byte[] content = in.readNBytes(length);
        if (content.length < length) {
          throw new IOException(
              "the set of rules ends in the middle of a file; the set is damaged");
        }
        files.put(name, content);
      }
      if (in.read() >= 0) { // the end of the stream is reached, and its checksum compared
        throw new IOException("the set of rules has bytes after the last file; the set is damaged");
      }
    }
    return files;
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(Duration.ZERO)); // a silent cluster delays no stop
  }
}
