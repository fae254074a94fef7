package dev.lockstep.rules;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.estate.Gateway;
import dev.lockstep.enrichment.estate.Vault;

/**
 * Configuration or log without which a rule can find nothing.
 *
 * <p>A rule sleeps while a need is not met. Records of logs and identity links may come at any
 * time, so a need that they may meet counts as met even before any has come. Records of Front
 * Door's firewall are an exception: if no configured source may bring them, rules that need them
 * sleep.
 */
public enum Need {
  PLACES("places"),
  NETWORKS("networks"),
  PARTNERS("partners"),
  IDENTITY_LINK("identity link"),
  ALERTS("Defender alerts"),
  FIREWALL("records of Front Door's firewall"),
  TRUSTED_PROXIES("network of class trusted-proxy in the networks file"),
  GATEWAYS_BEHIND_FRONT_DOOR("gateway with frontDoorIds in the estate"),
  APIS("API in the estate"),
  PRIVILEGED_OPERATIONS("privileged operation in the estate"),
  PRIVATE_VAULTS("private vault in the estate"),
  /**
   * Log with the fields that the rule compares; Lockstep reads no log that has them. This need is
   * never met.
   */
  FIELD_SOURCES("source of its fields");

  private final String words;

  Need(String words) {
    this.words = words;
  }

  /**
   * Returns the words that commands print for the configuration or log that a rule needs, such as
   * {@code identity link}.
   */
  public String words() {
    return words;
  }

  /**
   * Returns whether this need counts as met, given the configured partners, networks and estate. A
   * need of configuration counts as met if the configuration meets it. A need that logs, links or
   * records may meet at any time counts as met, whether they have come or not. A log that Lockstep
   * does not read counts as missing.
   */
  public boolean isMet(Enrichment enrichment) {
    return switch (this) {
      case FIELD_SOURCES -> false;
      case PLACES, NETWORKS, IDENTITY_LINK, ALERTS, FIREWALL -> true;
      case PARTNERS -> !enrichment.partners().all().isEmpty();
      case TRUSTED_PROXIES -> enrichment.networks().hasTrustedProxy();
      case GATEWAYS_BEHIND_FRONT_DOOR ->
          enrichment.estate().gateways().stream().anyMatch(Gateway::isBehindFrontDoor);
      case APIS -> !enrichment.estate().apis().isEmpty();
      case PRIVILEGED_OPERATIONS -> !enrichment.estate().privileged().isEmpty();
      case PRIVATE_VAULTS -> enrichment.estate().vaults().stream().anyMatch(Vault::isPrivate);
    };
  }
}
