package dev.lockstep.detections.topology;

import dev.lockstep.detections.erasure.ErasedPrincipal;
import dev.lockstep.detections.finding.Findings;
import dev.lockstep.detections.incident.IncidentGroups;
import dev.lockstep.detections.topology.StageOutput.Target;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Erasure;
import dev.lockstep.schemas.FindingState;
import dev.lockstep.schemas.HeaderNames;
import dev.lockstep.schemas.SingleObject;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** Stage of the topology that keeps each finding and gives out its revisions. */
final class FindingStage implements Processor<byte[], StageOutput, byte[], StageOutput> {
  static final String NAME = "finding";
  static final String STORE = "findings" + StateFormat.SUFFIX;

  private static final Duration TICK = Duration.ofSeconds(1);

  private final StageContext stageContext;
  private final StagePayloadCodec parts;
  private final SingleObject<Detection> codec = new SingleObject<>(Detection.getClassSchema());
  private @Nullable Open open;

  /** Objects that the stage has from its initialization until it is closed. */
  private record Open(
      int partition,
      Findings findings,
      Outbox outbox,
      Watermarks watermarks,
      WatermarkBroadcast broadcast) {}

  FindingStage(StageContext stageContext) {
    this.stageContext = stageContext;
    this.parts = new StagePayloadCodec(stageContext.rules().rules());
  }

  @Override
  public void init(ProcessorContext<byte[], StageOutput> context) {
    int partition = context.taskId().partition();
    TopologyLayout layout = stageContext.layout();
    Outbox outbox = new Outbox(context, stageContext, parts, NAME);
    Findings findings =
        new Findings(
            new StoredRecords<>(
                context.getStateStore(STORE), new SingleObject<>(FindingState.getClassSchema())),
            stageContext.rules().repeatSeconds(),
            stageContext.rules().alerts(),
            stageContext.enrichment().exceptions(),
            stageContext.counts(),
            (revision, arrivalAt) ->
                give(outbox, revision.getId(), revision, arrivalHeader(arrivalAt)),
            member ->
                outbox.add(
                    Target.INCIDENTS,
                    layout.partitionOf(member.getGroup()),
                    new StagePayload.OfMember(member)));
    Set<String> before = new TreeSet<>(layout.tasks(PrincipalStage.NAME));
    before.addAll(layout.tasks(SubjectStage.NAME));
    open = new Open(partition, findings, outbox, new Watermarks(before), new WatermarkBroadcast());
    context.schedule(
        TICK,
        PunctuationType.WALL_CLOCK_TIME,
        now -> {
          findings.tick(now);
          outbox.flush();
        });
  }

  private void give(
      Outbox outbox, String key, @Nullable Detection detection, @Nullable Headers headers) {
    byte[] value = detection == null ? null : codec.encode(detection);
    outbox.forward(StageOutput.keyed(Target.DETECTIONS, key, value, headers));
  }

  private static @Nullable Headers arrivalHeader(long arrivalAt) {
    return arrivalAt > 0
        ? new RecordHeaders()
            .add(
                HeaderNames.CAUSE_ARRIVAL,
                ByteBuffer.allocate(Long.BYTES).putLong(arrivalAt).array())
        : null;
  }

  @Override
  public void process(Record<byte[], StageOutput> record) {
    Open here = Objects.requireNonNull(open);
    StageRecord read = here.outbox().read(record);
    long now = here.outbox().now();
    for (StagePayload part : read.parts()) {
      if (part instanceof StagePayload.OfContribution of) {
        here.findings().take(of.contribution(), now);
      } else if (part instanceof StagePayload.OfConfirmation of) {
        here.findings().take(of.confirmation(), now);
      } else if (part instanceof StagePayload.OfCorrelation of) {
        here.findings().take(of.correlation(), now);
      } else if (part instanceof StagePayload.OfErasure of) {
        erase(here, of.erasure());
      }
    }
    if (read.watermark() != null) {
      here.watermarks().take(read.watermark());
      here.findings().advance(here.watermarks().low(), now);
      Watermark own =
          here.outbox().watermark(here.watermarks().low(), here.watermarks().grace(), false);
      if (here.broadcast().takeDue(own, now)) {
        here.outbox().flushToAll(Target.INCIDENTS);
      }
    }
    here.outbox().flush();
  }

  /**
   * Erases a principal from all findings of this task, or only from those that the request names.
   * All are meant if the request comes from the stage {@code principal}. A request may carry past
   * detections, which are revised or deleted in their topic even if their findings are evicted.
   */
  private void erase(Open here, Erasure erasure) {
    ErasedPrincipal erasing = new ErasedPrincipal(erasure);
    Answers answers = new Answers(here.outbox(), erasure.getRequest());
    String stage = erasure.getStage();
    if (!erasure.getPast().isEmpty()) {
      erasure.getPast().forEach(past -> erasePast(here, erasing, past, answers));
    } else if (stage.startsWith(PrincipalStage.NAME + "-")) {
      here.findings().erase(erasing, answers::changed);
      here.outbox()
          .add(
              Target.INCIDENTS,
              stageContext.layout().partitionOf(IncidentGroups.ofPrincipal(erasing.principal())),
              new StagePayload.OfErasure(erasure));
      answers.answer(here.outbox().task());
    } else {
      List<String> named = erasure.getFindings();
      for (String id : named == null ? List.<String>of() : named) {
        here.findings().erase(id, erasing, answers::changed);
      }
      if (stage.endsWith("-" + here.partition())) {
        answers.answer(stage);
      }
    }
  }

  private static void erasePast(
      Open here, ErasedPrincipal erasing, Detection past, Answers answers) {
    String id = past.getId();
    if (here.findings().knows(id)) {
      here.findings().erase(id, erasing, answers::changed);
      answers.answer(id);
    } else if (erasing.owns(past)) {
      answers.changed(id, null);
    } else {
      Detection revised = erasing.revised(past);
      revised.setRevision(past.getRevision() + 1);
      answers.changed(id, revised);
    }
  }

  /** Writer of the tombstones and revisions of one erasure, and of the answers to its request. */
  private final class Answers {
    private final Outbox outbox;
    private final String request;

    Answers(Outbox outbox, String request) {
      this.outbox = outbox;
      this.request = request;
    }

    void changed(String finding, @Nullable Detection revised) {
      give(outbox, finding, revised, ErasureCodec.answering(request));
    }

    void answer(String what) {
      give(outbox, ErasureCodec.answerKey(request, what), null, ErasureCodec.answering(request));
    }
  }
}
