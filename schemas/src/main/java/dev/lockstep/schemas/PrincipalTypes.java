package dev.lockstep.schemas;

import org.jspecify.annotations.NullMarked;

/** Names of the types of principals, and static methods that test the type of a principal. */
@NullMarked
public final class PrincipalTypes {
  public static final String USER = "user";

  /** Type of a principal that is a service principal or managed identity. */
  public static final String WORKLOAD = "workload";

  /**
   * Type of a principal that is an API Management subscription. Such a subscription is the
   * principal of a call without claims.
   */
  public static final String SUBSCRIPTION = "subscription";

  private PrincipalTypes() {}

  public static boolean isUser(Principal principal) {
    return principal.getType().equals(USER);
  }

  public static boolean isWorkload(Principal principal) {
    return principal.getType().equals(WORKLOAD);
  }

  public static boolean isSubscription(Principal principal) {
    return principal.getType().equals(SUBSCRIPTION);
  }
}
