package dev.lockstep.detections.join;

import dev.lockstep.schemas.Activity;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Request at Front Door: the peers that its records name, and the calls that it became. */
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

  /** Returns if a record of Front Door has come. */
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

  /** Keeps the smallest few; returns if it is one of them, and new. */
  boolean add(String peer) {
    if (!peers.add(peer)) {
      return false;
    }
    return peers.size() <= MOST_PEERS || !peer.equals(peers.pollLast());
  }

  /** Keeps the first few by event id; returns if it is one of them, and new or earlier. */
  boolean add(Activity call) {
    Activity before = calls.get(call.getEventId());
    if (before != null && before.getArrivalAt() <= call.getArrivalAt()) {
      return false;
    }
    calls.put(call.getEventId(), call);
    return calls.size() <= MOST_CALLS || call != calls.pollLastEntry().getValue();
  }
}
