package dev.lockstep.detections.join;

import dev.lockstep.detections.erasure.ErasedPrincipal;
import dev.lockstep.detections.join.DueList.Due;
import dev.lockstep.detections.storage.RecentCounts;
import dev.lockstep.detections.storage.StateRecords;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.rules.Event;
import dev.lockstep.schemas.Activity;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.avro.AvroRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * Joiner of calls with their identity links and with Front Door's records. It belongs to one task
 * of the stage {@code join} or to one part of a replay. A call without claims is joined by its id,
 * a call behind Front Door by the tracking reference, which is Front Door's id of the request. The
 * half that comes first waits, as long as {@link JoinTimes} says. A call waits at most one hour
 * after its arrival, and then counts without its link or record. For one thread.
 *
 * <p>The rules have already observed a call in its first form. The output is each later revision,
 * and each retraction.
 */
public final class Joins {
  /** Name of the coverage counter of calls whose client address came from Front Door's record. */
  public static final String ADDRESS_FROM_EDGE = "addressFromEdge";

  private static final int MOST_SIMILAR = 40_000;

  /**
   * Largest number of alike calls in one minute that are passed to the rules without claims. Such
   * calls have no claims because no identity link came in time. Calls are alike if they have the
   * same API Management subscription, the same addresses in their log records and in Front Door's,
   * and the same outcome (accepted or not). Further calls would add nothing to a rule that goes by
   * minutes, and are left out, unless a rule counts calls.
   */
  private static final int MOST_CALLS_A_MINUTE = 9;

  private final Enrichment enrichment;
  private final JoinableLogs logs;
  private final JoinStore store;
  private final int mostDue;
  private final Consumer<String> counts;
  private final Output output;
  private final BooleanSupplier countsCalls;

  /**
   * Counts of calls without an identity link, by a hash of what makes calls alike. Only calls are
   * counted for which no link came in time. The hash is made of API Management subscription,
   * addresses in the log records and at Front Door, minute and outcome (accepted or not).
   */
  private final RecentCounts similar = new RecentCounts(MOST_SIMILAR);

  private boolean edgeIsSeen;
  private long lowAt;
  private long edgeLowAt;
  private long graceAt;
  private long lookedUpTo;
  private long lookedAnewAt;

  /**
   * True while a search for calls whose grace has ended is not finished. If {@link #looksAnew}, it
   * is a search for all such calls, otherwise for those whose grace ended after {@link
   * #lookedUpTo}.
   */
  private boolean looks;

  private boolean looksAnew;
  private boolean isBehind;
  private long reachedLow;
  private long reachedGrace;

  /** Receiver of what the joins give out, such as revisions of calls. */
  public interface Output {
    /** Receives a revision of a call. */
    void revision(CallRevision revision);

    /**
     * Receives a call for which no identity link came in time. The rules are to observe it as a
     * call without claims. By default the call is given out as a revision without claims.
     */
    default void attributed(PendingHalf call) {
      revision(CallRevision.withoutClaims(call.activity()));
    }

    /**
     * Receives the client address of a call that may also get an identity link. The address is from
     * Front Door's record of the call. The receiver passes it to {@link Joins#takePeer} of the
     * joins that hold the call.
     *
     * @param callId id under which the call waits
     * @param peer client's address
     */
    void peer(String callId, String peer, long arrivalAt);

    /**
     * Receives the id of a call or Front Door request that could not be decoded. The id of a call
     * comes also if its identity link could not be decoded. The id of a request is its tracking
     * reference. What has just come for the call is left out. If the call was due, it is deleted
     * with its link. The request at Front Door is deleted with its calls. By default the exception
     * is thrown.
     */
    default void undecodable(String id, AvroRuntimeException why) {
      throw why;
    }
  }

  /**
   * Creates joins that continue from the stored records of pending halves.
   *
   * @param logs optional logs that sources may bring
   * @param mostDue about how many due calls, identity links and Front Door requests are processed
   *     at once
   * @param counts receiver of the names of counters to which one is added
   * @param countsCalls whether a rule in force counts calls, so that none may be left out where
   *     many are alike
   */
  public Joins(
      Enrichment enrichment,
      JoinableLogs logs,
      StateRecords records,
      Consumer<String> counts,
      Output output,
      int mostDue,
      BooleanSupplier countsCalls) {
    this.enrichment = enrichment;
    this.logs = logs;
    this.mostDue = mostDue;
    this.store = new JoinStore(records);
    this.counts = counts;
    this.output = output;
    this.countsCalls = countsCalls;
  }

  /**
   * Declares that a source delivers Front Door's records. From now on, calls for which no such
   * record comes in time are counted.
   */
  public void edgesCome() {
    edgeIsSeen = true;
  }

