package dev.lockstep.detections.message;

import dev.lockstep.detections.encoding.Hashes;
import dev.lockstep.rules.Event;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Api;
import dev.lockstep.schemas.Device;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.SignIn;
import dev.lockstep.schemas.Token;
import java.util.Objects;

/**
 * Bounded memory of the latest events, which tells whether an event is a copy of one of them. It
 * also tells whether a copy of a sign-in or call differs from the copy that came first.
 *
 * <p>It holds two generations of events. When the younger one is full, it becomes the elder, and
 * the former elder is dropped. So a copy that comes much later counts as an event of its own.
 */
public final class EventCopies {
  private static final int FEWEST_SLOTS = 256;

  private final int most;
  private Generation younger = new Generation(FEWEST_SLOTS);
  private Generation elder = new Generation(FEWEST_SLOTS);
  private int size;
  private long firstAt;

  /**
   * Relation of an event to those that came before it: it is new, an equal copy, or a differing
   * copy.
   */
  public enum Relation {
    /** The event is new: it is none of the remembered events. */
    NEW,
    /**
     * The event is a copy that agrees with the first copy in all content that is compared. Nothing
     * is compared of events other than sign-ins and calls.
     */
    EQUAL,
    /**
     * The event is a copy of a sign-in or call, and differs from the first copy in the content that
     * is compared.
     */
    DIFFERENT
  }

  /** Hash table of events, in which the hash 0 marks a free slot. */
  private static final class Generation {
    final long[] hashes;
    final int[] contents;
    final long[] times;

    Generation(int slots) {
      hashes = new long[slots];
      contents = new int[slots];
      times = new long[slots];
    }

    int slot(long hash) {
      int slot = (int) hash & (hashes.length - 1);
      while (hashes[slot] != 0 && hashes[slot] != hash) {
        slot = (slot + 1) & (hashes.length - 1);
      }
      return slot;
    }

    void put(int slot, long hash, int content, long eventAt) {
      hashes[slot] = hash;
      contents[slot] = content;
      times[slot] = eventAt;
    }
  }

  /**
   * Creates an empty memory of recent events, which recognises copies of these events. It holds at
   * least the last {@code most} events, and fewer than twice as many.
   *
   * @param most number of events in each of the memory's two generations
   */
  public EventCopies(int most) {
    this.most = most;
  }

  /**
   * Returns the hash that identifies an event, computed from its category and from its id without
   * regard to the id's case.
   */
  public static long identity(Activity activity) {
    return Hashes.of(Event.identity(activity));
  }

  /**
   * Returns a hash of the content of a sign-in or call, which tells equal copies from differing
   * copies. It covers the time and the fields that are read by rules that judge the first copy
   * alone. For an activity of another kind it is 0.
   */
  public static int content(Activity activity) {
    if (activity.getKind() != ActivityKind.SIGN_IN && activity.getKind() != ActivityKind.API_CALL) {
      return 0;
    }
    int hash = Long.hashCode(activity.getEventAt());
    hash = 31 * hash + activity.getStatus();
    hash = 31 * hash + Boolean.hashCode(activity.getSingleFactor());
    hash = 31 * hash + Objects.hashCode(activity.getAddress());
    hash = 31 * hash + Objects.hashCode(activity.getSocketAddress());
    hash = 31 * hash + Objects.hashCode(activity.getForwardedFor());
    hash = 31 * hash + Objects.hashCode(activity.getGeo());
    Principal principal = activity.getPrincipal();
    if (principal != null) {
      hash = 31 * hash + principal.getId().hashCode();
      hash = 31 * hash + principal.getType().hashCode();
    }
    Device device = activity.getDevice();
    if (device != null) {
      hash = 31 * hash + Objects.hashCode(device.getId());
      hash = 31 * hash + (device.getManaged() ? 1 : 0) + (device.getCompliant() ? 2 : 0);
    }
    Token token = activity.getToken();
    if (token != null) {
      hash = 31 * hash + Objects.hashCode(token.getUti());
      hash = 31 * hash + Objects.hashCode(token.getOid());
      hash = 31 * hash + Objects.hashCode(token.getAppId());
      hash = 31 * hash + Objects.hashCode(token.getExpiresAt());
      hash = 31 * hash + Boolean.hashCode(token.getValidated());
      hash = 31 * hash + Objects.hashCode(token.getDelegation());
    }
    Api api = activity.getApi();
    if (api != null) {
      hash = 31 * hash + Objects.hashCode(api.getSubscription());
      hash = 31 * hash + Objects.hashCode(api.getProduct());
    }
    SignIn signIn = activity.getSignIn();
    if (signIn != null) {
      hash = 31 * hash + Objects.hashCode(signIn.getAgentType());
      hash = 31 * hash + Objects.hashCode(signIn.getCredential());
    }
    return hash;
  }

  /**
   * Adds an event, and returns its relation to the events that came before.
   *
   * @param identity hash that {@link #identity} returns
   * @param content hash that {@link #content} returns
   * @param eventAt event time in milliseconds since 1970
   */
  public Relation take(long identity, int content, long eventAt) {
    long hash = identity == 0 ? 1 : identity;
    int slot = younger.slot(hash);
    if (younger.hashes[slot] == hash) {
      return relation(younger, slot, content);
    }
    int old = elder.slot(hash);
    boolean isNew = elder.hashes[old] != hash;
    Relation relation = isNew ? Relation.NEW : relation(elder, old, content);
    if (isNew) {
      younger.put(slot, hash, content, eventAt);
    } else {
      younger.put(slot, hash, elder.contents[old], elder.times[old]);
    }
    if (++size >= most) {
      elder = younger;
      younger = new Generation(elder.hashes.length);
      size = 0;
    } else if (2 * size > younger.hashes.length) {
      grow();
    }
    return relation;
  }

  /**
   * Returns the event time of the first copy of the event that {@link #take} last recognised as a
   * copy. A copy is an event for which {@link #take} did not return {@link Relation#NEW}.
   */
  public long firstAt() {
    return firstAt;
  }

  private Relation relation(Generation of, int slot, int content) {
    firstAt = of.times[slot];
    return of.contents[slot] == content ? Relation.EQUAL : Relation.DIFFERENT;
  }

  private void grow() {
    Generation more = new Generation(2 * younger.hashes.length);
    for (int i = 0; i < younger.hashes.length; i++) {
      long hash = younger.hashes[i];
      if (hash != 0) {
        more.put(more.slot(hash), hash, younger.contents[i], younger.times[i]);
      }
    }
    younger = more;
  }
}
