package dev.lockstep.detections.join;

import dev.lockstep.detections.erasure.ErasedPrincipal;
import dev.lockstep.detections.join.DueList.Due;
import dev.lockstep.detections.message.LinkWait;
import dev.lockstep.detections.storage.StateRecords;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.schemas.Activity;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.avro.AvroRuntimeException;

/**
 * Joiner of calls with their identity links and with Front Door's records. It belongs to one task
 * of the stage {@code join} or to one part of a replay. A call without claims is joined by its id,
 * a call behind Front Door by the tracking reference, which is Front Door's id of the request. The
 * half that comes first waits, as long as {@link JoinReach} says. A call waits at most one hour
 * after its arrival, and then counts without its link or record. For one thread.
 *
 * <p>The rules have already observed a call in its first form. The output is each later revision,
 * and each retraction.
 */
public final class Joins {
  /** Name of the coverage counter of calls whose client address came from Front Door's record. */
  public static final String ADDRESS_FROM_EDGE = "addressFromEdge";

  private final JoinStore store;
  private final int mostDue;
  private final Output output;
  private final IdentityLinkJoin links;
  private final FrontDoorJoin edges;
  private long lowAt;
  private long edgeLowAt;
  private long graceAt;
  private long lookedUpTo;
  private long lookedAnewAt;

  /**
   * True while a search for calls whose grace has ended is not finished. If {@link #looksAnew}, it
   * is a search for all such calls, otherwise for those whose grace ended after {@link
   * #lookedUpTo}.
   */
  private boolean looks;

  private boolean looksAnew;
  private boolean isBehind;
  private long reachedLow;
  private long reachedGrace;

  /** Receiver of what the joins give out, such as revisions of calls. */
  public interface Output {
    /** Receives a revision of a call. */
    void revision(CallRevision revision);

    /**
     * Receives a call for which no identity link came in time. The rules are to observe it as a
     * call without claims. By default the call is given out as a revision without claims.
     */
    default void withoutClaims(PendingHalf call) {
      revision(CallRevision.withoutClaims(call.activity()));
    }

    /**
     * Receives the client address of a call that may also get an identity link. The address is from
     * Front Door's record of the call. The receiver passes it to {@link Joins#takePeer} of the
     * joins that hold the call.
     *
     * @param callId id under which the call waits
     * @param peer client's address
     */
    void peer(String callId, String peer, long arrivalAt);

    /**
     * Receives the id of a call or Front Door request if stored or new data for this id could not
     * be decoded. The id of a call also stands for its identity link. The id of a request is its
     * tracking reference. New data for a call are dropped. A call that was due is deleted with its
     * link, and a request with its calls. By default the exception is thrown.
     */
    default void undecodable(String id, AvroRuntimeException why) {
      throw why;
    }
  }

  /**
   * Creates joins that continue from the stored records of pending halves.
   *
   * @param logs optional logs that sources may bring
   * @param mostDue about how many due calls, identity links and Front Door requests are processed
   *     at once
   * @param counts receiver of the names of counters to which one is added
   * @param needsAllCalls whether a rule in force counts calls, so that all have to be passed on,
   *     even where many are alike
   */
  public Joins(
      Enrichment enrichment,
      JoinableLogs logs,
      StateRecords records,
      Consumer<String> counts,
      Output output,
      int mostDue,
      BooleanSupplier needsAllCalls) {
    this.mostDue = mostDue;
    this.store = new JoinStore(records);
    this.output = output;
    this.links = new IdentityLinkJoin(enrichment, logs, store, counts, output, needsAllCalls);
    this.edges = new FrontDoorJoin(enrichment, logs, store, counts, output);
  }

  /**
   * Declares that a source delivers Front Door's records. From now on, calls for which no such
   * record comes in time are counted.
   */
  public void expectEdges() {
    edges.expectEdges();
  }

  /** Processes a call without claims, or an identity link, under the call's id. */
  public void take(Activity half) {
    take(half.getEventId(), PendingHalf.of(half, null));
  }

  /**
   * Processes a call without claims, or an identity link.
   *
   * @param id id of the call
   */
  public void take(String id, PendingHalf half) {
    links.take(id, half);
  }

  /**
   * Adds a client address from Front Door's record to a call without claims. The call may come
   * later.
   */
  public void takePeer(String callId, String peer, long arrivalAt) {
    links.takePeer(callId, peer, arrivalAt);
  }

  /**
   * Processes Front Door's record of a request. Its client address goes to the calls with the same
   * tracking reference.
   */
  public void takeEdge(Activity edge) {
    edges.takeEdge(edge);
  }

  /** Processes a call whose client's address only Front Door knows. */
  public void takeEdgeless(Activity call) {
    edges.takeEdgeless(call);
  }

  /**
   * Advances the watermark and the grace time, and processes some of the calls, identity links and
   * Front Door requests that are due. A limited number of due calls, links and requests is
   * processed, but none if {@link #isBehind} is true already. The rest needs calls of {@link
   * #work}. Neither time goes back.
   *
   * @param low watermark, up to which everything has passed
   * @param grace grace time, which is an arrival time; a wait for identity links is over if it ends
   *     at or before this time
   * @param overdue if records may have come after the service had stopped waiting for them; work is
   *     then due even if {@code grace} has not advanced
   */
  public void advance(long low, long grace, boolean overdue) {
    advance(low, low, grace, overdue);
  }

