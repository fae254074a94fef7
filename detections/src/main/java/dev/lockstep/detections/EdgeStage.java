package dev.lockstep.detections;

import dev.lockstep.enrichment.Address;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.EdgeHalves;
import dev.lockstep.schemas.Where;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Joins a call whose address neither its record nor a link in it tells, and what Front Door says of
 * the same request by its tracking reference, whichever comes first. The call by itself has gone
 * its own way already.
 *
 * <p>A call with its claims is given out with the address. Of one without, the address goes to
 * where the call meets its link, which may know better.
 *
 * <p>Records of one reference that name different peers are all believed: nothing that was said can
 * be unsaid by a later one, so only all of them make the same verdicts in any order.
 */
final class EdgeStage implements Processor<String, Activity, String, Activity> {
  private static final long GRACE_MILLIS = 3_600_000L;
  private static final long KEPT_MILLIS = 25 * 3_600_000L;
  private static final int MOST_PEERS = 4;
  private static final int MOST_CALLS = 8;

  private final Stores stores;
  private final Enrichment enrichment;
  private final Tally tally;
  private StageClocks clocks;
  private boolean edgeIsSeen;
  private @Nullable Open open;

  private record Open(
      ProcessorContext<String, Activity> context, StateStore<EdgeHalves> halves, DueTimes due) {}

  private EdgeStage(Stores stores, Enrichment enrichment, Tally tally) {
    this.stores = stores;
    this.enrichment = enrichment;
    this.tally = tally;
    this.clocks = new StageClocks(stores.partitions());
  }

  static ProcessorSupplier<String, Activity, String, Activity> supplier(
      Stores stores, Enrichment enrichment, Tally tally) {
    return stores.stage(
        () -> new EdgeStage(stores, enrichment, tally), Stores.EDGE_HALVES, Stores.EDGE_HALVES_DUE);
  }

  /**
   * Returns whether an activity may be one of the two: a record of Front Door, or a call that has
   * its reference and names nobody but the peer. What a parent location logs is left out: its peer
   * is another location.
   */
  static boolean mayConcern(Activity activity) {
    return activity.getTrackingReference() != null
        && (activity.getKind() == ActivityKind.EDGE_REQUEST
            ? activity.getSocketAddress() != null && !activity.getEventId().endsWith("/parent")
            : activity.getKind() == ActivityKind.API_CALL
                && activity.getSocketAddress() == null
                && activity.getForwardedFor() == null);
  }

  /**
   * Returns whether an activity is one of the two: a call whose peer is no proxy waits for none.
   */
  static boolean concerns(Activity activity, Enrichment enrichment) {
    return activity.getKind() == ActivityKind.CLOCK
        || (mayConcern(activity)
            && (activity.getKind() == ActivityKind.EDGE_REQUEST
                || (activity.getAddress() != null && enrichment.clientOf(activity) == null)));
  }

  /** Returns of a record of Front Door what is joined, and anything else as it is. */
  static Activity half(Activity activity) {
    if (activity.getKind() != ActivityKind.EDGE_REQUEST) {
      return activity;
    }
    Activity half = edge(activity);
    half.setTrackingReference(activity.getTrackingReference());
    half.setSocketAddress(activity.getSocketAddress());
    return half;
  }

  @Override
  public void init(ProcessorContext<String, Activity> context) {
    open =
        new Open(
            context,
            stores.open(context, Stores.EDGE_HALVES, EdgeHalves.getClassSchema()),
            stores.openDue(context, Stores.EDGE_HALVES_DUE));
    clocks = new StageClocks(stores.partitions());
    edgeIsSeen = false;
  }

  @Override
  public void process(Record<String, Activity> record) {
    Open here = Objects.requireNonNull(open);
    Activity half = record.value();
    Erasing erasing = Erasing.of(record.headers());
    if (erasing != null) {
      erase(here, erasing, record.timestamp());
      return;
    }
    if (half.getKind() == ActivityKind.CLOCK) {
      clock(here, half, record.timestamp());
      return;
    }
    boolean ofEdge = half.getKind() == ActivityKind.EDGE_REQUEST;
    edgeIsSeen |= ofEdge;
    var key = StateStore.key(record.key());
    EdgeHalves halves = here.halves().get(key);
    if (halves == null) {
      halves = new EdgeHalves(List.of(), false, List.of());
      here.due().at(half.getArrivalAt() + (ofEdge ? KEPT_MILLIS : GRACE_MILLIS), record.key());
    }
    boolean changed =
        ofEdge
            ? seenAtEdge(here, halves, half, record.timestamp())
            : called(here, halves, half, record.timestamp());
    if (changed) {
      here.halves().put(key, halves);
    }
  }

  private static void erase(Open here, Erasing erasing, long timestamp) {
    Set<String> gone = new HashSet<>();
    here.halves()
        .holding(
            erasing.principal(),
            (key, halves) -> {
              if (halves.getCalls().stream().anyMatch(erasing::isOf)) {
                here.halves().delete(key);
                gone.add(StateStore.text(key));
              }
            });
    here.due().remove(gone);
    String stage = "edge-" + here.context().taskId().partition();
    Activity clock = StageClocks.clock(stage, StageClocks.UNKNOWN);
    here.context().forward(new Record<>("", clock, timestamp, erasing.passedOn(stage)));
  }

