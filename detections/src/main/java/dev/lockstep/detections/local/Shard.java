package dev.lockstep.detections.local;

import dev.lockstep.detections.BuiltInRules;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.alert.AlertWithGate;
import dev.lockstep.detections.engine.Engine;
import dev.lockstep.detections.join.CallRevision;
import dev.lockstep.detections.join.JoinableLogs;
import dev.lockstep.detections.join.Joins;
import dev.lockstep.detections.judgement.JudgedSubject;
import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.message.Output;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.detections.storage.MemoryRecords;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Confirmation;
import dev.lockstep.schemas.Contribution;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One of the fixed parts into which a driver divides all subjects and joins, processed by one
 * thread at a time. It takes messages and halves of joins, and collects what they result in, each
 * with the event that caused it.
 */
final class Shard implements Output, Joins.Output {
  /** Number of state records that one step of an eviction checks. */
  private static final int SWEPT = 100_000;

  /** Cause of results that follow from the watermark or the present time, and not from an event. */
  private static final Cause BEFORE_ALL = new Cause(0);

  private static final Comparator<Caused<?>> BY_EVENT =
      (one, other) -> Integer.compare(one.event(), other.event());

  private final MemoryRecords records = new MemoryRecords();
  private final MemoryRecords joinRecords = new MemoryRecords();
  private final Engine engine;
  private final Joins joins;
  private List<Caused<Message>> messages = new ArrayList<>();
  private List<Caused<Activity>> pendingHalves = new ArrayList<>();
  private List<Caused<Activity>> edges = new ArrayList<>();
  private List<Peer> peers = new ArrayList<>();
  private final List<Caused<Message>> sent = new ArrayList<>();
  private final List<Peer> sentPeers = new ArrayList<>();
  private final List<Caused<CallRevision>> revised = new ArrayList<>();
  private final List<Caused<Contribution>> contributed = new ArrayList<>();
  private final List<Caused<Confirmation>> confirmed = new ArrayList<>();
  private Cause cause = BEFORE_ALL;

  /**
   * Index of an event among the events that are processed together. Results are put into the order
   * of the events that caused them by this index.
   */
  record Cause(int event) {
    Cause later(Cause other) {
      return other.event > event ? other : this;
    }
  }

  /**
   * Message, contribution or other result, with the event that caused it. An activity for the joins
   * is itself that event.
   */
  record Caused<T>(Cause cause, T it) {
    int event() {
      return cause.event();
    }
  }

  /**
   * Client address that Front Door's record gives for a call, with the event that completed the
   * join.
   */
  record Peer(Cause cause, String callId, String peer, long arrivalAt) {}

  /**
   * Creates a part that has no subjects and no joins yet.
   *
   * @param evicts if state is evicted that is too old to be needed by any further event
   * @param mostOpen number of small subjects that the engine may keep in memory
   */
  Shard(
      RuleSet rules,
      JoinableLogs joinSettings,
      Enrichment enrichment,
      DetectionCounters counts,
      Supplier<@Nullable Watcher> watcher,
      boolean evicts,
      int mostOpen) {
    this.engine =
        new Engine(
            rules.rules(),
            enrichment,
            records,
            rules.alerts(),
            new WatchedCounts(counts, watcher),
            this,
            mostOpen);
    engine.postponeUntilFlush();
    engine.writeAtOnce();
    if (!evicts) {
      engine.keepLessons();
    }
    this.joins =
        new Joins(
            enrichment,
            joinSettings,
            joinRecords,
            counts::counted,
            this,
            Integer.MAX_VALUE,
            () -> BuiltInRules.needsAllCallsWithoutClaims(rules));
    if (joinSettings.edges()) {
      joins.expectEdges();
    }
  }

  @Override
  public void message(Message message) {
    sent.add(new Caused<>(cause, message));
  }

  @Override
  public void contribution(Contribution contribution) {
    contributed.add(new Caused<>(cause, contribution));
  }

  @Override
  public void confirmation(Confirmation confirmation) {
    confirmed.add(new Caused<>(cause, confirmation));
  }

  @Override
  public void revision(CallRevision revision) {
    revised.add(new Caused<>(cause, revision));
  }

  @Override
  public void peer(String callId, String peer, long arrivalAt) {
    sentPeers.add(new Peer(cause, callId, peer, arrivalAt));
  }

  void addMessage(Caused<Message> message) {
    messages.add(message);
  }

