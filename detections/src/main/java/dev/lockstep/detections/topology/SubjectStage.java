package dev.lockstep.detections.topology;

import dev.lockstep.detections.engine.Erasing;
import dev.lockstep.detections.topology.Outgoing.Target;
import dev.lockstep.schemas.Erasure;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** Stage of all subjects that are no principals, with Defender's alerts beside them. */
final class SubjectStage implements Processor<byte[], Outgoing, byte[], Outgoing> {
  static final String NAME = "subject";
  static final String STORE = "subjects";

  private final Plan plan;
  private final PartCodec parts;
  private @Nullable Open open;

  private record Open(
      int partition, EngineTask task, Outbox outbox, Watermarks watermarks, Spreading spreading) {}

  SubjectStage(Plan plan) {
    this.plan = plan;
    this.parts = new PartCodec(plan.rules().rules());
  }

  @Override
  public void init(ProcessorContext<byte[], Outgoing> context) {
    int partition = context.taskId().partition();
    Outbox outbox =
        new Outbox(
            context,
            plan.layout().partitions(),
            parts,
            new Watermark(Watermark.stage(NAME, partition), 0, 0, false));
    SubjectStore store = context.getStateStore(STORE);
    open =
        new Open(
            partition,
            new EngineTask(plan, false, context, store, outbox),
            outbox,
            new Watermarks(plan.layout().tasks(PrincipalStage.NAME)),
            new Spreading());
  }

  @Override
  public void process(Record<byte[], Outgoing> record) {
    Open here = Objects.requireNonNull(open);
    StageRecord read =
        StageRecord.decode(record.value() == null ? null : record.value().value(), parts);
    here.outbox().letters(read.unread());
    for (Part part : read.parts()) {
      if (part instanceof Part.OfMessage of) {
        here.task().take(of.message());
      } else if (part instanceof Part.OfErasure of) {
        erase(here, of.erasure());
      }
    }
    if (read.watermark() != null) {
      advance(here, read.watermark());
    }
    here.outbox().flush();
  }

  private void advance(Open here, Watermark watermark) {
    here.watermarks().take(watermark);
    Watermark own =
        new Watermark(
            Watermark.stage(NAME, here.partition()),
            here.watermarks().low(),
            here.watermarks().grace(),
            here.watermarks().takeOverdue());
    here.outbox().watermark(own);
    here.task().advance(own);
    if (here.spreading().isDue(own, here.outbox().now())) {
      here.outbox().flushToAll(Target.FINDINGS);
    }
  }

  private void erase(Open here, Erasure erasure) {
    List<String> findings = here.task().engine().eraseIn(new Erasing(erasure));
    here.outbox()
        .addToAll(
            Target.FINDINGS,
            Erasures.passedOn(
                new Erasing(erasure), Watermark.stage(NAME, here.partition()), findings));
  }
}