  /** Processes a call without claims, or an identity link, under the call's id. */
  public void take(Activity half) {
    take(half.getEventId(), PendingHalf.of(half, null));
  }

  /**
   * Processes a call without claims, or an identity link.
   *
   * @param id id of the call
   */
  public void take(String id, PendingHalf half) {
    try {
      join(id, half);
    } catch (AvroRuntimeException e) {
      output.undecodable(id, e);
    }
  }

  private void join(String id, PendingHalf half) {
    if (half.isLink()) {
      half.activity(); // a damaged link must not come to its call
    }
    CallState state = store.call(id);
    boolean first = state == null;
    if (state == null) {
      state = new CallState();
    }
    List<CallRevision> before = state.revisions(logs.edges());
    boolean changed = half.isLink() ? state.takeLink(half) : state.takeCall(half);
    if (first) {
      store.due(half.arrivalAt() + JoinTimes.LINK_WAIT_MILLIS, id);
    }
    PendingHalf call = state.call();
    if (changed && call != null && call.callerKey() != null && state.usableLink() == null) {
      store.grace(Math.max(call.arrivalAt(), half.arrivalAt()) + JoinTimes.LINK_WAIT_MILLIS, id);
    }
    if (changed) {
      store.put(id, state);
    }
    if (half.isLink() || before.isEmpty()) {
      give(state, before);
    } else {
      give(state, before, half); // the rules have observed a copy of the call
    }
  }

  /**
   * Adds a client address from Front Door's record to a call without claims. The call may come
   * later.
   */
  public void takePeer(String callId, String peer, long arrivalAt) {
    try {
      CallState state = store.call(callId);
      if (state == null) {
        state = new CallState();
        store.due(arrivalAt + JoinTimes.LINK_WAIT_MILLIS, callId);
      }
      List<CallRevision> before = state.revisions(logs.edges());
      if (state.peers().add(peer)) {
        PendingHalf call = state.call();
        if (call != null && call.callerKey() != null && state.usableLink() == null) {
          // with its client's address it is no longer like the calls that were left out
          store.grace(call.arrivalAt() + JoinTimes.LINK_WAIT_MILLIS, callId);
        }
        store.put(callId, state);
        give(state, before);
      }
    } catch (AvroRuntimeException e) {
      output.undecodable(callId, e);
    }
  }

  private void give(CallState state, List<CallRevision> before) {
    give(state, before, namesClient(before) ? null : state.call());
  }

  private boolean namesClient(List<CallRevision> revisions) {
    return revisions.stream().anyMatch(one -> enrichment.clientOf(one.activity()) != null);
  }

  /**
   * Gives out the new revisions of a call, and retracts facts of the call that no longer hold.
   * These are facts of provisional revisions and, once the client's address is known, facts of the
   * call's first form.
   *
   * @param observed first form of the call, as the rules have observed it, or null if it is not to
   *     be retracted
   */
  private void give(CallState state, List<CallRevision> before, @Nullable PendingHalf observed) {
    List<CallRevision> now = state.revisions(logs.edges());
    boolean moves =
        observed != null
            && !now.isEmpty() // else a call that waits would be decoded
            && enrichment.clientOf(observed.activity()) == null
            && namesClient(now);
    if (observed != null && moves) {
      output.revision(CallRevision.firstFormRetracted(observed.activity(), Event.Claims.PENDING));
    }
    for (CallRevision each : before) {
      if (each.provisional() && !now.contains(each)) {
        output.revision(each.retracted());
      }
    }
    for (CallRevision each : now) {
      if (!before.contains(each)) {
        output.revision(each);
      } else if (moves && each.provisional()) {
        // a fact that it shares with the first form was retracted with that form
        output.revision(each.repeated());
      }
    }
  }

  /**
   * Processes Front Door's record of a request. Its client address goes to the calls with the same
   * tracking reference.
   */
  public void takeEdge(Activity edge) {
    edgeIsSeen = true;
    String reference = edge.getTrackingReference();
    EdgeState state = edgeState(reference, edge.getArrivalAt() + JoinTimes.EDGE_KEPT_MILLIS, edge);
    boolean changed = !state.isJoined();
    state.joined(true);
    Address peer = Address.parse(edge.getSocketAddress());
    if (peer != null && !enrichment.trustedProxy(peer) && state.add(peer.text())) {
      changed = true;
      if (state.peers().size() == 1) {
        state.calls().values().forEach(call -> counts.accept(ADDRESS_FROM_EDGE));
        state.calls().values().forEach(this::retractFirstForm);
      }
      state.calls().values().forEach(call -> reviseAddress(call, peer.text()));
    }
    if (changed) {
      store.put(reference, state);
    }
  }

