package dev.lockstep.detections;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.CallHalves;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Settled;
import dev.lockstep.schemas.Token;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Joins a call without claims and the identity link of the same correlation id, whichever comes
 * first, and gives out the call with what the link adds. The call by itself has gone its own way
 * already. What Front Door's record says of the call's address comes by here too: it counts where
 * call and link say nothing.
 *
 * <p>A call for which no link has come in time is its subscription's, and so is one whose link has
 * no validated claims: the first is said then, and either retracted if validated claims come after
 * all. Of a busy minute the first few calls are enough to say so.
 */
final class LinkStage implements Processor<String, Activity, String, Activity> {
  private static final long GRACE_MILLIS = 3_600_000L;
  private static final long KEPT_MILLIS = 25 * 3_600_000L;
  private static final long TIMELESS_KEPT_MILLIS = 32 * Days.MILLIS;

  /** Longest time between a link and the call that it joins. */
  private static final long REACH_MILLIS = 2 * Days.MILLIS;

  /** Longest time by which a call may precede the issue of its token, since two clocks tell. */
  private static final long BEFORE_ISSUE_MILLIS = 5 * 60_000L;

  private static final int MOST_RECENT = 20_000;

  private final Stores stores;
  private final Tally tally;
  private final boolean settles;
  private StageClocks clocks;
  private RecentKeys<Settling> settledLately = new RecentKeys<>(MOST_RECENT);
  private long lookedUpTo;
  private long lookedAnewAt;
  private @Nullable Open open;

  private record Open(
      ProcessorContext<String, Activity> context, StateStore<CallHalves> halves, DueTimes due) {}

  /** One of the first few calls of a subscription from an address in a minute. */
  private record Settling(
      String subscription,
      @Nullable String address,
      @Nullable String socketAddress,
      @Nullable String forwardedFor,
      long minute,
      int nth) {}

  private LinkStage(Stores stores, RuleSettings settings, Tally tally) {
    this.stores = stores;
    this.settles = settings.defender().enabled();
    this.tally = tally;
    this.clocks = clocks(stores);
  }

  static ProcessorSupplier<String, Activity, String, Activity> supplier(
      Stores stores, RuleSettings settings, Tally tally) {
    return stores.stage(
        () -> new LinkStage(stores, settings, tally), Stores.CALL_HALVES, Stores.CALL_HALVES_DUE);
  }

  /** Calls and links come from the activities, and peers by way of the stage before. */
  private static StageClocks clocks(Stores stores) {
    return new StageClocks(2 * stores.partitions());
  }

  @Override
  public void init(ProcessorContext<String, Activity> context) {
    open =
        new Open(
            context,
            stores.open(context, Stores.CALL_HALVES, CallHalves.getClassSchema()),
            stores.openDue(context, Stores.CALL_HALVES_DUE));
    clocks = clocks(stores);
    settledLately = new RecentKeys<>(MOST_RECENT);
    lookedUpTo = 0;
    lookedAnewAt = 0;
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
    var key = StateStore.key(record.key());
    CallHalves halves = here.halves().get(key);
    boolean first = halves == null;
    if (halves == null) {
      halves = new CallHalves(null, null, false, List.of());
    }
    boolean changed =
        half.getKind() == ActivityKind.EDGE_REQUEST
            ? seenFrom(here, halves, half.getSocketAddress(), record.timestamp())
            : join(here, halves, half, record.timestamp());
    if (first || (changed && halves.getLink() != null && linkOf(halves) == null)) {
      here.due().at(half.getArrivalAt() + GRACE_MILLIS, record.key());
    }
    if (changed) {
      here.halves().put(key, halves);
    }
  }

  private static void erase(Open here, Erasing erasing, long timestamp) {
    if (erasing.request().getStage().startsWith("edge-")) {
      return; // of calls and links, that from the activities tells
    }
    Set<String> gone = new HashSet<>();
    here.halves()
        .holding(
            erasing.principal(),
            (key, halves) -> {
              if (erasing.isOf(halves.getCall()) || erasing.isOf(halves.getLink())) {
                here.halves().delete(key);
                gone.add(StateStore.text(key));
              }
            });
    here.due().remove(gone);
    String stage = "link-" + here.context().taskId().partition();
    Activity clock = StageClocks.clock(stage, StageClocks.UNKNOWN);
    here.context().forward(new Record<>("", clock, timestamp, erasing.passedOn(stage)));
  }

  private void clock(Open here, Activity clock, long timestamp) {
    if (clocks.advance(clock.getEventId(), clock.getArrivalAt(), false)) {
      here.due().before(clocks.low(), id -> due(here, id));
      String stage = "link-" + here.context().taskId().partition();
      here.context().forward(new Record<>("", StageClocks.clock(stage, clocks.low()), timestamp));
    }
    boolean overdue = clock.getIdleOrigin();
    if (clocks.graced(clock.getEventAt()) || overdue) {
      graced(here, overdue);
    }
  }

