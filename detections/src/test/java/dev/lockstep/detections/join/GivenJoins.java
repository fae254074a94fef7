package dev.lockstep.detections.join;

import dev.lockstep.detections.Known;
import dev.lockstep.detections.storage.MemoryRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Joins without Front Door, with everything that they gave out and the records that they wrote. */
final class GivenJoins implements Joins.Output {
  final MemoryRecords records = new MemoryRecords();
  final Map<String, List<CallRevision>> revisions = new TreeMap<>();
  final Map<String, Integer> counts = new TreeMap<>();
  int given;
  int steps;
  Joins joins;

  private final int mostDue;
  private final boolean needsAllCalls;

  GivenJoins(int mostDue) {
    this(mostDue, false);
  }

  GivenJoins(int mostDue, boolean needsAllCalls) {
    this.mostDue = mostDue;
    this.needsAllCalls = needsAllCalls;
    this.joins = begun();
  }

  private Joins begun() {
    return new Joins(
        Known.WORLD,
        JoinableLogs.ALL,
        records,
        name -> counts.merge(name, 1, Integer::sum),
        this,
        mostDue,
        () -> needsAllCalls);
  }

  /** Writes all changes, and begins again from the records. */
  void restart(long low, long grace) {
    joins.write();
    joins = begun();
    joins.advance(low, grace, false);
  }

  @Override
  public void revision(CallRevision revision) {
    given++;
    revisions
        .computeIfAbsent(revision.activity().getEventId(), any -> new ArrayList<>())
        .add(revision);
  }

  @Override
  public void peer(String callId, String peer, long arrivalAt) {
    throw new IllegalStateException("no record of Front Door was sent");
  }

  /** Processes everything that is due, and counts the steps. */
  void workOn() {
    while (joins.isBehind()) {
      joins.work();
      steps++;
    }
  }

  /** Returns the first characters of the subjects of all records. */
  List<String> left() {
    List<String> left = new ArrayList<>();
    records.walk(
        null, Integer.MAX_VALUE, (subject, key, value) -> left.add((char) subject[0] + ""));
    return left;
  }
}