  /** Processes a call whose client's address only Front Door knows. */
  public void takeEdgeless(Activity call) {
    String reference = call.getTrackingReference();
    EdgeState state = edgeState(reference, call.getArrivalAt() + JoinTimes.LINK_WAIT_MILLIS, call);
    int calls = state.calls().size();
    boolean isKept = state.add(call);
    if (!state.peers().isEmpty() && state.calls().containsKey(call.getEventId())) {
      retractFirstForm(call); // the rules have observed it, also if it is a copy
    }
    if (!isKept) {
      return;
    }
    if (state.calls().size() > calls && !state.peers().isEmpty()) {
      counts.accept(ADDRESS_FROM_EDGE);
    }
    state.peers().forEach(peer -> reviseAddress(call, peer));
    store.put(reference, state);
  }

  private EdgeState edgeState(String reference, long dueAt, Activity first) {
    EdgeState state = edge(reference);
    if (state == null) {
      state = new EdgeState();
      state.arrivalAt(first.getArrivalAt());
      store.edgeDue(dueAt, reference);
    }
    return state;
  }

  private void retractFirstForm(Activity call) {
    if (!maySeeLink(call)) { // otherwise takePeer retracts them
      output.revision(CallRevision.firstFormRetracted(call, JoinableCalls.claims(call)));
    }
  }

  private void reviseAddress(Activity call, String peer) {
    if (maySeeLink(call)) {
      output.peer(call.getEventId(), peer, call.getArrivalAt());
    } else {
      output.revision(
          new CallRevision(
              JoinableCalls.withClientAddress(call, peer), JoinableCalls.claims(call), false));
    }
  }

  private boolean maySeeLink(Activity call) {
    return logs.links() && JoinableCalls.wantsLink(call);
  }

  /**
   * Advances the watermark and the grace time, and processes some of the calls, identity links and
   * Front Door requests that are due. The grace time is the arrival time that waits for identity
   * links are measured against. A limited number of due calls, links and requests is processed, but
   * none if {@link #isBehind} is true already. The rest needs calls of {@link #work}. Neither time
   * goes back.
   *
   * @param low watermark, up to which everything has passed
   * @param grace time up to which nothing more is waited for
   * @param overdue if records may have come for which the service had stopped waiting, so that work
   *     is due even if {@code grace} has not advanced
   */
  public void advance(long low, long grace, boolean overdue) {
    advance(low, low, grace, overdue);
  }

  /**
   * Advances two watermarks and the grace time, and processes some of the calls, identity links and
   * Front Door requests that are due. The grace time is the arrival time that waits for identity
   * links are measured against. A limited number of due calls, links and requests is processed, but
   * none if {@link #isBehind} is true already. The rest needs calls of {@link #work}. None of the
   * times goes back.
   *
   * @param low watermark of records
   * @param peersLow watermark of the client addresses that {@link Output#peer} received
   * @param grace time up to which nothing more is waited for
   * @param overdue if records may have come for which the service had stopped waiting, so that work
   *     is due even if {@code grace} has not advanced
   */
  public void advance(long low, long peersLow, long grace, boolean overdue) {
    lowAt = Math.max(lowAt, Math.min(low, peersLow));
    edgeLowAt = Math.max(edgeLowAt, low);
    if (grace > graceAt || overdue) {
      graceAt = Math.max(graceAt, grace);
      // Halves with older times are taken after a full grace, because their links may be as late.
      looksAnew |= overdue || graceAt - lookedAnewAt >= JoinTimes.LINK_WAIT_MILLIS;
      looks = true;
    }
    if (!isBehind) {
      work();
    }
  }

  /**
   * Returns whether calls, identity links or Front Door requests are due and not yet processed. One
   * round processes a limited number, and the rest needs calls of {@link #work}.
   */
  public boolean isBehind() {
    return isBehind;
  }

  /** Returns the last watermark up to which everything due was processed. */
  public long low() {
    return reachedLow;
  }

  /**
   * Returns the last grace time (see {@link #advance}) up to which everything due was processed. It
   * is 0 before that happens for the first time.
   */
  public long grace() {
    return reachedGrace;
  }

  /**
   * Processes a limited number of the calls, identity links and Front Door requests that are due.
   * {@link #isBehind} then tells whether some are left.
   */
  public void work() {
    store.keepRead(); // most calls are due by grace and by watermark at the same time
    isBehind = !workUpTo(mostDue);
    store.clearRead();
    if (!isBehind) {
      reachedLow = lowAt;
      reachedGrace = graceAt;
    }
  }

