package dev.lockstep.detections.join;

import static dev.lockstep.detections.ActivityBuilder.call;
import static dev.lockstep.detections.ActivityBuilder.link;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.detections.Known;
import dev.lockstep.detections.storage.MemoryRecords;
import dev.lockstep.detections.storage.StateRecords;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.SingleObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is read and written of a call for which no link comes. */
final class PendingCallsTest {
  private static final long CALLED_AT = ActivityBuilder.at("2026-11-19T10:00:00Z");
  private static final long HOUR_MILLIS = 3_600_000L;
  private static final String ID = "1d7cf0a4-8f5c-4a2e-9a2b-0a4f5d6e7f80";

  private final Counting records = new Counting();
  private final List<CallRevision> revisions = new ArrayList<>();
  private final Joins joins =
      new Joins(
          Known.WORLD,
          JoinableLogs.ALL,
          records,
          name -> {},
          new Joins.Output() {
            @Override
            public void revision(CallRevision revision) {
              revisions.add(revision);
            }

            @Override
            public void peer(String callId, String peer, long arrivalAt) {
              throw new IllegalStateException("no record of Front Door was sent");
            }
          },
          Integer.MAX_VALUE,
          () -> false);

  /** Records of a state in memory, with what is written and how often a value is read. */
  private static final class Counting implements StateRecords {
    private final MemoryRecords memory = new MemoryRecords();
    private final List<Integer> written = new ArrayList<>();
    private int read;

    @Override
    public void read(byte[] subject, byte[] from, byte[] to, Reader reader) {
      memory.read(subject, from, to, reader);
    }

    @Override
    public byte @Nullable [] read(byte[] subject, byte[] key) {
      read++;
      return memory.read(subject, key);
    }

    @Override
    public void write(byte[] subject, byte[] key, byte @Nullable [] value) {
      written.add(subject.length + key.length + (value == null ? 0 : value.length));
      memory.write(subject, key, value);
    }

    @Override
    public byte @Nullable [] walk(byte @Nullable [] from, int most, Walker walker) {
      return memory.walk(from, most, walker);
    }
  }

  private void takeCall() {
    joins.take(call(CALLED_AT).id(ID).subscription("s").from("10.1.0.1").build());
    joins.write();
    records.written.clear();
    records.read = 0;
  }

  private static List<byte[]> values(StateRecords records) {
    List<byte[]> values = new ArrayList<>();
    records.walk(null, Integer.MAX_VALUE, (subject, key, value) -> values.add(value));
    return values;
  }

  @Test
  void isStoredInTheBytesInWhichItCame() {
    Activity call = call(CALLED_AT).id(ID).subscription("s").from("10.1.0.1").build();
    byte[] bytes = new SingleObject<Activity>(Activity.getClassSchema()).encode(call);
    joins.take(ID, PendingHalf.of(call, bytes));
    joins.write();
    List<byte[]> came = values(records);
    takeCall();
    assertThat(came).containsExactly(values(records).toArray(byte[][]::new));
    joins.advance(0, CALLED_AT + HOUR_MILLIS, true);
    assertThat(revisions).extracting(CallRevision::activity).containsExactly(call);
  }

  @Test
  void isNotWrittenAgain_whereItsGraceIsOver() {
    takeCall();
    joins.advance(0, CALLED_AT + HOUR_MILLIS, true);
    joins.write();
    assertThat(revisions).hasSize(1);
    assertThat(records.written).as("the mark, and the list of the minute").hasSize(2);
    assertThat(records.written).allSatisfy(bytes -> assertThat(bytes).isLessThan(20));
  }

  @Test
  void isReadOnce_howeverOftenAGraceIsOver() {
    takeCall();
    for (int second = 0; second < 10; second++) {
      joins.advance(0, CALLED_AT + HOUR_MILLIS + second * 1_000L, true);
      joins.write();
    }
    assertThat(records.read).as("its state, and its mark").isEqualTo(2);
    assertThat(revisions).hasSize(1);
  }

  @Test
  void isRetracted_whereItsLinkComesAfterTheGrace() {
    takeCall();
    joins.advance(0, CALLED_AT + HOUR_MILLIS, true);
    joins.write();
    joins.take(link("2026-11-19T10:00:01Z", ID).presents(null, "alice").build());
    assertThat(revisions).extracting(CallRevision::retracts).containsExactly(false, true, false);
  }

  @Test
  void isTheSame_whicheverOfTwoCopiesThatArrivedTogetherWasReadFirst() {
    for (List<String> addresses :
        List.of(List.of("10.1.0.1", "10.1.0.2"), List.of("10.1.0.2", "10.1.0.1"))) {
      String id = "first-from-" + addresses.get(0);
      revisions.clear();
      for (String address : addresses) {
        joins.take(call(CALLED_AT).id(id).subscription("s").from(address).build());
      }
      joins.take(link("2026-11-19T10:00:01Z", id).presents(null, "alice").build());
      assertThat(revisions)
          .extracting(revision -> revision.activity().getAddress())
          .containsExactly("10.1.0.1");
    }
  }

  @Test
  void leavesNothing_whenItIsDeleted() {
    takeCall();
    joins.advance(CALLED_AT + HOUR_MILLIS, CALLED_AT + HOUR_MILLIS, false);
    joins.write();
    joins.advance(CALLED_AT + 73 * HOUR_MILLIS, CALLED_AT + 73 * HOUR_MILLIS, false);
    joins.write();
    List<byte[]> left = new ArrayList<>();
    records.walk(null, Integer.MAX_VALUE, (subject, key, value) -> left.add(subject));
    assertThat(left).isEmpty();
  }
}
