package dev.lockstep.detections;

import dev.lockstep.schemas.Cited;
import dev.lockstep.schemas.CollectedAlert;
import dev.lockstep.schemas.PresenceDay;
import dev.lockstep.schemas.PresenceEntry;
import dev.lockstep.schemas.PresenceHour;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.UnclaimedCalls;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is kept of where a principal was on a day, and what becomes of it with one more event. */
final class PresenceBook {
  /** So many calls without claims are told apart in a minute. */
  static final int MOST_CALLS = 8;

  private static final int MINUTES_PER_HOUR = 60;

  private final int setCap;
  private final SingleObject<Cited> citations = new SingleObject<>(Cited.getClassSchema());

  PresenceBook(int setCap) {
    this.setCap = setCap;
  }

  /**
   * What became of a page.
   *
   * @param changed whether something worth keeping changed
   * @param address whether a minute at the address is new
   * @param name whether a minute under the name is new
   * @param dated whether something else is known of when an hour's first event was
   * @param added entries that the page did not have before
   * @param gone what had to go, or was not kept, because the page is full
   */
  record Noted(
      boolean changed,
      boolean address,
      boolean name,
      boolean dated,
      List<PresenceEntry> added,
      List<PresenceEntry> gone) {}

  static PresenceDay empty(Principal principal) {
    return new PresenceDay(principal, new ArrayList<>(2), false);
  }

  Noted note(PresenceDay page, Presence presence) {
    List<PresenceEntry> added = new ArrayList<>(0);
    List<PresenceEntry> gone = new ArrayList<>(0);
    boolean changed = nameAs(page, presence.principal());
    boolean address = false;
    boolean name = false;
    boolean dated = false;
    if (presence.address() != null) {
      PresenceEntry entry =
          entry(page, presence.address(), false, presence.networkClass(), added, gone);
      if (entry != null) {
        boolean was = has(entry, minuteOf(presence.cited()));
        changed |=
            presence.unclaimed()
                ? addCall(entry, presence.cited())
                : addMinute(entry, presence.cited());
        dated = cite(entry, presence.cited());
        changed |= dated;
        address = !was;
      }
    }
    if (presence.name() != null) {
      PresenceEntry entry = entry(page, presence.name(), true, "", added, gone);
      if (entry != null) {
        name = addMinute(entry, presence.cited());
        boolean first = date(entry, presence.cited());
        dated |= first;
        changed |= name || first;
      }
    }
    return new Noted(changed || !gone.isEmpty(), address, name, dated, added, gone);
  }

  /**
   * Takes a call without claims back. Returns the entries of which a minute is gone; one that holds
   * nothing any more has left the page.
   */
  List<PresenceEntry> takeBack(PresenceDay page, Cited call) {
    List<PresenceEntry> lost = new ArrayList<>(0);
    List<PresenceEntry> left = new ArrayList<>(page.getEntries().size());
    int minute = minuteOf(call);
    for (PresenceEntry entry : page.getEntries()) {
      if (removeCall(entry, minute, hash(call))) {
        List<PresenceHour> hours = new ArrayList<>(entry.getHours());
        hours.removeIf(hour -> Citations.sameEvent(cited(hour), call));
        entry.setHours(hours);
        if (!minutes(entry).get(minute)) {
          lost.add(entry);
        }
      }
      if (!minutes(entry).isEmpty()) {
        left.add(entry);
      }
    }
    page.setEntries(left);
    return lost;
  }

  /** Returns the minutes of the day in which the principal was there. */
  static BitSet minutes(PresenceEntry entry) {
    BitSet minutes = BitSet.valueOf(entry.getMinutes());
    for (UnclaimedCalls calls : entry.getUnclaimed()) {
      minutes.set(calls.getMinute());
    }
    return minutes;
  }

