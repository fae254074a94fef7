package dev.lockstep.ingest.entity;

/**
 * Functions that simplify and classify the names of entity types in alerts. A simplified name has
 * only ASCII letters and digits in lower case. Services spell a type in several ways, such as
 * {@code ip} and {@code Ip}.
 */
public final class EntityType {
  public static final String IP = "ip";

  private EntityType() {}

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
