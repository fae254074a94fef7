package dev.lockstep.ingest.table;

import dev.lockstep.ingest.category.Category;
import dev.lockstep.ingest.category.CategoryGroup;
import org.jspecify.annotations.Nullable;

/** The tables of a Log Analytics workspace whose rows are read, in Azure's spelling. */
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
  RISK_EVENT("AADUserRiskEvents", Category.RISK_EVENT),
  RISKY_USER("AADRiskyUsers", Category.RISKY_USER),
  ALERT("SecurityAlert", Category.ALERT),
  ALERT_INFO("AlertInfo", Category.ALERT_INFO),
  ALERT_EVIDENCE("AlertEvidence", Category.ALERT_EVIDENCE);

  private static final Table[] ALL = values();

  final String spelling;

  /** The category of the same event where a hub brings it. */
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

  /** Returns the table whose columns these are, or null; of the sign-ins' tables any. */
  public static @Nullable Table withColumns(int marks) {
    if (RowMarks.any(marks, RowMarks.SYSTEM_ALERT_ID)) {
      return ALERT;
    } else if (RowMarks.any(marks, RowMarks.ALERT_ID)) {
      if (RowMarks.any(marks, RowMarks.EVIDENCE)) {
        return ALERT_EVIDENCE;
      }
      return RowMarks.any(marks, RowMarks.ALERT_INFO) ? ALERT_INFO : null;
    } else if (RowMarks.all(marks, RowMarks.AUDIT)) {
      return DIRECTORY;
    } else if (RowMarks.all(marks, RowMarks.RISK)) {
      return RISK_EVENT;
    } else if (RowMarks.all(marks, RowMarks.RISKY)) {
      return RISKY_USER;
    } else if (RowMarks.isSignIn(marks)) {
      return SIGN_IN;
    } else if (RowMarks.all(marks, RowMarks.GRAPH_CALL)) {
      return GRAPH;
    }
    return RowMarks.all(marks, RowMarks.GATEWAY_CALL) ? GATEWAY : null;
  }

  boolean isOfSignIns() {
    return category.group == CategoryGroup.SIGN_IN;
  }
}
