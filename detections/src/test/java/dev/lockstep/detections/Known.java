package dev.lockstep.detections;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.enrichment.network.Networks;
import dev.lockstep.enrichment.partner.Partners;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;

/** Networks and partners of the test resources. */
public final class Known {
  public static final Enrichment WORLD = world();

  private Known() {}

  private static Enrichment world() {
    try {
      return Enrichment.of(
          Networks.read(resource("networks.csv")),
          Partners.read(resource("partners.yaml")),
          GeoDatabases.none());
    } catch (FileProblemException e) {
      throw new AssertionError(e);
    }
  }

  /** Returns the path of a resource. */
  public static Path resource(String name) {
    try {
      return Path.of(Objects.requireNonNull(Known.class.getResource("/" + name), name).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
