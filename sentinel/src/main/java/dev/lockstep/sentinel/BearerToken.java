package dev.lockstep.sentinel;

/** An access token; it prints nothing of itself. */
public final class BearerToken {
  private final String value;

  /**
   * Wraps a token.
   *
   * @param value printable ASCII without spaces
   * @throws IllegalArgumentException if it is empty or holds anything else
   */
  public BearerToken(String value) {
    if (value.isEmpty() || !value.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
      throw new IllegalArgumentException(
          "could not use an access token: it is empty or holds characters that no token has;"
              + " check what issued it");
    }
    this.value = value;
  }

  /** Returns the value of an Authorization header. */
  String header() {
    return "Bearer " + value;
  }

  @Override
  public String toString() {
    return "BearerToken[***]";
  }
}
