package dev.lockstep.enrichment.exception;

import dev.lockstep.enrichment.file.Wording;
import dev.lockstep.enrichment.network.NamedNetwork;
import dev.lockstep.enrichment.partner.Partners;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One agreement of the exceptions file: which findings of a rule are expected, why, who answers for
 * that, and until when.
 *
 * @param id a word that names it
 * @param rule whose findings it is about
 * @param principal object id, app id or subscription, in lower case; null for any
 * @param partner id of the registry, in lower case; null for any
 * @param network where one side of everything that fired must be; null for anywhere
 * @param reason why the findings are expected
 * @param owner who answers for it
 * @param expiresAt milliseconds since 1970; a finding that ends then or later is none of its
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
   * Validates, and puts principal and partner in lower case.
   *
   * @throws IllegalArgumentException if the id is no word, or if nothing but the rule is named
   */
  public ExceptionEntry {
    if (!isWord(id)) {
      throw new IllegalArgumentException("no word: " + Wording.quote(id));
    }
    if (principal == null && partner == null && network == null) {
      throw new IllegalArgumentException("exception " + id + " names nobody and no network");
    }
    principal = principal == null ? null : Partners.key(principal);
    partner = partner == null ? null : Partners.key(partner);
  }

  /** Returns an id for an exception that was given none: the rule and a hash of what it names. */
  public static String derivedId(
      String rule,
      @Nullable String principal,
      @Nullable String partner,
      @Nullable NamedNetwork network) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      String subject = subject(rule, principal, partner, network);
      String hash =
          HexFormat.of().formatHex(sha.digest(subject.getBytes(StandardCharsets.UTF_8)), 0, 4);
      int room = LONGEST_ID - hash.length() - 1;
      return (rule.length() > room ? rule.substring(0, room) : rule) + "-" + hash;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  static boolean isWord(String id) {
    boolean word = !id.isEmpty() && id.length() <= LONGEST_ID;
    for (int i = 0; i < id.length() && word; i++) {
      char c = id.charAt(i);
      word =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '-'
              || c == '_'
              || c == '.';
    }
    return word;
  }

  /** Returns what it is about; no two of a file are about the same. */
  String subject() {
    return subject(rule, principal, partner, network);
  }

  private static String subject(
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
   * Returns whether a finding is one of those it is about, as far as its rule, principal, partner
   * and end tell; whether everything that fired touches the network is for the rule to say.
   *
   * @param endAt of the finding, milliseconds since 1970
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
