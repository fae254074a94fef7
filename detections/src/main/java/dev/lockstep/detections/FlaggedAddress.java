package dev.lockstep.detections;

import dev.lockstep.schemas.CollectedAlert;
import dev.lockstep.schemas.PresenceDay;
import dev.lockstep.schemas.PresenceEntry;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The half {@code flagged-address} of {@code defender-corroboration}: whether a principal was at an
 * address of an alert close to it.
 */
final class FlaggedAddress {
  private final RuleSettings.Defender settings;

  FlaggedAddress(RuleSettings.Defender settings) {
    this.settings = settings;
  }

  /** The pages of one principal by day. */
  interface Pages {
    @Nullable PresenceDay day(int day);
  }

  /**
   * Minutes of a day in which the principal was at the address, close to the alert.
   *
   * @param day UTC day since 1970
   * @param entry what is kept of that day and address
   * @param minutes of that day
   */
  record Hit(int day, PresenceEntry entry, BitSet minutes) {}

  /**
   * What judging gave.
   *
   * @param hits what fires or would, in the order of days
   * @param namedBy what the alert names the principal by, null if it does not: then the hits fire
   * @param overflow whether more was seen than is kept
   */
  record Verdict(List<Hit> hits, @Nullable String namedBy, boolean overflow) {
    boolean fires() {
      return !hits.isEmpty() && namedBy == null;
    }
  }

  Verdict judge(String principal, String address, CollectedAlert alert, Pages pages) {
    List<Hit> hits = new ArrayList<>(1);
    boolean overflow = false;
    for (Map.Entry<Integer, BitSet> window : windows(alert, settings.flagMinutes()).entrySet()) {
      PresenceDay page = pages.day(window.getKey());
      if (page == null) {
        continue;
      }
      for (PresenceEntry entry : page.getEntries()) {
        if (!entry.getIsName()
            && entry.getHandle().equals(address)
            && DefenderCorroboration.gate(entry.getNetworkClass()) == null) {
          BitSet minutes =
              PresenceBook.minutes(entry, window.getValue(), alert, settings.flagMinutes());
          if (!minutes.isEmpty()) {
            hits.add(new Hit(window.getKey(), entry, minutes));
            overflow |= page.getOverflow();
          }
        }
      }
    }
    return new Verdict(hits, hits.isEmpty() ? null : namedBy(principal, alert, pages), overflow);
  }

  /**
   * Returns what an alert names a principal by: {@code account}, or the UPN under which the
   * principal signed in within a day of the alert; null if it does not.
   */
  static @Nullable String namedBy(String principal, CollectedAlert alert, Pages pages) {
    if (alert.getAlert().getAccounts().contains(principal)) {
      return "account";
    }
    if (alert.getAlert().getNames().isEmpty()) {
      return null;
    }
    Set<String> names = new HashSet<>(alert.getAlert().getNames());
    for (Map.Entry<Integer, BitSet> window :
        windows(alert, DefenderCorroboration.NAME_MINUTES).entrySet()) {
      PresenceDay page = pages.day(window.getKey());
      if (page == null) {
        continue;
      }
      for (PresenceEntry entry : page.getEntries()) {
        if (entry.getIsName()
            && names.contains(entry.getHandle())
            && !PresenceBook.minutes(
                    entry, window.getValue(), alert, DefenderCorroboration.NAME_MINUTES)
                .isEmpty()) {
          return entry.getHandle();
        }
      }
    }
    return null;
  }

  /** Returns the minutes that may lie close to any time of an alert, by day. */
  static Map<Integer, BitSet> windows(CollectedAlert alert, int minutes) {
    TreeMap<Integer, BitSet> windows = new TreeMap<>();
    for (long time : alert.getTimes()) {
      long first = Days.minute(time) - minutes;
      long last = Days.minute(time) + minutes;
      int lastDay = (int) Math.floorDiv(last, Days.MINUTES);
      for (int day = (int) Math.floorDiv(first, Days.MINUTES); day <= lastDay; day++) {
        long start = (long) day * Days.MINUTES;
        windows
            .computeIfAbsent(day, key -> new BitSet(Days.MINUTES))
            .set((int) Math.max(0, first - start), (int) Math.min(Days.MINUTES, last - start + 1));
      }
    }
    return windows;
  }
}
