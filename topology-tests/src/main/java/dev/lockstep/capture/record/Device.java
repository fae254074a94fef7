package dev.lockstep.capture.record;

/** Device as the sign-in record describes it. */
public record Device(String id, String name, String system, boolean managed, boolean compliant) {
  /** Device of a browser about which the record says nothing but the operating system. */
  public static final Device UNKNOWN = new Device("", "", "Windows10", false, false);
}