  /** Takes where Front Door saw the call come from; returns whether that is new. */
  private boolean seenFrom(Open here, CallHalves halves, String peer, long timestamp) {
    TreeSet<String> peers = new TreeSet<>(halves.getPeers());
    if (!peers.add(peer)) {
      return false;
    }
    halves.setPeers(List.copyOf(peers));
    edged(here, halves, peer, timestamp);
    return true;
  }

  /** Takes a call or a link, and gives out what both are together; returns whether it is new. */
  private boolean join(Open here, CallHalves halves, Activity half, long timestamp) {
    if (!take(halves, half)) {
      return false;
    }
    Activity call = halves.getCall();
    Activity link = linkOf(halves);
    if (call != null && link != null) {
      settleByLink(here, halves, call, link);
      send(here, linked(call, link), timestamp);
    }
    for (String peer : halves.getPeers()) {
      edged(here, halves, peer, timestamp);
    }
    return true;
  }

  /** Returns the link, null if there is none or its time lies too far from the call's. */
  private static @Nullable Activity linkOf(CallHalves halves) {
    Activity link = halves.getLink();
    Activity call = halves.getCall();
    return link == null || call == null || reaches(link, call) ? link : null;
  }

  private static boolean reaches(Activity link, Activity call) {
    long after = call.getEventAt() - link.getEventAt();
    long before = isPlacedByIssue(link) ? BEFORE_ISSUE_MILLIS : REACH_MILLIS;
    return link.getEventAt() == 0 || (after <= REACH_MILLIS && after >= -before);
  }

  /** Returns whether a link came without any time, and stands where its token was issued. */
  static boolean isPlacedByIssue(Activity link) {
    Long issuedAt = link.getToken() == null ? null : link.getToken().getIssuedAt();
    return issuedAt != null && issuedAt == link.getArrivalAt() && issuedAt == link.getEventAt();
  }

  /**
   * Puts a call or a link in its place; returns whether it stands before the one that was there.
   */
  private static boolean take(CallHalves halves, Activity half) {
    if (half.getKind() == ActivityKind.IDENTITY_LINK) {
      if (halves.getLink() != null && !goesBefore(half, halves.getLink())) {
        return false;
      }
      halves.setLink(half);
      return true;
    }
    if (halves.getCall() != null && halves.getCall().getArrivalAt() <= half.getArrivalAt()) {
      return false;
    }
    halves.setCall(half);
    return true;
  }

  /** Takes back that the call was its subscription's, or notes that it is, as the link tells. */
  private void settleByLink(Open here, CallHalves halves, Activity call, Activity link) {
    if (validated(link) && halves.getSettled()) {
      halves.setSettled(false);
      sendSettled(here, call, Settled.ANOTHERS);
    } else if (!validated(link) && mayBeItsSubscriptions(call)) {
      if (halves.getSettled() && hasAddress(link) && !halves.getPeers().isEmpty()) {
        sendSettled(here, call, Settled.ANOTHERS); // it was said to be where the link does not
      }
      halves.setSettled(true); // whoever takes the linked call knows
    }
  }

  /**
   * Gives out a call with the address that Front Door saw it come from: as its key's own, and with
   * its claims where the link has none that is better.
   */
  private void edged(Open here, CallHalves halves, String peer, long timestamp) {
    Activity call = halves.getCall();
    Activity link = linkOf(halves);
    if (call == null) {
      return;
    }
    if (call.getApi() != null
        && (call.getApi().getSubscription() != null || call.getApi().getProduct() != null)) {
      send(here, EdgeStage.edged(call, peer), timestamp);
    }
    if (link != null && !hasAddress(link)) {
      send(here, EdgeStage.edged(linked(call, link), peer), timestamp);
    } else if (link == null && halves.getSettled()) {
      sendSettled(here, EdgeStage.edged(call, peer), Settled.SUBSCRIPTIONS);
    } else if (link == null && clocks.grace() >= call.getArrivalAt() + GRACE_MILLIS) {
      settle(here, halves);
    }
  }

  private static boolean hasAddress(Activity half) {
    return half.getSocketAddress() != null || half.getForwardedFor() != null;
  }

  private static void send(Open here, Activity call, long timestamp) {
    Principal principal = call.getPrincipal();
    String to = principal == null ? call.getEventId() : principal.getId();
    here.context().forward(new Record<>(to, call, timestamp));
  }

  /**
   * Settles the calls whose grace is over by the furthest source. What arrived since with an older
   * time is looked at again only after the clock has gone on by a whole grace, or once the source
   * that brought it rests: it may be many.
   */
  private void graced(Open here, boolean overdue) {
    long now = clocks.grace();
    boolean anew = overdue || now - lookedAnewAt >= GRACE_MILLIS;
    here.due()
        .between(
            anew ? 0 : lookedUpTo,
            now,
            id -> {
              CallHalves halves = here.halves().get(StateStore.key(id));
              if (halves != null && settle(here, halves)) {
                here.halves().put(StateStore.key(id), halves);
              }
            });
    lookedUpTo = now;
    lookedAnewAt = anew ? now : lookedAnewAt;
  }

