package dev.lockstep.capture.record;

/** Device as a sign-in record describes it. */
public record Device(String id, String name, String system, boolean managed, boolean compliant) {
  /** Unmanaged device for which a sign-in record has no id and no name. */
  public static final Device UNKNOWN = new Device("", "", "Windows10", false, false);
}
