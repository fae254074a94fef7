package dev.lockstep.ingest.category;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Log category that is read, in Azure's spelling. A category with fields of its own also needs a
 * {@link CategoryGroup}; CONTRIBUTING lists the steps.
 */
public enum Category {
  SIGN_IN("SignInLogs", CategoryGroup.SIGN_IN),
  NON_INTERACTIVE("NonInteractiveUserSignInLogs", CategoryGroup.SIGN_IN),
  GATEWAY("GatewayLogs", CategoryGroup.GATEWAY),
  SERVICE_PRINCIPAL("ServicePrincipalSignInLogs", CategoryGroup.SIGN_IN),
  MANAGED_IDENTITY("ManagedIdentitySignInLogs", CategoryGroup.SIGN_IN),
  MICROSOFT_SERVICE_PRINCIPAL("MicrosoftServicePrincipalSignInLogs", CategoryGroup.SIGN_IN),
  ADFS("ADFSSignInLogs", CategoryGroup.SIGN_IN),
  GRAPH("MicrosoftGraphActivityLogs", CategoryGroup.GRAPH),
  /** Alert of Defender for Cloud, which comes as an object without a category. */
  ALERT("SecurityAlert", CategoryGroup.ALERT),
  ALERT_INFO("AdvancedHunting-AlertInfo", CategoryGroup.ALERT),
  ALERT_EVIDENCE("AdvancedHunting-AlertEvidence", CategoryGroup.ALERT),
  DIRECTORY("AuditLogs", CategoryGroup.DIRECTORY),
  RESOURCE("Administrative", CategoryGroup.RESOURCE),
  RISK_EVENT("UserRiskEvents", CategoryGroup.RISK),
  RISKY_USER("RiskyUsers", CategoryGroup.RISK),
  WORKLOAD_RISK_EVENT("ServicePrincipalRiskEvents", CategoryGroup.RISK),
  RISKY_WORKLOAD("RiskyServicePrincipals", CategoryGroup.RISK),
  AGENT_RISK_EVENT("AgentRiskEvents", CategoryGroup.RISK),
  RISKY_AGENT("RiskyAgents", CategoryGroup.RISK),
  EDGE_ACCESS("FrontDoorAccessLog", CategoryGroup.EDGE),
  EDGE_FIREWALL("FrontDoorWebApplicationFirewallLog", CategoryGroup.EDGE),
  VAULT("AuditEvent", CategoryGroup.VAULT),
  AZURE_AD_GRAPH("AzureADGraphActivityLogs", CategoryGroup.GRAPH),
  GATEWAY_MCP("GatewayMCPLogs", CategoryGroup.CONTEXT),
  GATEWAY_LLM("GatewayLlmLogs", CategoryGroup.CONTEXT),
  PRE_AUTHENTICATION("PreAuthenticationDiscoveryLogs", CategoryGroup.CONTEXT),
  CLOUD_APP("AdvancedHunting-CloudAppEvents", CategoryGroup.CONTEXT),
  NETWORK_ACCESS("NetworkAccessTrafficLogs", CategoryGroup.CONTEXT),
  LINK("IdentityLink", CategoryGroup.LINK);

  private static final Map<String, Category> AS_SPELT = new HashMap<>();
  private static final Map<String, Category> IN_LOWER_CASE = new HashMap<>();

  static {
    // Categories of a subscription's log profile, which the log's reference still lists.
    for (String word : new String[] {"write", "delete", "action"}) {
      IN_LOWER_CASE.put(word, RESOURCE);
    }
    IN_LOWER_CASE.put("cloudappevents", CLOUD_APP);
    for (Category category : values()) {
      if (category != LINK) {
        AS_SPELT.put(category.spelling, category);
        IN_LOWER_CASE.put(category.spelling.toLowerCase(Locale.ROOT), category);
      }
    }
  }

  public final String spelling;
  public final CategoryGroup group;

  Category(String spelling, CategoryGroup group) {
    this.spelling = spelling;
    this.group = group;
  }

  /**
   * Returns the category that a name in any letter case stands for, or null if no such category is
   * read. It is null for an identity link too.
   */
  public static @Nullable Category of(String text) {
    Category category = AS_SPELT.get(text);
    return category != null ? category : IN_LOWER_CASE.get(text.toLowerCase(Locale.ROOT));
  }
}
