package dev.lockstep.rules;

import dev.lockstep.schemas.Principal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Words of a finding.
 *
 * @param title one line
 * @param description one paragraph that a tired analyst understands, with the numbers
 * @param ip the address that tells most, or null
 * @param coldStart if nothing was known of the subject before; null where that does not apply
 * @param principal whose finding it is where the rule knows better; null: as the finding has it
 * @param alerts Defender alerts that it rests on
 */
public record Words(
    String title,
    String description,
    @Nullable String ip,
    @Nullable Boolean coldStart,
    @Nullable Principal principal,
    List<AlertOnSubject> alerts) {
  /** Copies. */
  public Words {
    alerts = List.copyOf(alerts);
  }

  /** Creates title and description. */
  public static Words of(String title, String description) {
    return new Words(title, description, null, null, null, List.of());
  }

  /** Adds the address that tells most. */
  public Words at(@Nullable String address) {
    return new Words(title, description, address, coldStart, principal, alerts);
  }

  /** Adds whether nothing was known of the subject before. */
  public Words coldStart(boolean isCold) {
    return new Words(title, description, ip, isCold, principal, alerts);
  }

  /** Adds whose finding it is. */
  public Words of(@Nullable Principal whose) {
    return new Words(title, description, ip, coldStart, whose, alerts);
  }

  /** Adds the Defender alerts that it rests on. */
  public Words with(List<AlertOnSubject> all) {
    return new Words(title, description, ip, coldStart, principal, all);
  }
}
