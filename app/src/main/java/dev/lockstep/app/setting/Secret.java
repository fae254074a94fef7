package dev.lockstep.app.setting;

/**
 * Secret value, which {@link #toString} does not show.
 *
 * @param reveal value
 */
public record Secret(String reveal) {
  @Override
  public String toString() {
    return "(secret)";
  }
}
