package dev.lockstep.app.kafka;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.ingest.cluster.MissingRight;
import dev.lockstep.ingest.cluster.OutdatedCertificate;
import dev.lockstep.schemas.process.Causes;
import dev.lockstep.schemas.process.DaemonThreadFactory;
import dev.lockstep.schemas.text.AvroJson;
import dev.lockstep.schemas.text.Quoted;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Supervisor of a service's Kafka cluster and its topics. It waits for the cluster at the start,
 * prepares the topics, and then checks cluster and topics. A cluster that cannot be reached is
 * logged once and retried.
 */
public final class Cluster {
  private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);
  private static final long RETRY_MILLIS = 2_000;
  private static final long LOOK_SECONDS = 5;
  private static final long FIRST_LOOK_SECONDS = 1;

  /**
   * Time after a problem of the cluster within which the problem counts as the cause of a thread's
   * failure.
   */
  private static final Duration AFTERMATH = Duration.ofSeconds(15);

  /** Time for which a loss of topics or records is reported after it was last noticed. */
  private static final Duration RECENT = Duration.ofHours(1);

  static final int LOOKS_PER_COMPARISON = 6;

  private static final String TRANSACTION_TIMEOUT = "transaction.timeout.ms";
  private static final String MOST_TIMEOUT = "transaction.max.timeout.ms";
  private static final String CANNOT_BE_USED = "cannot be used";
  private static final String CONTINUES = "Lockstep continues by itself when the brokers answer";

  private final Config.Kafka kafka;
  private final Consumer<String> onLoss;
  private final Supplier<Admin> admins;
  private final LongSupplier nanos;
  private final BrokerSilence silence;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private String named = "";
  private volatile @Nullable String waitingFor = "the topics have not been checked yet";
  private volatile @Nullable String unreachable;
  private volatile @Nullable String topicProblem;
  private final Map<String, Uuid> topicIds = new HashMap<>();
  private volatile @Nullable Loss loss;
  private volatile @Nullable Loss removed;
  private volatile @Nullable Loss removedState;
  private final List<UnreadRecords> unread = new CopyOnWriteArrayList<>();
  private final RemovedState state = new RemovedState();
  private volatile List<String> warnings = List.of();
  private volatile @Nullable Group group;
  private int looks;
  private @Nullable String latest;
  private long latestNanos;

  /**
   * Message about deleted topics or removed records, with the time at which this instance found it.
   * The records were removed from Kafka before they were read.
   */
  private record Loss(Instant at, String what) {}

  /**
   * Consumer group in which all instances have to have the same settings.
   *
   * @param mark hash of this instance's settings
   */
  private record Group(String id, String mark) {}

  /**
   * Creates the supervisor of a cluster, without connecting to the cluster.
   *
   * @param onLoss function that receives a message if an internal topic was deleted, because a
   *     topology cannot continue without it
   */
  public Cluster(Config.Kafka kafka, Consumer<String> onLoss) {
    this(
        kafka, onLoss, () -> Admin.create(adminSettings(kafka.clientSettings())), System::nanoTime);
  }

  Cluster(Config.Kafka kafka, Consumer<String> onLoss, Supplier<Admin> admins, LongSupplier nanos) {
    this.kafka = kafka;
    this.onLoss = onLoss;
    this.admins = admins;
    this.nanos = nanos;
    this.silence = new BrokerSilence(nanos);
  }

  /**
   * Returns the reason why the start of the service still waits for the cluster, or null after the
   * start.
   */
  public @Nullable String waitingFor() {
    return waitingFor;
  }

  /**
   * Returns a message if the cluster did not answer the last check or refused it, otherwise null.
   */
  public @Nullable String unreachable() {
    return unreachable;
  }

  /**
   * Returns the problem with Lockstep's topics that the last check found, or null if there was
   * none.
   */
  public @Nullable String topicProblem() {
    return topicProblem;
  }

  /**
   * Returns the last message about deleted topics, with its time, or null if there was none in the
   * last hour. The unread records of these topics are lost.
   */
  public @Nullable String lost() {
    return recent(loss);
  }

  /**
   * Returns the last message about records that were removed before they were read, or null if
   * there was none in the last hour. These are Kafka records of Lockstep's own topics. The message
   * begins with the time at which the removal was found.
   */
  public @Nullable String removedUnread() {
    return recent(removed);
  }

  /**
   * Returns the last message about Kafka records that were removed from changelogs, or null if
   * there was none in the last hour. The message begins with the time at which the removal was
   * found.
   */
  public @Nullable String removedState() {
    return recent(removedState);
  }

  private static @Nullable String recent(@Nullable Loss last) {
    return last == null || last.at().isBefore(Instant.now().minus(RECENT))
        ? null
        : AvroJson.instant(last.at().toEpochMilli()) + ": " + last.what();
  }

  /**
   * Makes later checks of the cluster warn if other instances in the consumer group have other
   * settings than this instance.
   *
   * @param mark hash of this instance's settings; each instance has its own hash in the client ids
   *     of its group members
   */
  public void compare(String groupId, String mark) {
    group = new Group(groupId, mark);
  }

  /**
   * Checks now, and in each later check, whether Kafka records of a topic were removed before a
   * consumer group had read them. It has to be called before the group's consumers start here,
   * because they continue at the first record that is left.
   */
  public void watchReading(String groupId, String topic) throws InterruptedException {
    watch(UnreadRecords.of(groupId, topic));
  }

  /**
   * Makes the checks of {@link #watchReading} for topics between two stages of a topology. Kafka
   * Streams removes records from them once they are read.
   */
  public void watchReadingBetweenStages(String groupId, Set<String> names)
      throws InterruptedException {
    watch(UnreadRecords.ofPurged(groupId, names));
  }

  private void watch(UnreadRecords records) throws InterruptedException {
    try (Admin admin = admin()) {
      recordRemoved(records, admin);
    }
    unread.add(records);
  }

  /**
   * Records a message if records were removed, and returns whether all brokers that had to be asked
   * have answered.
   */
  private boolean recordRemoved(UnreadRecords records, Admin admin) throws InterruptedException {
    try {
      String what = records.look(admin);
      if (what != null) {
        LOG.warn("{}", what);
        removed = new Loss(Instant.now(), what);
      }
    } catch (ExecutionException
        | KafkaException e) { // this client may not ask, or there is no answer
      LOG.debug(
          "could not check whether records of Lockstep's own topics were removed before they were read",
          e);
      return Causes.find(e, TimeoutException.class) == null;
    }
    return true;
  }

  /**
   * Returns the warnings of the last check of settings. They are about topics with altered
   * settings, and about instances with other settings than this one.
   */
  public List<String> warnings() {
    return warnings;
  }

  /**
   * Stops the supervision of the cluster, and the retries of {@link #prepare} and {@link #tryOn}.
   * Any thread may call this method.
   */
  public void stop() {
    stopping.countDown();
  }

  public boolean isStopped() {
    return stopping.getCount() == 0;
  }

  /**
   * Creates missing topics, and waits until all topics can be used. Waiting ends when this object
   * is stopped.
   *
   * @throws OperatorException if the topics cannot become usable
   */
  public void prepare() throws InterruptedException {
    while (!isStopped()) {
      try (Admin admin = admin()) {
        recordDeleted(admin);
        Topics.ensure(admin, kafka.topicPrefix(), kafka.partitions(), kafka.replication());
        checkTransactionTimeout(admin, TRANSACTION_TIMEOUT);
        checkTransactionTimeout(admin, "producer." + TRANSACTION_TIMEOUT); // for detect alone
        return;
      } catch (OperatorException e) {
        if (!(e.getCause() instanceof RetriableException)) {
          throw e;
        }
        String unreached = unreached();
        waitFor(
            CANNOT_BE_USED,
            unreached == null ? cannotBeUsed(String.valueOf(e.getMessage())) : unreached);
      } catch (KafkaException e) {
        if (!(e instanceof RetriableException) && !isUnresolved(e)) {
          throw unusable(e);
        }
        waitFor(CANNOT_BE_USED, cannotBeUsed(Failures.message(e)));
      }
    }
  }

  /**
   * Returns the existing changelogs by name, each with the cluster's id and the topic's id. The
   * state on a disk belongs to the changelogs with which it was written.
   *
   * @throws KafkaException if the cluster does not answer
   */
  public Map<String, String> changelogs() {
    Topics topics = new Topics(kafka.topicPrefix());
    Map<String, String> ids = new TreeMap<>();
    try (Admin admin = admin()) {
      String id = admin.describeCluster().clusterId().get();
      admin
          .describeTopics(topics.changelogs(admin))
          .allTopicNames()
          .get()
          .forEach((name, topic) -> ids.put(name, id + "/" + topic.topicId()));
    } catch (ExecutionException e) {
      throw new KafkaException(Failures.message(Causes.unwrapped(e)), e);
    } catch (InterruptedException e) {
      throw new InterruptException(e); // it sets the thread's flag again
    }
    return ids;
  }

  private void recordDeleted(Admin admin) throws InterruptedException {
    try {
      String deleted =
          loss == null ? Topics.deleted(admin, kafka.topicPrefix(), kafka.partitions()) : null;
      if (deleted != null) {
        LOG.warn("{}", deleted);
        loss = new Loss(Instant.now(), deleted);
      }
    } catch (ExecutionException e) { // this client may not ask, or the cluster does not answer
      LOG.debug("could not check whether topics were deleted while no instance ran", e);
    }
  }

  private void checkTransactionTimeout(Admin admin, String property) throws InterruptedException {
    Object wanted = kafka.clientSettings().get(property);
    if (wanted == null) {
      return;
    }
    try {
      String broker = admin.describeCluster().nodes().get().iterator().next().idString();
      ConfigResource resource = new ConfigResource(ConfigResource.Type.BROKER, broker);
      for (org.apache.kafka.clients.admin.Config settings :
          admin.describeConfigs(List.of(resource)).all().get().values()) {
        ConfigEntry most = settings.get(MOST_TIMEOUT);
        if (most != null && Long.parseLong(wanted.toString()) > Long.parseLong(most.value())) {
          throw new OperatorException(
              "could not start: %s in kafka.properties is %s, and the brokers allow at most %s (%s); write a smaller number, or remove the property"
                  .formatted(property, wanted, most.value(), MOST_TIMEOUT));
        }
      }
    } catch (ExecutionException e) { // this client may not ask; its producers would be told
      LOG.debug("could not read the settings of a broker", e);
    } catch (NumberFormatException e) { // the client that takes the property says so
      LOG.debug(
          "could not compare {} in kafka.properties with {} of the broker, because one of them is not a number; the start continues without this check",
          property,
          MOST_TIMEOUT,
          e);
    }
  }

  /**
   * Repeats a step until it succeeds or this object is stopped. Only a step that fails with an
   * error of Kafka or of input and output is repeated. Other exceptions are thrown.
   *
   * @param otherwise what a failure means, for messages that begin with {@code could not start},
   *     such as {@code the cluster cannot be written to}
   * @throws OperatorException if a client refuses a property, which no repetition changes
   */
  public void tryOn(String otherwise, Runnable step) throws InterruptedException {
    while (!isStopped()) {
      try {
        step.run();
        return;
      } catch (KafkaException | UncheckedIOException e) {
        ConfigException refused = Causes.find(e, ConfigException.class);
        if (refused != null && !isUnresolved(refused)) {
          throw new OperatorException(
              "could not start: %s (%s); fix kafka.properties, or the properties of the source"
                  .formatted(otherwise, Failures.message(e)),
              e);
        }
        String right = MissingRight.of(e);
        waitFor(
            otherwise,
            right == null
                ? otherwise + " (" + Failures.message(e) + ")"
                : otherwise + ": " + right);
      }
    }
  }

  /**
   * Logs why this instance could not start yet, and waits before the next attempt to start. The
   * reason is not logged again if the previous attempt failed for the same one.
   *
   * @param what reason without its details, compared with that of the previous attempt
   * @param whole reason with its details
   */
  private void waitFor(String what, String whole) throws InterruptedException {
    if (!what.equals(named)) {
      LOG.warn("this instance could not start yet: {}; the start is retried", whole);
    }
    named = what;
    waitingFor = whole;
    stopping.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
  }

  private String cannotBeUsed(String why) {
    return "the cluster at kafka.bootstrapServers %s %s: %s"
        .formatted(Quoted.of(kafka.bootstrapServers()), CANNOT_BE_USED, why);
  }

  private @Nullable String unreached() {
    String unreached = AdvertisedBrokers.unreached(kafka.clientSettings());
    return unreached == null
        ? null
        : "the cluster at kafka.bootstrapServers %s; %s; %s"
            .formatted(unreached, AdvertisedBrokers.FIX, CONTINUES);
  }

  private String unreachable(Throwable failure) {
    if (Failures.message(failure).contains("Too many open files")) {
      return cannotBeUsed(Failures.message(failure))
          + "; raise the process's limit of open files (ulimit -n, or LimitNOFILE of systemd), and restart this instance";
    }
    String outdated = OutdatedCertificate.of(failure);
    if (outdated != null) {
      return cannotBeUsed(outdated)
          + "; Lockstep continues by itself when the certificate is valid";
    }
    boolean isSilent =
        failure instanceof RetriableException
            || (failure instanceof KafkaException e && isUnresolved(e));
    String unreached = isSilent ? unreached() : null;
    if (unreached != null) {
      return unreached;
    }
    return isSilent
        ? "the cluster at kafka.bootstrapServers %s does not answer; start its brokers, or check the network to them; %s"
            .formatted(Quoted.of(kafka.bootstrapServers()), CONTINUES)
        : cannotBeUsed(Failures.message(failure))
            + "; restore the login or its rights in the cluster, and this instance continues by"
            + " itself; or fix the login in kafka.properties, and restart this instance";
  }

  /** Returns whether a failure is an unknown host name, which may become known later. */
  private static boolean isUnresolved(KafkaException e) {
    return Failures.message(e).contains("No resolvable bootstrap");
  }

  public static OperatorException unusable(KafkaException e) {
    return new OperatorException(
        "could not create a Kafka client: %s; fix kafka.properties".formatted(Failures.message(e)),
        e);
  }

  private Admin admin() {
    return admins.get();
  }

  /**
   * Returns the settings of an admin client with a limit of 5 s for a call. Limits in the given
   * client properties take precedence.
   */
  static Map<String, Object> adminSettings(Map<String, Object> properties) {
    return adminSettings(properties, 5_000, 4_000);
  }

  /**
   * Returns the settings of an admin client with time limits for a call and for each of its
   * requests. The given client properties take precedence.
   *
   * @param callMillis time limit of a call, unless the properties limit a call or a request
   * @param requestMillis time limit of a request, unless the properties have one; never above the
   *     time limit of a call
   */
  static Map<String, Object> adminSettings(
      Map<String, Object> properties, int callMillis, int requestMillis) {
    Map<String, Object> settings = new HashMap<>(properties);
    if (!settings.containsKey(
        "request.timeout.ms")) { // else Kafka refuses a shorter limit of a call
      Object call = settings.computeIfAbsent("default.api.timeout.ms", any -> callMillis);
      settings.put("request.timeout.ms", atMost(call, requestMillis));
    }
    return settings;
  }

  private static int atMost(Object limit, int millis) {
    try {
      int most = Integer.parseInt(limit.toString().strip());
      return most < 0 ? millis : Math.min(most, millis);
    } catch (NumberFormatException e) { // Kafka refuses the value with the name of the property
      return millis;
    }
  }

  /**
   * Declares the start complete, and supervises the cluster on a separate thread. The thread runs
   * until this object is stopped, also if a check fails. Checks are frequent until Kafka Streams
   * has created all its topics, to notice an early deletion.
   *
   * @param hasAllTopics whether Kafka Streams has created all the topics that it needs here
   * @param besides further check to run each time
   */
  public void watch(BooleanSupplier hasAllTopics, Runnable besides) {
    waitingFor = null;
    new DaemonThreadFactory("watch-cluster")
        .newThread(() -> watchUntilStopped(hasAllTopics, besides))
        .start();
  }

  private void watchUntilStopped(BooleanSupplier hasAllTopics, Runnable besides) {
    boolean knowsAll = false;
    boolean isFailing = false;
    try {
      while (!stopping.await(knowsAll ? LOOK_SECONDS : FIRST_LOOK_SECONDS, TimeUnit.SECONDS)) {
        try {
          boolean areMade = hasAllTopics.getAsBoolean();
          look();
          besides.run();
          knowsAll |= areMade;
          isFailing = false;
        } catch (RuntimeException e) { // else nobody notices what a later check would find
          if (!isFailing) {
            LOG.error("could not check the cluster and this instance; report this bug", e);
          }
          isFailing = true;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Checks the cluster and its topics now, and returns a problem, or null if there is none. Deleted
   * topics are created again, except those of Kafka Streams. The call takes some seconds if the
   * cluster does not answer.
   */
  public synchronized @Nullable String look() {
    String before = problem();
    try (Admin admin = admin()) {
      admin.describeCluster().clusterId().get();
      unreachable = null;
      TopicSupervision.Problem found =
          TopicSupervision.look(
              admin, kafka.topicPrefix(), kafka.partitions(), kafka.replication(), topicIds);
      if (found != null && found.isLoss()) {
        loss = new Loss(Instant.now(), found.what());
      }
      checkUnread(admin);
      topicProblem = found == null ? silence.problem(kafka.bootstrapServers()) : found.what();
      if (looks++ % LOOKS_PER_COMPARISON == 0) {
        compareSettings(admin);
        recordRemovedState(admin);
      }
    } catch (ExecutionException | KafkaException e) {
      unreachable = unreachable(e instanceof ExecutionException ? Causes.unwrapped(e) : e);
      LOG.debug("could not check the cluster at {}", Quoted.of(kafka.bootstrapServers()), e);
    } catch (TopicSupervision.InternalTopicLostException e) {
      topicProblem = e.getMessage();
      onLoss.accept(String.valueOf(e.getMessage()));
    } catch (OperatorException e) { // a topic is gone and could not be created
      topicProblem = e.getMessage();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    String now = problem();
    if (now != null) {
      latest = now;
      latestNanos = System.nanoTime();
    }
    if (now != null && !now.equals(before)) {
      LOG.warn("{}", now);
    } else if (now == null && before != null) {
      LOG.info("the cluster and its topics can be used again");
    }
    return now;
  }

  /**
   * Looks for removed records until a broker does not answer, and stores whether all brokers have
   * answered.
   */
  private void checkUnread(Admin admin) throws InterruptedException {
    long began = nanos.getAsLong();
    boolean haveAnswered = true;
    for (UnreadRecords records : unread) {
      haveAnswered = haveAnswered && recordRemoved(records, admin);
    }
    silence.record(haveAnswered, began);
  }

  private void recordRemovedState(Admin admin) throws InterruptedException {
    try {
      String what = state.look(admin, new Topics(kafka.topicPrefix()).changelogs(admin));
      if (what != null) {
        LOG.warn("{}", what);
        removedState = new Loss(Instant.now(), what);
      }
    } catch (ExecutionException e) { // this client may not ask, or a changelog is being made
      LOG.debug("could not check whether records of the changelogs were removed", e);
    }
  }

  /** Compares settings of topics and of other instances, and keeps differences as warnings. */
  private void compareSettings(Admin admin) throws InterruptedException {
    List<String> now = new ArrayList<>();
    try {
      String altered =
          TopicSupervision.altered(
              admin, kafka.topicPrefix(), kafka.partitions(), kafka.replication());
      if (altered != null) {
        now.add(altered);
      }
      Group of = group;
      if (of != null) {
        for (ConsumerGroupDescription found :
            admin.describeConsumerGroups(List.of(of.id())).all().get().values()) {
          String differing = DifferingInstances.warning(found.members(), of.mark());
          if (differing != null) {
            now.add(differing);
          }
        }
      }
    } catch (ExecutionException e) { // such as a group that does not exist yet
      LOG.debug(
          "could not check that topics are as configured, or that all instances have the same settings",
          e);
    }
    List<String> before = warnings;
    now.stream().filter(each -> !before.contains(each)).forEach(LOG::warn);
    warnings = List.copyOf(now);
  }

  /**
   * Checks the cluster now, and returns the problem that explains a thread's failure, or null if
   * there is none. If the check finds none, a problem that was found shortly before is returned,
   * because threads fail one after another, and the check after the first failure creates a deleted
   * topic again.
   */
  public synchronized @Nullable String cause() {
    String now = look();
    boolean isRecent = System.nanoTime() - latestNanos < AFTERMATH.toNanos();
    return now == null && isRecent ? latest : now;
  }

  /**
   * Removes the threads of an instance from a consumer group. Otherwise the threads may get their
   * former tasks back at the next start without a new assignment, and Kafka Streams creates deleted
   * topics only with a new assignment.
   *
   * @param instanceId beginning of the threads' instance ids
   */
  public void leave(String group, String instanceId) {
    try (Admin admin = admin()) {
      List<MemberToRemove> left = new ArrayList<>();
      for (ConsumerGroupDescription found :
          admin.describeConsumerGroups(List.of(group)).all().get().values()) {
        for (MemberDescription member : found.members()) {
          member
              .groupInstanceId()
              .filter(id -> isThread(id, instanceId))
              .ifPresent(id -> left.add(new MemberToRemove(id)));
        }
      }
      if (!left.isEmpty()) {
        admin
            .removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions(left))
            .all()
            .get();
      }
    } catch (ExecutionException | KafkaException e) {
      LOG.debug(
          "could not remove this instance's threads from the consumer group {}; if internal topics"
              + " were deleted, wait for the group's session timeout before the next start, because"
              + " Kafka Streams creates topics only for threads that join the group anew",
          group,
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Returns whether a member of a consumer group is a thread of the instance. The member's id is
   * then the instance's id, a dash and a number. The id of another instance may begin like that of
   * this one.
   */
  static boolean isThread(String memberId, String instanceId) {
    return memberId.startsWith(instanceId + "-")
        && memberId.length() > instanceId.length() + 1
        && memberId.substring(instanceId.length() + 1).chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private @Nullable String problem() {
    return unreachable == null ? topicProblem : unreachable;
  }
}
