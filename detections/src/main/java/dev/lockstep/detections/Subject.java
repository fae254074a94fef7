package dev.lockstep.detections;

/**
 * Whom or what an explanation is about.
 *
 * @param id of the principal, of the partner, of the token (a GUID), or the address, in its
 *     canonical form
 */
public record Subject(Kind kind, String id) {
  /** What it is. */
  public enum Kind {
    PRINCIPAL,
    PARTNER,
    TOKEN,
    ADDRESS
  }
}
