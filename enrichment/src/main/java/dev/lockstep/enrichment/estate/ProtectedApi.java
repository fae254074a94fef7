package dev.lockstep.enrichment.estate;

import dev.lockstep.schemas.text.ComparableText;

/**
 * API that an operator lists in the estate, with the id of the application that users sign in to.
 *
 * @param name name that the operator gives the API
 * @param appId id of the application, in lower case
 * @param requireManagedDevice whether only managed or compliant devices are to reach the API
 */
public record ProtectedApi(String name, String appId, boolean requireManagedDevice) {
  /** Creates an API, and trims the id of its application and converts the id to lower case. */
  public ProtectedApi {
    appId = ComparableText.of(appId);
  }
}
