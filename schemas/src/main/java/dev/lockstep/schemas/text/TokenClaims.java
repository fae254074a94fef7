package dev.lockstep.schemas.text;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.NullMarked;

/** Static method that reads the claims of an access token of Entra ID. */
@NullMarked
public final class TokenClaims {
  private TokenClaims() {}

  /**
   * Returns the claims of a token as JSON. They give no access, because the signature is left out.
   * The text is empty for a token without claims.
   */
  public static String of(String token) {
    int from = token.indexOf('.') + 1;
    int to = token.indexOf('.', from);
    if (from == 0 || to < 0) {
      return "";
    }
    try {
      byte[] claims = Base64.getUrlDecoder().decode(token.substring(from, to));
      return new String(claims, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }
}
