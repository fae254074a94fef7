package dev.lockstep.sentinel.delivery;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.DetectionStatus;
import dev.lockstep.schemas.Severity;
import dev.lockstep.sentinel.delivery.Batch.Line;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Quota that decides which rows are sent and which are held back for good, by caps, a budget and
 * ceilings for severity High. Caps and ceilings are hourly, the budget is daily. The budget is of
 * all rows, and each rule has a ceiling of its own. One overflow row for each hour or day states
 * what was held back.
 *
 * <p>Cap and budget do not hold back a row of severity High. Only the ceiling of its rule does; it
 * counts each revision. A row that withdraws a finding is always sent, unless every revision of
 * that finding is known to be held back. The cap, but not the budget, lets a later revision pass if
 * its detection is not known to be held back, because somebody may be looking at that detection.
 * Every row that is sent counts.
 */
final class SendQuota {
  private static final int MOST_KEPT = 1 << 17;

  /**
   * Partition and period in which a detection was held back.
   *
   * @param neverSent if no revision of the detection was sent
   */
  private record HeldBack(TopicPartition partition, Period period, boolean neverSent) {}

  /**
   * Share of the topic's partitions that this instance reads.
   *
   * @param partitions number of partitions that this instance reads
   * @param of number of all partitions
   */
  record Share(int partitions, int of) {
    static final Share WHOLE = new Share(1, 1);

    /** Returns this instance's share of a limit, rounded up. */
    int part(int most) {
      return partitions >= of ? most : (int) (((long) most * partitions + of - 1) / of);
    }
  }

