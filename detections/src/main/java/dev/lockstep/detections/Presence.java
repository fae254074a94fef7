package dev.lockstep.detections;

import dev.lockstep.schemas.Cited;
import dev.lockstep.schemas.Principal;
import org.jspecify.annotations.Nullable;

/**
 * An event that says where a principal was, and maybe under which name.
 *
 * @param address in its canonical text, null if unknown
 * @param networkClass of the address, empty if unknown
 * @param name the UPN of a sign-in, in lower case; null if there is none
 * @param unclaimed whether it is a call without claims, which may turn out to be another's
 */
record Presence(
    Principal principal,
    @Nullable String address,
    String networkClass,
    @Nullable String name,
    Cited cited,
    boolean unclaimed) {

  long minute() {
    return Days.minute(cited.getEventAt());
  }

  int day() {
    return Days.of(cited.getEventAt());
  }
}
