package dev.lockstep.app.process;

/** Version of the running program. */
public final class ProductVersion {
  private ProductVersion() {}

  /**
   * Returns the version in the jar's manifest, such as {@code 0.1.0}. It is {@code (unpackaged)}
   * outside a jar.
   */
  public static String number() {
    String version = ProductVersion.class.getPackage().getImplementationVersion();
    return version == null ? "(unpackaged)" : version;
  }
}
