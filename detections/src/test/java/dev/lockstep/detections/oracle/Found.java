package dev.lockstep.detections.oracle;

import dev.lockstep.enrichment.network.NetworkClass;
import java.util.Set;

/**
 * A finding of a rule as the other rules' alerts meet it.
 *
 * @param principals whose finding it is: more than one where the specification leaves it open
 * @param startAt when the earliest event that fired in it happened
 * @param endAt when the latest did
 * @param clients where its events came from
 */
record Found(
    Verdict verdict, Set<String> principals, long startAt, long endAt, Set<Client> clients) {
  /** A client address, and the class of its network as one event has it. */
  record Client(String address, NetworkClass networkClass) {}
}
