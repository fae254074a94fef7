package dev.lockstep.detections.topology;

import dev.lockstep.detections.erasure.ErasedPrincipal;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.detections.topology.StageOutput.Target;
import dev.lockstep.schemas.Erasure;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Stage of the topology that keeps the state of subjects other than principals, and has rules judge
 * them. It also collects the records of Defender's alerts.
 */
final class SubjectStage implements Processor<byte[], StageOutput, byte[], StageOutput> {
  static final String NAME = "subject";
  static final String STORE = "subjects" + StateFormat.SUFFIX;

  private final StageContext stageContext;
  private final StagePayloadCodec parts;
  private RuleSet rules;
  private @Nullable Open open;

  /** Objects that the stage has from its initialization until it is closed. */
  private record Open(
      EngineTask task, Outbox outbox, Watermarks watermarks, WatermarkBroadcast broadcast) {}

  SubjectStage(StageContext stageContext) {
    this.stageContext = stageContext;
    this.rules = stageContext.rules();
    this.parts = new StagePayloadCodec(rules.rules());
  }

  @Override
  public void init(ProcessorContext<byte[], StageOutput> context) {
    rules = stageContext.rules();
    parts.use(rules.rules());
    Outbox outbox = new Outbox(context, stageContext, parts, NAME);
    SubjectStore store = context.getStateStore(STORE);
    open =
        new Open(
            new EngineTask(stageContext, rules, false, context, store, outbox),
            outbox,
            new Watermarks(stageContext.layout().tasks(PrincipalStage.NAME)),
            new WatermarkBroadcast());
  }

  @Override
  public void process(Record<byte[], StageOutput> record) {
    Open here = Objects.requireNonNull(open);
    takeRules(here);
    StageRecord read = here.outbox().read(record);
    for (StagePayload part : read.parts()) {
      if (part instanceof StagePayload.OfMessage of) {
        here.task().take(of.message());
      } else if (part instanceof StagePayload.OfErasure of) {
        erase(here, of.erasure());
      }
    }
    if (read.watermark() != null) {
      advance(here, read.watermark());
    }
    here.outbox().flush();
  }

  private void takeRules(Open here) {
    RuleSet now = stageContext.rules();
    if (now != rules) {
      here.task().use(now);
      parts.use(now.rules());
      rules = now;
    }
  }

  private void advance(Open here, Watermark watermark) {
    here.watermarks().take(watermark);
    Watermarks all = here.watermarks();
    Watermark own = here.outbox().watermark(all.low(), all.grace(), all.takeOverdue());
    here.task().advance(own);
    if (here.broadcast().takeDue(own, here.outbox().now())) {
      here.outbox().flushToAll(Target.FINDINGS);
    }
  }

  private void erase(Open here, Erasure erasure) {
    List<String> findings = here.task().engine().eraseIn(new ErasedPrincipal(erasure));
    here.outbox()
        .addToAll(
            Target.FINDINGS,
            ErasureCodec.passedOn(new ErasedPrincipal(erasure), here.outbox().task(), findings));
  }
}
