package dev.lockstep.detections.join;

import dev.lockstep.detections.message.LinkWait;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.schemas.Activity;
import java.util.function.Consumer;
import org.apache.avro.AvroRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * Join of calls with Front Door's records by the tracking reference, so that a call gets the
 * address of its client.
 */
final class FrontDoorJoin {
  private final Enrichment enrichment;
  private final JoinableLogs logs;
  private final JoinStore store;
  private final Consumer<String> counts;
  private final Joins.Output output;
  private boolean edgeIsSeen;

  FrontDoorJoin(
      Enrichment enrichment,
      JoinableLogs logs,
      JoinStore store,
      Consumer<String> counts,
      Joins.Output output) {
    this.enrichment = enrichment;
    this.logs = logs;
    this.store = store;
    this.counts = counts;
    this.output = output;
  }

  void expectEdges() {
    edgeIsSeen = true;
  }

  /**
   * Processes Front Door's record of a request. Its client address goes to the calls with the same
   * tracking reference.
   */
  void takeEdge(Activity edge) {
    edgeIsSeen = true;
    String reference = edge.getTrackingReference();
    EdgeState state = edgeState(reference, edge.getArrivalAt() + JoinReach.EDGE_KEPT_MILLIS, edge);
    boolean changed = !state.isJoined();
    state.joined(true);
    Address peer = Address.parse(edge.getSocketAddress());
    if (peer != null && !enrichment.trustedProxy(peer) && state.add(peer.text())) {
      changed = true;
      if (state.peers().size() == 1) {
        state.calls().values().forEach(call -> counts.accept(Joins.ADDRESS_FROM_EDGE));
        state.calls().values().forEach(this::retractFirstForm);
      }
      state.calls().values().forEach(call -> reviseAddress(call, peer.text()));
    }
    if (changed) {
      store.put(reference, state);
    }
  }

  /** Processes a call whose client's address only Front Door knows. */
  void takeEdgeless(Activity call) {
    String reference = call.getTrackingReference();
    EdgeState state = edgeState(reference, call.getArrivalAt() + LinkWait.MILLIS, call);
    int calls = state.calls().size();
    boolean isKept = state.add(call);
    if (!state.peers().isEmpty() && state.calls().containsKey(call.getEventId())) {
      retractFirstForm(call); // the rules have observed it, also if it is a copy
    }
    if (!isKept) {
      return;
    }
    if (state.calls().size() > calls && !state.peers().isEmpty()) {
      counts.accept(Joins.ADDRESS_FROM_EDGE);
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
    if (!maySeeLink(call)) { // otherwise Joins.takePeer retracts them
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
   * Checks a request at the time that was set for the check, and deletes the request if nothing
   * more can join it.
   *
   * @param low watermark of records
   */
  void due(String reference, long low) {
    EdgeState state = edge(reference);
    if (state == null) {
      return;
    }
    long last = state.arrivalAt();
    for (Activity call : state.calls().values()) {
      last = Math.max(last, call.getArrivalAt());
    }
    if (low >= last + JoinReach.EDGE_KEPT_MILLIS) {
      store.deleteEdge(reference);
      return;
    }
    if (!state.isJoined() && edgeIsSeen) {
      counts.accept("unjoined-edge");
    }
    store.edgeDue(last + JoinReach.EDGE_KEPT_MILLIS, reference);
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
}
