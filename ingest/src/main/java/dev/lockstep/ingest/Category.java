package dev.lockstep.ingest;

import org.jspecify.annotations.Nullable;

/** The log categories that are read, in Azure's spelling. */
enum Category {
  SIGN_IN("SignInLogs"),
  NON_INTERACTIVE("NonInteractiveUserSignInLogs"),
  GATEWAY("GatewayLogs"),
  LINK("IdentityLink");

  final String spelling;

  Category(String spelling) {
    this.spelling = spelling;
  }

  /** Returns the category of a record's own word, or null if it is not read; a link has none. */
  static @Nullable Category of(String text) {
    if (text.equalsIgnoreCase(SIGN_IN.spelling)) {
      return SIGN_IN;
    } else if (text.equalsIgnoreCase(NON_INTERACTIVE.spelling)) {
      return NON_INTERACTIVE;
    } else if (text.equalsIgnoreCase(GATEWAY.spelling)) {
      return GATEWAY;
    } else {
      return null;
    }
  }
}
