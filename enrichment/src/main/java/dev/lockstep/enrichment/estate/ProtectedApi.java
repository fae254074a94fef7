package dev.lockstep.enrichment.estate;

import dev.lockstep.schemas.ComparableText;

/**
 * API that an operator lists in the estate, with the id of the application that users sign in to.
 *
 * @param name as the operator calls it
 * @param appId of the application, in lower case
 * @param requireManagedDevice if only managed or compliant devices are to reach it
 */
public record ProtectedApi(String name, String appId, boolean requireManagedDevice) {
  /** Creates an API with the id of its application trimmed and in lower case. */
  public ProtectedApi {
    appId = ComparableText.of(appId);
  }
}
