package dev.lockstep.detections.join;

import dev.lockstep.detections.encoding.Hashes;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.FirstCopy;
import dev.lockstep.schemas.Activity;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.apache.avro.AvroRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * State of a call that came without claims, and of the records that complete it. The state has the
 * call, its identity link, and its client addresses at Front Door, as far as they have come. The
 * addresses are called peers.
 */
final class CallState {
  private @Nullable PendingHalf call;
  private @Nullable PendingHalf link;
  private final TreeSet<String> peers = new TreeSet<>();
  private boolean graced;
  private long waitsFrom;
  private boolean stored;
  private CallBundles.@Nullable Key bundle;
  private int place;

  CallState() {}

  /**
   * Creates the state of a call that was read from a bundle, which is a stored record of several
   * calls.
   *
   * @param place index of the call in the bundle
   */
  CallState(PendingHalf call, CallBundles.Key bundle, int place, boolean graced) {
    this.call = call;
    this.bundle = bundle;
    this.place = place;
    this.graced = graced;
    this.stored = true;
  }

  /**
   * Returns the key of the bundle, a stored record of several calls, that this state was read from.
   * It is null if the state was not read from a bundle, or if the state has left the bundle by
   * {@link #leaveBundle}.
   */
  CallBundles.@Nullable Key bundle() {
    return bundle;
  }

  /**
   * Returns the index of the call in its bundle, which is a stored record of several calls. It has
   * no meaning if {@link #bundle} is null.
   */
  int place() {
    return place;
  }

  /**
   * Detaches this state from its bundle, so that the state gets a record of its own. From then on
   * {@link #bundle} returns null. The bundle, which is a record of several calls, still has the
   * state as it was read.
   */
  void leaveBundle() {
    bundle = null;
  }

  void markStored() {
    stored = true;
  }

  /**
   * Returns whether the call has come but is not stored yet, and nothing else about it is known.
   * There is no link, no client address at Front Door, and no expired wait for a link.
   */
  boolean isNewCall() {
    return !stored && call != null && link == null && peers.isEmpty() && !graced && waitsFrom == 0;
  }

  @Nullable PendingHalf call() {
    return call;
  }

  void call(@Nullable PendingHalf read) {
    call = read;
  }

  @Nullable PendingHalf link() {
    return link;
  }

  void link(@Nullable PendingHalf read) {
    link = read;
  }

  NavigableSet<String> peers() {
    return peers;
  }

  /**
   * Returns whether no link came in time, so that the rules observe the call as a call without
   * claims. The principal of the call is then its API Management subscription, if it has one.
   */
  boolean isWithoutLink() {
    return graced;
  }

  void graced(boolean over) {
    graced = over;
  }

  /**
   * Returns a hash that is equal for alike calls, so that alike calls of one minute are found. It
   * covers what {@link PendingHalf#likeness} covers, and the client addresses at Front Door. If
   * there is no call, it covers the addresses alone. If there are no addresses either, it is empty.
   */
  byte[] likeness() {
    byte[] ofCall = call == null ? new byte[0] : call.likeness();
    if (peers.isEmpty()) {
      return ofCall;
    }
    List<String> parts = new ArrayList<>(peers);
    parts.add(HexFormat.of().formatHex(ofCall));
    return Hashes.digest(parts);
  }

  /**
   * Returns the watermark at which an identity link without a timestamp began to wait for its call.
   * It is 0 if the link has not begun to wait. The wait begins when the link is checked and its
   * call has not come. {@link JoinReach#TIMELESS_KEPT_MILLIS} tells how long the link waits.
   */
  long waitsFrom() {
    return waitsFrom;
  }

  void waitsFrom(long at) {
    waitsFrom = at;
  }

  /**
   * Returns whether only the identity link of the call has come, and does not tell when the call
   * was made. The call may then come much later than the link. Such a link has no time, or only its
   * token's time of issue.
   */
  boolean isTimelessLinkAlone() {
    return call == null
        && link != null
        && (link.arrivalAt() == 0 || JoinableCalls.isPlacedByIssue(link.activity()));
  }

  /**
   * Returns the identity link, or null if there is none or it is too far from the call in time.
   * Without a call any link is returned.
   */
  @Nullable Activity usableLink() {
    if (link == null) {
      return null;
    }
    Activity there = link.activity();
    return call == null || JoinableCalls.reaches(there, call.activity()) ? there : null;
  }

  /**
   * Stores the given call and returns true, unless a copy of the call is stored that takes
   * precedence. Then it returns false. The copy that arrived first takes precedence.
   */
  boolean takeCall(PendingHalf half) {
    if (call != null && (call.arrivalAt() < half.arrivalAt() || !goesBefore(half, call))) {
      return false;
    }
    call = half;
    return true;
  }

  /**
   * Stores the given identity link and returns true, unless a link of the same call is stored that
   * takes precedence. Then it returns false. A validated link takes precedence over one that is not
   * validated. If both or neither are validated, the link that arrived first takes precedence.
   */
  boolean takeLink(PendingHalf half) {
    if (link != null && !goesBefore(half.activity(), link.activity())) {
      return false;
    }
    link = half;
    return true;
  }

  private static boolean goesBefore(PendingHalf copy, PendingHalf other) {
    Activity readable = copy.activity();
    try {
      return FirstCopy.isEarlier(readable, other.activity());
    } catch (AvroRuntimeException e) {
      return true; // a damaged stored copy is always replaced
    }
  }

  private static boolean goesBefore(Activity half, Activity other) {
    boolean validated = JoinableCalls.isValidated(half);
    return validated == JoinableCalls.isValidated(other)
        ? FirstCopy.isEarlier(half, other)
        : validated;
  }

  /**
   * Returns the forms in which the rules are to observe the call, apart from its first form.
   *
   * @param edges whether a source brings Front Door's records, of which one may still tell the
   *     client's address
   */
  List<CallRevision> revisions(boolean edges) {
    if (call == null || (link == null && !graced && peers.isEmpty())) {
      return List.of();
    }
    Activity here = call.activity();
    List<CallRevision> all = new ArrayList<>(2);
    Activity there = usableLink();
    if (there != null) {
      Activity linked = JoinableCalls.withLink(here, there);
      boolean provisional = !JoinableCalls.isValidated(there);
      Event.Claims claims = JoinableCalls.claims(linked);
      boolean isMovedByEdge = edges && JoinableCalls.isAddressLeftToEdge(linked);
      if (!isMovedByEdge || peers.isEmpty()) {
        all.add(new CallRevision(linked, claims, provisional || isMovedByEdge));
      }
      if (!JoinableCalls.hasAddress(there)) {
        for (String peer : peers) {
          all.add(
              new CallRevision(JoinableCalls.withClientAddress(linked, peer), claims, provisional));
        }
      }
    } else if (graced) {
      if (peers.isEmpty()) {
        all.add(CallRevision.withoutClaims(here));
      }
      for (String peer : peers) {
        all.add(
            new CallRevision(
                JoinableCalls.withClientAddress(here, peer), Event.Claims.ABSENT, true));
      }
    }
    for (String peer : peers) {
      all.add(
          new CallRevision(
              JoinableCalls.withClientAddress(here, peer), Event.Claims.PENDING, false));
    }
    return all;
  }
}
