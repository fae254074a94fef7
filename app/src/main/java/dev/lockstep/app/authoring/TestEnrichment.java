package dev.lockstep.app.authoring;

import dev.lockstep.detections.sigma.document.RuleCase;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.enrichment.network.Networks;
import dev.lockstep.enrichment.partner.Partner;
import dev.lockstep.enrichment.partner.Partners;
import java.util.List;

/**
 * Factory of the enrichment for a rule's test, from the networks and partners in the test. The
 * bundled list of cloud, hosting, VPN and satellite providers is added. A test that names any
 * network or partner does not depend on a configuration.
 */
final class TestEnrichment {
  private TestEnrichment() {}

  /**
   * Returns the enrichment with the networks and partners in a test. If the test has neither, the
   * result is the enrichment {@code otherwise}.
   *
   * @param otherwise networks and partners for a test that names none
   * @throws FileProblemException if a text is not a network
   */
  static Enrichment of(RuleCase test, Enrichment otherwise) throws FileProblemException {
    if (test.networks().isEmpty() && test.partners().isEmpty()) {
      return otherwise;
    }
    List<Partner> partners =
        test.partners().entrySet().stream()
            .map(each -> partner(each.getKey(), each.getValue()))
            .toList();
    return Enrichment.of(
        Networks.parse("networks of the test", RuleCase.networksFile(test.networks()))
            .withBundledProviders(),
        Partners.of(partners),
        GeoDatabases.none());
  }

  private static Partner partner(String id, String subscription) {
    return new Partner(
        id, id, List.of(subscription), List.of(), List.of(), List.of(), List.of(), List.of());
  }
}
