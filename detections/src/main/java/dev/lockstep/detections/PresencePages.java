package dev.lockstep.detections;

import dev.lockstep.schemas.PresenceDay;
import dev.lockstep.schemas.PresenceEntry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * The pages of presence in their store, those used lately at hand as well: whoever is active is
 * seen every minute. A page that was changed has to be written before it is asked for again.
 */
final class PresencePages {
  private static final int MOST_AT_HAND = 8_192;

  private final StateStore<PresenceDay> store;
  private final RecentMap<Bytes, PresenceDay> atHand = new RecentMap<>(MOST_AT_HAND);

  PresencePages(StateStore<PresenceDay> store) {
    this.store = store;
  }

  @Nullable PresenceDay get(int day, String principal) {
    Bytes key = StateStore.dayFirst(day, principal);
    PresenceDay page = atHand.get(key);
    if (page == null) {
      page = store.get(key);
      if (page != null) {
        atHand.put(key, page);
      }
    }
    return page;
  }

  void put(int day, String principal, PresenceDay page) {
    Bytes key = StateStore.dayFirst(day, principal);
    atHand.put(key, page);
    store.put(key, page);
  }

  void delete(int day, String principal) {
    Bytes key = StateStore.dayFirst(day, principal);
    atHand.remove(key);
    store.delete(key);
  }

  /** Deletes the pages of a principal; returns the names that they had for it. */
  Set<String> erase(String principal) {
    Set<String> names = new HashSet<>();
    for (Bytes key : store.daysOf(principal)) {
      PresenceDay page = store.get(key);
      if (page != null) {
        if (page.getPrincipal().getName() != null) {
          names.add(page.getPrincipal().getName());
        }
        page.getEntries().stream()
            .filter(PresenceEntry::getIsName)
            .forEach(entry -> names.add(entry.getHandle()));
      }
      atHand.remove(key);
      store.delete(key);
    }
    return names;
  }

  /** Deletes what lies on a day or earlier. */
  void forget(int upTo) {
    List<Bytes> gone = new ArrayList<>();
    store.range(
        StateStore.dayFirst(Integer.MIN_VALUE, ""),
        StateStore.dayFirst(upTo + 1, ""),
        (key, page) -> gone.add(key));
    gone.forEach(store::delete);
    gone.forEach(atHand::remove);
  }
}
