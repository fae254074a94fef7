package dev.lockstep.detections.topology;

import dev.lockstep.detections.BuiltInRules;
import dev.lockstep.detections.erasure.ErasedPrincipal;
import dev.lockstep.detections.join.CallRevision;
import dev.lockstep.detections.join.Joins;
import dev.lockstep.detections.join.PendingHalf;
import dev.lockstep.detections.topology.StageOutput.Target;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Erasure;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.apache.avro.AvroRuntimeException;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Stage of the topology that joins calls with their identity links and with Front Door's records.
 */
final class JoinStage implements Processor<byte[], StageOutput, byte[], StageOutput> {
  static final String NAME = "join";
  static final String STORE = "pending-calls" + StateFormat.SUFFIX;

  /**
   * Approximate largest number of calls, identity links and Front Door requests that a task
   * processes in one turn. They are due: their waiting has ended. While more are left, the next
   * turn comes after {@link #PAUSE}. After a standstill the calls of an hour may be due together.
   * They may be too many for the heap or for the time of one transaction.
   */
  private static final int MOST_DUE = 4_000;

  private static final Duration PAUSE = Duration.ofMillis(50);

  /**
   * Name that the tasks of the stage {@code join} use for the stage in the watermarks that they
   * send each other. Such a watermark says up to which arrival time a task has sent client
   * addresses from Front Door's records to the tasks where their calls wait. It names the sending
   * task {@code peers-3}, for example, in place of {@code join-3}.
   */
  private static final String PEERS = "peers";

  private final StageContext stageContext;
  private final StagePayloadCodec parts;
  private @Nullable Open open;

  /** Objects that the stage has from its initialization until it is closed. */
  private record Open(
      Joins joins,
      Outbox outbox,
      Watermarks activities,
      Watermarks peers,
      WatermarkBroadcast broadcast,
      WatermarkBroadcast peersSpreading) {}

  JoinStage(StageContext stageContext) {
    this.stageContext = stageContext;
    this.parts = new StagePayloadCodec(stageContext.rules().rules());
  }

  /**
   * Sender of the output of the joins to other tasks. Revised calls go to the stage of principals,
   * client addresses from Front Door to the task where their call waits.
   */
  private final class JoinOutput implements Joins.Output {
    private final Outbox outbox;

    JoinOutput(Outbox outbox) {
      this.outbox = outbox;
    }

    @Override
    public void revision(CallRevision revision) {
      Activity call = revision.activity();
      String key = call.getPrincipal() == null ? call.getEventId() : call.getPrincipal().getId();
      outbox.add(
          Target.REVISIONS,
          stageContext.layout().partitionOf(key),
          new StagePayload.OfRevision(revision));
    }

    @Override
    public void undecodable(String id, AvroRuntimeException why) {
      outbox.letter(id, String.valueOf(why.getMessage()));
    }

    @Override
    public void withoutClaims(PendingHalf call) {
      outbox.add(
          Target.REVISIONS,
          stageContext.layout().partitionOf(Objects.requireNonNull(call.callerKey())),
          new StagePayload.OfAttributed(call));
    }

    @Override
    public void peer(String callId, String peer, long arrivalAt) {
      outbox.add(
          Target.HALVES,
          stageContext.layout().partitionOf(callId),
          new StagePayload.Peer(callId, peer, arrivalAt));
    }
  }

  @Override
  public void init(ProcessorContext<byte[], StageOutput> context) {
    Outbox outbox = new Outbox(context, stageContext, parts, NAME);
    SubjectStore store = context.getStateStore(STORE);
    Joins joins =
        new Joins(
            stageContext.enrichment(),
            stageContext.joins(),
            store,
            stageContext.counts()::counted,
            new JoinOutput(outbox),
            MOST_DUE,
            () -> BuiltInRules.needsAllCallsWithoutClaims(stageContext.rules()));
    store.beforeCommit(joins::write);
    open =
        new Open(
            joins,
            outbox,
            new Watermarks(stageContext.layout().tasks(ActivityStage.NAME)),
            new Watermarks(stageContext.layout().tasks(PEERS)),
            new WatermarkBroadcast(),
            new WatermarkBroadcast());
    context.schedule(PAUSE, PunctuationType.WALL_CLOCK_TIME, now -> workOn());
  }

  @Override
  public void process(Record<byte[], StageOutput> record) {
    Open here = Objects.requireNonNull(open);
    StageRecord read = here.outbox().read(record);
    for (StagePayload part : read.parts()) {
      if (part instanceof StagePayload.Half half) {
        here.joins().take(half.id(), half.half());
      } else if (part instanceof StagePayload.EdgeHalf half) {
        take(here.joins(), half.activity());
      } else if (part instanceof StagePayload.Peer peer) {
        here.joins().takePeer(peer.callId(), peer.peer(), peer.arrivalAt());
      } else if (part instanceof StagePayload.OfErasure of) {
        erase(here, of.erasure());
      }
    }
    if (read.watermark() != null) {
      advance(here, read.watermark());
    }
    here.outbox().flush();
  }

  private static void take(Joins joins, Activity half) {
    if (half.getKind() == ActivityKind.EDGE_REQUEST) {
      joins.takeEdge(half);
    } else {
      joins.takeEdgeless(half);
    }
  }

  private void advance(Open here, Watermark watermark) {
    here.activities().take(watermark);
    here.peers().take(watermark);
    long low = here.activities().low();
    long peersLow = stageContext.joins().edges() ? here.peers().low() : low;
    long grace = here.activities().grace();
    here.joins().advance(low, peersLow, grace, here.activities().takeOverdue());
    Watermark peers = new Watermark(here.outbox().task().replace(NAME, PEERS), low, grace, false);
    if (stageContext.joins().edges() && here.peersSpreading().takeDue(peers, here.outbox().now())) {
      here.outbox().watermark(peers);
      here.outbox().flushToAll(Target.HALVES);
    }
    announce(here);
  }

  private void workOn() {
    Open here = open;
    if (here != null && here.joins().isBehind()) {
      here.joins().work();
      announce(here);
      here.outbox().flush();
    }
  }

  private static void announce(Open here) {
    Watermark own = here.outbox().watermark(here.joins().low(), here.joins().grace(), false);
    if (here.broadcast().takeDue(own, here.outbox().now())) {
      here.outbox().flushToAll(Target.REVISIONS);
    }
  }

  private void erase(Open here, Erasure erasure) {
    ErasedPrincipal erasing = new ErasedPrincipal(erasure);
    here.joins().erase(erasing);
    here.outbox()
        .addToAll(Target.FINDINGS, ErasureCodec.passedOn(erasing, here.outbox().task(), List.of()));
  }
}
