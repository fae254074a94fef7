package dev.lockstep.app.suggest;

import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.network.NamedNetwork;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Alert;
import dev.lockstep.schemas.Severity;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Collection of the addresses in those alerts of Microsoft Defender that have severity Medium or
 * higher. An alert has the highest severity of its records. Detections of Lockstep that return as
 * alerts are left out.
 */
public final class AlertedAddresses {
  private final Set<String> severe = new HashSet<>();
  private final Set<String> own = new HashSet<>();
  private final Map<Address, Set<String>> alertsByAddress = new HashMap<>();

  public void add(Activity activity) {
    Alert alert = activity.getAlert();
    if (alert == null) {
      return;
    }
    if (alert.getOwn()) {
      own.add(alert.getId());
    }
    if (alert.getSeverity() != null && alert.getSeverity().compareTo(Severity.Medium) >= 0) {
      severe.add(alert.getId());
    }
    for (String text : alert.getAddresses()) {
      Address address = Address.parse(text);
      if (address != null) {
        alertsByAddress.computeIfAbsent(address, none -> new HashSet<>()).add(alert.getId());
      }
    }
  }

  List<String> within(String cidr) {
    NamedNetwork range = NamedNetwork.parse(cidr);
    if (range == null) {
      return List.of();
    }
    return alertsByAddress.entrySet().stream()
        .filter(entry -> range.contains(entry.getKey(), null, null))
        .filter(entry -> entry.getValue().stream().anyMatch(this::counts))
        .map(entry -> entry.getKey().text())
        .sorted()
        .toList();
  }

  private boolean counts(String alert) {
    return severe.contains(alert) && !own.contains(alert);
  }
}
