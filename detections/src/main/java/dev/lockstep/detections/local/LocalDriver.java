package dev.lockstep.detections.local;

import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.alert.AlertMessages;
import dev.lockstep.detections.alert.AlertWithGate;
import dev.lockstep.detections.encoding.TextLimits;
import dev.lockstep.detections.join.ActivityRouter;
import dev.lockstep.detections.join.CallRevision;
import dev.lockstep.detections.join.JoinableLogs;
import dev.lockstep.detections.judgement.JudgedSubject;
import dev.lockstep.detections.message.EventCopies;
import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.message.RuleWatch;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.FindingState;
import dev.lockstep.schemas.SingleObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Driver of joins, engine, findings and incidents within one process, for replays, explanations and
 * tests of rules. Its caller gives the watermark and the present time; the output depends on no
 * other clock.
 *
 * <h2>Same output on any number of cores</h2>
 *
 * Events are processed in batches. Subjects are spread over a fixed number of shards. Within a
 * batch each shard processes its messages in the order of the events that caused them, in rounds,
 * until none is left. Findings process the results of each event together. So the output does not
 * depend on the assignment of threads.
 *
 * <h2>Changed counts</h2>
 *
 * If only counts and times of a finding changed, its next revision is given out on the next day of
 * the capture, when the wall clock advances, or at the end.
 */
public final class LocalDriver implements AutoCloseable {
  private static final int SHARDS = 16;
  private static final int BATCH = 4_096;
  private static final int MOST_RECENT = 200_000;

  /**
   * Number of small subjects that all engines of a driver together may keep in memory. A small
   * subject has a few facts, and so many of them fill about 3 MB. The limit does not follow the
   * size of the heap, so that the same counts wait for the next day on each machine.
   */
  private static final int MOST_OPEN = 1_500;

  /**
   * Least number of messages that several threads process; fewer are left to the calling thread.
   */
  private static final int FEWEST_FOR_THREADS = 64;

  private static final long DAY_MILLIS = 86_400_000L;

  private final RuleSet rules;
  private final JoinableLogs joinSettings;
  private final Enrichment enrichment;
  private final DetectionCounters counts;
  private final Workers workers;
  private final RuleWatch ruleWatch;
  private final boolean evicts;
  private final List<Shard> shards = new ArrayList<>();
  private final LocalFindings findings;
  private final EventCopies recent = new EventCopies(MOST_RECENT);
  private final List<byte[]> batch = new ArrayList<>(BATCH);
  private final List<Reader> readers = new ArrayList<>();
  private long flushedDay = Long.MIN_VALUE;
  private @Nullable Watcher watcher;

  /** Receiver of the revisions of all findings. */
  @FunctionalInterface
  public interface Revisions {
    /**
     * Receives a revision and the time at which it goes out.
     *
     * @param at wall clock time in milliseconds since 1970
     */
    void take(Detection revision, long at);
  }

  /**
   * Creates a driver that has processed no events yet, with a pool of threads of its own.
   *
   * @param threads number of threads that work at once
   * @param evicts if state is evicted that is too old to be needed by any further event
   */
  public LocalDriver(
      RuleSet rules,
      JoinableLogs joins,
      Enrichment enrichment,
      DetectionCounters counters,
      int threads,
      boolean evicts) {
    this.rules = rules;
    this.joinSettings = joins;
    this.enrichment = enrichment;
    this.counts = counters;
    this.ruleWatch = new RuleWatch(counters::look);
    this.evicts = evicts;
    this.workers = new Workers(threads);
    for (int i = 0; i < SHARDS; i++) {
      shards.add(
          new Shard(rules, joins, enrichment, counts, () -> watcher, evicts, MOST_OPEN / SHARDS));
    }
    for (int i = 0; i < threads; i++) {
      readers.add(new Reader());
    }
    this.findings = new LocalFindings(rules, enrichment, counts);
  }

  /**
   * Decoder of activities, with the router that shows activities to the rules, and the resulting
   * messages. Each thread has its own.
   */
  private final class Reader {
    private final SingleObject<Activity> codec = new SingleObject<>(Activity.getClassSchema());
    private final ActivityRouter router =
        new ActivityRouter(rules, joinSettings, enrichment, counts, counts::located);
    private final TextInterner interner = new TextInterner();
    private final List<Shard.Caused<Message>> observed = new ArrayList<>();

    Activity read(byte[] bytes) {
      Activity activity = codec.decode(bytes);
      TextLimits.cut(activity);
      return interner.intern(activity);
    }
  }

