package dev.lockstep.detections.topology;

import dev.lockstep.detections.encoding.TextLimits;
import dev.lockstep.detections.join.JoinableCalls;
import dev.lockstep.detections.join.PendingHalf;
import dev.lockstep.detections.message.EventCopies;
import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.detections.topology.StageOutput.Target;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.BundleReader;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Erasure;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.WatermarkRecord;
import dev.lockstep.schemas.Where;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * First stage of the topology, which reads activities, and sends what rules observe in them to the
 * stages of their subjects. What may be joined goes to the stage of joins.
 *
 * <p>It recognises copies of recent events. It stores the watermarks of source partitions, so that
 * it waits for a silent partition after a restart too. Graces end by the source that is furthest
 * ahead, so a slower source may bring records whose grace is over. When the slower source has been
 * read to its end, the watermark says so, and all overdue work becomes due.
 */
final class ActivityStage implements Processor<byte[], byte[], byte[], StageOutput> {
  static final String NAME = "activity";
  static final String STORE = "source-watermarks" + StateFormat.SUFFIX;

  private static final int MOST_RECENT = 50_000;

  private final StageContext stageContext;
  private RuleSet rules;
  private Routers routers;
  private final BundleReader<Activity> reader = new BundleReader<>(Activity.getClassSchema());
  private final SingleObject<Activity> codec = new SingleObject<>(Activity.getClassSchema());
  private final StagePayloadCodec parts;
  private final EventCopies copies = new EventCopies(MOST_RECENT);
  private final List<Message> local = new ArrayList<>();
  private final List<StagePayload.OfErasure> erasures = new ArrayList<>();

  /**
   * Names of source partitions, by source, that were read to their end and have brought no overdue
   * activity since. An activity is overdue if the service had already stopped waiting for
   * activities with its arrival time. An overdue activity from a file counts for all files of the
   * source, because they share a watermark.
   */
  private final Map<String, Set<String>> idleOrigins = new HashMap<>();

  private SourceWatermarks sources = new SourceWatermarks();
  private int partition;
  private boolean overdue;
  private @Nullable Open open;

  /** Objects that the stage has from its initialization until it is closed. */
  private record Open(
      KeyValueStore<String, byte[]> store, Outbox outbox, WatermarkBroadcast broadcast) {}

  ActivityStage(StageContext stageContext) {
    this.stageContext = stageContext;
    this.rules = stageContext.rules();
    this.parts = new StagePayloadCodec(rules.rules());
    this.routers = new Routers(stageContext, rules);
  }

  private void takeRules() {
    RuleSet now = stageContext.rules();
    if (now != rules) {
      routers.use(now);
      parts.use(now.rules());
      rules = now;
    }
  }

  @Override
  public void init(ProcessorContext<byte[], StageOutput> context) {
    rules = stageContext.rules();
    parts.use(rules.rules());
    // Facts stated in a failed transaction must not be remembered as stated.
    routers = new Routers(stageContext, rules);
    partition = context.taskId().partition();
    KeyValueStore<String, byte[]> store = context.getStateStore(STORE);
    open =
        new Open(store, new Outbox(context, stageContext, parts, NAME), new WatermarkBroadcast());
    sources = new SourceWatermarks();
    idleOrigins.clear();
    local.clear();
    erasures.clear();
    new StoredRecords<>(store, codec)
        .forEach(
            (source, record) -> {
              WatermarkRecord last = WatermarkRecord.of(record);
              sources.restore(source, last.lowAt(), last.isIdle(), last.graceAt());
            });
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    Open here = Objects.requireNonNull(open);
    takeRules();
    Erasure erasure = record.value() == null ? ErasureCodec.of(record.headers()) : null;
    if (erasure != null) {
      erase(here, erasure);
    } else {
      byte[] value = record.value() == null ? new byte[0] : record.value();
      BundleReader.Unread unread = reader.read(value, activity -> take(here, activity));
      if (unread != null) {
        here.outbox().letter("not-an-activity", unread);
      }
    }
    Watermark watermark = here.outbox().watermark(sources.low(), sources.grace(), overdue);
    boolean spread = here.broadcast().takeDue(watermark, here.outbox().now());
    if (spread || !local.isEmpty() || !erasures.isEmpty()) {
      here.outbox()
          .forward(
              StageOutput.here(
                  new StageOutput.Observed(
                      rules, List.copyOf(local), watermark, List.copyOf(erasures))));
      local.clear();
      erasures.clear();
    }
    if (spread && (stageContext.joins().links() || stageContext.joins().edges())) {
      here.outbox().flushToAll(Target.HALVES);
    }
    if (spread) {
      overdue = false;
    }
    here.outbox().flush();
  }

