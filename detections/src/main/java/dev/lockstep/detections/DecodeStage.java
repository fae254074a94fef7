package dev.lockstep.detections;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.BundleReader;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Quoted;
import dev.lockstep.schemas.Where;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns bytes into activities, and the clocks of source partitions into one: up to where all of
 * them have passed, said when it moves. The clocks are kept, so that a partition that says nothing
 * for a while is waited for after a restart too.
 *
 * <p>A grace goes by the furthest source, and another may bring what is older than it. Once that
 * one rests, the clock that goes on is flagged as its idle origin's: what is overdue is due then.
 */
final class DecodeStage implements Processor<byte[], byte[], String, SpecificRecord> {
  private static final Logger LOG = LoggerFactory.getLogger(DecodeStage.class);
  private static final long LOG_EVERY = 1000;

  /** Who takes over a task has heard nothing; often enough for it, and seldom beside the rest. */
  private static final long SAID_AGAIN_MILLIS = Duration.ofSeconds(15).toMillis();

  /** A broker takes messages of 1 MiB by default, and a letter holds more than the body. */
  private static final int LETTER_BYTES = 1_000_000;

  private final Stores stores;
  private final BundleReader<Activity> reader = new BundleReader<>(Activity.getClassSchema());
  private StageClocks clocks = new StageClocks(1);

  /** By source, the origins that were said to rest and have brought nothing overdue since. */
  private Map<String, Set<String>> rested = new HashMap<>();

  private long saidAt;
  private long letters;
  private @Nullable Open open;

  private record Open(
      ProcessorContext<String, SpecificRecord> context, StateStore<Activity> lastClocks) {}

  private DecodeStage(Stores stores) {
    this.stores = stores;
  }

  static ProcessorSupplier<byte[], byte[], String, SpecificRecord> supplier(Stores stores) {
    return stores.stage(() -> new DecodeStage(stores), Stores.SOURCE_CLOCKS);
  }

  @Override
  public void init(ProcessorContext<String, SpecificRecord> context) {
    StateStore<Activity> lastClocks =
        stores.open(context, Stores.SOURCE_CLOCKS, Activity.getClassSchema());
    open = new Open(context, lastClocks);
    clocks = new StageClocks(1);
    rested = new HashMap<>();
    lastClocks.forEach(
        (key, clock) ->
            clocks.restore(
                origin(clock), clock.getArrivalAt(), clock.getIdleOrigin(), clock.getEventAt()));
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    Erasing erasing = record.value() == null ? Erasing.of(record.headers()) : null;
    if (erasing != null) {
      erase(erasing, record.timestamp());
      return;
    }
    // A record without a value is no activity either.
    byte[] whole = record.value() == null ? new byte[0] : record.value();
    BundleReader.Unread unread = reader.read(whole, activity -> process(record, activity));
    if (unread != null) {
      letter(record, unread);
    }
  }

  /** Passes an erasure on: of state on a clock, of findings that were evicted as what they said. */
  private void erase(Erasing erasing, long timestamp) {
    Open here = Objects.requireNonNull(open);
    String stage = "activity-" + here.context().taskId().partition();
    if (erasing.isOfState()) {
      Activity clock = StageClocks.clock(stage, StageClocks.UNKNOWN);
      here.context().forward(new Record<>("", clock, timestamp, erasing.passedOn(stage)));
    }
    for (Detection past : erasing.request().getPast()) {
      Contribution said = Findings.said(past, List.of());
      Headers headers = erasing.passedOn(stage, List.of(past.getId()));
      here.context().forward(new Record<>(past.getId(), said, timestamp, headers));
    }
  }

  /** What is no activity must not stop those behind it; its beginning is kept, and it is said. */
  private void letter(Record<byte[], byte[]> record, BundleReader.Unread unread) {
    Open here = Objects.requireNonNull(open);
    RecordMetadata from = here.context().recordMetadata().orElse(null);
    Where where = new Where("activity", null, null, -1, -1L, unread.index());
    if (from != null) {
      where.setHub(from.topic());
      where.setPartition(from.partition());
      where.setPosition(from.offset());
    }
    if (letters++ % LOG_EVERY == 0) {
      LOG.warn(
          "no activity at {}-{} offset {}, kept as a dead letter, number {}",
          where.getHub(),
          where.getPartition(),
          where.getPosition(),
          letters);
    }
    DeadLetter letter = new DeadLetter();
    letter.setReason("not-an-activity");
    letter.setDetail(Quoted.excerpt(unread.why(), 200));
    letter.setWhere(where);
    letter.setArrivalAt(record.timestamp());
    letter.setBody(
        ByteBuffer.wrap(unread.bytes(), 0, Math.min(unread.bytes().length, LETTER_BYTES)));
    here.context().forward(new Record<>("activity", letter, record.timestamp()));
  }

  private void process(Record<byte[], byte[]> record, Activity activity) {
    Open here = Objects.requireNonNull(open);
    if (activity.getKind() != ActivityKind.CLOCK) {
      Bounds.cut(activity);
      if (activity.getArrivalAt() < clocks.grace()) {
        overdue(activity.getWhere());
      }
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
      long graceAt = activity.getEventAt();
      activity.setEventAt(clocks.highest());
      here.lastClocks().put(key, activity);
      activity.setEventAt(graceAt);
    }
    boolean advanced = advance(activity);
    boolean graced = clocks.graced(activity.getEventAt());
    boolean rests = activity.getEventAt() > activity.getArrivalAt();
    boolean overdue = rests && rested(activity.getWhere().getSource()).add(origin(activity));
    long now = here.context().currentSystemTimeMs();
    if (advanced || graced || overdue || (rests && now - saidAt >= SAID_AGAIN_MILLIS)) {
      saidAt = now;
      activity.setIdleOrigin(overdue);
      activity.setEventId("activity-" + here.context().taskId().partition());
      activity.setArrivalAt(clocks.low());
      activity.setEventAt(clocks.grace());
      here.context().forward(new Record<>("", activity, record.timestamp()));
    }
  }

  private Set<String> rested(String source) {
    return rested.computeIfAbsent(source, name -> new HashSet<>());
  }

  /** Notes that there is something whose grace was over when it came. */
  private void overdue(Where where) {
    if (where.getFile() != null) {
      rested.remove(where.getSource()); // all files of a source have one clock
    } else {
      rested(where.getSource()).remove(origin(where));
    }
  }

  private boolean advance(Activity clock) {
    return clocks.advance(origin(clock), clock.getArrivalAt(), clock.getIdleOrigin());
  }

  private static String origin(Activity clock) {
    return origin(clock.getWhere());
  }

  private static String origin(Where origin) {
    return origin.getSource() + "/" + origin.getHub() + "/" + origin.getPartition();
  }
}
