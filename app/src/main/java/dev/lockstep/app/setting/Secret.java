package dev.lockstep.app.setting;

/**
 * Secret value, of which {@link #toString} shows nothing.
 *
 * @param reveal value
 */
public record Secret(String reveal) {
  @Override
  public String toString() {
    return "(secret)";
  }
}
