package dev.lockstep.detections.workload;

import dev.lockstep.schemas.Credential;
import dev.lockstep.schemas.text.ComparableText;
import org.jspecify.annotations.Nullable;

/**
 * Kind of credential with which a workload signs in. The constants are in order from the strongest
 * to the weakest, with the unknown kind last.
 */
enum CredentialKind {
  MANAGED("managed", "a managed identity"),
  FEDERATED("federated", "a federated credential"),
  CERTIFICATE("certificate", "a certificate"),
  SECRET("secret", "a client secret"),
  UNKNOWN("unknown", "an unknown credential");

  private final String word;
  private final String described;

  CredentialKind(String word, String described) {
    this.word = word;
    this.described = described;
  }

  String word() {
    return word;
  }

  String described() {
    return described;
  }

  static CredentialKind ofWord(@Nullable String word) {
    for (CredentialKind kind : values()) {
      if (kind.word.equals(word)) {
        return kind;
      }
    }
    return UNKNOWN;
  }

  static CredentialKind of(boolean isManagedIdentity, @Nullable Credential credential) {
    String type = credential == null ? "" : ComparableText.of(credential.getType());
    if (isManagedIdentity || type.equals("managedidentity")) {
      return MANAGED;
    }
    if (credential == null) {
      return UNKNOWN;
    }
    if (isThere(credential.getFederatedId()) || type.equals("federatedidentitycredential")) {
      return FEDERATED;
    }
    if (isThere(credential.getThumbprint())
        || type.equals("certificate")
        || type.equals("clientassertion")) {
      return CERTIFICATE;
    }
    return type.equals("clientsecret") ? SECRET : UNKNOWN;
  }

  private static boolean isThere(@Nullable String text) {
    return text != null && !text.isBlank();
  }
}
