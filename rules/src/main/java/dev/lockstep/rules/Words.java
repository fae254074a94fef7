package dev.lockstep.rules;

import dev.lockstep.schemas.Principal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Texts and attributes of a finding for people.
 *
 * @param title title in one line
 * @param description one paragraph with the numbers, clear to a tired analyst
 * @param ip most telling address, or null
 * @param coldStart if nothing was known of the subject before; null if the rule does not learn
 * @param principal principal of the finding, or null to keep {@link Finding#principal}
 * @param alerts Defender alerts that the finding rests on
 */
public record Words(
    String title,
    String description,
    @Nullable String ip,
    @Nullable Boolean coldStart,
    @Nullable Principal principal,
    List<AlertOnSubject> alerts) {
  /** Creates the words with a copy of the alerts. */
  public Words {
    alerts = List.copyOf(alerts);
  }

  /** Returns words with title and description. */
  public static Words of(String title, String description) {
    return new Words(title, description, null, null, null, List.of());
  }

  /** Returns these words with the most telling address. */
  public Words at(@Nullable String address) {
    return new Words(title, description, address, coldStart, principal, alerts);
  }

  /** Returns these words with the mark whether nothing was known of the subject before. */
  public Words coldStart(boolean isCold) {
    return new Words(title, description, ip, isCold, principal, alerts);
  }

  /** Returns these words with the principal of the finding. */
  public Words of(@Nullable Principal whose) {
    return new Words(title, description, ip, coldStart, whose, alerts);
  }

  /** Returns these words with the Defender alerts that the finding rests on. */
  public Words with(List<AlertOnSubject> all) {
    return new Words(title, description, ip, coldStart, principal, all);
  }
}
