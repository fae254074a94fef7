package dev.lockstep.enrichment.exception;

import dev.lockstep.enrichment.file.Wording;
import dev.lockstep.enrichment.network.NamedNetwork;
import dev.lockstep.enrichment.partner.Partners;
import dev.lockstep.schemas.Sha256;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Entry of an exceptions file: findings of one rule that the operator expects, with reason, owner
 * and expiry.
 *
 * @param id id, one word of at most 64 letters, digits, dashes, dots and underscores
 * @param rule id of the rule whose findings are expected
 * @param principal object id, app id or subscription, in lower case; null for any
 * @param partner id in the partner registry, in lower case; null for any
 * @param network network of the findings, or null for any; it has to contain the address that a
 *     finding is about, or else an address of each of its verdicts
 * @param reason reason why the findings are expected
 * @param owner person or team that answers for this entry
 * @param expiresAt expiry in milliseconds since 1970; findings that end then or later are not
 *     covered
 */
public record ExceptionEntry(
    String id,
    String rule,
    @Nullable String principal,
    @Nullable String partner,
    @Nullable NamedNetwork network,
    String reason,
    String owner,
    long expiresAt) {

  private static final int LONGEST_ID = 64;

  /**
   * Creates an entry, and converts its principal and partner to lower case.
   *
   * @throws IllegalArgumentException if the id is not one word, or if the entry names nothing but
   *     the rule
   */
  public ExceptionEntry {
    if (!isWord(id)) {
      throw new IllegalArgumentException(
          "the id of an exception has to be one word of at most "
              + LONGEST_ID
              + " letters, digits, dashes, dots and underscores, and is "
              + Wording.quote(id));
    }
    if (principal == null && partner == null && network == null) {
      throw new IllegalArgumentException(
          "exception " + id + " names no principal, partner or network");
    }
    principal = principal == null ? null : Partners.key(principal);
    partner = partner == null ? null : Partners.key(partner);
  }

  /**
   * Returns an id for an entry without an id of its own. It is the rule, cut if it is long, and a
   * hash of rule, principal, partner and network.
   */
  public static String derivedId(
      String rule,
      @Nullable String principal,
      @Nullable String partner,
      @Nullable NamedNetwork network) {
    String subject = subject(rule, principal, partner, network);
    String hash = HexFormat.of().formatHex(Sha256.of(subject), 0, 4);
    int room = LONGEST_ID - hash.length() - 1;
    return (rule.length() > room ? rule.substring(0, room) : rule) + "-" + hash;
  }

  /** Returns an id followed by a number. The id is cut if the whole would be too long. */
  static String numbered(String id, int number) {
    String end = "-" + number;
    int room = LONGEST_ID - end.length();
    return (id.length() > room ? id.substring(0, room) : id) + end;
  }

  ExceptionEntry withId(String other) {
    return new ExceptionEntry(other, rule, principal, partner, network, reason, owner, expiresAt);
  }

  static boolean isWord(String id) {
    boolean word = !id.isEmpty() && id.length() <= LONGEST_ID;
    for (int i = 0; i < id.length() && word; i++) {
      char c = id.charAt(i);
      word = (c < 128 && Character.isLetterOrDigit(c)) || c == '-' || c == '_' || c == '.';
    }
    return word;
  }

  /** Returns whether both entries have the same rule, principal, partner and network. */
  public boolean isOfSame(ExceptionEntry other) {
    return subject(rule, principal, partner, network)
        .equals(subject(other.rule, other.principal, other.partner, other.network));
  }

  /** Returns a text that is equal for entries of the same rule, principal, partner and network. */
  static String subject(
      String rule,
      @Nullable String principal,
      @Nullable String partner,
      @Nullable NamedNetwork network) {
    return String.join(
        "\n",
        rule.toLowerCase(Locale.ROOT),
        principal == null ? "" : Partners.key(principal),
        partner == null ? "" : Partners.key(partner),
        network == null ? "" : network.toString());
  }

  /**
   * Returns whether a finding has this entry's rule, principal and partner, and ends before the
   * entry expires. An entry without a principal or partner matches any. Networks are not compared.
   * The caller compares the network with the facts of the finding, or with a written detection.
   *
   * @param endAt end of the finding in milliseconds since 1970
   */
  public boolean names(
      String rule, @Nullable String principal, @Nullable String partner, long endAt) {
    return rule.equals(this.rule)
        && endAt < expiresAt
        && (this.principal == null
            || (principal != null && Partners.key(principal).equals(this.principal)))
        && (this.partner == null
            || (partner != null && Partners.key(partner).equals(this.partner)));
  }
}
