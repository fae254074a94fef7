package dev.lockstep.detections.sigma.field;

import dev.lockstep.rules.Event;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Log source of Sigma: a product and a service, for example {@code azure} and {@code signinlogs},
 * with the log categories of its events.
 */
public enum LogSourceScope {
  SIGN_IN(
      "azure",
      "signinlogs",
      "SignInLogs",
      "NonInteractiveUserSignInLogs",
      "ServicePrincipalSignInLogs",
      "ManagedIdentitySignInLogs",
      "MicrosoftServicePrincipalSignInLogs",
      "ADFSSignInLogs"),
  AUDIT("azure", "auditlogs", "AuditLogs"),
  ACTIVITY("azure", "activitylogs", "Administrative"),
  RISK("azure", "riskdetection", "UserRiskEvents", "ServicePrincipalRiskEvents", "AgentRiskEvents"),
  /**
   * Changes that Privileged Identity Management logged, such as activations of Entra and Azure
   * roles.
   */
  PIM("azure", "pim", "AuditLogs", "Administrative") {
    @Override
    boolean includes(Activity activity) {
      Change change = activity.getChange();
      String service = change == null ? null : change.getService();
      return service != null
          && service.equalsIgnoreCase(
              activity.getCategory().equals("AuditLogs") ? "PIM" : "azurerbac");
    }
  },
  GRAPH("azure", "microsoftgraphactivitylogs", "MicrosoftGraphActivityLogs"),
  GATEWAY("lockstep", "gatewaylogs", "GatewayLogs"),
  FRONT_DOOR("lockstep", "frontdoor", "FrontDoorAccessLog", "FrontDoorWebApplicationFirewallLog"),
  KEY_VAULT("lockstep", "keyvault", "AuditEvent"),
  DEFENDER(
      "lockstep",
      "defender",
      "SecurityAlert",
      "AdvancedHunting-AlertInfo",
      "AdvancedHunting-AlertEvidence");

  private static final LogSourceScope[] ALL = values();

  private final String product;
  private final String service;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> categories;

  LogSourceScope(String product, String service, String... categories) {
    this.product = product;
    this.service = service;
    this.categories = List.of(categories);
  }

  /**
   * Returns the log source with the given product and service, regardless of case, or null if
   * Lockstep does not read its logs.
   */
  public static @Nullable LogSourceScope of(String product, String service) {
    for (LogSourceScope scope : ALL) {
      if (scope.product.equals(product.toLowerCase(Locale.ROOT))
          && scope.service.equals(service.toLowerCase(Locale.ROOT))) {
        return scope;
      }
    }
    return null;
  }

  /** Returns the services of each product whose logs Lockstep reads, in the order of this enum. */
  public static Map<String, List<String>> services() {
    Map<String, List<String>> services = new TreeMap<>();
    for (LogSourceScope scope : ALL) {
      services.computeIfAbsent(scope.product, any -> new ArrayList<>()).add(scope.service);
    }
    return services;
  }

  /** Returns the log categories that a rule of the log source reads. */
  public List<String> categories() {
    return categories;
  }

  public boolean covers(Event event) {
    Activity activity = event.activity();
    return categories.contains(activity.getCategory()) && includes(activity);
  }

  boolean includes(Activity activity) {
    return true;
  }
}