  /** Sets the receiver of the revisions of findings. */
  public void onRevision(Revisions taking) {
    findings.onRevision(taking);
  }

  /** Sets a receiver of each contribution of a rule to a finding. */
  public void onContribution(Consumer<Contribution> taking) {
    findings.onContribution(taking);
  }

  /**
   * Sets the watcher, which from now on receives this driver's events, revisions of calls, and
   * suppressions.
   */
  public void watch(Watcher watching) {
    watcher = watching;
  }

  /** Returns the state of a subject with the rules' verdicts on each day. */
  public JudgedSubject judged(Subject subject) {
    flush();
    return shards.get(shardOf(subject)).judged(subject);
  }

  /**
   * Returns a Defender alert, with the gate that keeps all rules from using the alert, or with no
   * gate. Such a gate also keeps the alert from corroborating findings. The result is null if no
   * record of the alert has come.
   */
  public @Nullable AlertWithGate alert(String id) {
    work();
    return shards.get(shardOf(AlertMessages.alertSubject(id))).alert(id);
  }

  /** Passes each stored finding to a consumer, also retracted and held-back findings. */
  public void forEachFinding(Consumer<FindingState> each) {
    flush();
    findings.forEach(each);
  }

  /**
   * Adds an encoded activity to the batch that is processed next. A full batch is processed at
   * once.
   *
   * @param activity activity in Avro's single-object encoding, which names its schema
   */
  public void enter(byte[] activity) {
    batch.add(activity);
    if (batch.size() >= BATCH) {
      work();
    }
  }

  private static int shardOf(Subject subject) {
    return shardOf(subject.hashCode());
  }

  private static int shardOf(String key) {
    return shardOf(key.hashCode());
  }

  private static int shardOf(int hash) {
    return (hash ^ (hash >>> 16) ^ (hash >>> 8)) & (SHARDS - 1);
  }

  private void work() {
    int size = batch.size();
    if (size == 0) {
      return;
    }
    Activity[] activities = new Activity[size];
    long[] identities = new long[size];
    int[] contents = new int[size];
    workers.parts(
        size,
        (place, from, to) -> {
          for (int i = from; i < to; i++) {
            activities[i] = readers.get(place).read(batch.get(i));
            identities[i] = EventCopies.identity(activities[i]);
            contents[i] = EventCopies.content(activities[i]);
          }
        });
    batch.clear();
    EventCopies.Relation[] relations = new EventCopies.Relation[size];
    for (int i = 0; i < size; i++) {
      relations[i] = counts.relate(activities[i], recent, identities[i], contents[i]);
    }
    workers.parts(
        size,
        (place, from, to) -> {
          Reader reader = readers.get(place);
          for (int i = from; i < to; i++) {
            Shard.Cause cause = new Shard.Cause(i);
            reader.router.take(
                activities[i],
                relations[i],
                message -> reader.observed.add(new Shard.Caused<>(cause, message)));
          }
        });
    for (int i = 0; i < size; i++) {
      if (watcher != null) {
        watch(activities[i], relations[i], watcher);
      }
      if (relations[i] != EventCopies.Relation.DIFFERENT) {
        join(activities[i], i);
      }
    }
    spreadObserved();
    workAll();
  }

  private void workAll() {
    workers.each(shards, Shard::workEdges);
    spreadPeers();
    workers.each(shards, Shard::joinHalves);
    observeRevisions();
    workers.each(shards, Shard::writeJoins);
    workMessages();
    findings.take(shards);
  }

  private void workMessages() {
    while (true) {
      int left = messages();
      if (left == 0) {
        workers.each(shards, Shard::judgeLate);
        spreadSent();
        left = messages();
      }
      if (left == 0) {
        return;
      }
      if (left < FEWEST_FOR_THREADS) {
        shards.forEach(Shard::workMessages);
      } else {
        workers.each(shards, Shard::workMessages);
      }
      spreadSent();
    }
  }

  private void spreadSent() {
    for (Shard shard : shards) {
      shard.drainSent(this::spread);
    }
  }

  private void watch(Activity activity, EventCopies.Relation relation, Watcher watching) {
    if (relation == EventCopies.Relation.NEW && readers.get(0).router.isObserved(activity)) {
      watching.sees(readers.get(0).router.event(activity));
    }
  }

