package dev.lockstep.app.process;

/** Version of Lockstep that runs. */
public final class ProductVersion {
  private ProductVersion() {}

  /** Returns the version that the jar's manifest has, such as {@code 0.1.0}. */
  public static String number() {
    String version = ProductVersion.class.getPackage().getImplementationVersion();
    return version == null ? "(unpackaged)" : version;
  }
}
