package dev.lockstep.sentinel.delivery;

import dev.lockstep.schemas.Detection;
import dev.lockstep.sentinel.logs.DetectionRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/**
 * Tells which rows a forwarder would send, in the order of time, and sends none: revisions of
 * shadowed rules and those that a bound holds back do not go, and what was held back is told in a
 * row of its own. For one thread.
 */
public final class RowEstimate {
  private final TopicPartition partition;
  private final SendQuota quota;
  private long offset;
  private long heldBack;

  /** Creates one for a configuration that nothing has been sent by. */
  public RowEstimate(ForwarderConfig config) {
    this.partition = new TopicPartition(config.detectionsTopic(), 0);
    this.quota = new SendQuota(config, new QuotaState());
  }

  /**
   * Takes a revision.
   *
   * @param now when it comes; never earlier than before
   * @return the rows that go then
   */
  public List<DetectionRow> take(Detection revision, Instant now) {
    List<DetectionRow> rows = new ArrayList<>(until(now));
    if (Boolean.TRUE.equals(revision.getShadow())) {
      return rows;
    }
    DetectionRow row = DetectionRow.of(revision);
    Batch.Line line = new Batch.Line(row, partition, offset++);
    switch (quota.judge(line, now, SendQuota.Share.WHOLE)) {
      case GOES -> rows.add(row);
      case CAPPED, OVER_BUDGET, OVER_CEILING -> heldBack++;
      case STAYS -> {}
    }
    return rows;
  }

  /** Returns the rows that say what was held back in the hours and days that are over. */
  public List<DetectionRow> until(Instant now) {
    List<DetectionRow> rows = new ArrayList<>();
    for (SendQuota.Due due : quota.due(now)) {
      rows.add(DetectionRow.of(due.detection()));
      quota.settled(due.detection().getId());
    }
    return rows;
  }

  /** Returns how many detections were held back, each once an hour, or once a day. */
  public long heldBack() {
    return heldBack;
  }
}
