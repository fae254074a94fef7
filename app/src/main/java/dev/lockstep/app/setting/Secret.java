package dev.lockstep.app.setting;

/**
 * A value that must not be shown: {@link #toString} prints nothing of it.
 *
 * @param reveal the value itself
 */
public record Secret(String reveal) {
  @Override
  public String toString() {
    return "(secret)";
  }
}