  /**
   * Processes about {@code most} of the calls, identity links and Front Door requests that are due,
   * and returns whether none is left.
   */
  private boolean workUpTo(int most) {
    int left = most;
    if (looks) {
      Due due =
          looksAnew ? store.takeGraces(graceAt, left) : store.takeGraces(lookedUpTo, graceAt, left);
      each(due, this::giveWithoutClaims);
      if (!due.isAll()) {
        lookedUpTo = looksAnew ? lookedUpTo : due.upTo();
        return false;
      }
      lookedUpTo = graceAt;
      lookedAnewAt = looksAnew ? graceAt : lookedAnewAt;
      looksAnew = false;
      looks = false;
      left -= due.most();
    }
    Due graces = store.takeGraces(lowAt, left);
    each(graces, this::giveWithoutClaims);
    left -= graces.most();
    if (!graces.isAll()) {
      return false;
    }
    Due dues = store.takeDue(lowAt, left);
    each(dues, this::due);
    for (DueList.Listed entry : dues.entries()) {
      if (entry.bundle() != null) {
        store.end(entry.bundle()); // also where all of its calls have left it
      }
    }
    left -= dues.most();
    if (!dues.isAll()) {
      return false;
    }
    Due ends = store.takeEnds(lowAt, left);
    each(ends, this::end);
    for (DueList.Listed entry : ends.entries()) {
      if (entry.bundle() != null) {
        store.delete(entry.bundle());
      }
    }
    left -= ends.most();
    if (!ends.isAll()) {
      return false;
    }
    Due edges = store.takeEdgeDue(edgeLowAt, left);
    for (DueList.Listed entry : edges.entries()) {
      if (entry.id() != null) {
        edgeDue(entry.id());
      }
    }
    return edges.isAll();
  }

  /**
   * Passes each of the due calls and identity links, with its state, to a function. One that cannot
   * be decoded is deleted, and its id is reported to the output.
   */
  private void each(Due due, BiConsumer<String, CallState> work) {
    for (DueList.Listed entry : due.entries()) {
      store.each(
          entry,
          (id, state) -> {
            try {
              work.accept(id, state);
            } catch (AvroRuntimeException e) {
              store.deleteCall(id, state);
              output.undecodable(id, e);
            }
          },
          output::undecodable);
    }
  }

  private void giveWithoutClaims(String id, CallState state) {
    PendingHalf half = state.call();
    if (half == null
        || state.isGraced()
        || half.callerKey() == null
        || state.usableLink() != null) {
      return;
    }
    // only a rule that counts calls can use more of a call without a subscription
    boolean adds =
        !id.equals(half.callerKey()) && similar.add(state.likeness()) <= MOST_CALLS_A_MINUTE;
    if (!adds && !countsCalls.getAsBoolean()) {
      return;
    }
    if (state.link() == null && state.peers().isEmpty()) {
      store.putGraced(id, state);
      output.attributed(half);
      return;
    }
    List<CallRevision> before = state.revisions(logs.edges());
    store.putGraced(id, state);
    give(state, before);
  }

  private void due(String id, CallState state) {
    PendingHalf link = state.link();
    if (state.call() == null && link == null) {
      store.deleteCall(id, state);
      return;
    }
    if (state.call() == null && link != null && link.arrivalAt() == 0) {
      state.keptFrom(Math.max(1, lowAt));
      store.put(id, state);
    }
    if (state.usableLink() == null || (state.call() == null && !state.isLate())) {
      counts.accept("unlinked");
    }
    store.end(JoinTimes.until(state), id, state);
  }

  private void end(String id, CallState state) {
    long until = JoinTimes.until(state);
    if (lowAt < until) {
      store.put(id, state); // its bundle ends
      store.end(until, id, state);
      return;
    }
    if (state.isLate()) {
      counts.accept("unlinked");
    }
    store.deleteCall(id, state);
  }

  private @Nullable EdgeState edge(String reference) {
    try {
      return store.edge(reference);
    } catch (AvroRuntimeException e) {
      store.deleteEdge(reference);
      output.undecodable(reference, e);
      return null;
    }
  }

  private void edgeDue(String reference) {
    EdgeState state = edge(reference);
    if (state == null) {
      return;
    }
    long last = state.arrivalAt();
    for (Activity call : state.calls().values()) {
      last = Math.max(last, call.getArrivalAt());
    }
    if (edgeLowAt >= last + JoinTimes.EDGE_KEPT_MILLIS) {
      store.deleteEdge(reference);
      return;
    }
    if (!state.isJoined() && edgeIsSeen) {
      counts.accept("unjoined-edge");
    }
    store.edgeDue(last + JoinTimes.EDGE_KEPT_MILLIS, reference);
  }

  /**
   * Stores all changes, and deletes the calls and identity links of a principal. A Front Door
   * request that holds a call of the principal is deleted too.
   */
  public void erase(ErasedPrincipal erasing) {
    store.write();
    store.deleteCallsOf(erasing);
  }

  /** Stores all changes that were made since the last call of this method. */
  public void write() {
    store.write();
  }
}
