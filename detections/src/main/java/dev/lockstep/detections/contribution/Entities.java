package dev.lockstep.detections.contribution;

import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Factory of the entities of a detection, which are accounts and addresses, with the identifiers of
 * Sentinel.
 */
final class Entities {
  private Entities() {}

  static List<Map<String, String>> accounts(@Nullable Principal principal) {
    return principal == null || PrincipalTypes.isSubscription(principal)
        ? List.of()
        : List.of(account(principal));
  }

  private static Map<String, String> account(Principal principal) {
    Map<String, String> entity = new TreeMap<>();
    entity.put("kind", "Account");
    String name = principal.getName();
    if (PrincipalTypes.isUser(principal)) {
      entity.put("AadUserId", principal.getId());
      int at = name == null ? -1 : name.lastIndexOf('@');
      if (name != null && at > 0) {
        entity.put("Name", name.substring(0, at));
        entity.put("UPNSuffix", name.substring(at + 1));
      } else if (name != null) {
        entity.put("Name", name);
      }
    } else {
      entity.put("Name", name == null ? principal.getId() : name);
      entity.put("ObjectGuid", principal.getId());
    }
    return entity;
  }

  static Map<String, String> ip(String address) {
    return new TreeMap<>(Map.of("kind", "IP", "Address", address));
  }
}
