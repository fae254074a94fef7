package dev.lockstep.rules;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.estate.Gateway;
import dev.lockstep.enrichment.estate.Vault;
import java.util.function.Predicate;

/**
 * Configuration or log without which a rule sees nothing.
 *
 * <p>A rule sleeps while a need of the configuration is not met; logs and links may come from any
 * source at any time, and networks and places may come with the records.
 */
public enum Need {
  PLACES("places", any -> true),
  NETWORKS("networks", any -> true),
  PARTNERS("partners", from -> !from.partners().all().isEmpty()),
  IDENTITY_LINK("identity link", any -> true),
  ALERTS("Defender alerts", any -> true),
  TRUSTED_PROXIES(
      "network of class trusted-proxy in the networks file",
      from -> from.networks().hasTrustedProxy()),
  GATEWAYS_BEHIND_FRONT_DOOR(
      "gateway with frontDoorIds in the estate",
      from -> from.estate().gateways().stream().anyMatch(Gateway::isBehindFrontDoor)),
  APIS("API in the estate", from -> !from.estate().apis().isEmpty()),
  PRIVILEGED_OPERATIONS(
      "privileged operation in the estate", from -> !from.estate().privileged().isEmpty()),
  PRIVATE_VAULTS(
      "private vault in the estate",
      from -> from.estate().vaults().stream().anyMatch(Vault::isPrivate));

  private final String words;
  private final Predicate<Enrichment> met;

  Need(String words, Predicate<Enrichment> met) {
    this.words = words;
    this.met = met;
  }

  /** Returns the words for this need in output for people. */
  public String words() {
    return words;
  }

  /** Returns if what has to be configured for it is there. */
  public boolean isMet(Enrichment enrichment) {
    return met.test(enrichment);
  }
}