  void addPendingHalf(Caused<Activity> half) {
    pendingHalves.add(half);
  }

  void addEdge(Caused<Activity> half) {
    edges.add(half);
  }

  void addPeer(Peer peer) {
    peers.add(peer);
  }

  /** Returns the number of messages that wait for {@link #workMessages}. */
  int waiting() {
    return messages.size();
  }

  /** Passes on the messages that were sent since the last call. */
  void drainSent(Consumer<Caused<Message>> to) {
    drain(sent, to);
  }

  /** Passes on the client addresses that were found since the last call. */
  void drainPeers(Consumer<Peer> to) {
    drain(sentPeers, to);
  }

  /** Passes on the revisions of calls since the last call. */
  void drainRevised(Consumer<Caused<CallRevision>> to) {
    drain(revised, to);
  }

  /** Passes on what was contributed to findings since the last call. */
  void drainContributed(Consumer<Caused<Contribution>> to) {
    drain(contributed, to);
  }

  /** Passes on the confirmations of findings since the last call. */
  void drainConfirmed(Consumer<Caused<Confirmation>> to) {
    drain(confirmed, to);
  }

  private static <T> void drain(List<T> results, Consumer<T> to) {
    results.forEach(to);
    results.clear();
  }

  void workEdges() {
    List<Caused<Activity>> taken = edges;
    edges = new ArrayList<>();
    for (Caused<Activity> half : taken) {
      cause = half.cause();
      if (half.it().getKind() == ActivityKind.EDGE_REQUEST) {
        joins.takeEdge(half.it());
      } else {
        joins.takeEdgeless(half.it());
      }
    }
  }

  /**
   * Passes activities and client addresses to the joins, in the order of their events. The
   * activities are those that may be joined. The addresses come from Front Door's records. An
   * activity goes before the addresses of the same event.
   */
  void joinHalves() {
    List<Caused<Activity>> taken = pendingHalves;
    List<Peer> takenPeers = peers;
    pendingHalves = new ArrayList<>();
    peers = new ArrayList<>();
    takenPeers.sort(Comparator.comparingInt(peer -> peer.cause().event()));
    int next = 0;
    for (Caused<Activity> half : taken) {
      while (next < takenPeers.size() && takenPeers.get(next).cause().event() < half.event()) {
        work(takenPeers.get(next++));
      }
      cause = half.cause();
      joins.take(half.it());
    }
    while (next < takenPeers.size()) {
      work(takenPeers.get(next++));
    }
  }

  private void work(Peer peer) {
    cause = peer.cause();
    joins.takePeer(peer.callId(), peer.peer(), peer.arrivalAt());
  }

  void workMessages() {
    List<Caused<Message>> taken = messages;
    messages = new ArrayList<>();
    taken.sort(BY_EVENT);
    for (Caused<Message> one : taken) {
      cause = one.cause();
      engine.take(one.it());
    }
  }

  void judgeLate() {
    cause = BEFORE_ALL;
    engine.judgeLate();
  }

  void writeJoins() {
    joins.write();
  }

  /**
   * Advances the watermark of joins and engine.
   *
   * @param newDay if this is the first call of a UTC day; the engine then gives out changed counts
   *     as well
   */
  void advance(long arrivalAt, boolean newDay) {
    cause = BEFORE_ALL;
    joins.advance(arrivalAt, arrivalAt, false);
    engine.advance(arrivalAt, arrivalAt);
    if (newDay) {
      engine.flush();
    }
  }

  /** Evicts the state of subjects that no further event can need. */
  void sweep() {
    boolean more = true;
    while (more) {
      more = engine.sweep(SWEPT);
    }
  }

  void flush() {
    cause = BEFORE_ALL;
    engine.flush();
  }

  void flushMost() {
    cause = BEFORE_ALL;
    engine.flushMost();
  }

  void tick(long wallAt) {
    cause = BEFORE_ALL;
    engine.tick(wallAt);
    engine.flush();
  }

  /** Writes the state of all subjects, and drops the objects that hold this state in memory. */
  void reopen() {
    engine.write();
    engine.close();
  }

  JudgedSubject judged(Subject subject) {
    return engine.judged(subject);
  }

  @Nullable AlertWithGate alert(String id) {
    return engine.alert(id);
  }

  long bytes() {
    return records.bytes();
  }

  long joinBytes() {
    return joinRecords.bytes();
  }
}
