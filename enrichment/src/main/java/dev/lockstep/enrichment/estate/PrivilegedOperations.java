package dev.lockstep.enrichment.estate;

import dev.lockstep.schemas.text.ComparableText;
import java.util.List;
import java.util.Set;

/**
 * Operations that somebody may do only while a role of Privileged Identity Management is active.
 *
 * @param name name that the operator gives the operations
 * @param operations names of operations, in which {@code *} matches any run of characters
 * @param roles names or ids of the roles whose activation covers the operations; empty for any role
 * @param standing object ids of those who hold the role without activation
 */
public record PrivilegedOperations(
    String name, List<String> operations, Set<String> roles, Set<String> standing) {
  /** Creates an entry, and trims its operations, roles and ids and converts them to lower case. */
  public PrivilegedOperations {
    operations = operations.stream().map(ComparableText::of).toList();
    roles = ComparableText.all(roles);
    standing = ComparableText.all(standing);
  }

  /** Returns whether an operation is one of these privileged operations. */
  public boolean includes(String operation) {
    String text = ComparableText.of(operation);
    return operations.stream().anyMatch(pattern -> matches(pattern, text));
  }

  /**
   * Returns whether the activation of a role covers these operations. If no roles are listed, each
   * role covers them. The role is a name or an id.
   */
  public boolean isCoveredBy(String role) {
    return roles.isEmpty() || roles.contains(ComparableText.of(role));
  }

  /** Returns whether no roles are listed, so that any active role covers these operations. */
  public boolean isCoveredByAnyRole() {
    return roles.isEmpty();
  }

  /**
   * Returns whether a principal is listed as holding a role for these operations without
   * activation.
   */
  public boolean isStanding(String principal) {
    return standing.contains(ComparableText.of(principal));
  }

  /**
   * Returns whether the whole text matches a pattern, in which {@code *} matches any run of
   * characters. It takes time proportional to the product of both lengths at most.
   */
  static boolean matches(String pattern, String text) {
    int at = 0;
    int from = 0;
    int star = -1;
    int resumed = 0;
    while (from < text.length()) {
      if (at < pattern.length() && pattern.charAt(at) == '*') {
        star = at++;
        resumed = from;
      } else if (at < pattern.length() && pattern.charAt(at) == text.charAt(from)) {
        at++;
        from++;
      } else if (star >= 0) {
        at = star + 1;
        from = ++resumed;
      } else {
        return false;
      }
    }
    while (at < pattern.length() && pattern.charAt(at) == '*') {
      at++;
    }
    return at == pattern.length();
  }
}