  private final Map<String, Integer> mostRows;
  private final int mostHighRows;
  private final @Nullable DailyBudget budget;
  private final OverflowRows overflow;
  private final QuotaCounts quotaCounts;
  private final Map<String, HeldBack> held =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, HeldBack> eldest) {
          return size() > MOST_KEPT;
        }
      };
  private final Map<String, Report> underWay = new HashMap<>();
  private long nextOffset = -1;

  SendQuota(ForwarderConfig config, QuotaCounts quotaCounts) {
    this.mostRows = config.maxRowsPerHour();
    this.mostHighRows = config.maxHighRowsPerHour();
    this.budget = config.dailyBudget();
    this.overflow = new OverflowRows(config);
    this.quotaCounts = quotaCounts;
  }

  /** Decision whether a row is sent, or what holds it back. */
  enum Decision {
    GOES,
    /**
     * Row that is held back without raising the count of held back detections. Either an earlier
     * revision was counted in the same hour or day, or the row withdraws a finding that was never
     * sent.
     */
    HELD_UNCOUNTED,
    /** Row that its rule's cap holds back, and that is counted as held back. */
    CAPPED,
    /** Row that the daily budget holds back, and that is counted as held back. */
    OVER_BUDGET,
    /** Row that the ceiling for severity High holds back, and that is counted as held back. */
    OVER_CEILING
  }

  Decision judge(Line line, Instant now, Share share) {
    Detection detection = line.row().detection();
    Integer most = mostRows.get(detection.getRule());
    @Nullable Period hour = most == null ? null : Period.hour(detection.getRule(), now);
    @Nullable Period day = budget == null ? null : Period.day(now);
    HeldBack before = held.get(detection.getId());
    boolean high = detection.getSeverity() == Severity.High;
    @Nullable Period highHour =
        high && mostHighRows != ForwarderConfig.NO_CEILING
            ? Period.highHour(detection.getRule(), now)
            : null;
    if (DetectionStatus.isWithdrawn(detection)) {
      if (before != null && before.neverSent()) {
        return Decision.HELD_UNCOUNTED; // the withdrawn finding was never sent
      }
    } else if (high) {
      if (highHour != null && !hasRoom(highHour, share)) {
        return hold(line, highHour, before, Decision.OVER_CEILING);
      }
    } else {
      boolean looked = line.first() > 1 && before == null;
      if (hour != null && most != null && !looked && quotaCounts.total(hour).sent() >= most) {
        return hold(line, hour, before, Decision.CAPPED);
      }
      if (day != null && budget != null && !hasRoom(budget, day, line)) {
        return hold(line, day, before, Decision.OVER_BUDGET);
      }
    }
    held.remove(detection.getId());
    send(line, hour);
    send(line, day);
    send(line, highHour);
    return Decision.GOES;
  }

  private boolean hasRoom(Period highHour, Share share) {
    int sent = quotaCounts.total(highHour).sent();
    return sent < share.part(mostHighRows)
        && sent + quotaCounts.sentElsewhere(highHour) < mostHighRows;
  }

  private boolean hasRoom(DailyBudget of, Period day, Line line) {
    PeriodCount gone = quotaCounts.total(day);
    return of.hasRoomFor(gone.sent(), gone.bytes(), line.row().bytes());
  }

  private void send(Line line, @Nullable Period period) {
    if (period != null) {
      quotaCounts.record(
          line.partition(), line.offset(), PeriodCount.sent(period, 1, line.row().bytes()));
    }
  }

  private Decision hold(Line line, Period period, @Nullable HeldBack before, Decision decision) {
    Detection detection = line.row().detection();
    boolean counted = before != null && before.period().equals(period);
    boolean neverSent = before == null ? line.first() == 1 : before.neverSent();
    held.put(detection.getId(), new HeldBack(line.partition(), period, neverSent));
    quotaCounts.record(
        line.partition(),
        line.offset(),
        new PeriodCount(
            period,
            0,
            0,
            counted ? 0 : 1,
            detection.getSeverity(),
            detection.getRuleVersion(),
            List.of(detection.getId())),
        counted || !period.high() ? List.of() : DetectionSubject.of(detection));
    return counted ? Decision.HELD_UNCOUNTED : decision;
  }

  /**
   * Use of the daily budget by the partitions of this instance.
   *
   * @param held number of detections that the budget held back today
   */
  record BudgetUse(DailyBudget budget, long rows, long bytes, long held) {
    double part() {
      return budget.used(rows, bytes);
    }
  }

  @Nullable BudgetUse used(Instant now) {
    if (budget == null) {
      return null;
    }
    PeriodCount gone = quotaCounts.total(Period.day(now));
    return new BudgetUse(budget, gone.sent(), gone.bytes(), gone.held());
  }

  /**
   * Returns a detection for each finished period in which rows were held back, to report how many.
   * A period is left out while its detection is being sent.
   */
  List<Due> due(Instant now) {
    quotaCounts.evictPast(now);
    List<Due> due = new ArrayList<>();
    for (PeriodCount total : quotaCounts.heldBefore(now)) {
      Period period = total.period();
      if (underWay.values().stream().noneMatch(report -> report.period().equals(period))) {
        Set<TopicPartition> partitions = quotaCounts.holding(period);
        TopicPartition partition =
            Collections.min(partitions, Comparator.comparingInt(TopicPartition::partition));
        Detection detection =
            overflow.of(total, quotaCounts.busiest(period), partition.partition());
        underWay.put(detection.getId(), new Report(period, partition, partitions));
        due.add(new Due(detection, partition, nextOffset--));
      }
    }
    return due;
  }

  /**
   * Detection that reports how many rows were held back in a finished hour or day.
   *
   * @param partition partition that is not committed further until this detection is sent
   * @param offset negative number that stands in for an offset, because the detection is not in the
   *     topic
   */
  record Due(Detection detection, TopicPartition partition, long offset) {}

  /**
   * Report that is being sent, about the rows held back in a finished hour or day.
   *
   * @param period the finished hour or day
   * @param by partition that is not committed further until the report is sent
   * @param of partitions whose counts the report adds up
   */
  private record Report(Period period, TopicPartition by, Set<TopicPartition> of) {}

  /**
   * Drops the counts of a finished hour or day after its report was delivered or became a dead
   * letter. The report is the detection that {@link #due} made of the counts. Drops nothing for any
   * other detection.
   */
  void finished(String detectionId) {
    Report report = underWay.remove(detectionId);
    if (report != null) {
      quotaCounts.dropReported(report.period(), report.of());
    }
  }

  void drop(Collection<TopicPartition> partitions) {
    held.values().removeIf(one -> partitions.contains(one.partition()));
    underWay.values().removeIf(report -> partitions.contains(report.by()));
  }
}
