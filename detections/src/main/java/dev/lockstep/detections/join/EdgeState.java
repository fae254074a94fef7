package dev.lockstep.detections.join;

import dev.lockstep.rules.FirstCopy;
import dev.lockstep.schemas.Activity;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * State of a request at Front Door: its client addresses and its gateway calls. The addresses are
 * those that Front Door's records give for the request, and are called peers. The calls have the
 * tracking reference of the request, and name no client address.
 */
final class EdgeState {
  private static final int MOST_PEERS = 4;
  private static final int MOST_CALLS = 8;

  private final TreeSet<String> peers = new TreeSet<>();
  private final TreeMap<String, Activity> calls = new TreeMap<>();
  private boolean joined;
  private long arrivalAt;

  NavigableSet<String> peers() {
    return peers;
  }

  NavigableMap<String, Activity> calls() {
    return calls;
  }

  /** Returns whether Front Door's record of the request has arrived. */
  boolean isJoined() {
    return joined;
  }

  void joined(boolean hasCome) {
    joined = hasCome;
  }

  long arrivalAt() {
    return arrivalAt;
  }

  void arrivalAt(long at) {
    arrivalAt = at;
  }

  /**
   * Adds a client address that a Front Door record gives for the request, and returns whether the
   * address is new and kept. Of several addresses the {@value #MOST_PEERS} alphabetically first are
   * kept.
   */
  boolean add(String peer) {
    if (!peers.add(peer)) {
      return false;
    }
    return peers.size() <= MOST_PEERS || !peer.equals(peers.pollLast());
  }

  /**
   * Adds a call, unless a stored copy of the call takes precedence, and returns whether the given
   * call is kept. The copy that arrived first takes precedence. The {@value #MOST_CALLS} calls with
   * the smallest event ids are kept.
   */
  boolean add(Activity call) {
    Activity before = calls.get(call.getEventId());
    if (before != null && !FirstCopy.isEarlier(call, before)) {
      return false;
    }
    calls.put(call.getEventId(), call);
    return calls.size() <= MOST_CALLS || call != calls.pollLastEntry().getValue();
  }
}
