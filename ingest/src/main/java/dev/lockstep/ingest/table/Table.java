package dev.lockstep.ingest.table;

import dev.lockstep.ingest.category.Category;
import dev.lockstep.ingest.category.CategoryGroup;
import org.jspecify.annotations.Nullable;

/** Log Analytics table whose rows are read, with its name as Azure spells it. */
public enum Table {
  SIGN_IN("SigninLogs", Category.SIGN_IN),
  NON_INTERACTIVE("AADNonInteractiveUserSignInLogs", Category.NON_INTERACTIVE),
  SERVICE_PRINCIPAL("AADServicePrincipalSignInLogs", Category.SERVICE_PRINCIPAL),
  MANAGED_IDENTITY("AADManagedIdentitySignInLogs", Category.MANAGED_IDENTITY),
  MICROSOFT_SERVICE_PRINCIPAL(
      "MicrosoftServicePrincipalSignInLogs", Category.MICROSOFT_SERVICE_PRINCIPAL),
  ADFS("ADFSSignInLogs", Category.ADFS),
  GATEWAY("ApiManagementGatewayLogs", Category.GATEWAY),
  GRAPH("MicrosoftGraphActivityLogs", Category.GRAPH),
  DIRECTORY("AuditLogs", Category.DIRECTORY),
  ACTIVITY("AzureActivity", Category.RESOURCE),
  RISK_EVENT("AADUserRiskEvents", Category.RISK_EVENT),
  RISKY_USER("AADRiskyUsers", Category.RISKY_USER),
  WORKLOAD_RISK_EVENT("AADServicePrincipalRiskEvents", Category.WORKLOAD_RISK_EVENT),
  RISKY_WORKLOAD("AADRiskyServicePrincipals", Category.RISKY_WORKLOAD),
  AGENT_RISK_EVENT("AADAgentRiskEvents", Category.AGENT_RISK_EVENT),
  RISKY_AGENT("AADRiskyAgents", Category.RISKY_AGENT),
  AZURE_AD_GRAPH("AADGraphActivityLogs", Category.AZURE_AD_GRAPH),
  GATEWAY_MCP("ApiManagementGatewayMCPLog", Category.GATEWAY_MCP),
  GATEWAY_LLM("ApiManagementGatewayLlmLog", Category.GATEWAY_LLM),
  PRE_AUTHENTICATION("PreAuthenticationDiscoveryLogs", Category.PRE_AUTHENTICATION),
  CLOUD_APP("CloudAppEvents", Category.CLOUD_APP),
  NETWORK_ACCESS("NetworkAccessTraffic", Category.NETWORK_ACCESS),
  VAULT("AZKVAuditLogs", Category.VAULT),
  ALERT("SecurityAlert", Category.ALERT),
  ALERT_INFO("AlertInfo", Category.ALERT_INFO),
  ALERT_EVIDENCE("AlertEvidence", Category.ALERT_EVIDENCE);

  private static final Table[] ALL = values();

  final String spelling;

  /** Category under which an event hub delivers the events that are rows of this table. */
  final Category category;

  Table(String spelling, Category category) {
    this.spelling = spelling;
    this.category = category;
  }

  public static @Nullable Table named(@Nullable String text) {
    if (text != null) {
      for (Table table : ALL) {
        if (text.equalsIgnoreCase(table.spelling)) {
          return table;
        }
      }
    }
    return null;
  }

  /**
   * Returns the table that the columns of a row identify, or null if the columns identify no table.
   * The tables of sign-ins have the same columns, so {@link #SIGN_IN} stands for all of them.
   *
   * @param signature columns of the row, as bits of a {@link RowSignature}
   */
  public static @Nullable Table withColumns(int signature) {
    if (RowSignature.any(signature, RowSignature.SYSTEM_ALERT_ID)) {
      return ALERT;
    } else if (RowSignature.any(signature, RowSignature.ALERT_ID)) {
      if (RowSignature.any(signature, RowSignature.EVIDENCE)) {
        return ALERT_EVIDENCE;
      }
      return RowSignature.any(signature, RowSignature.ALERT_INFO) ? ALERT_INFO : null;
    } else if (RowSignature.isActivity(signature)) {
      return ACTIVITY;
    } else if (RowSignature.all(signature, RowSignature.AUDIT)) {
      return DIRECTORY;
    }
    Table risks = ofRisks(signature);
    if (risks != null) {
      return risks;
    } else if (RowSignature.isSignIn(signature)) {
      return SIGN_IN;
    } else if (RowSignature.all(signature, RowSignature.GRAPH_CALL)) {
      return GRAPH;
    } else if (RowSignature.all(signature, RowSignature.VAULT_CALL)) {
      return VAULT;
    }
    return RowSignature.all(signature, RowSignature.GATEWAY_CALL) ? GATEWAY : null;
  }

  private static @Nullable Table ofRisks(int signature) {
    boolean event = RowSignature.all(signature, RowSignature.RISK);
    if (!event && !RowSignature.all(signature, RowSignature.RISKY)) {
      return null;
    } else if (RowSignature.any(signature, RowSignature.USER)) {
      return event ? RISK_EVENT : RISKY_USER;
    } else if (RowSignature.any(signature, RowSignature.AGENT)) {
      return event ? AGENT_RISK_EVENT : RISKY_AGENT;
    } else if (RowSignature.any(signature, RowSignature.WORKLOAD)) {
      return event ? WORKLOAD_RISK_EVENT : RISKY_WORKLOAD;
    }
    return null;
  }

  boolean isOfSignIns() {
    return category.group == CategoryGroup.SIGN_IN;
  }
}
