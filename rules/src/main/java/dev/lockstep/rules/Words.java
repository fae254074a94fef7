package dev.lockstep.rules;

import dev.lockstep.schemas.Principal;
import org.jspecify.annotations.Nullable;

/**
 * Words of a finding.
 *
 * @param title one line
 * @param description one paragraph that a tired analyst understands, with the numbers
 * @param ip the address that tells most, or null
 * @param coldStart if nothing was known of the subject before; null where that does not apply
 * @param principal whose finding it is where the rule knows better; null: as the finding has it
 */
public record Words(
    String title,
    String description,
    @Nullable String ip,
    @Nullable Boolean coldStart,
    @Nullable Principal principal) {
  /** Creates title and description. */
  public static Words of(String title, String description) {
    return new Words(title, description, null, null, null);
  }

  /** Adds the address that tells most. */
  public Words at(@Nullable String ip) {
    return new Words(title, description, ip, coldStart, principal);
  }

  /** Adds whether nothing was known of the subject before. */
  public Words coldStart(boolean coldStart) {
    return new Words(title, description, ip, coldStart, principal);
  }

  /** Adds whose finding it is. */
  public Words of(@Nullable Principal principal) {
    return new Words(title, description, ip, coldStart, principal);
  }
}
