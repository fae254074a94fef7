package dev.lockstep.detections.join;

import dev.lockstep.detections.storage.ErasedPrincipal;
import dev.lockstep.detections.storage.StateRecords;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Joins of one shard: calls without claims with their identity links, by the call's id, and calls
 * behind Front Door with Front Door's records, by the tracking reference. Whichever half comes
 * first waits for the other. For one thread.
 *
 * <p>A call has already been given in its first form. The output is each later revision, and each
 * retraction.
 */
public final class Joins {
  /** Coverage name for calls whose address came from Front Door's record. */
  public static final String ADDRESS_FROM_EDGE = "addressFromEdge";

  private static final long GRACE_MILLIS = 3_600_000L;
  private static final long KEPT_MILLIS = 25 * 3_600_000L;
  private static final long TIMELESS_KEPT_MILLIS = 32 * 86_400_000L;
  private static final long MINUTE_MILLIS = 60_000L;
  private static final int MOST_RECENT = 20_000;

  /** Number of calls from one address by one subscription that suffice for a minute. */
  private static final int MOST_CALLS_A_MINUTE = 9;

  private final Enrichment enrichment;
  private final JoinStore store;
  private final Counts counts;
  private final Output output;
  private final Map<Alike, Integer> recent =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Alike, Integer> eldest) {
          return size() > MOST_RECENT;
        }
      };
  private boolean edgeIsSeen;
  private long lowAt;
  private long edgeLowAt;
  private long graceAt;
  private long lookedUpTo;
  private long lookedAnewAt;

  /** Receiver of counts about joins. */
  public interface Counts {
    /** Counts something under a name. */
    void counted(String name);
  }

  /** Output of the joins. */
  public interface Output {
    /** Receives a revision of a call. */
    void revision(Revision revision);

    /**
     * Receives the peer that Front Door names for a call which also waits for its link.
     *
     * @param callId id under which the call waits
     */
    void peer(String callId, String peer, long arrivalAt);
  }

  /** Key of calls by one subscription that are alike within a minute. */
  private record Alike(
      String subscription,
      @Nullable String address,
      @Nullable String socketAddress,
      @Nullable String forwardedFor,
      long minute) {}

  /** Creates the joins of a shard. */
  public Joins(Enrichment enrichment, StateRecords records, Counts counts, Output output) {
    this.enrichment = enrichment;
    this.store = new JoinStore(records);
    this.counts = counts;
    this.output = output;
  }

  /** Records that Front Door's records do arrive, so that calls without one are counted. */
  public void edgesCome() {
    edgeIsSeen = true;
  }

  /** Processes a call without claims, or an identity link, under the call's id. */
  public void take(Activity half) {
    String id = half.getEventId();
    CallState state = store.call(id);
    boolean first = state == null;
    if (state == null) {
      state = new CallState();
    }
    List<Revision> before = state.revisions();
    boolean changed =
        half.getKind() == ActivityKind.IDENTITY_LINK ? state.takeLink(half) : state.takeCall(half);
    if (first || (changed && state.link() != null && state.usableLink() == null)) {
      store.due(half.getArrivalAt() + GRACE_MILLIS, id);
    }
    if (changed) {
      store.put(id, state);
      give(before, state.revisions());
    }
  }

  /** Processes the peer that Front Door names for a call that waits for its link. */
  public void takePeer(String callId, String peer, long arrivalAt) {
    CallState state = store.call(callId);
    if (state == null) {
      state = new CallState();
      store.due(arrivalAt + GRACE_MILLIS, callId);
    }
    List<Revision> before = state.revisions();
    if (state.peers().add(peer)) {
      store.put(callId, state);
      give(before, state.revisions());
    }
  }

  private void give(List<Revision> before, List<Revision> now) {
    for (Revision each : before) {
      if (each.provisional() && !now.contains(each)) {
        output.revision(each.retracted());
      }
    }
    for (Revision each : now) {
      if (!before.contains(each)) {
        output.revision(each);
      }
    }
  }

  /** Processes a record of Front Door. */
  public void takeEdge(Activity edge) {
    edgeIsSeen = true;
    String reference = edge.getTrackingReference();
    EdgeState state = edgeState(reference, edge.getArrivalAt() + KEPT_MILLIS, edge);
    boolean changed = !state.isJoined();
    state.joined(true);
    Address peer = Address.parse(edge.getSocketAddress());
    if (peer != null && !enrichment.trustedProxy(peer) && state.add(peer.text())) {
      changed = true;
      if (state.peers().size() == 1) {
        state.calls().values().forEach(call -> counts.counted(ADDRESS_FROM_EDGE));
      }
      state.calls().values().forEach(call -> edged(call, peer.text()));
    }
    if (changed) {
      store.put(reference, state);
    }
  }

  /** Processes a call whose client's address only Front Door knows. */
  public void takeEdgeless(Activity call) {
    String reference = call.getTrackingReference();
    EdgeState state = edgeState(reference, call.getArrivalAt() + GRACE_MILLIS, call);
    int calls = state.calls().size();
    if (!state.add(call)) {
      return;
    }
    if (state.calls().size() > calls && !state.peers().isEmpty()) {
      counts.counted(ADDRESS_FROM_EDGE);
    }
    state.peers().forEach(peer -> edged(call, peer));
    store.put(reference, state);
  }

  private EdgeState edgeState(String reference, long dueAt, Activity first) {
    EdgeState state = store.edge(reference);
    if (state == null) {
      state = new EdgeState();
      state.arrivalAt(first.getArrivalAt());
      store.edgeDue(dueAt, reference);
    }
    return state;
  }

  private void edged(Activity call, String peer) {
    if (Calls.wantsLink(call)) {
      output.peer(call.getEventId(), peer, call.getArrivalAt());
    } else {
      output.revision(new Revision(Calls.edged(call, peer), Calls.claims(call), false, false));
    }
  }

  /**
   * Advances the watermark and the grace: the arrival times up to which everything has passed, and
   * up to which nothing more is waited for.
   *
   * @param overdue if a source is idle whose records were overdue on arrival
   */
  public void advance(long low, long grace, boolean overdue) {
    advance(low, low, grace, overdue);
  }

  /**
   * Advances watermark and grace when peers of calls come from other shards.
   *
   * @param low watermark of records
   * @param peersLow watermark of the peers that {@link Output#peer} gave
   */
  public void advance(long low, long peersLow, long grace, boolean overdue) {
    lowAt = Math.max(lowAt, Math.min(low, peersLow));
    if (grace > graceAt || overdue) {
      graceAt = Math.max(graceAt, grace);
      // Halves with older times are checked again after a full grace, because they may be many.
      boolean anew = overdue || graceAt - lookedAnewAt >= GRACE_MILLIS;
      if (!anew) {
        store.keepRead(); // most of them are due by the watermark at the same time
      }
      for (String id : store.dueBetween(anew ? -1 : lookedUpTo, graceAt)) {
        CallState state = store.call(id);
        if (state != null && isDue(state)) {
          settle(id, state);
        }
      }
      lookedUpTo = graceAt;
      lookedAnewAt = anew ? graceAt : lookedAnewAt;
    }
    for (String id : store.takeDue(lowAt)) {
      due(id);
    }
    store.forgetRead();
    edgeLowAt = Math.max(edgeLowAt, low);
    for (String reference : store.takeEdgeDue(edgeLowAt)) {
      edgeDue(reference);
    }
  }

  private boolean isDue(CallState state) {
    PendingHalf call = state.call();
    return call != null && call.arrivalAt() + GRACE_MILLIS <= graceAt;
  }

  /**
   * Gives a call without a link as its subscription's, unless enough alike calls of the minute were
   * given.
   */
  private void settle(String id, CallState state) {
    PendingHalf half = state.call();
    if (half == null
        || state.isGraced()
        || !half.mayBeItsSubscriptions()
        || state.usableLink() != null) {
      return;
    }
    Activity call = half.activity();
    Alike alike =
        new Alike(
            call.getPrincipal().getId(),
            call.getAddress(),
            call.getSocketAddress(),
            call.getForwardedFor(),
            Math.floorDiv(call.getEventAt(), MINUTE_MILLIS));
    if (recent.merge(alike, 1, Integer::sum) > MOST_CALLS_A_MINUTE) {
      return;
    }
    List<Revision> before = state.revisions();
    state.graced(true);
    store.put(id, state);
    give(before, state.revisions());
  }

  private void due(String id) {
    CallState state = store.call(id);
    if (state == null) {
      return;
    }
    settle(id, state);
    PendingHalf call = state.call();
    PendingHalf one = call == null ? state.link() : call;
    if (one == null) {
      store.deleteCall(id);
      return;
    }
    long from = one.arrivalAt();
    long until = from + KEPT_MILLIS;
    if (call == null && from == 0) {
      // A link without any time counts as arriving with its call, so it waits as long as a call may
      // be late.
      if (state.keptFrom() == 0) {
        state.keptFrom(Math.max(1, lowAt));
        store.put(id, state);
      }
      until = state.keptFrom() + TIMELESS_KEPT_MILLIS;
    } else if (call == null && Calls.isPlacedByIssue(one.activity())) {
      until = from + Calls.REACH_MILLIS + KEPT_MILLIS;
    }
    boolean late = call == null && until > from + KEPT_MILLIS;
    if (!state.isUnlinkedCounted()
        && (call == null || state.usableLink() == null)
        && (!late || lowAt >= until)) {
      counts.counted("unlinked");
      state.unlinkedCounted(true);
      store.put(id, state);
    }
    if (lowAt >= until) {
      store.deleteCall(id);
    } else {
      store.due(until, id);
    }
  }

  private void edgeDue(String reference) {
    EdgeState state = store.edge(reference);
    if (state == null) {
      return;
    }
    long last = state.arrivalAt();
    for (Activity call : state.calls().values()) {
      last = Math.max(last, call.getArrivalAt());
    }
    if (edgeLowAt >= last + KEPT_MILLIS) {
      store.deleteEdge(reference);
      return;
    }
    if (!state.isJoined() && edgeIsSeen) {
      counts.counted("unjoined-edge");
    }
    store.edgeDue(last + KEPT_MILLIS, reference);
  }

  /** Deletes the calls and links of a principal. */
  public void erase(ErasedPrincipal erasing) {
    store.write();
    store.deleteCallsOf(erasing);
  }

  /** Writes all changes since the last write. */
  public void write() {
    store.write();
  }
}