  private void due(Open here, String id) {
    var key = StateStore.key(id);
    CallHalves halves = here.halves().get(key);
    if (halves == null) {
      return;
    }
    settle(here, halves);
    Activity one = halves.getCall() == null ? halves.getLink() : halves.getCall();
    if (one == null) {
      here.halves().delete(key);
      return;
    }
    if (one.getArrivalAt() == 0) {
      // A link without any time arrives when its call does, and in a replay that may be the last
      // one. From the first clock on it waits as long as any event may be late.
      one.setArrivalAt(-clocks.low());
      here.halves().put(key, halves);
      here.due().at(clocks.low() + TIMELESS_KEPT_MILLIS, id);
      return;
    }
    if (one.getArrivalAt() < 0) {
      tally.gate(TokenReplay.ID, "unlinked");
      here.halves().delete(key);
      return;
    }
    if (halves.getCall() == null && isPlacedByIssue(one)) {
      // A token is used long after it was issued: its call may come as late as any other.
      long until = one.getArrivalAt() + REACH_MILLIS + KEPT_MILLIS;
      if (clocks.low() >= until) {
        tally.gate(TokenReplay.ID, "unlinked");
        here.halves().delete(key);
      } else {
        here.due().at(until, id);
      }
      return;
    }
    long arrivalAt = one.getArrivalAt();
    if (clocks.low() >= arrivalAt + KEPT_MILLIS) {
      here.halves().delete(key);
      return;
    }
    if (halves.getCall() == null || linkOf(halves) == null) {
      tally.gate(TokenReplay.ID, "unlinked");
    }
    here.halves().put(key, halves);
    here.due().at(arrivalAt + KEPT_MILLIS, id);
  }

  /**
   * Says that a call without a link is its subscription's, unless so many were that it is clear.
   * Returns whether it was said now.
   */
  private boolean settle(Open here, CallHalves halves) {
    Activity call = halves.getCall();
    if (call == null
        || linkOf(halves) != null
        || halves.getSettled()
        || !mayBeItsSubscriptions(call)) {
      return false;
    }
    boolean said = false;
    if (halves.getPeers().isEmpty()) {
      said = settle(here, call);
    }
    for (String peer : halves.getPeers()) {
      said |= settle(here, EdgeStage.edged(call, peer));
    }
    halves.setSettled(said);
    return said;
  }

  private boolean settle(Open here, Activity call) {
    for (int nth = 0; nth <= PresenceBook.MOST_CALLS; nth++) {
      Settling settling =
          new Settling(
              call.getPrincipal().getId(),
              call.getAddress(),
              call.getSocketAddress(),
              call.getForwardedFor(),
              Days.minute(call.getEventAt()),
              nth);
      if (settledLately.add(settling)) {
        sendSettled(here, call, Settled.SUBSCRIPTIONS);
        return true;
      }
    }
    return false;
  }

  private boolean mayBeItsSubscriptions(Activity call) {
    return settles
        && Observer.accepted(call.getStatus())
        && call.getPrincipal() != null
        && call.getPrincipal().getType().equals("subscription");
  }

  private static void sendSettled(Open here, Activity call, Settled settled) {
    Activity said = Activity.newBuilder(call).setSettled(settled).build();
    here.context()
        .forward(
            new Record<>(
                said.getPrincipal().getId(),
                said,
                Math.max(0, here.context().currentStreamTimeMs())));
  }

  /** Of two links of one call, the validated one stands, else the one that arrived first. */
  private static boolean goesBefore(Activity half, Activity link) {
    boolean validated = validated(half);
    if (validated != validated(link)) {
      return validated;
    }
    int order = Long.compare(half.getArrivalAt(), link.getArrivalAt());
    return order == 0 ? half.compareTo(link) < 0 : order < 0;
  }

  private static boolean validated(Activity link) {
    return link.getToken() != null && link.getToken().getValidated();
  }

  /**
   * Returns the call with what its link adds: the claims, and addresses, which count where those of
   * its record give none.
   */
  static Activity linked(Activity call, Activity link) {
    Activity linked = Activity.newBuilder(call).setLinked(true).build();
    Token token = link.getToken();
    linked.setToken(token);
    if (!hasAddress(call)) {
      linked.setSocketAddress(link.getSocketAddress());
      linked.setForwardedFor(link.getForwardedFor());
    } else if (call.getLinkSocketAddress() == null && call.getLinkForwardedFor() == null) {
      linked.setLinkSocketAddress(link.getSocketAddress());
      linked.setLinkForwardedFor(link.getForwardedFor());
    }
    if (token != null && token.getValidated()) {
      String oid = token.getOid();
      if (token.getAppOnly()) {
        String id = oid == null ? token.getAppId() : oid;
        if (id != null) {
          linked.setPrincipal(new Principal(id, null, "workload"));
        }
      } else if (oid != null) {
        linked.setPrincipal(new Principal(oid, null, "user"));
      }
    }
    return linked;
  }
}
