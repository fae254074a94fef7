package dev.lockstep.app.detection;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Principal;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Names of principals by id, as records of any log name them. Some logs, such as that of a gateway,
 * name only ids. The names of at most {@value #MOST} principals are kept. Safe for use by several
 * threads.
 */
public final class PrincipalNames {
  private static final int MOST = 100_000;

  private final ConcurrentMap<String, String> byId = new ConcurrentHashMap<>();

  /**
   * Keeps the name of an activity's principal. Of several names, the first in alphabetical order is
   * kept.
   */
  public void keepName(Activity activity) {
    Principal principal = activity.getPrincipal();
    if (principal == null || principal.getName() == null) {
      return;
    }
    String id = principal.getId();
    if (byId.size() < MOST || byId.containsKey(id)) {
      byId.merge(
          id, principal.getName(), (known, other) -> known.compareTo(other) <= 0 ? known : other);
    }
  }

  /** Returns the name of a principal, or the id if no name is known. */
  public String nameOf(String id) {
    return byId.getOrDefault(id, id);
  }
}
