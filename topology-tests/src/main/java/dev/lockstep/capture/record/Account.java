package dev.lockstep.capture.record;

import java.util.Locale;

/**
 * User or workload that signs in or calls.
 *
 * @param id Entra object id
 * @param name display name
 * @param upn user principal name, empty for a workload
 * @param appId the workload's application id, empty for a user
 * @param laptop laptop of a user, {@link Device#UNKNOWN} if there is none
 */
public record Account(String id, String name, String upn, String appId, Device laptop) {
  public boolean workload() {
    return upn.isEmpty();
  }

  /** Returns the account with its id in upper case, as some services write it. */
  public Account shouting() {
    return new Account(id.toUpperCase(Locale.ROOT), name, upn, appId, laptop);
  }
}
