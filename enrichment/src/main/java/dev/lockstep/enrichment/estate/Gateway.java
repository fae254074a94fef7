package dev.lockstep.enrichment.estate;

import dev.lockstep.schemas.text.ComparableText;
import java.util.Set;

/**
 * API gateway that an operator lists in the estate.
 *
 * @param name name that the operator gives the gateway
 * @param hosts host names at which clients call it, from outside and inside, without port
 * @param resourceIds ids of the Azure resources that log its calls
 * @param frontDoorIds ids of the Front Door profiles in front of it; empty if it is not behind
 *     Front Door
 */
public record Gateway(
    String name, Set<String> hosts, Set<String> resourceIds, Set<String> frontDoorIds) {
  /** Creates a gateway, and trims its hosts and ids and converts them to lower case. */
  public Gateway {
    hosts = ComparableText.all(hosts);
    resourceIds = ComparableText.all(resourceIds);
    frontDoorIds = ComparableText.all(frontDoorIds);
  }

  public boolean isBehindFrontDoor() {
    return !frontDoorIds.isEmpty();
  }

  /** Returns whether the Front Door profile with the given id is in front of the gateway. */
  public boolean isBehind(String frontDoorId) {
    return frontDoorIds.contains(ComparableText.of(frontDoorId));
  }

  /**
   * Returns whether one of several Front Door profiles, whose ids are separated by commas, is in
   * front of the gateway.
   */
  public boolean isBehindOneOf(String ids) {
    int from = 0;
    while (from <= ids.length()) {
      int comma = ids.indexOf(',', from);
      int end = comma < 0 ? ids.length() : comma;
      if (isBehind(ids.substring(from, end))) {
        return true;
      }
      from = end + 1;
    }
    return false;
  }
}
