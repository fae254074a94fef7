package dev.lockstep.detections;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.Where;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.StoreBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Turns bytes into activities, and the clocks of source partitions into one: up to where all of
 * them have passed, said when it moves. The clocks are kept, so that a partition that says nothing
 * for a while is waited for after a restart too.
 */
final class DecodeStage implements Processor<byte[], byte[], String, Activity> {
  private final Stores stores;
  private final SingleObject<Activity> codec = new SingleObject<>(Activity.getClassSchema());
  private StageClocks clocks = new StageClocks(1);
  private @Nullable Open open;

  private record Open(
      ProcessorContext<String, Activity> context, StateStore<Activity> lastClocks) {}

  private DecodeStage(Stores stores) {
    this.stores = stores;
  }

  static ProcessorSupplier<byte[], byte[], String, Activity> supplier(Stores stores) {
    return new ProcessorSupplier<>() {
      @Override
      public Processor<byte[], byte[], String, Activity> get() {
        return new DecodeStage(stores);
      }

      @Override
      public Set<StoreBuilder<?>> stores() {
        return Set.of(stores.builder(Stores.SOURCE_CLOCKS));
      }
    };
  }

  @Override
  public void init(ProcessorContext<String, Activity> context) {
    StateStore<Activity> lastClocks =
        stores.open(context, Stores.SOURCE_CLOCKS, Activity.getClassSchema());
    open = new Open(context, lastClocks);
    clocks = new StageClocks(1);
    lastClocks.forEach((key, clock) -> advance(clock));
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    Bundle.forEach(record.value(), value -> process(record, codec.decode(value)));
  }

  private void process(Record<byte[], byte[]> record, Activity activity) {
    Open here = Objects.requireNonNull(open);
    if (activity.getKind() != ActivityKind.CLOCK) {
      String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
      here.context().forward(new Record<>(key, activity, record.timestamp()));
      return;
    }
    var key = StateStore.key(origin(activity));
    Activity last = here.lastClocks().get(key);
    boolean onlyThere = activity.getArrivalAt() == StageClocks.UNKNOWN && !activity.getIdleOrigin();
    if (last == null
        || (!onlyThere
            && (activity.getArrivalAt() > last.getArrivalAt()
                || activity.getIdleOrigin() != last.getIdleOrigin()))) {
      here.lastClocks().put(key, activity);
    }
    if (advance(activity)) {
      activity.setEventId("activity-" + here.context().taskId().partition());
      activity.setArrivalAt(clocks.low());
      here.context().forward(new Record<>("", activity, record.timestamp()));
    }
  }

  private boolean advance(Activity clock) {
    return clocks.advance(origin(clock), clock.getArrivalAt(), clock.getIdleOrigin());
  }

  private static String origin(Activity clock) {
    Where origin = clock.getWhere();
    return origin.getSource() + "/" + origin.getHub() + "/" + origin.getPartition();
  }
}