  /**
   * Returns the minutes of the day that lie close to an alert. When the first event of an hour was
   * is known exactly; of others only the minute is, and of a minute with several.
   *
   * @param window the minutes that may
   * @param most how close, in minutes
   */
  static BitSet minutes(PresenceEntry entry, BitSet window, CollectedAlert alert, int most) {
    BitSet minutes = minutes(entry);
    minutes.and(window);
    for (PresenceHour hour : entry.getHours()) {
      int minute = Days.minuteOfDay(hour.getEventAt());
      if (minutes.get(minute)
          && !hour.getSeveral()
          && isSet(entry.getMinutes(), minute) // a call that may be retracted dates nothing
          && !AlertBook.within(alert, hour.getEventAt(), most)) {
        minutes.clear(minute);
      }
    }
    return minutes;
  }

  private static boolean has(PresenceEntry entry, int minute) {
    if (isSet(entry.getMinutes(), minute)) {
      return true;
    }
    for (UnclaimedCalls calls : entry.getUnclaimed()) {
      if (calls.getMinute() == minute) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether a set of minutes has one, without a copy of it. */
  private static boolean isSet(ByteBuffer minutes, int minute) {
    int at = minute >> 3;
    return at < minutes.remaining()
        && (minutes.get(minutes.position() + at) & (1 << (minute & 7))) != 0;
  }

  /** Returns the entry, new or not; null if the page is full of others that stay. */
  private @Nullable PresenceEntry entry(
      PresenceDay page,
      String handle,
      boolean isName,
      String networkClass,
      List<PresenceEntry> added,
      List<PresenceEntry> gone) {
    int alike = 0;
    for (PresenceEntry entry : page.getEntries()) {
      if (entry.getIsName() == isName) {
        alike++;
        if (entry.getHandle().equals(handle) && entry.getNetworkClass().equals(networkClass)) {
          return entry;
        }
      }
    }
    PresenceEntry fresh =
        new PresenceEntry(
            handle,
            isName,
            networkClass,
            ByteBuffer.allocate(0),
            new ArrayList<>(1),
            new ArrayList<>(0));
    List<PresenceEntry> entries = new ArrayList<>(page.getEntries());
    entries.add(fresh);
    if (alike >= setCap) {
      page.setOverflow(true);
      PresenceEntry dropped =
          entries.stream()
              .filter(entry -> entry.getIsName() == isName)
              .max(Comparator.comparingLong(PresenceBook::hash))
              .orElseThrow();
      entries.removeIf(entry -> entry == dropped);
      gone.add(dropped);
      if (dropped == fresh) {
        return null;
      }
    }
    page.setEntries(entries);
    added.add(fresh);
    return fresh;
  }

  private static boolean addMinute(PresenceEntry entry, Cited cited) {
    int minute = minuteOf(cited);
    ByteBuffer minutes = entry.getMinutes();
    if (isSet(minutes, minute)) {
      return false;
    }
    int at = minute >> 3;
    byte[] more = new byte[Math.max(minutes.remaining(), at + 1)];
    minutes.duplicate().get(more, 0, minutes.remaining());
    more[at] |= (byte) (1 << (minute & 7));
    entry.setMinutes(ByteBuffer.wrap(more));
    return true;
  }

  private static boolean addCall(PresenceEntry entry, Cited call) {
    int minute = minuteOf(call);
    long hash = hash(call);
    List<UnclaimedCalls> all = entry.getUnclaimed();
    for (UnclaimedCalls calls : all) {
      if (calls.getMinute() == minute) {
        if (calls.getMore() || calls.getCalls().contains(hash)) {
          return false;
        }
        List<Long> kept = new ArrayList<>(calls.getCalls());
        kept.add(hash);
        Collections.sort(kept);
        if (kept.size() > MOST_CALLS) {
          calls.setMore(true);
          kept.clear(); // the minute stays, whichever they were
        }
        calls.setCalls(kept);
        return true;
      }
    }
    List<UnclaimedCalls> more = new ArrayList<>(all);
    more.add(new UnclaimedCalls(minute, new ArrayList<>(List.of(hash)), false));
    more.sort(Comparator.comparingInt(UnclaimedCalls::getMinute));
    entry.setUnclaimed(more);
    return true;
  }

  private static boolean removeCall(PresenceEntry entry, int minute, long hash) {
    for (UnclaimedCalls calls : entry.getUnclaimed()) {
      if (calls.getMinute() == minute && calls.getCalls().contains(hash)) {
        List<Long> kept = new ArrayList<>(calls.getCalls());
        kept.remove(hash);
        calls.setCalls(kept);
        if (kept.isEmpty()) {
          List<UnclaimedCalls> left = new ArrayList<>(entry.getUnclaimed());
          left.removeIf(one -> one.getMinute() == minute);
          entry.setUnclaimed(left);
        }
        return true;
      }
    }
    return false;
  }

  /** Keeps the first event of each hour. */
  private boolean cite(PresenceEntry entry, Cited cited) {
    PresenceHour kept = hour(entry, cited);
    if (kept == null) {
      add(entry, cited, ByteBuffer.wrap(citations.encode(cited)));
      return true;
    }
    boolean more = noteSeveral(kept, cited);
    if (kept.getEventAt() < cited.getEventAt() || Citations.earlier(cited(kept), cited) != cited) {
      return more;
    }
    kept.setEventAt(cited.getEventAt());
    kept.setCited(ByteBuffer.wrap(citations.encode(cited)));
    return true;
  }

  /** Keeps when the first event of each hour was, and not which. */
  private static boolean date(PresenceEntry entry, Cited cited) {
    PresenceHour kept = hour(entry, cited);
    if (kept == null) {
      add(entry, cited, ByteBuffer.allocate(0));
      return true;
    }
    boolean more = noteSeveral(kept, cited);
    if (cited.getEventAt() >= kept.getEventAt()) {
      return more;
    }
    kept.setEventAt(cited.getEventAt());
    return true;
  }

  private static @Nullable PresenceHour hour(PresenceEntry entry, Cited cited) {
    int hour = minuteOf(cited) / MINUTES_PER_HOUR;
    for (PresenceHour kept : entry.getHours()) {
      if (kept.getHour() == hour) {
        return kept;
      }
    }
    return null;
  }

  private static void add(PresenceEntry entry, Cited cited, ByteBuffer citation) {
    List<PresenceHour> hours = new ArrayList<>(entry.getHours());
    int hour = minuteOf(cited) / MINUTES_PER_HOUR;
    hours.add(new PresenceHour(hour, cited.getEventAt(), citation, false));
    hours.sort(Comparator.comparingInt(PresenceHour::getHour));
    entry.setHours(hours);
  }

  /** Notes whether the minute of an hour's first event has others; returns whether that is new. */
  private static boolean noteSeveral(PresenceHour kept, Cited cited) {
    boolean before = kept.getSeveral();
    int minute = Days.minuteOfDay(kept.getEventAt());
    if (minuteOf(cited) == minute) {
      kept.setSeveral(before || cited.getEventAt() != kept.getEventAt());
    } else if (minuteOf(cited) < minute) {
      kept.setSeveral(false); // of the minute that is the first now
    }
    return kept.getSeveral() != before;
  }

  /** Returns the first event of an hour at an address. */
  Cited cited(PresenceHour hour) {
    ByteBuffer bytes = hour.getCited().duplicate();
    byte[] encoded = new byte[bytes.remaining()];
    bytes.get(encoded);
    return citations.decode(encoded);
  }

  /** Keeps the smallest name of the day, so that it does not hang on the order. */
  private static boolean nameAs(PresenceDay page, Principal principal) {
    Principal kept = page.getPrincipal();
    String name = principal.getName();
    if (name == null || (kept.getName() != null && kept.getName().compareTo(name) <= 0)) {
      return false;
    }
    page.setPrincipal(principal);
    return true;
  }

  private static int minuteOf(Cited cited) {
    return Days.minuteOfDay(cited.getEventAt());
  }

  private static long hash(Cited call) {
    return Findings.memberHash(call.getCategory() + "\n" + call.getEventId());
  }

  private static long hash(PresenceEntry entry) {
    return Findings.memberHash(entry.getHandle() + "\n" + entry.getNetworkClass());
  }
}
