package dev.lockstep.detections;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.Where;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Turns bytes into activities, and the clocks of source partitions into one: up to where all of
 * them have passed, said when it moves.
 */
final class DecodeStage implements Processor<byte[], byte[], String, Activity> {
  private final SingleObject<Activity> codec = new SingleObject<>(Activity.getClassSchema());
  private final StageClocks clocks = new StageClocks(1);
  private @Nullable ProcessorContext<String, Activity> context;

  @Override
  public void init(ProcessorContext<String, Activity> context) {
    this.context = context;
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    ProcessorContext<String, Activity> here = Objects.requireNonNull(context);
    Activity activity = codec.decode(record.value());
    if (activity.getKind() == ActivityKind.CLOCK) {
      Where origin = activity.getWhere();
      if (clocks.advance(
          origin.getSource() + "/" + origin.getHub() + "/" + origin.getPartition(),
          activity.getArrivalAt(),
          activity.getIdleOrigin())) {
        activity.setEventId("activity-" + here.taskId().partition());
        activity.setArrivalAt(clocks.low());
        here.forward(new Record<>("", activity, record.timestamp()));
      }
      return;
    }
    String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
    here.forward(new Record<>(key, activity, record.timestamp()));
  }
}
