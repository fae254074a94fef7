package dev.lockstep.detections;

import dev.lockstep.schemas.FindingAddress;
import dev.lockstep.schemas.Spot;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/** The client addresses of a finding's events, those smallest by hash where there are too many. */
final class FindingAddresses {
  private final int most;
  private final TreeMap<String, FindingAddress> addresses = new TreeMap<>();

  FindingAddresses(int most) {
    this.most = most;
  }

  void add(Spot spot) {
    add(spot.getAddress(), spot.getNetworkClass());
  }

  void add(String address, String networkClass) {
    addresses.put(address + "\n" + networkClass, new FindingAddress(address, networkClass));
  }

  List<FindingAddress> list() {
    if (addresses.size() <= most) {
      return List.copyOf(addresses.values());
    }
    return addresses.keySet().stream()
        .sorted(Comparator.comparingLong(Findings::memberHash))
        .limit(most)
        .sorted()
        .map(addresses::get)
        .toList();
  }
}
