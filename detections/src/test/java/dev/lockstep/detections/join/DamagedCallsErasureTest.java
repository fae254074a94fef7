package dev.lockstep.detections.join;

import static dev.lockstep.detections.ActivityBuilder.at;
import static dev.lockstep.detections.ActivityBuilder.call;
import static dev.lockstep.detections.ActivityBuilder.edge;
import static dev.lockstep.detections.ActivityBuilder.link;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.Known;
import dev.lockstep.detections.erasure.ErasedPrincipal;
import dev.lockstep.detections.storage.MemoryRecords;
import dev.lockstep.schemas.Erasure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.avro.AvroRuntimeException;
import org.junit.jupiter.api.Test;

/** Erasures go on to the end, whichever stored call, link or Front Door request was cut short. */
final class DamagedCallsErasureTest implements Joins.Output {
  private static final String TIME = "2026-11-19T10:20:00Z";
  private static final long LATER = at(TIME) + 80 * 3_600_000L;

  private int undecodable;

  /** Record of a store of joins, with the kind that its subject begins with. */
  private record Kept(byte[] subject, byte[] key, byte[] value) {
    char kind() {
      return (char) subject[0];
    }

    @Override
    public String toString() {
      return new String(subject, StandardCharsets.ISO_8859_1)
          + " = "
          + new String(value, StandardCharsets.ISO_8859_1);
    }
  }

  private Joins joins(MemoryRecords records) {
    return new Joins(
        Known.WORLD, JoinableLogs.ALL, records, name -> {}, this, Integer.MAX_VALUE, () -> false);
  }

  private static List<Kept> all(MemoryRecords records) {
    List<Kept> all = new ArrayList<>();
    records.walk(
        null,
        Integer.MAX_VALUE,
        (subject, key, value) -> all.add(new Kept(subject.clone(), key.clone(), value.clone())));
    return all;
  }

  private static MemoryRecords of(List<Kept> all) {
    MemoryRecords records = new MemoryRecords();
    all.forEach(kept -> records.write(kept.subject(), kept.key(), kept.value()));
    return records;
  }

  private static ErasedPrincipal erasing(String principal) {
    return new ErasedPrincipal(
        new Erasure("r", principal, List.of(), "erased-1", "", null, List.of()));
  }

  /** Returns records of each kind: a bundle, a call that left it, a link, and requests. */
  private List<Kept> stored() {
    MemoryRecords records = new MemoryRecords();
    Joins joins = joins(records);
    for (String id : List.of("c1", "c2", "c3")) {
      joins.take(call(TIME).id(id).from("10.1.0.1").subscription("s").build());
    }
    joins.write();
    joins.take(link(TIME, "c2").presents(null, "bob").build());
    joins.take(link(TIME, "c9").presents(null, "alice").build());
    joins.takeEdgeless(
        call(TIME).id("e1").from("10.9.0.1").reference("ref-1").presents("t", "alice").build());
    joins.takeEdge(edge(TIME, "ref-2").forwarded("10.3.0.1", null).build());
    joins.write();
    return all(records);
  }

  @Test
  void deletesWhatIsCut_andKeepsWhatCanBeRead() {
    List<Kept> stored = stored();
    assertThat(stored.stream().map(Kept::kind).collect(Collectors.toSet()))
        .as("a call, a bundle, a pointer, a request")
        .contains('j', 'c', 'p', 'k');
    for (int at = 0; at < stored.size(); at++) {
      Kept whole = stored.get(at);
      if ("jcpk".indexOf(whole.kind()) < 0) {
        continue;
      }
      for (int length = 0; length < whole.value().length; length++) {
        Kept cut = new Kept(whole.subject(), whole.key(), Arrays.copyOf(whole.value(), length));
        List<Kept> damaged = new ArrayList<>(stored);
        damaged.set(at, cut);
        MemoryRecords records = of(damaged);
        joins(records).erase(erasing("bob"));
        List<Kept> left = all(records);
        assertThat(left.toString()).as("%s", cut).doesNotContain("bob");
        joins(records).erase(erasing("nobody"));
        assertThat(all(records).toString())
            .as("nothing damaged is left of %s", cut)
            .isEqualTo(left.toString());
        if (whole.kind() != 'p') { // which is read when its call is looked for
          Joins later = joins(records);
          later.advance(LATER, LATER, true);
          later.write();
        }
      }
    }
  }

  @Test
  void leaveOutWhatIsCut_andGoOn() {
    List<Kept> stored = stored();
    for (int at = 0; at < stored.size(); at++) {
      Kept whole = stored.get(at);
      if ("jcpk".indexOf(whole.kind()) < 0) {
        continue;
      }
      for (int length = 0; length < whole.value().length; length++) {
        List<Kept> damaged = new ArrayList<>(stored);
        damaged.set(
            at, new Kept(whole.subject(), whole.key(), Arrays.copyOf(whole.value(), length)));
        Joins joins = joins(of(damaged));
        undecodable = 0;
        for (String id : List.of("c1", "c2", "c3", "c9")) {
          joins.take(link(TIME, id).presents(null, "bob").build());
          joins.takePeer(id, "10.3.0.1", at(TIME));
        }
        for (String reference : List.of("ref-1", "ref-2")) {
          joins.takeEdge(edge(TIME, reference).forwarded("10.3.0.2", null).build());
        }
        joins.advance(LATER, LATER, true);
        joins.advance(LATER + LATER, LATER + LATER, true);
        joins.write();
        if ("jk".indexOf(whole.kind()) >= 0) { // a bundle may be cut between two calls
          assertThat(undecodable).as("reported of %s, %d", whole, length).isPositive();
        }
      }
    }
  }

  @Override
  public void undecodable(String id, AvroRuntimeException why) {
    undecodable++;
  }

  @Override
  public void revision(CallRevision revision) {
    assertThat(revision.activity().getEventId()).isNotEmpty();
  }

  @Override
  public void peer(String callId, String peer, long arrivalAt) {
    assertThat(callId).isNotEmpty();
  }
}
