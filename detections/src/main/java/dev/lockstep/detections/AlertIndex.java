package dev.lockstep.detections;

import dev.lockstep.schemas.CollectedAlert;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The alerts that a stage knows: in a named store, and in memory by what they name. All of them are
 * on every partition; they are few.
 */
final class AlertIndex {
  private final StateStore<CollectedAlert> store;
  private final Map<String, CollectedAlert> alerts = new HashMap<>();
  private final Map<String, Set<String>> byAddress = new HashMap<>();
  private final Map<String, Set<String>> byName = new HashMap<>();
  private final Map<String, Set<String>> byAccount = new HashMap<>();
  private boolean loaded;

  AlertIndex(StateStore<CollectedAlert> store) {
    this.store = store;
  }

  @Nullable CollectedAlert get(String id) {
    load();
    return alerts.get(id);
  }

  /** Returns the ids of the alerts that name an address, ascending. */
  Set<String> byAddress(String address) {
    load();
    return byAddress.getOrDefault(address, Set.of());
  }

  /** Returns the ids of the alerts that name a UPN, ascending. */
  Set<String> byName(String name) {
    load();
    return byName.getOrDefault(name, Set.of());
  }

  /** Returns the ids of the alerts that name an account, ascending. */
  Set<String> byAccount(String account) {
    load();
    return byAccount.getOrDefault(account, Set.of());
  }

  /** Returns whether there is none. */
  boolean isEmpty() {
    load();
    return alerts.isEmpty();
  }

  CollectedAlert known(String id) {
    return Objects.requireNonNull(get(id), id);
  }

  void put(CollectedAlert alert) {
    load();
    String id = alert.getAlert().getId();
    forgetInMemory(id);
    store.put(StateStore.key(id), alert);
    note(alert);
  }

  void remove(String id) {
    load();
    forgetInMemory(id);
    store.delete(StateStore.key(id));
  }

  /** Lets the alerts go whose last time is earlier. */
  void forget(long oldest) {
    load();
    List<String> gone =
        alerts.values().stream()
            .filter(alert -> last(alert) < oldest)
            .map(alert -> alert.getAlert().getId())
            .toList();
    gone.forEach(this::remove);
  }

  /** Puts a pseudonym in place of a principal. */
  void erase(Erasing erasing) {
    load();
    for (CollectedAlert alert : List.copyOf(alerts.values())) {
      CollectedAlert revised = erasing.revised(alert);
      if (!revised.equals(alert)) {
        put(revised);
      }
    }
  }

  private static long last(CollectedAlert alert) {
    List<Long> times = alert.getTimes();
    return times.isEmpty() ? Long.MIN_VALUE : times.get(times.size() - 1);
  }

  /** Reads the store when it is first asked for: before, it may not have been restored. */
  private void load() {
    if (!loaded) {
      loaded = true;
      store.forEach((key, alert) -> note(alert));
    }
  }

  private void note(CollectedAlert alert) {
    String id = alert.getAlert().getId();
    alerts.put(id, alert);
    alert.getAlert().getAddresses().forEach(address -> add(byAddress, address, id));
    alert.getAlert().getNames().forEach(name -> add(byName, name, id));
    alert.getAlert().getAccounts().forEach(account -> add(byAccount, account, id));
  }

  private void forgetInMemory(String id) {
    CollectedAlert alert = alerts.remove(id);
    if (alert != null) {
      alert.getAlert().getAddresses().forEach(address -> drop(byAddress, address, id));
      alert.getAlert().getNames().forEach(name -> drop(byName, name, id));
      alert.getAlert().getAccounts().forEach(account -> drop(byAccount, account, id));
    }
  }

  private static void add(Map<String, Set<String>> index, String key, String id) {
    index.computeIfAbsent(key, named -> new TreeSet<>()).add(id);
  }

  private static void drop(Map<String, Set<String>> index, String key, String id) {
    Set<String> ids = index.get(key);
    if (ids != null && ids.remove(id) && ids.isEmpty()) {
      index.remove(key);
    }
  }
}
