package dev.lockstep.detections.topology;

import dev.lockstep.detections.engine.Engine;
import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.message.Output;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.detections.topology.StageOutput.Target;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Confirmation;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Detection;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorContext;

/**
 * Wrapper of the engine of one task: it passes messages to the engine, and output for other tasks
 * to the outbox. The messages are about either the principals or the other subjects of a partition.
 *
 * <p>Before each commit it writes all changes, so that state, findings and offsets are one
 * transaction.
 */
final class EngineTask implements Output {
  private static final Duration TICK = Duration.ofSeconds(1);

  /**
   * Divisor of the heap's size that gives the memory for the live objects of all tasks together.
   */
  private static final int HEAP_DIVISOR = 40;

  /** Estimated heap bytes of a subject with a few facts. */
  private static final int SUBJECT_BYTES = 3_600;

  private static final int FEWEST_OPEN = 100;

  /**
   * Divisor of {@link #mostOpen} that gives the number of subjects that a task keeps as objects.
   * The number is at least {@value #FEWEST_OPEN}. It is the limit for tokens and sessions together,
   * and separately for all other kinds together. Few subjects are kept, because the garbage
   * collector copies live objects. It does not copy cached records, which are mostly outside the
   * heap.
   */
  private static final int OPEN_DIVISOR = 10;

  /**
   * Divisor of the heap's size that gives the total size of all tasks' caches of state records. The
   * caches keep recently used records, and are mostly outside the heap.
   */
  private static final int RECENT_DIVISOR = 4;

  private static final int SWEPT_A_TICK = 10_000;

  private final StageContext stageContext;
  private final boolean ofPrincipals;
  private final int partition;
  private Engine engine;
  private final Outbox outbox;
  private final Queue<Message> local = new ArrayDeque<>();
  private boolean idle;

  EngineTask(
      StageContext stageContext,
      RuleSet rules,
      boolean ofPrincipals,
      ProcessorContext<byte[], StageOutput> context,
      SubjectStore store,
      Outbox outbox) {
    this.stageContext = stageContext;
    this.ofPrincipals = ofPrincipals;
    this.partition = context.taskId().partition();
    this.outbox = outbox;
    this.engine =
        new Engine(
            rules.rules(),
            stageContext.enrichment(),
            store,
            rules.alerts(),
            stageContext.counts(),
            this,
            mostOpen(stageContext.layout()));
    engine.startedAnew().forEach(stageContext.counts()::startedAnew);
    engine.tick(context.currentSystemTimeMs()); // alerts may come before the first tick
    keepFewOpen();
    store.beforeCommit(this::write);
    store.keepRecent(mostRecent(stageContext.layout(), ofPrincipals));
    context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, this::tick);
  }

  /**
   * Returns how many small subjects, of a few facts each, a task could keep as objects in its share
   * of the heap. All tasks are assumed to run in one process. The task keeps fewer subjects than
   * this number.
   */
  private static int mostOpen(TopologyLayout layout) {
    long all = Runtime.getRuntime().maxMemory() / HEAP_DIVISOR / SUBJECT_BYTES;
    return (int) Math.max(FEWEST_OPEN, all / 2 / layout.partitions());
  }

  /**
   * Returns the largest size, in bytes, of a task's cache of recently used records. Most of these
   * bytes are outside the heap. The cache of a task of tokens, sessions and addresses is three
   * times as large as the cache of a task of principals, because a principal has several tokens,
   * sessions and addresses.
   */
  private static long mostRecent(TopologyLayout layout, boolean ofPrincipals) {
    long quarter = Runtime.getRuntime().maxMemory() / RECENT_DIVISOR / 4 / layout.partitions();
    return ofPrincipals ? quarter : 3 * quarter;
  }

  private void keepFewOpen() {
    engine.writeAtOnce();
    engine.mostSubjects(Math.max(FEWEST_OPEN, mostOpen(stageContext.layout()) / OPEN_DIVISOR));
  }

  /**
   * Writes the state and gives out the findings of the present rules, and then replaces the rules.
   */
  void use(RuleSet rules) {
    engine.close();
    while (!local.isEmpty()) {
      takeLocal();
      engine.close();
    }
    engine = engine.judgingBy(rules.rules());
    engine.startedAnew().forEach(stageContext.counts()::startedAnew);
    keepFewOpen();
  }

  Engine engine() {
    return engine;
  }

  @Override
  public void message(Message message) {
    Subject subject = message.subject();
    boolean isPrincipal = subject.kind() == Subject.Kind.PRINCIPAL;
    int to = stageContext.layout().partitionOf(subject);
    if (isPrincipal == ofPrincipals && to == partition) {
      local.add(message);
    } else {
      outbox.add(
          isPrincipal ? Target.PRINCIPALS : Target.SUBJECTS,
          to,
          new StagePayload.OfMessage(message));
    }
  }

  @Override
  public void contribution(Contribution contribution) {
    Detection detection = Objects.requireNonNull(contribution.getDetection());
    outbox.add(
        Target.FINDINGS,
        stageContext.layout().partitionOf(detection.getId()),
        new StagePayload.OfContribution(contribution));
  }

  @Override
  public void confirmation(Confirmation confirmation) {
    outbox.add(
        Target.FINDINGS,
        stageContext.layout().partitionOf(confirmation.getFinding()),
        new StagePayload.OfConfirmation(confirmation));
  }

  void take(Message message) {
    idle = false;
    engine.take(message);
    takeLocal();
  }

  /**
   * Processes the queued messages to subjects of this task. They were queued while the rules
   * observed a revision, which is a call that comes again because more is known of it.
   */
  void takeWaiting() {
    idle = false;
    takeLocal();
  }

  private void takeLocal() {
    Message next = local.poll();
    while (next != null) {
      engine.take(next);
      next = local.poll();
    }
  }

  void advance(Watermark watermark) {
    engine.advance(watermark.low(), watermark.grace(), watermark.overdue());
    takeLocal();
  }

  private void tick(long now) {
    engine.tick(now);
    takeLocal();
    if (idle) {
      engine.flush();
      takeLocal();
    }
    idle = true;
    engine.sweep(SWEPT_A_TICK);
    takeLocal();
    outbox.flush();
  }

  private void write() {
    do {
      takeLocal();
      while (engine.judgeLate()) {
        takeLocal();
      }
      engine.flushMost();
      takeLocal();
      engine.write();
    } while (!local.isEmpty() || engine.judgeLate());
    outbox.flush();
  }
}