  private void clock(Open here, Activity clock, long timestamp) {
    if (clocks.advance(clock.getEventId(), clock.getArrivalAt(), false)) {
      here.due().before(clocks.low(), reference -> due(here, reference));
      String stage = "edge-" + here.context().taskId().partition();
      here.context().forward(new Record<>("", StageClocks.clock(stage, clocks.low()), timestamp));
    }
  }

  /** Takes a record of Front Door; returns whether it says anything new. */
  private boolean seenAtEdge(Open here, EdgeHalves halves, Activity edge, long timestamp) {
    boolean first = !halves.getJoined();
    halves.setJoined(true);
    String peer = peer(edge);
    if (peer == null || !add(halves, peer)) {
      return first;
    }
    if (halves.getPeers().size() == 1) {
      halves.getCalls().forEach(call -> tally.sees(Spots.NETWORKS, "addressFromEdge"));
    }
    halves.getCalls().forEach(call -> send(here, call, peer, timestamp));
    return true;
  }

  /** Takes a call; returns whether it is one of those kept, and new or earlier. */
  private boolean called(Open here, EdgeHalves halves, Activity call, long timestamp) {
    int calls = halves.getCalls().size();
    if (!add(halves, call)) {
      return false;
    }
    if (halves.getCalls().size() > calls && !halves.getPeers().isEmpty()) {
      tally.sees(Spots.NETWORKS, "addressFromEdge");
    }
    halves.getPeers().forEach(peer -> send(here, call, peer, timestamp));
    return true;
  }

  /** Returns the peer that a record of Front Door names, or null if that is none to be believed. */
  private @Nullable String peer(Activity edge) {
    Address address = Address.parse(edge.getSocketAddress());
    return address == null || enrichment.trustedProxy(address) ? null : address.text();
  }

  /** Keeps the smallest few; returns whether it is one of them, and new. */
  private static boolean add(EdgeHalves halves, String peer) {
    TreeSet<String> peers = new TreeSet<>(halves.getPeers());
    if (!peers.add(peer)) {
      return false;
    }
    if (peers.size() > MOST_PEERS && peer.equals(peers.pollLast())) {
      return false;
    }
    halves.setPeers(List.copyOf(peers));
    return true;
  }

  /** Keeps the first few by event id; returns whether it is one of them, and new or earlier. */
  private static boolean add(EdgeHalves halves, Activity call) {
    TreeMap<String, Activity> calls = new TreeMap<>();
    halves.getCalls().forEach(each -> calls.put(each.getEventId(), each));
    Activity before = calls.get(call.getEventId());
    if (before != null && before.getArrivalAt() <= call.getArrivalAt()) {
      return false;
    }
    calls.put(call.getEventId(), call);
    if (calls.size() > MOST_CALLS && call == calls.pollLastEntry().getValue()) {
      return false;
    }
    halves.setCalls(List.copyOf(calls.values()));
    return true;
  }

  private static void send(Open here, Activity call, String peer, long timestamp) {
    if (HotPath.waitsForLink(call)) {
      Activity edge = edge(call);
      edge.setSocketAddress(peer);
      here.context().forward(new Record<>(edge.getEventId(), edge, timestamp));
      return;
    }
    Activity edged = edged(call, peer);
    String to = edged.getPrincipal() == null ? edged.getEventId() : edged.getPrincipal().getId();
    here.context().forward(new Record<>(to, edged, timestamp));
  }

  /** Returns the call with the address that Front Door saw it come from. */
  static Activity edged(Activity call, String peer) {
    return Activity.newBuilder(call).setEdged(true).setSocketAddress(peer).build();
  }

  private static Activity edge(Activity of) {
    Activity edge = new Activity();
    edge.setKind(ActivityKind.EDGE_REQUEST);
    edge.setCategory(of.getCategory());
    edge.setEventId(of.getEventId());
    edge.setEventAt(of.getEventAt());
    edge.setArrivalAt(of.getArrivalAt());
    edge.setWhere(new Where("edge", null, null, -1, -1L, 0));
    edge.setStatus(-1);
    return edge;
  }

  private void due(Open here, String reference) {
    var key = StateStore.key(reference);
    EdgeHalves halves = here.halves().get(key);
    if (halves == null) {
      return;
    }
    long last = 0;
    for (Activity call : halves.getCalls()) {
      last = Math.max(last, call.getArrivalAt());
    }
    if (clocks.low() >= last + KEPT_MILLIS) {
      here.halves().delete(key);
      return;
    }
    if (!halves.getJoined() && edgeIsSeen) {
      tally.gate(TokenReplay.ID, "unjoined-edge");
    }
    here.due().at(last + KEPT_MILLIS, reference);
  }
}
