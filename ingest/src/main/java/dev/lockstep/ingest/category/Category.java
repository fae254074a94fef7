package dev.lockstep.ingest.category;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The log categories that are read, in Azure's spelling. */
public enum Category {
  SIGN_IN("SignInLogs", Family.SIGN_IN),
  NON_INTERACTIVE("NonInteractiveUserSignInLogs", Family.SIGN_IN),
  GATEWAY("GatewayLogs", Family.GATEWAY),
  SERVICE_PRINCIPAL("ServicePrincipalSignInLogs", Family.SIGN_IN),
  MANAGED_IDENTITY("ManagedIdentitySignInLogs", Family.SIGN_IN),
  MICROSOFT_SERVICE_PRINCIPAL("MicrosoftServicePrincipalSignInLogs", Family.SIGN_IN),
  ADFS("ADFSSignInLogs", Family.SIGN_IN),
  GRAPH("MicrosoftGraphActivityLogs", Family.GRAPH),
  /** Of Defender for Cloud, whose objects have no category. */
  ALERT("SecurityAlert", Family.ALERT),
  ALERT_INFO("AdvancedHunting-AlertInfo", Family.ALERT),
  ALERT_EVIDENCE("AdvancedHunting-AlertEvidence", Family.ALERT),
  DIRECTORY("AuditLogs", Family.DIRECTORY),
  RESOURCE("Administrative", Family.RESOURCE),
  RISK_EVENT("UserRiskEvents", Family.RISK),
  RISKY_USER("RiskyUsers", Family.RISK),
  EDGE_ACCESS("FrontDoorAccessLog", Family.EDGE),
  EDGE_FIREWALL("FrontDoorWebApplicationFirewallLog", Family.EDGE),
  VAULT("AuditEvent", Family.VAULT),
  LINK("IdentityLink", Family.LINK);

  private static final Map<String, Category> AS_SPELT = new HashMap<>();
  private static final Map<String, Category> IN_LOWER_CASE = new HashMap<>();

  static {
    // What a subscription's log profile writes, and the reference of its log still shows.
    for (String word : new String[] {"write", "delete", "action"}) {
      IN_LOWER_CASE.put(word, RESOURCE);
    }
    for (Category category : values()) {
      if (category != LINK) {
        AS_SPELT.put(category.spelling, category);
        IN_LOWER_CASE.put(category.spelling.toLowerCase(Locale.ROOT), category);
      }
    }
  }

  public final String spelling;
  public final Family family;

  Category(String spelling, Family family) {
    this.spelling = spelling;
    this.family = family;
  }

  /** Returns the category of a record's own word, or null if it is not read; a link has none. */
  public static @Nullable Category of(String text) {
    Category category = AS_SPELT.get(text);
    return category != null ? category : IN_LOWER_CASE.get(text.toLowerCase(Locale.ROOT));
  }
}
