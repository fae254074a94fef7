package dev.lockstep.detections;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.FindingAddress;
import dev.lockstep.schemas.FindingState;
import dev.lockstep.schemas.Principal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The findings of other rules that stand, in memory, by principal and by address. */
final class FindingIndex {
  private final Map<String, Listed> byId = new HashMap<>();
  private final Map<String, Set<String>> byPrincipal = new HashMap<>();
  private final Map<String, Set<String>> byAddress = new HashMap<>();

  private record Listed(@Nullable String principal, List<String> addresses) {}

  void put(String id, FindingState state) {
    Detection base = FindingBook.base(state);
    if (base.getRule().equals(DefenderCorroboration.ID)) {
      return;
    }
    Principal principal = base.getPrincipal();
    List<String> addresses = new ArrayList<>(state.getAddresses().size());
    for (FindingAddress address : state.getAddresses()) {
      addresses.add(address.getAddress());
    }
    Listed listed = new Listed(principal == null ? null : principal.getId(), addresses);
    Listed before = byId.get(id);
    if (listed.equals(before)) {
      return;
    }
    remove(id);
    byId.put(id, listed);
    if (listed.principal() != null) {
      byPrincipal.computeIfAbsent(listed.principal(), key -> new HashSet<>(4)).add(id);
    }
    for (String address : addresses) {
      byAddress.computeIfAbsent(address, key -> new HashSet<>(4)).add(id);
    }
  }

  void remove(String id) {
    Listed listed = byId.remove(id);
    if (listed == null) {
      return;
    }
    if (listed.principal() != null) {
      drop(byPrincipal, listed.principal(), id);
    }
    listed.addresses().forEach(address -> drop(byAddress, address, id));
  }

  Set<String> ofPrincipal(String principal) {
    return byPrincipal.getOrDefault(principal, Set.of());
  }

  Set<String> atAddress(String address) {
    return byAddress.getOrDefault(address, Set.of());
  }

  private static void drop(Map<String, Set<String>> index, String key, String id) {
    Set<String> ids = index.get(key);
    if (ids != null && ids.remove(id) && ids.isEmpty()) {
      index.remove(key);
    }
  }
}
