package dev.lockstep.detections;

import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Detection;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.StoreBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Keeps each finding as it stands, and gives out a revision when it changes. It alone assigns
 * revisions.
 */
final class FindingStage implements Processor<String, Contribution, String, Detection> {
  private static final long KEPT_MILLIS = 34 * Days.MILLIS;

  private final Stores stores;
  private final Tally tally;
  private final StageClocks clocks;
  private int forgotten = Integer.MIN_VALUE;
  private @Nullable Open open;

  private record Open(
      ProcessorContext<String, Detection> context, StateStore<Detection> findings) {}

  private FindingStage(Stores stores, Tally tally) {
    this.stores = stores;
    this.tally = tally;
    this.clocks = new StageClocks(2 * stores.partitions());
  }

  static ProcessorSupplier<String, Contribution, String, Detection> supplier(
      Stores stores, Tally tally) {
    return new ProcessorSupplier<>() {
      @Override
      public Processor<String, Contribution, String, Detection> get() {
        return new FindingStage(stores, tally);
      }

      @Override
      public Set<StoreBuilder<?>> stores() {
        return Set.of(stores.builder(Stores.FINDINGS));
      }
    };
  }

  @Override
  public void init(ProcessorContext<String, Detection> context) {
    open = new Open(context, stores.open(context, Stores.FINDINGS, Detection.getClassSchema()));
  }

  @Override
  public void process(Record<String, Contribution> record) {
    Open here = Objects.requireNonNull(open);
    Contribution contribution = record.value();
    Detection said = contribution.getDetection();
    if (said == null) {
      if (clocks.advance(
          Objects.requireNonNull(contribution.getStage()), contribution.getClockAt(), false)) {
        forget(here);
      }
      return;
    }
    Bytes key = StateStore.key(said.getId());
    Detection standing = here.findings().get(key);
    if (standing == null && said.getEndTime() < oldest()) {
      return; // said long ago and forgotten: nothing in time can have changed it
    }
    Detection next = next(standing, said);
    if (next != null) {
      if (next.getRevision() == 1) {
        tally.finding(next.getRule(), next.getSeverity().name());
      }
      here.findings().put(key, next);
      here.context().forward(new Record<>(next.getId(), next, record.timestamp()));
    }
  }

  /** Returns the next revision of a finding, or null if nothing changed. */
  static @Nullable Detection next(@Nullable Detection standing, Detection said) {
    boolean withdrawn = said.getReason().equals(Findings.WITHDRAWN);
    if (standing == null) {
      if (withdrawn) {
        return null;
      }
      said.setRevision(1);
      return said;
    }
    if (withdrawn) {
      if (standing.getReason().equals(Findings.WITHDRAWN)) {
        return null;
      }
      Detection taken = Findings.withdrawn(standing);
      taken.setRevision(standing.getRevision() + 1);
      return taken;
    }
    said.setRevision(standing.getRevision());
    if (said.equals(standing)) {
      return null;
    }
    said.setRevision(standing.getRevision() + 1);
    return said;
  }

  /** Returns the earliest end of a finding that is kept. */
  private long oldest() {
    return clocks.low() - KEPT_MILLIS;
  }

  private void forget(Open here) {
    int day = Days.of(clocks.low());
    if (day > forgotten) {
      forgotten = day;
      long oldest = oldest();
      here.findings().deleteIf(finding -> finding.getEndTime() < oldest);
    }
  }
}
