package dev.lockstep.app;

/** Version of Lockstep that runs. */
final class ProductVersion {
  private ProductVersion() {}

  /** Returns the version that the jar's manifest has, such as {@code 0.1.0}. */
  static String number() {
    String version = ProductVersion.class.getPackage().getImplementationVersion();
    return version == null ? "(unpackaged)" : version;
  }
}
