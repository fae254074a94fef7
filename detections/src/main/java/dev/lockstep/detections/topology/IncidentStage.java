package dev.lockstep.detections.topology;

import dev.lockstep.detections.incident.IncidentGroups;
import dev.lockstep.detections.topology.StageOutput.Target;
import dev.lockstep.schemas.IncidentGroup;
import dev.lockstep.schemas.SingleObject;
import java.util.Objects;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Stage of the topology that keeps the incidents of principals and addresses, and reports the
 * incident of each finding.
 */
final class IncidentStage implements Processor<byte[], StageOutput, byte[], StageOutput> {
  static final String NAME = "incident";
  static final String STORE = "incidents" + StateFormat.SUFFIX;

  private final StageContext stageContext;
  private final StagePayloadCodec parts;
  private @Nullable Open open;

  /** Objects that the stage has from its initialization until it is closed. */
  private record Open(IncidentGroups incidents, Outbox outbox, Watermarks watermarks) {}

  IncidentStage(StageContext stageContext) {
    this.stageContext = stageContext;
    this.parts = new StagePayloadCodec(stageContext.rules().rules());
  }

  @Override
  public void init(ProcessorContext<byte[], StageOutput> context) {
    TopologyLayout layout = stageContext.layout();
    Outbox outbox = new Outbox(context, stageContext, parts, NAME);
    IncidentGroups incidents =
        new IncidentGroups(
            new StoredRecords<>(
                context.getStateStore(STORE), new SingleObject<>(IncidentGroup.getClassSchema())),
            correlation ->
                outbox.add(
                    Target.FINDINGS,
                    layout.partitionOf(correlation.getFinding()),
                    new StagePayload.OfCorrelation(correlation)));
    open = new Open(incidents, outbox, new Watermarks(layout.tasks(FindingStage.NAME)));
  }

  @Override
  public void process(Record<byte[], StageOutput> record) {
    Open here = Objects.requireNonNull(open);
    StageRecord read = here.outbox().read(record);
    for (StagePayload part : read.parts()) {
      if (part instanceof StagePayload.OfMember of) {
        here.incidents().take(of.member());
      } else if (part instanceof StagePayload.OfErasure of) {
        here.incidents().erase(of.erasure().getPrincipal());
      }
    }
    if (read.watermark() != null) {
      here.watermarks().take(read.watermark());
      here.incidents().advance(here.watermarks().low());
    }
    here.outbox().flush();
  }
}
