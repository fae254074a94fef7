package dev.lockstep.app;

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