  /**
   * Passes a request to erase a principal on to the next stages. A request for all state goes to
   * the stage {@code principal} of the same task and to all tasks of the stage {@code join}. A past
   * detection in the request goes to the task of its finding, which may have evicted the finding.
   */
  private void erase(Open here, Erasure erasure) {
    String stage = here.outbox().task();
    if (erasure.getFindings() == null) {
      Erasure own = Erasure.newBuilder(erasure).setStage(stage).setPast(List.of()).build();
      erasures.add(new StagePayload.OfErasure(own));
      here.outbox().addToAll(Target.HALVES, new StagePayload.OfErasure(own));
    }
    for (Detection past : erasure.getPast()) {
      Erasure one =
          Erasure.newBuilder(erasure)
              .setStage(stage)
              .setFindings(List.of(past.getId()))
              .setPast(List.of(past))
              .build();
      here.outbox()
          .add(
              Target.FINDINGS,
              stageContext.layout().partitionOf(past.getId()),
              new StagePayload.OfErasure(one));
    }
  }

  private void take(Open here, Activity activity) {
    if (WatermarkRecord.is(activity)) {
      watermark(here, WatermarkRecord.of(activity));
      return;
    }
    boolean isCut = TextLimits.cut(activity);
    if (activity.getArrivalAt() < sources.grace()) {
      overdue(activity.getWhere());
    }
    EventCopies.Relation relation =
        stageContext
            .counts()
            .relate(
                activity, copies, EventCopies.identity(activity), EventCopies.content(activity));
    routers.of(activity).take(activity, relation, message -> route(here, message));
    if (relation != EventCopies.Relation.DIFFERENT) {
      join(here, activity, isCut);
    }
  }

  private void join(Open here, Activity activity, boolean isCut) {
    TopologyLayout layout = stageContext.layout();
    if (routers.inForce().needsLink(activity)) {
      here.outbox()
          .add(
              Target.HALVES,
              layout.partitionOf(activity.getEventId()),
              new StagePayload.Half(
                  activity.getEventId(),
                  PendingHalf.of(activity, isCut ? null : reader.currentBytes())));
    }
    if (routers.inForce().needsEdge(activity)) {
      Activity half =
          activity.getKind() == ActivityKind.EDGE_REQUEST
              ? JoinableCalls.edgeHalf(activity)
              : activity;
      here.outbox()
          .add(
              Target.HALVES,
              layout.partitionOf(String.valueOf(activity.getTrackingReference())),
              new StagePayload.EdgeHalf(half));
    }
  }

  private void route(Open here, Message message) {
    int to = stageContext.layout().partitionOf(message.subject());
    if (message.subject().kind() != Subject.Kind.PRINCIPAL) {
      here.outbox().add(Target.SUBJECTS, to, new StagePayload.OfMessage(message));
    } else if (to == partition) {
      local.add(message);
    } else {
      here.outbox().add(Target.PRINCIPALS, to, new StagePayload.OfMessage(message));
    }
  }

  private void watermark(Open here, WatermarkRecord now) {
    String origin = origin(now.where());
    Activity stored = new StoredRecords<>(here.store(), codec).get(origin);
    WatermarkRecord last = stored == null ? null : WatermarkRecord.of(stored);
    boolean onlyThere = now.lowAt() == SourceWatermarks.UNKNOWN && !now.isIdle();
    boolean isNew =
        !onlyThere && last != null && (now.lowAt() > last.lowAt() || now.isIdle() != last.isIdle());
    sources.take(origin, now.lowAt(), now.isIdle(), here.outbox().now());
    if (last == null || isNew || (onlyThere && sources.isAwaited(origin))) {
      WatermarkRecord kept =
          new WatermarkRecord(now.where(), now.lowAt(), sources.reportedAt(origin), now.isIdle());
      here.store().put(origin, codec.encode(kept.toActivity()));
    }
    sources.takeGrace(now.graceAt());
    boolean isIdle = now.graceAt() > now.lowAt();
    if (isIdle && idleOrigins(now.where().getSource()).add(origin)) {
      overdue = true;
    }
  }

  private Set<String> idleOrigins(String source) {
    return idleOrigins.computeIfAbsent(source, name -> new HashSet<>());
  }

  /**
   * Records that a source partition brought an overdue activity. The service had already stopped
   * waiting for activities with such an arrival time. When the partition is next read to its end,
   * everything overdue becomes due.
   */
  private void overdue(Where where) {
    if (where.getFile() != null) {
      idleOrigins.remove(where.getSource()); // all files of a source share a watermark
    } else {
      idleOrigins(where.getSource()).remove(origin(where));
    }
  }

  private static String origin(Where origin) {
    return origin.getSource() + "/" + origin.getHub() + "/" + origin.getPartition();
  }
}