  /**
   * Advances the watermarks of records and of client addresses, and the grace time, and processes
   * some of what is due. Waits for identity links are measured against the grace time, which is an
   * arrival time. A limited number of due calls, links and requests is processed, but none if
   * {@link #isBehind} is true already. The rest needs calls of {@link #work}. None of the times
   * goes back.
   *
   * @param low watermark of records
   * @param peersLow watermark of the client addresses that {@link Output#peer} received
   * @param grace arrival time; a wait for identity links is over if it ends at or before this time
   * @param overdue if records may have come after the service had stopped waiting for them; work is
   *     then due even if {@code grace} has not advanced
   */
  public void advance(long low, long peersLow, long grace, boolean overdue) {
    lowAt = Math.max(lowAt, Math.min(low, peersLow));
    edgeLowAt = Math.max(edgeLowAt, low);
    if (grace > graceAt || overdue) {
      graceAt = Math.max(graceAt, grace);
      // Halves with older times are taken after a full grace, because their links may be as late.
      looksAnew |= overdue || graceAt - lookedAnewAt >= LinkWait.MILLIS;
      looks = true;
    }
    if (!isBehind) {
      work();
    }
  }

  /**
   * Returns whether calls, identity links or Front Door requests are due and not yet processed. One
   * round processes a limited number, and the rest needs calls of {@link #work}.
   */
  public boolean isBehind() {
    return isBehind;
  }

  /** Returns the last watermark up to which everything due was processed. */
  public long low() {
    return reachedLow;
  }

  /**
   * Returns the last grace time (see {@link #advance}) up to which everything due was processed. It
   * is 0 before that happens for the first time.
   */
  public long grace() {
    return reachedGrace;
  }

  /**
   * Processes a limited number of the calls, identity links and Front Door requests that are due.
   * {@link #isBehind} then tells whether some are left.
   */
  public void work() {
    store.keepRead(); // most calls are due by grace and by watermark at the same time
    isBehind = !workUpTo(mostDue);
    store.clearRead();
    if (!isBehind) {
      reachedLow = lowAt;
      reachedGrace = graceAt;
    }
  }

  /**
   * Processes calls, identity links and Front Door requests that are due, and returns whether none
   * of them is left.
   *
   * @param most number of calls, links and requests after which the method stops; it may process a
   *     few more
   */
  private boolean workUpTo(int most) {
    int left = most;
    if (looks) {
      Due due =
          looksAnew ? store.takeGraces(graceAt, left) : store.takeGraces(lookedUpTo, graceAt, left);
      each(due, links::giveWithoutClaims);
      if (!due.isAll()) {
        lookedUpTo = looksAnew ? lookedUpTo : due.upTo();
        return false;
      }
      lookedUpTo = graceAt;
      lookedAnewAt = looksAnew ? graceAt : lookedAnewAt;
      looksAnew = false;
      looks = false;
      left -= due.most();
    }
    Due graces = store.takeGraces(lowAt, left);
    each(graces, links::giveWithoutClaims);
    left -= graces.most();
    if (!graces.isAll()) {
      return false;
    }
    Due dues = store.takeDue(lowAt, left);
    each(dues, (id, state) -> links.due(id, state, lowAt));
    for (DueList.Listed entry : dues.entries()) {
      if (entry.bundle() != null) {
        store.end(entry.bundle()); // also where all of its calls have left it
      }
    }
    left -= dues.most();
    if (!dues.isAll()) {
      return false;
    }
    Due ends = store.takeEnds(lowAt, left);
    each(ends, (id, state) -> links.end(id, state, lowAt));
    for (DueList.Listed entry : ends.entries()) {
      if (entry.bundle() != null) {
        store.delete(entry.bundle());
      }
    }
    left -= ends.most();
    if (!ends.isAll()) {
      return false;
    }
    Due requests = store.takeEdgeDue(edgeLowAt, left);
    for (DueList.Listed entry : requests.entries()) {
      if (entry.id() != null) {
        edges.due(entry.id(), edgeLowAt);
      }
    }
    return requests.isAll();
  }

  /**
   * Passes each of the due calls and identity links, with its state, to a function. A call or link
   * that cannot be decoded is deleted, and its id is reported to the output.
   */
  private void each(Due due, BiConsumer<String, CallState> work) {
    for (DueList.Listed entry : due.entries()) {
      store.each(
          entry,
          (id, state) -> {
            try {
              work.accept(id, state);
            } catch (AvroRuntimeException e) {
              store.deleteCall(id, state);
              output.undecodable(id, e);
            }
          },
          output::undecodable);
    }
  }

  /**
   * Stores all changes, and deletes the calls and identity links of a principal. A Front Door
   * request that holds a call of the principal is deleted too.
   */
  public void erase(ErasedPrincipal erasing) {
    store.write();
    store.deleteCallsOf(erasing);
  }

  /** Stores all changes that were made since the last call of this method. */
  public void write() {
    store.write();
  }
}
