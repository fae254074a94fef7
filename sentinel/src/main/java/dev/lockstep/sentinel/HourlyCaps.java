package dev.lockstep.sentinel;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Severity;
import dev.lockstep.sentinel.Batch.Line;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Decides which rows of capped rules go now, and says in one row per rule and hour what did not.
 *
 * <p>A row of severity High always goes, and so does a revision of a detection that is not known to
 * be held back: somebody may be looking at it. Whatever goes counts towards the cap.
 */
final class HourlyCaps {
  private static final int MOST_REMEMBERED = 1 << 16;
  private static final int SECONDS = 3_600;

  /** Where and when a detection was held back. */
  private record HeldBack(TopicPartition partition, long hour) {}

  private final Map<String, Integer> mostRows;
  private final String topic;
  private final HourBook book;
  private final Map<String, HeldBack> held =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, HeldBack> eldest) {
          return size() > MOST_REMEMBERED;
        }
      };
  private final Map<String, HourCount> underWay = new HashMap<>();
  private long nextOffset = -1;

  HourlyCaps(SentinelConfig config, HourBook book) {
    this.mostRows = config.maxRowsPerHour();
    this.topic = config.detectionsTopic();
    this.book = book;
  }

  /** What is to become of a row. */
  enum Verdict {
    GOES,
    /** It is held back, as an earlier revision was in this hour. */
    STAYS,
    /** It is held back, and counted. */
    HELD
  }

  Verdict judge(Line line, Instant now) {
    Detection detection = line.row().detection();
    Integer most = mostRows.get(detection.getRule());
    if (most == null) {
      return Verdict.GOES;
    }
    long hour = hour(now);
    HourCount none = HourCount.none(detection.getRule(), hour);
    HeldBack before = held.get(detection.getId());
    boolean always =
        detection.getSeverity() == Severity.High || (detection.getRevision() > 1 && before == null);
    if (always || book.total(detection.getRule(), hour).sent() < most) {
      held.remove(detection.getId());
      book.note(
          line.partition(),
          line.offset(),
          new HourCount(none.rule(), hour, 1, 0, none.highest(), 0, List.of()));
      return Verdict.GOES;
    }
    boolean counted = before != null && before.hour() == hour;
    held.put(detection.getId(), new HeldBack(line.partition(), hour));
    book.note(
        line.partition(),
        line.offset(),
        new HourCount(
            none.rule(),
            hour,
            0,
            counted ? 0 : 1,
            detection.getSeverity(),
            detection.getRuleVersion(),
            List.of(detection.getId())));
    return counted ? Verdict.STAYS : Verdict.HELD;
  }

  /** Returns a row for each rule and hour that is over and held something back. */
  List<Line> due(Instant now) {
    long hour = hour(now);
    book.forgetQuiet(hour);
    List<Line> lines = new ArrayList<>();
    underWay.clear();
    for (HourCount total : book.heldBefore(hour)) {
      TopicPartition partition = book.firstHolding(total);
      Detection detection = overflow(total, partition.partition());
      underWay.put(detection.getId(), total);
      lines.add(new Line(DetectionRow.of(detection), partition, nextOffset--));
    }
    return lines;
  }

  /** Notes that a row needs no more sending. */
  void settled(String detectionId) {
    HourCount told = underWay.remove(detectionId);
    if (told != null) {
      book.told(told);
    }
  }

  /** Forgets what was held back of partitions that are no longer ours. */
  void forget(Collection<TopicPartition> partitions) {
    held.values().removeIf(one -> partitions.contains(one.partition()));
  }

  private static long hour(Instant now) {
    return Math.floorDiv(now.getEpochSecond(), SECONDS);
  }

  private Detection overflow(HourCount total, int partition) {
    @Nullable Integer most = mostRows.get(total.rule());
    Instant from = Instant.ofEpochSecond(total.hour() * SECONDS);
    Instant to = from.plusSeconds(SECONDS);
    String between = clock(from) + " and " + clock(to) + " UTC";
    String noun = total.held() == 1 ? " detection of " : " detections of ";
    String what = total.held() + noun + total.rule() + " held back between " + between;
    Map<String, Object> numbers = new TreeMap<>();
    numbers.put("sent", (double) total.sent());
    numbers.put("held", (double) total.held());
    numbers.put("highest", total.highest().name());
    if (most != null) {
      numbers.put("maxRowsPerHour", (double) most);
    }
    return Detection.newBuilder()
        .setId(id("overflow", total.rule(), from.toString(), Integer.toString(partition)))
        .setRevision(total.held())
        .setRule(total.rule())
        .setRuleVersion(total.ruleVersion())
        .setReason("overflow")
        .setSeverity(Severity.Informational)
        .setTitle(what)
        .setDescription(
            what
                + " on "
                + from.toString().substring(0, 10)
                + ": sentinel.maxRowsPerHour"
                + (most == null ? "" : " allows " + most + " rows and")
                + " let "
                + total.sent()
                + " go. The highest severity among those held back is "
                + total.highest()
                + ". They are in the topic "
                + topic
                + (total.ids().isEmpty() ? "" : ", such as " + String.join(", ", total.ids()))
                + ". Look for one cause, such as a network that the networks file does not know;"
                + " mend that, accept it by lockstep accept, or raise the cap.")
        .setStartTime(from.toEpochMilli())
        .setEndTime(to.toEpochMilli())
        .setCount(total.held())
        .setTactics(List.of())
        .setTechniques(List.of())
        .setEntities(List.of())
        .setEvidence(List.of())
        .setGates(List.of(new GateChecked("max-rows-per-hour", "held-back", numbers)))
        .build();
  }

  private static String clock(Instant time) {
    return time.toString().substring(11, 16);
  }

  private static String id(String... parts) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      byte[] text = String.join("\n", parts).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(sha.digest(text), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