  private void join(Activity activity, int place) {
    Shard.Cause cause = new Shard.Cause(place);
    ActivityRouter router = readers.get(0).router;
    if (router.needsLink(activity)) {
      shards
          .get(shardOf(activity.getEventId()))
          .addPendingHalf(new Shard.Caused<>(cause, activity));
    }
    if (router.needsEdge(activity)) {
      shards
          .get(shardOf(activity.getTrackingReference()))
          .addEdge(new Shard.Caused<>(cause, activity));
    }
  }

  private void spreadPeers() {
    for (Shard shard : shards) {
      shard.drainPeers(peer -> shards.get(shardOf(peer.callId())).addPeer(peer));
    }
  }

  private void observeRevisions() {
    List<Shard.Caused<CallRevision>> all = new ArrayList<>();
    for (Shard shard : shards) {
      shard.drainRevised(all::add);
    }
    if (all.isEmpty()) {
      return;
    }
    all.sort(Comparator.comparingInt(one -> one.event()));
    Watcher watching = watcher;
    if (watching != null) {
      ActivityRouter router = readers.get(0).router;
      all.forEach(one -> watching.revises(router.event(one.it()), one.it().retracts()));
    }
    workers.parts(
        all.size(),
        (place, from, to) -> {
          Reader reader = readers.get(place);
          for (Shard.Caused<CallRevision> one : all.subList(from, to)) {
            reader.router.take(
                one.it(), message -> reader.observed.add(new Shard.Caused<>(one.cause(), message)));
          }
        });
    spreadObserved();
  }

  private void spreadObserved() {
    for (Reader reader : readers) {
      reader.observed.forEach(this::spread);
      reader.observed.clear();
    }
  }

  private void spread(Shard.Caused<Message> one) {
    shards.get(shardOf(one.it().subject())).addMessage(one);
  }

  private int messages() {
    int messages = 0;
    for (Shard shard : shards) {
      messages += shard.waiting();
    }
    return messages;
  }

  /**
   * Advances the watermark to an arrival time, and evicts state unless the driver keeps all of it.
   * Everything that arrived before has to be entered first.
   */
  public void watermark(long arrivalAt) {
    advance(arrivalAt);
    if (evicts) {
      evict(arrivalAt);
    }
  }

  /** Advances the watermark after the last event, without evicting state. */
  public void watermarkAtEnd(long arrivalAt) {
    advance(arrivalAt);
  }

  /**
   * Returns the longest time in milliseconds for which a rule waits for the absence of an event.
   */
  public long longestGraceMillis() {
    return rules.rules().stream().mapToLong(rule -> rule.info().grace().toMillis()).max().orElse(0);
  }

  private void advance(long arrivalAt) {
    work();
    long day = Math.floorDiv(arrivalAt, DAY_MILLIS);
    boolean newDay = day > flushedDay;
    flushedDay = Math.max(flushedDay, day);
    workers.each(shards, shard -> shard.advance(arrivalAt, newDay));
    spreadSent();
    workAll();
  }

  private void evict(long arrivalAt) {
    workers.each(shards, Shard::sweep);
    spreadSent();
    workAll();
    findings.advance(arrivalAt);
  }

  /**
   * Sets the present time, so that delayed revisions of findings go out. A time before the last one
   * is ignored.
   */
  public void live(long now) {
    work();
    if (now > findings.wallAt()) {
      tick(now);
    }
  }

  private void flush() {
    work();
    shards.forEach(Shard::flush);
    spreadSent();
    workAll();
  }

  private void tick(long now) {
    findings.wallAt(now);
    shards.forEach(shard -> shard.tick(now));
    spreadSent();
    workAll();
    findings.tick();
  }

  /**
   * Ends all waits of alerts and delays of revisions, and returns the last revision of each finding
   * that is not withdrawn. The findings are sorted by end time and id. For this the present time
   * advances by two days. The first day ends the waits of alerts, the second the delays of
   * revisions.
   */
  public List<Detection> detections() {
    work();
    for (int i = 0; i < 2; i++) {
      tick(findings.wallAt() + Duration.ofDays(1).toMillis());
    }
    return findings.latest();
  }

  /**
   * Writes all state to the records in memory, and drops the decoded objects. So every subject is
   * read again, as after a restart.
   */
  void reopen() {
    work();
    shards.forEach(Shard::flushMost);
    spreadSent();
    workAll();
    shards.forEach(Shard::reopen);
  }

  long bytes() {
    reopen();
    return shards.stream().mapToLong(Shard::bytes).sum();
  }

  long joinBytes() {
    work();
    return shards.stream().mapToLong(Shard::joinBytes).sum();
  }

  @Override
  public void close() {
    workers.close();
    ruleWatch.close();
  }
}
