package dev.lockstep.ingest.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.cluster.SourcePartition;
import dev.lockstep.schemas.LastRecord;
import dev.lockstep.schemas.Position;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ResumptionTest {
  private static final LastRecord LAST = new LastRecord(4_999L, 1_000L, 77L);

  private final NavigableMap<Long, LastRecord> records = new TreeMap<>();
  private boolean unique = true;
  private int looks;

  @Test
  void fits_withinTheLog() {
    assertThat(resume(position("a", null), log(0, 12_000, "a")))
        .isEqualTo(new Resumption.Fits(5_000));
    assertThat(resume(position("a", null), log(5_000, 5_000, "a")))
        .isEqualTo(new Resumption.Fits(5_000));
  }

  @Test
  void isOvertaken_whereTheLogStartsBehindThePosition() {
    assertThat(resume(position("a", LAST), log(5_001, 12_000, "a")))
        .isEqualTo(new Resumption.Overtaken(5_001));
  }

  @Test
  void isReplaced_whereTheTopicHasAnotherId_howeverLongItIs() {
    for (long end : new long[] {0, 4_999, 5_000, 12_000}) {
      assertThat(resume(position("a", LAST), log(0, end, "b")))
          .isEqualTo(new Resumption.Replaced(0, "its topic id was a and is b"));
    }
    assertThat(looks).as("records that were read again").isZero();
  }

  @Test
  void isReplaced_whereTheLogEndsBeforeThePosition() {
    assertThat(resume(position("a", null), log(7, 4_999, "a")))
        .isEqualTo(
            new Resumption.Replaced(
                7, "the log ends at offset 4999, but was read up to offset 5000"));
  }

  @Test
  void adoptsAPosition_thatWasStoredWithoutAnything() {
    assertThat(resume(position(null, null), log(0, 12_000, "b")))
        .isEqualTo(new Resumption.Fits(5_000));
    assertThat(looks).isZero();
  }

  @Test
  void readsTheLastRecordAgain_whereIdsDoNotTell() {
    records.put(0L, new LastRecord(0L, 1L, 1L));
    records.put(4_999L, LAST);
    assertThat(resume(position(null, LAST), log(0, 12_000, "b")))
        .isEqualTo(new Resumption.Fits(5_000));
    assertThat(resume(position("a", LAST), log(0, 12_000, null)))
        .isEqualTo(new Resumption.Fits(5_000));
    records.put(4_999L, new LastRecord(4_999L, 1_000L, 78L));
    assertThat(resume(position("a", LAST), log(0, 12_000, null)))
        .isEqualTo(
            new Resumption.Replaced(0, "the record at offset 4999 is not the one that was read"));
    records.put(4_999L, new LastRecord(4_999L, 1_001L, 77L));
    assertThat(resume(position(null, LAST), log(0, 12_000, null)))
        .isInstanceOf(Resumption.Replaced.class);
  }

  @Test
  void readsTheLastRecordAgain_whereTopicsMayHaveTheSameId() {
    unique = false;
    records.put(4_999L, LAST);
    assertThat(resume(position("a", LAST), log(0, 12_000, "a")))
        .isEqualTo(new Resumption.Fits(5_000));
    records.put(4_999L, new LastRecord(4_999L, 1_000L, 78L));
    assertThat(resume(position("a", LAST), log(0, 12_000, "a")))
        .isInstanceOf(Resumption.Replaced.class);
  }

  @Test
  void goesByTimes_whereCompactionHasRemovedTheLastRecord() {
    records.put(0L, new LastRecord(0L, 900L, 1L));
    records.put(6_000L, new LastRecord(6_000L, 2_000L, 2L));
    assertThat(resume(position(null, LAST), log(0, 12_000, null)))
        .isEqualTo(new Resumption.Fits(5_000));
    records.put(0L, new LastRecord(0L, 1_500L, 1L));
    assertThat(resume(position(null, LAST), log(0, 12_000, null)))
        .isEqualTo(
            new Resumption.Replaced(
                0, "the first record of the log is younger than the last record that was read"));
  }

  @Test
  void needsNoRecord_whereRetentionHasRemovedTheLastOne() {
    assertThat(resume(position(null, LAST), log(5_000, 12_000, null)))
        .isEqualTo(new Resumption.Fits(5_000));
    assertThat(resume(position(null, LAST), log(9_000, 12_000, null)))
        .isEqualTo(new Resumption.Overtaken(9_000));
    assertThat(looks).isZero();
  }

  private static Resumption resume(Position stored, PartitionContent log) {
    return Resumption.of(stored, log);
  }

  private static Position position(@Nullable String topicId, @Nullable LastRecord last) {
    return new SourcePartition("src", "signins", 0, true).position(5_000, topicId, last);
  }

  private PartitionContent log(long first, long behindLast, @Nullable String topicId) {
    return new PartitionContent() {
      @Override
      public Bounds bounds() {
        return new Bounds(first, behindLast);
      }

      @Override
      public @Nullable String topicId() {
        return topicId;
      }

      @Override
      public boolean idsAreUnique() {
        return unique;
      }

      @Override
      public @Nullable LastRecord firstFrom(long offset) {
        looks++;
        Map.Entry<Long, LastRecord> found = records.ceilingEntry(offset);
        return found == null ? null : found.getValue();
      }
    };
  }
}
