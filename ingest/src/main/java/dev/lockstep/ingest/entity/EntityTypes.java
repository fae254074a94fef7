package dev.lockstep.ingest.entity;

/**
 * Static methods that bring the names of entity types in alerts to one spelling, and recognise
 * accounts and sessions. A name in that spelling has only ASCII letters and digits in lower case,
 * since services write {@code ip} and {@code Ip} for one type. Any other type is unknown here, and
 * so are kinds of accounts and sessions beyond those listed below.
 */
public final class EntityTypes {
  public static final String IP = "ip";

  private EntityTypes() {}

  /** Returns the ASCII letters and digits of a word in lower case, at most 40. */
  public static String of(String word) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < word.length() && plain.length() < 40; i++) {
      char c = Character.toLowerCase(word.charAt(i));
      if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
        plain.append(c);
      }
    }
    return plain.toString();
  }

  /**
   * Returns whether a type is an account that can sign in. The type must have the form in which
   * {@link #of} returns it.
   */
  public static boolean isAccount(String type) {
    return switch (type) {
      case "account", "user", "mailbox", "serviceprincipal", "securityprincipal" -> true;
      default -> false;
    };
  }

  /**
   * Returns whether a type is a session, which contains an account. The type must have the form in
   * which {@link #of} returns it.
   */
  public static boolean isSession(String type) {
    return type.equals("cloudlogonsession") || type.equals("hostlogonsession");
  }
}
