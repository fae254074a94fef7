package dev.lockstep.detections.join;

import dev.lockstep.detections.message.LinkWait;
import dev.lockstep.detections.storage.RecentCounts;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Event;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.avro.AvroRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * Join of calls with their identity links, and with the client addresses that Front Door recorded
 * for the calls.
 */
final class IdentityLinkJoin {
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
  private final Consumer<String> counts;
  private final Joins.Output output;
  private final BooleanSupplier needsAllCalls;

  /**
   * Counts of similar calls for which no identity link came in time. Calls are similar if they have
   * the same hash. The hash is made of API Management subscription, addresses in the log records
   * and at Front Door, minute and outcome (accepted or not).
   */
  private final RecentCounts similar = new RecentCounts(MOST_SIMILAR);

  /**
   * Creates the join, which continues from the stored records of pending halves.
   *
   * @param needsAllCalls whether a rule in force counts calls, so that all have to be passed on,
   *     even where many are alike
   */
  IdentityLinkJoin(
      Enrichment enrichment,
      JoinableLogs logs,
      JoinStore store,
      Consumer<String> counts,
      Joins.Output output,
      BooleanSupplier needsAllCalls) {
    this.enrichment = enrichment;
    this.logs = logs;
    this.store = store;
    this.counts = counts;
    this.output = output;
    this.needsAllCalls = needsAllCalls;
  }

  /**
   * Processes a call without claims, or an identity link.
   *
   * @param id id of the call
   */
  void take(String id, PendingHalf half) {
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
      store.due(half.arrivalAt() + LinkWait.MILLIS, id);
    }
    PendingHalf call = state.call();
    if (changed && call != null && call.callerKey() != null && state.usableLink() == null) {
      store.grace(Math.max(call.arrivalAt(), half.arrivalAt()) + LinkWait.MILLIS, id);
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
  void takePeer(String callId, String peer, long arrivalAt) {
    try {
      CallState state = store.call(callId);
      if (state == null) {
        state = new CallState();
        store.due(arrivalAt + LinkWait.MILLIS, callId);
      }
      List<CallRevision> before = state.revisions(logs.edges());
      if (state.peers().add(peer)) {
        PendingHalf call = state.call();
        if (call != null && call.callerKey() != null && state.usableLink() == null) {
          // with its client's address it is no longer like the calls that were left out
          store.grace(call.arrivalAt() + LinkWait.MILLIS, callId);
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

  /** Gives out a call for which no identity link came within its grace. */
  void giveWithoutClaims(String id, CallState state) {
    PendingHalf half = state.call();
    if (half == null
        || state.isWithoutLink()
        || half.callerKey() == null
        || state.usableLink() != null) {
      return;
    }
    // only a rule that counts calls can use more of a call without a subscription
    boolean adds =
        !id.equals(half.callerKey()) && similar.add(state.likeness()) <= MOST_CALLS_A_MINUTE;
    if (!adds && !needsAllCalls.getAsBoolean()) {
      return;
    }
    if (state.link() == null && state.peers().isEmpty()) {
      store.putGraced(id, state);
      output.withoutClaims(half);
      return;
    }
    List<CallRevision> before = state.revisions(logs.edges());
    store.putGraced(id, state);
    give(state, before);
  }

  /**
   * Ends the wait of a call or link, and schedules its deletion.
   *
   * @param low watermark
   */
  void due(String id, CallState state, long low) {
    PendingHalf link = state.link();
    if (state.call() == null && link == null) {
      store.deleteCall(id, state);
      return;
    }
    if (state.call() == null && link != null && link.arrivalAt() == 0) {
      state.waitsFrom(Math.max(1, low));
      store.put(id, state);
    }
    if (state.usableLink() == null || (state.call() == null && !state.isTimelessLinkAlone())) {
      counts.accept("unlinked");
    }
    store.end(JoinReach.until(state), id, state);
  }

  /**
   * Deletes a call or link if the watermark has reached the time of its deletion, and otherwise
   * schedules the deletion again.
   *
   * @param low watermark
   */
  void end(String id, CallState state, long low) {
    long until = JoinReach.until(state);
    if (low < until) {
      store.put(id, state); // its bundle ends
      store.end(until, id, state);
      return;
    }
    if (state.isTimelessLinkAlone()) {
      counts.accept("unlinked");
    }
    store.deleteCall(id, state);
  }
}
