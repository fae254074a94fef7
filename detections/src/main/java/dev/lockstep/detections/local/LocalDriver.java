package dev.lockstep.detections.local;

import dev.lockstep.detections.BuiltInRules;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.alert.AlertMessages;
import dev.lockstep.detections.alert.AlertWithGate;
import dev.lockstep.detections.encoding.TextLimits;
import dev.lockstep.detections.engine.Engine;
import dev.lockstep.detections.finding.Findings;
import dev.lockstep.detections.incident.Incidents;
import dev.lockstep.detections.join.ActivityRouter;
import dev.lockstep.detections.join.CallRevision;
import dev.lockstep.detections.join.JoinableLogs;
import dev.lockstep.detections.join.Joins;
import dev.lockstep.detections.judgement.JudgedSubject;
import dev.lockstep.detections.message.EventCopies;
import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.message.Output;
import dev.lockstep.detections.message.RuleWatch;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.detections.storage.KeyedStore;
import dev.lockstep.detections.storage.MemoryRecords;
import dev.lockstep.detections.storage.MemoryStore;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.AlertOnSubject;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Confirmation;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Correlation;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.FindingState;
import dev.lockstep.schemas.IncidentMember;
import dev.lockstep.schemas.SingleObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
  private static final int FEW = 64;

  private static final int SWEPT = 100_000;
  private static final long DAY_MILLIS = 86_400_000L;

  private static final Comparator<Detection> BY_END =
      Comparator.comparingLong(Detection::getEndTime).thenComparing(Detection::getId);

  private final RuleSet rules;
  private final JoinableLogs joinSettings;
  private final Enrichment enrichment;
  private final DetectionCounters counts;
  private final ExecutorService workers;
  private final RuleWatch ruleWatch;
  private final int threads;
  private final boolean evicts;
  private final List<Shard> shards = new ArrayList<>();
  private final KeyedStore<FindingState> store = new MemoryStore<>();
  private final Findings findings;
  private final List<IncidentMember> members = new ArrayList<>();
  private final List<Correlation> correlations = new ArrayList<>();
  private final Incidents incidents = new Incidents(new MemoryStore<>(), correlations::add);
  private final Map<String, Detection> latest = new HashMap<>();
  private final EventCopies recent = new EventCopies(MOST_RECENT);
  private final List<byte[]> batch = new ArrayList<>(BATCH);
  private final List<Reader> readers = new ArrayList<>();
  private long flushedDay = Long.MIN_VALUE;
  private @Nullable Revisions revisions;
  private @Nullable Consumer<Contribution> contributions;
  private @Nullable Watcher watcher;
  private long wallAt;

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
    this.threads = threads;
    this.evicts = evicts;
    this.workers =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread = new Thread(task, "correlate");
              thread.setDaemon(true);
              return thread;
            });
    for (int i = 0; i < SHARDS; i++) {
      shards.add(new Shard());
    }
    for (int i = 0; i < threads; i++) {
      readers.add(new Reader());
    }
    this.findings =
        new Findings(
            store,
            rules.repeatSeconds(),
            rules.alerts(),
            enrichment.exceptions(),
            counts,
            this::revised,
            members::add);
  }

  private void revised(Detection revision, long arrivalAt) {
    latest.put(revision.getId(), revision);
    if (revisions != null) {
      revisions.take(revision, wallAt);
    }
  }

  /**
   * Index of an event among those that are processed together. Results are put into the order of
   * the events that caused them by this index.
   */
  private record Cause(int event) {
    Cause later(Cause other) {
      return other.event > event ? other : this;
    }
  }

  /** Internal message to a subject, with the event that caused the message. */
  private record Sent(Cause cause, Message message) {}

  private static final Comparator<Sent> BY_EVENT =
      (one, other) -> Integer.compare(one.cause.event, other.cause.event);

  /**
   * Call, identity link or record of Front Door for the joins, with its index in the batch. By this
   * index results are put into the order of the events that caused them.
   */
  private record Half(Cause cause, Activity activity) {}

  /**
   * Client address that Front Door's record gives for a call, with the event that completed the
   * join.
   */
  private record Peer(Cause cause, String callId, String peer, long arrivalAt) {}

  /** Revision of a call by the joins, with the event that caused it. */
  private record Revised(Cause cause, CallRevision revision) {}

  /** Contribution to a finding, with the event that caused it. */
  private record Contributed(Cause cause, Contribution contribution) {}

  /**
   * Confirmation of a finding by an alert, or the end of a confirmation, with the event that caused
   * it.
   */
  private record Confirmed(Cause cause, Confirmation confirmation) {}

  /**
   * One of the fixed parts into which all subjects and joins are divided, processed by one thread
   * at a time.
   */
  private final class Shard implements Output, Joins.Output {
    private final MemoryRecords records = new MemoryRecords();
    private final MemoryRecords joinRecords = new MemoryRecords();
    private final Engine engine;
    private final Joins joins;
    private List<Sent> messages = new ArrayList<>();
    private List<Half> pendingHalves = new ArrayList<>();
    private List<Half> edges = new ArrayList<>();
    private List<Peer> peers = new ArrayList<>();
    private final List<Sent> sent = new ArrayList<>();
    private final List<Peer> sentPeers = new ArrayList<>();
    private final List<Revised> revised = new ArrayList<>();
    private final List<Contributed> contributed = new ArrayList<>();
    private final List<Confirmed> confirmed = new ArrayList<>();
    private Cause cause = new Cause(0);

    Shard() {
      this.engine =
          new Engine(
              rules.rules(),
              enrichment,
              records,
              rules.alerts(),
              new WatchedCounts(counts, () -> watcher),
              this,
              MOST_OPEN / SHARDS);
      engine.waitsForFlush();
      engine.writesAtOnce();
      if (!evicts) {
        engine.keepsLessons();
      }
      this.joins =
          new Joins(
              enrichment,
              joinSettings,
              joinRecords,
              counts::counted,
              this,
              Integer.MAX_VALUE,
              () -> BuiltInRules.countsCalls(rules));
      if (joinSettings.edges()) {
        joins.edgesCome();
      }
    }

    @Override
    public void message(Message message) {
      sent.add(new Sent(cause, message));
    }

    @Override
    public void contribution(Contribution contribution, long arrivalAt) {
      contribution.setArrivalAt(arrivalAt);
      contributed.add(new Contributed(cause, contribution));
    }

    @Override
    public void confirmation(
        String finding,
        AlertOnSubject alert,
        boolean isNamed,
        @Nullable String address,
        boolean confirms) {
      confirmed.add(
          new Confirmed(
              cause,
              new Confirmation(
                  finding, AlertMessages.collected(alert), isNamed, address, confirms)));
    }

    @Override
    public void revision(CallRevision revision) {
      revised.add(new Revised(cause, revision));
    }

    @Override
    public void peer(String callId, String peer, long arrivalAt) {
      sentPeers.add(new Peer(cause, callId, peer, arrivalAt));
    }

    void workEdges() {
      List<Half> taken = edges;
      edges = new ArrayList<>();
      for (Half half : taken) {
        cause = half.cause();
        if (half.activity().getKind() == ActivityKind.EDGE_REQUEST) {
          joins.takeEdge(half.activity());
        } else {
          joins.takeEdgeless(half.activity());
        }
      }
    }

    /**
     * Passes activities and client addresses to the joins, in the order of their events. The
     * activities are those that may be joined. The addresses come from Front Door's records. An
     * activity goes before the addresses of the same event.
     */
    void joinHalves() {
      List<Half> taken = pendingHalves;
      List<Peer> takenPeers = peers;
      pendingHalves = new ArrayList<>();
      peers = new ArrayList<>();
      takenPeers.sort(Comparator.comparingInt(peer -> peer.cause().event()));
      int next = 0;
      for (Half half : taken) {
        while (next < takenPeers.size()
            && takenPeers.get(next).cause().event() < half.cause().event()) {
          work(takenPeers.get(next++));
        }
        cause = half.cause();
        joins.take(half.activity());
      }
      while (next < takenPeers.size()) {
        work(takenPeers.get(next++));
      }
    }

    private void work(Peer peer) {
      cause = peer.cause();
      joins.takePeer(peer.callId(), peer.peer(), peer.arrivalAt());
    }

    void judgeLate() {
      cause = new Cause(0);
      engine.judgeLate();
    }

    void workMessages() {
      List<Sent> taken = messages;
      messages = new ArrayList<>();
      taken.sort(BY_EVENT);
      for (Sent one : taken) {
        cause = one.cause();
        engine.take(one.message());
      }
    }
  }

  /**
   * Decoder of activities, with the router by which rules observe them. Each thread has its own.
   */
  private final class Reader {
    private final SingleObject<Activity> codec = new SingleObject<>(Activity.getClassSchema());
    private final ActivityRouter router =
        new ActivityRouter(rules, joinSettings, enrichment, counts, counts::located);
    private final TextInterner interner = new TextInterner();

    Activity read(byte[] bytes) {
      Activity activity = codec.decode(bytes);
      TextLimits.cut(activity);
      return interner.intern(activity);
    }
  }

  /** Sets the receiver of the revisions of findings. */
  public void onRevision(Revisions taking) {
    revisions = taking;
  }

  /** Sets a receiver of each contribution of a rule to a finding. */
  public void onContribution(Consumer<Contribution> taking) {
    contributions = taking;
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
    return shards.get(shardOf(subject)).engine.judged(subject);
  }

  /**
   * Returns a Defender alert, with the gate, if any, that keeps all rules from using the alert.
   * Such a gate also keeps the alert from corroborating findings. The result is null if no record
   * of the alert has come.
   */
  public @Nullable AlertWithGate alert(String id) {
    work();
    return shards.get(shardOf(AlertMessages.alertSubject(id))).engine.alert(id);
  }

  /** Passes each stored finding to a consumer, also retracted and held-back findings. */
  public void forEachFinding(Consumer<FindingState> each) {
    flush();
    store.forEach((id, state) -> each.accept(state));
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
    parts(
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
    List<List<Sent>> observed = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      observed.add(new ArrayList<>());
    }
    parts(
        size,
        (place, from, to) -> {
          ActivityRouter router = readers.get(place).router;
          List<Sent> out = observed.get(place);
          for (int i = from; i < to; i++) {
            Cause cause = new Cause(i);
            router.take(activities[i], relations[i], message -> out.add(new Sent(cause, message)));
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
    observed.forEach(this::spread);
    workAll();
  }

  private void workAll() {
    each(Shard::workEdges);
    spreadPeers();
    each(Shard::joinHalves);
    observeRevisions();
    each(shard -> shard.joins.write());
    workMessages();
    find();
  }

  private void workMessages() {
    while (true) {
      int left = messages();
      if (left == 0) {
        each(Shard::judgeLate);
        spreadSent();
        left = messages();
      }
      if (left == 0) {
        return;
      }
      if (left < FEW) {
        shards.forEach(Shard::workMessages);
      } else {
        each(Shard::workMessages);
      }
      spreadSent();
    }
  }

  private void spreadSent() {
    for (Shard shard : shards) {
      spread(shard.sent);
      shard.sent.clear();
    }
  }

  private void watch(Activity activity, EventCopies.Relation relation, Watcher watching) {
    if (relation == EventCopies.Relation.NEW && readers.get(0).router.isObserved(activity)) {
      watching.sees(readers.get(0).router.event(activity));
    }
  }

  private void join(Activity activity, int place) {
    Cause cause = new Cause(place);
    ActivityRouter router = readers.get(0).router;
    if (router.needsLink(activity)) {
      shards.get(shardOf(activity.getEventId())).pendingHalves.add(new Half(cause, activity));
    }
    if (router.needsEdge(activity)) {
      shards.get(shardOf(activity.getTrackingReference())).edges.add(new Half(cause, activity));
    }
  }

  private void spreadPeers() {
    for (Shard shard : shards) {
      for (Peer peer : shard.sentPeers) {
        shards.get(shardOf(peer.callId())).peers.add(peer);
      }
      shard.sentPeers.clear();
    }
  }

  private void observeRevisions() {
    List<Revised> all = new ArrayList<>();
    for (Shard shard : shards) {
      all.addAll(shard.revised);
      shard.revised.clear();
    }
    if (all.isEmpty()) {
      return;
    }
    all.sort(Comparator.comparingInt(one -> one.cause().event()));
    Watcher watching = watcher;
    if (watching != null) {
      ActivityRouter router = readers.get(0).router;
      all.forEach(one -> watching.revises(router.event(one.revision()), one.revision().retracts()));
    }
    List<List<Sent>> observed = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      observed.add(new ArrayList<>());
    }
    parts(
        all.size(),
        (place, from, to) -> {
          List<Sent> out = observed.get(place);
          for (Revised one : all.subList(from, to)) {
            readers
                .get(place)
                .router
                .take(one.revision(), message -> out.add(new Sent(one.cause(), message)));
          }
        });
    observed.forEach(this::spread);
  }

  private void spread(List<Sent> sent) {
    for (Sent one : sent) {
      shards.get(shardOf(one.message().subject())).messages.add(one);
    }
  }

  private int messages() {
    int messages = 0;
    for (Shard shard : shards) {
      messages += shard.messages.size();
    }
    return messages;
  }

  /**
   * Updates the findings by the new contributions of rules and confirmations by alerts, in the
   * order of their events. Their events are those that caused them. A confirmation says that a
   * Defender alert confirms a finding, or that it does so no longer. A contribution or confirmation
   * of a later round may come from an earlier event. It stays behind the earlier ones for the same
   * finding.
   */
  private void find() {
    List<Contributed> contributed = new ArrayList<>();
    List<Confirmed> confirmed = new ArrayList<>();
    Map<String, Cause> last = new HashMap<>();
    for (Shard shard : shards) {
      for (Contributed one : shard.contributed) {
        String id = Objects.requireNonNull(one.contribution().getDetection()).getId();
        contributed.add(
            new Contributed(last.merge(id, one.cause(), Cause::later), one.contribution()));
      }
      for (Confirmed one : shard.confirmed) {
        Confirmation of = one.confirmation();
        String id =
            of.getFinding() + "\n" + of.getAlert().getAlert().getId() + "\n" + of.getAddress();
        confirmed.add(new Confirmed(last.merge(id, one.cause(), Cause::later), of));
      }
      shard.contributed.clear();
      shard.confirmed.clear();
    }
    contributed.sort(Comparator.comparingInt(one -> one.cause().event()));
    confirmed.sort(
        Comparator.comparingInt((Confirmed one) -> one.cause().event())
            .thenComparing(one -> one.confirmation().getAlert().getAlert().getId())
            .thenComparing(one -> String.valueOf(one.confirmation().getAddress())));
    Map<String, List<Confirmed>> waiting = new HashMap<>();
    for (Confirmed one : confirmed) {
      waiting.computeIfAbsent(one.confirmation().getFinding(), any -> new ArrayList<>()).add(one);
    }
    int next = 0;
    for (int i = 0; i < contributed.size(); i++) {
      Contributed one = contributed.get(i);
      while (next < confirmed.size() && confirmed.get(next).cause().event() < one.cause().event()) {
        confirm(confirmed.get(next++), waiting);
      }
      List<Confirmation> together = new ArrayList<>(0);
      String id = Objects.requireNonNull(one.contribution().getDetection()).getId();
      List<Confirmed> of = waiting.get(id);
      while (of != null && !of.isEmpty() && of.get(0).cause().event() <= one.cause().event()) {
        together.add(of.remove(0).confirmation());
      }
      if (contributions != null) {
        contributions.accept(one.contribution());
      }
      findings.take(one.contribution(), together, wallAt);
    }
    while (next < confirmed.size()) {
      confirm(confirmed.get(next++), waiting);
    }
    correlate();
  }

  private void correlate() {
    members.forEach(incidents::take);
    members.clear();
    correlations.forEach(one -> findings.take(one, wallAt));
    correlations.clear();
  }

  /**
   * Applies an alert's confirmation of a finding, or the end of that confirmation. If the finding
   * is not known yet, the confirmation waits for a contribution of this batch.
   */
  private void confirm(Confirmed one, Map<String, List<Confirmed>> waiting) {
    List<Confirmed> of = waiting.get(one.confirmation().getFinding());
    if (of != null && findings.knows(one.confirmation().getFinding()) && of.remove(one)) {
      findings.take(one.confirmation(), wallAt);
    }
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
    each(
        shard -> {
          shard.cause = new Cause(0);
          shard.joins.advance(arrivalAt, arrivalAt, false);
          shard.engine.advance(arrivalAt, arrivalAt);
          if (newDay) {
            shard.engine.flush();
          }
        });
    spreadSent();
    workAll();
  }

  private void evict(long arrivalAt) {
    each(
        shard -> {
          boolean more = true;
          while (more) {
            more = shard.engine.sweep(SWEPT);
          }
        });
    spreadSent();
    workAll();
    findings.advance(arrivalAt, wallAt);
    incidents.advance(arrivalAt);
  }

  /**
   * Sets the present time, so that delayed revisions of findings go out. A time before the last one
   * is ignored.
   */
  public void live(long now) {
    work();
    if (now > wallAt) {
      wallAt = now;
      tick();
    }
  }

  private void flush() {
    work();
    for (Shard shard : shards) {
      shard.cause = new Cause(0);
      shard.engine.flush();
    }
    spreadSent();
    workAll();
  }

  private void tick() {
    for (Shard shard : shards) {
      shard.cause = new Cause(0);
      shard.engine.tick(wallAt);
      shard.engine.flush();
    }
    spreadSent();
    workAll();
    findings.tick(wallAt);
    correlate();
  }

  /**
   * Ends the waits of alerts and revisions, and returns the last revision of each finding that is
   * not withdrawn. The findings are sorted by end time and id. For this the present time advances
   * by two days. The first day ends the waits of alerts, the second the delays of revisions.
   */
  public List<Detection> detections() {
    work();
    for (int i = 0; i < 2; i++) {
      wallAt += Duration.ofDays(1).toMillis();
      tick();
    }
    return latest.values().stream()
        .filter(detection -> !detection.getReason().equals("withdrawn"))
        .sorted(BY_END)
        .toList();
  }

  /**
   * Task of one thread on a range of the activities or revisions that are processed together. It
   * decodes activities, or observes activities or revisions of calls.
   */
  private interface Part {
    void work(int place, int from, int to);
  }

  private void parts(int size, Part part) {
    if (threads == 1 || size < 64) {
      part.work(0, 0, size);
      return;
    }
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int place = i;
      int from = (int) ((long) size * i / threads);
      int to = (int) ((long) size * (i + 1) / threads);
      running.add(workers.submit(() -> part.work(place, from, to)));
    }
    await(running);
  }

  private void each(Consumer<Shard> work) {
    if (threads == 1) {
      shards.forEach(work);
      return;
    }
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int first = i;
      running.add(
          workers.submit(
              () -> {
                for (int at = first; at < SHARDS; at += threads) {
                  work.accept(shards.get(at));
                }
              }));
    }
    await(running);
  }

  private static void await(List<Future<?>> running) {
    for (Future<?> one : running) {
      try {
        one.get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof Error error) {
          throw error;
        }
        throw new IllegalStateException("a worker thread of the local engine failed", e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(
            "the thread was interrupted while it waited for workers of the local engine", e);
      }
    }
  }

  /**
   * Writes all state to the records in memory, and drops the objects made of it. So every subject
   * is read again, as after a restart.
   */
  void reopen() {
    work();
    for (Shard shard : shards) {
      shard.cause = new Cause(0);
      shard.engine.flushMost();
    }
    spreadSent();
    workAll();
    for (Shard shard : shards) {
      shard.engine.write();
      shard.engine.close();
    }
  }

  long bytes() {
    reopen();
    return shards.stream().mapToLong(shard -> shard.records.bytes()).sum();
  }

  long joinBytes() {
    work();
    return shards.stream().mapToLong(shard -> shard.joinRecords.bytes()).sum();
  }

  @Override
  public void close() {
    workers.shutdownNow();
    ruleWatch.close();
  }
}
