package dev.lockstep.detections.topology;

import dev.lockstep.detections.erasure.ErasedPrincipal;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.detections.topology.StageOutput.Target;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Erasure;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Stage of the topology that keeps the state of principals and has rules judge them. It takes
 * messages of its own and other partitions, and revisions of joined calls.
 */
final class PrincipalStage implements Processor<byte[], StageOutput, byte[], StageOutput> {
  static final String NAME = "principal";
  static final String STORE = "principals" + StateFormat.SUFFIX;

  private final StageContext stageContext;
  private final StagePayloadCodec parts;
  private RuleSet rules;
  private Routers revisions;
  private @Nullable Open open;

  /** Objects that the stage has from its initialization until it is closed. */
  private record Open(
      EngineTask task, Outbox outbox, Watermarks joined, WatermarkBroadcast broadcast) {}

  PrincipalStage(StageContext stageContext) {
    this.stageContext = stageContext;
    this.rules = stageContext.rules();
    this.parts = new StagePayloadCodec(rules.rules());
    this.revisions = new Routers(stageContext, rules);
  }

  private void take(Open here, RuleSet now) {
    if (now != rules) {
      here.task().use(now);
      revisions.use(now);
      parts.use(now.rules());
      rules = now;
    }
  }

  @Override
  public void init(ProcessorContext<byte[], StageOutput> context) {
    rules = stageContext.rules();
    parts.use(rules.rules());
    revisions = new Routers(stageContext, rules);
    Outbox outbox = new Outbox(context, stageContext, parts, NAME);
    SubjectStore store = context.getStateStore(STORE);
    open =
        new Open(
            new EngineTask(stageContext, rules, true, context, store, outbox),
            outbox,
            new Watermarks(stageContext.layout().tasks(JoinStage.NAME)),
            new WatermarkBroadcast());
  }

  @Override
  public void process(Record<byte[], StageOutput> record) {
    Open here = Objects.requireNonNull(open);
    StageOutput.Observed observed = record.value() == null ? null : record.value().observed();
    if (observed != null) {
      take(here, observed.rules());
      observed.messages().forEach(here.task()::take);
      observed.erasures().forEach(part -> eraseOwn(here, part.erasure()));
      advance(here, observed.watermark());
    } else {
      take(here, stageContext.rules());
      read(here, here.outbox().read(record));
    }
    here.outbox().flush();
  }

  private void read(Open here, StageRecord record) {
    for (StagePayload part : record.parts()) {
      if (part instanceof StagePayload.OfMessage of) {
        here.task().take(of.message());
      } else if (part instanceof StagePayload.OfRevision of) {
        revisions
            .of(of.revision().activity())
            .take(of.revision(), message -> here.task().message(message));
        here.task().takeWaiting();
      } else if (part instanceof StagePayload.OfErasure of) {
        eraseElsewhere(here, of.erasure());
      }
    }
    if (record.watermark() != null) {
      here.joined().take(record.watermark());
    }
  }

  private void advance(Open here, Watermark activity) {
    boolean joins = stageContext.joins().links() || stageContext.joins().edges();
    long low = joins ? Math.min(activity.low(), here.joined().low()) : activity.low();
    Watermark own = here.outbox().watermark(low, activity.grace(), activity.overdue());
    here.task().advance(own);
    if (here.broadcast().takeDue(own, here.outbox().now())) {
      here.outbox().flushToAll(Target.SUBJECTS);
      here.outbox().flushToAll(Target.FINDINGS);
    }
  }

  private void eraseOwn(Open here, Erasure erasure) {
    ErasedPrincipal erasing = new ErasedPrincipal(erasure);
    ErasedPrincipal known =
        erasing.knownAs(
            here.task()
                .engine()
                .eraseSubject(new Subject(Subject.Kind.PRINCIPAL, erasing.principal())));
    StagePayload part = ErasureCodec.passedOn(known, here.outbox().task(), null);
    here.outbox().addToAll(Target.PRINCIPALS, part);
    here.outbox().addToAll(Target.SUBJECTS, part);
    here.outbox().addToAll(Target.FINDINGS, part);
  }

  private void eraseElsewhere(Open here, Erasure erasure) {
    List<String> findings = here.task().engine().eraseIn(new ErasedPrincipal(erasure));
    here.outbox()
        .addToAll(
            Target.FINDINGS,
            ErasureCodec.passedOn(
                new ErasedPrincipal(erasure),
                here.outbox().task().replace(NAME, ErasureCodec.OTHERS),
                findings));
  }
}
