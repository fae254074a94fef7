package dev.lockstep.detections.incident;

import dev.lockstep.detections.encoding.Hashes;
import java.util.List;

/**
 * Factory of the correlation ids of incidents, each a hash of the group's name and of the id of the
 * incident's first finding.
 */
final class IncidentId {
  private IncidentId() {}

  /**
   * Returns the id of an incident, which changes if another finding becomes the incident's first.
   *
   * @param group name of the group of findings; it contains the principal or client address that
   *     the findings share
   * @param finding id of the incident's first finding in the order of start and id
   */
  static String of(String group, String finding) {
    return Hashes.id(List.of(group, finding));
  }
}
