package dev.lockstep.detections;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.CallHalves;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Token;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.StoreBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Joins a call without claims and the identity link of the same correlation id, whichever comes
 * first, and gives out the call with what the link adds. The call by itself has gone its own way
 * already.
 */
final class LinkStage implements Processor<String, Activity, String, Activity> {
  private static final long GRACE_MILLIS = 3_600_000L;
  private static final long KEPT_MILLIS = 25 * 3_600_000L;
  private static final long TIMELESS_KEPT_MILLIS = 32 * Days.MILLIS;

  private final Stores stores;
  private final Tally tally;
  private final StageClocks clocks;
  private @Nullable Open open;

  private record Open(
      ProcessorContext<String, Activity> context, StateStore<CallHalves> halves, DueTimes due) {}

  private LinkStage(Stores stores, Tally tally) {
    this.stores = stores;
    this.tally = tally;
    this.clocks = new StageClocks(stores.partitions());
  }

  static ProcessorSupplier<String, Activity, String, Activity> supplier(
      Stores stores, Tally tally) {
    return new ProcessorSupplier<>() {
      @Override
      public Processor<String, Activity, String, Activity> get() {
        return new LinkStage(stores, tally);
      }

      @Override
      public Set<StoreBuilder<?>> stores() {
        return Set.of(stores.builder(Stores.CALL_HALVES), stores.builder(Stores.CALL_HALVES_DUE));
      }
    };
  }

  @Override
  public void init(ProcessorContext<String, Activity> context) {
    open =
        new Open(
            context,
            stores.open(context, Stores.CALL_HALVES, CallHalves.getClassSchema()),
            stores.openDue(context, Stores.CALL_HALVES_DUE));
  }

  @Override
  public void process(Record<String, Activity> record) {
    Open here = Objects.requireNonNull(open);
    Activity half = record.value();
    if (half.getKind() == ActivityKind.CLOCK) {
      if (clocks.advance(half.getEventId(), half.getArrivalAt(), false)) {
        here.due().before(clocks.low(), id -> due(here, id));
      }
      return;
    }
    var key = StateStore.key(record.key());
    CallHalves halves = here.halves().get(key);
    if (halves == null) {
      halves = new CallHalves(null, null);
      here.due().at(half.getArrivalAt() + GRACE_MILLIS, record.key());
    }
    Activity call = halves.getCall();
    Activity link = halves.getLink();
    if (half.getKind() == ActivityKind.IDENTITY_LINK) {
      if (link != null && !goesBefore(half, link)) {
        return;
      }
      halves.setLink(half);
    } else {
      if (call != null && call.getArrivalAt() <= half.getArrivalAt()) {
        return;
      }
      halves.setCall(half);
    }
    here.halves().put(key, halves);
    call = halves.getCall();
    link = halves.getLink();
    if (call != null && link != null) {
      Activity linked = linked(call, link);
      Principal principal = linked.getPrincipal();
      String to = principal == null ? linked.getEventId() : principal.getId();
      here.context().forward(new Record<>(to, linked, record.timestamp()));
    }
  }

  private void due(Open here, String id) {
    var key = StateStore.key(id);
    CallHalves halves = here.halves().get(key);
    if (halves == null) {
      return;
    }
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
    long arrivalAt = one.getArrivalAt();
    if (clocks.low() >= arrivalAt + KEPT_MILLIS) {
      here.halves().delete(key);
      return;
    }
    if (halves.getCall() == null || halves.getLink() == null) {
      tally.gate(TokenReplay.ID, "unlinked");
    }
    here.due().at(arrivalAt + KEPT_MILLIS, id);
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

  /** Returns the call with what its link adds: the claims, and addresses where it had none. */
  static Activity linked(Activity call, Activity link) {
    Activity linked = Activity.newBuilder(call).setLinked(true).build();
    Token token = link.getToken();
    linked.setToken(token);
    if (call.getSocketAddress() == null && call.getForwardedFor() == null) {
      linked.setSocketAddress(link.getSocketAddress());
      linked.setForwardedFor(link.getForwardedFor());
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
