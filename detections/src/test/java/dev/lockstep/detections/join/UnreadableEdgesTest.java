package dev.lockstep.detections.join;

import static dev.lockstep.detections.ActivityBuilder.at;
import static dev.lockstep.detections.ActivityBuilder.call;
import static dev.lockstep.detections.ActivityBuilder.edge;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.Known;
import dev.lockstep.detections.erasure.ErasedPrincipal;
import dev.lockstep.detections.storage.MemoryRecords;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Erasure;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.AvroRuntimeException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Requests at Front Door whose waiting calls a newer version has written: they are reported and
 * deleted, and the joins go on.
 */
final class UnreadableEdgesTest implements Joins.Output {
  private static final long DAY_MILLIS = 86_400_000L;

  private final MemoryRecords records = new MemoryRecords();
  private final List<String> undecodable = new ArrayList<>();
  private final List<String> revised = new ArrayList<>();
  private final Joins joins = begun();

  private Joins begun() {
    return new Joins(
        Known.WORLD, JoinableLogs.ALL, records, name -> {}, this, Integer.MAX_VALUE, () -> false);
  }

  private static Activity behindProxy(String id) {
    return call("2026-11-19T10:20:00Z")
        .id(id)
        .from("10.9.0.1")
        .reference("ref-1")
        .presents("t", "alice")
        .build();
  }

  @BeforeEach
  void storeACallOfAnotherSchema() {
    Joins newer = begun();
    newer.takeEdgeless(behindProxy("c1"));
    newer.write();
    List<byte[][]> changed = new ArrayList<>();
    records.walk(
        null,
        Integer.MAX_VALUE,
        (subject, key, value) -> {
          for (int i = 0; i + 2 < value.length; i++) {
            if (value[i] == (byte) 0xC3 && value[i + 1] == 1) {
              byte[] other = value.clone();
              other[i + 2]++; // the fingerprint of the schema
              changed.add(new byte[][] {subject.clone(), key.clone(), other});
            }
          }
        });
    assertThat(changed).hasSize(1);
    changed.forEach(each -> records.write(each[0], each[1], each[2]));
  }

  @Test
  void areReportedAndDeleted_whenTheirRecordOfFrontDoorComes() {
    joins.takeEdge(edge("2026-11-19T10:20:00Z", "ref-1").forwarded("10.3.0.1", null).build());
    assertThat(undecodable).containsExactly("ref-1");
    joins.takeEdgeless(behindProxy("c2"));
    assertThat(revised).containsExactly("c2");
    assertThat(undecodable).hasSize(1);
  }

  @Test
  void areReportedAndDeleted_whenTheyAreDue() {
    long later = at("2026-11-19T10:20:00Z") + 2 * DAY_MILLIS;
    joins.advance(later, later, true);
    joins.write();
    assertThat(undecodable).containsExactly("ref-1");
    assertThat(records.walk(null, 1, (subject, key, value) -> undecodable.add("left"))).isNull();
    assertThat(undecodable).hasSize(1);
  }

  @Test
  void areDeletedWithAnyPrincipal_becauseNobodyKnowsWhoseTheyAre() {
    joins.erase(
        new ErasedPrincipal(new Erasure("r", "bob", List.of(), "erased-1", "", null, List.of())));
    joins.takeEdge(edge("2026-11-19T10:20:00Z", "ref-1").forwarded("10.3.0.1", null).build());
    assertThat(undecodable).isEmpty();
    assertThat(revised).isEmpty();
  }

  @Override
  public void revision(CallRevision revision) {
    if (!revision.retracts()) {
      revised.add(revision.activity().getEventId());
    }
  }

  @Override
  public void peer(String callId, String peer, long arrivalAt) {
    revised.add(callId);
  }

  @Override
  public void undecodable(String id, AvroRuntimeException why) {
    undecodable.add(id);
  }
}
