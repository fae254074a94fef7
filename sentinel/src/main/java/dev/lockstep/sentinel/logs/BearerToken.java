package dev.lockstep.sentinel.logs;

import dev.lockstep.schemas.text.TokenClaims;

/** Access token for the Logs Ingestion API, whose value shows in no log or message. */
public final class BearerToken {
  private final String value;

  /**
   * Creates an access token from its text.
   *
   * @param value printable ASCII without spaces
   * @throws IllegalArgumentException if the value is empty or has other characters
   */
  public BearerToken(String value) {
    if (value.isEmpty() || !value.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
      throw new IllegalArgumentException(
          "could not use an access token: it is empty or contains characters that no token has;"
              + " check where the token comes from");
    }
    this.value = value;
  }

  String header() {
    return "Bearer " + value;
  }

  /**
   * Returns the claims of the token as JSON. They give no access, because the signature is left
   * out. The text is empty for a token without claims.
   */
  public String claims() {
    return TokenClaims.of(value);
  }

  @Override
  public String toString() {
    return "BearerToken[***]";
  }
}
