package dev.lockstep.sentinel.delivery;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.DetectionStatus;
import dev.lockstep.sentinel.logs.StreamForm;
import dev.lockstep.sentinel.sink.Row;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/**
 * Simulator of a forwarder, which returns the rows that would be sent, without sending any. It
 * takes revisions of detections. Revisions of rules in shadow and those that a limit holds back are
 * left out; rows about what was held back are included. A revision is never left out because a
 * newer one is available, and {@link ForwarderConfig#forwardFrom} has no effect. For one thread.
 */
public final class ForwarderSimulator {
  private final StreamForm form;
  private final TopicPartition partition;
  private final SendQuota quota;
  private long offset;
  private long heldBack;

  /**
   * Creates a simulator of a forwarder that has not sent or held back any row before.
   *
   * @param form form of the rows, whose size counts for a daily budget in bytes
   */
  public ForwarderSimulator(ForwarderConfig config, StreamForm form) {
    this.form = form;
    this.partition = new TopicPartition(config.detectionsTopic(), 0);
    this.quota = new SendQuota(config, new QuotaCounts());
  }

  /**
   * Adds a revision of a detection, and returns the rows that the forwarder would send at the given
   * time. Among them are rows that report how much was held back in an hour or day that is over.
   *
   * @param now time of the revision, not earlier than the time given in the previous call
   */
  public List<Row> take(Detection revision, Instant now) {
    List<Row> rows = new ArrayList<>(until(now));
    if (DetectionStatus.isInShadow(revision)) {
      return rows;
    }
    Row row = form.row(revision);
    Batch.Line line = new Batch.Line(row, partition, offset++);
    switch (quota.judge(line, now, SendQuota.Share.WHOLE)) {
      case GOES -> rows.add(row);
      case CAPPED, OVER_BUDGET, OVER_CEILING -> heldBack++;
      case HELD_UNCOUNTED -> {}
    }
    return rows;
  }

  /**
   * Returns the rows that report how much was held back in each hour or day that is over at the
   * given time. A row that was returned once is not returned again.
   */
  public List<Row> until(Instant now) {
    List<Row> rows = new ArrayList<>();
    for (SendQuota.Due due : quota.due(now)) {
      rows.add(form.row(due.detection()));
      quota.finished(due.detection().getId());
    }
    return rows;
  }

  /**
   * Returns the number of detections that a cap, the daily budget or a ceiling held back. One that
   * is held back in several hours or days counts in each of them. A detection may count again in
   * the same hour or day, for example if a revision was sent in between.
   */
  public long heldBack() {
    return heldBack;
  }
}
