package dev.lockstep.capture.record;

/** What the sign-in record says about the device. */
public record Device(String id, String name, String system, boolean managed, boolean compliant) {
  /** A browser that nobody knows. */
  public static final Device UNKNOWN = new Device("", "", "Windows10", false, false);
}
