package dev.lockstep.rules;

import dev.lockstep.schemas.Principal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Texts of a finding for people, in the words of its rule: title, description, and what the
 * detection shows.
 *
 * @param title title in one line
 * @param description one paragraph with the numbers, clear to a tired analyst
 * @param ip IP address that the detection shows, the most telling one of several, or null
 * @param coldStart whether nothing was known of the subject before; null if the rule does not tell
 * @param principal principal of the finding, or null to keep {@link Finding#principal}
 * @param alerts Defender alerts that the finding rests on
 * @param group fields that make the group of a correlation, with their values; empty for another
 *     rule
 */
public record Words(
    String title,
    String description,
    @Nullable String ip,
    @Nullable Boolean coldStart,
    @Nullable Principal principal,
    List<AlertOnSubject> alerts,
    Map<String, String> group) {
  /** Creates the wording of a finding. The given list and map are copied. */
  public Words {
    Objects.requireNonNull(title, "the title of a finding is null; give the finding a title");
    Objects.requireNonNull(
        description, "the description of a finding is null; give the finding a description");
    if (principal != null) {
      Objects.requireNonNull(
          principal.getId(), "the id of a finding's principal is null; give the principal an id");
      Objects.requireNonNull(
          principal.getType(),
          "the type of a finding's principal is null; give the principal a type");
      if (principal.getId().isEmpty()) {
        throw new IllegalArgumentException(
            "the id of a finding's principal is empty; give the principal an id, or give no principal");
      }
    }
    alerts = List.copyOf(alerts);
    group = Map.copyOf(group);
  }

  /**
   * Returns the wording of a finding with a title and a description, and without other attributes.
   */
  public static Words of(String title, String description) {
    return new Words(title, description, null, null, null, List.of(), Map.of());
  }

  /**
   * Returns a copy of this wording of a finding, with the given address as the IP address that the
   * detection shows. Null stands for no address.
   */
  public Words at(@Nullable String address) {
    return new Words(title, description, address, coldStart, principal, alerts, group);
  }

  /**
   * Returns a copy of this wording of a finding, marked as a cold start or not. In a cold start,
   * nothing was known of the subject before.
   */
  public Words coldStart(boolean isCold) {
    return new Words(title, description, ip, isCold, principal, alerts, group);
  }

  /**
   * Returns a copy of this wording of a finding, with the given principal as the finding's
   * principal. Null keeps {@link Finding#principal}.
   */
  public Words of(@Nullable Principal whose) {
    return new Words(title, description, ip, coldStart, whose, alerts, group);
  }

  /**
   * Returns a copy of this wording of a finding, with the Defender alerts that the finding rests
   * on.
   */
  public Words with(List<AlertOnSubject> all) {
    return new Words(title, description, ip, coldStart, principal, all, group);
  }

  /**
   * Returns a copy of this wording of a finding, with the names and values of the fields by which a
   * correlation groups its events.
   */
  public Words ofGroup(Map<String, String> fields) {
    return new Words(title, description, ip, coldStart, principal, alerts, fields);
  }
}
