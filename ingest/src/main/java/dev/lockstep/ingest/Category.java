package dev.lockstep.ingest;

import org.jspecify.annotations.Nullable;

/** The log categories that are read, in Azure's spelling. */
enum Category {
  SIGN_IN("SignInLogs"),
  NON_INTERACTIVE("NonInteractiveUserSignInLogs"),
  GATEWAY("GatewayLogs"),
  SERVICE_PRINCIPAL("ServicePrincipalSignInLogs"),
  MANAGED_IDENTITY("ManagedIdentitySignInLogs"),
  MICROSOFT_SERVICE_PRINCIPAL("MicrosoftServicePrincipalSignInLogs"),
  /** Of Defender for Cloud, whose objects have no category. */
  ALERT("SecurityAlert"),
  ALERT_INFO("AdvancedHunting-AlertInfo"),
  ALERT_EVIDENCE("AdvancedHunting-AlertEvidence"),
  LINK("IdentityLink");

  private static final Category[] ALL = values();

  final String spelling;

  Category(String spelling) {
    this.spelling = spelling;
  }

  /** Returns the category of a record's own word, or null if it is not read; a link has none. */
  static @Nullable Category of(String text) {
    for (Category category : ALL) {
      if (category != LINK && text.equalsIgnoreCase(category.spelling)) {
        return category;
      }
    }
    return null;
  }

  boolean isOfAlerts() {
    return this == ALERT || this == ALERT_INFO || this == ALERT_EVIDENCE;
  }
}
