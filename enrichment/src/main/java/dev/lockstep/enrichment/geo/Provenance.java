package dev.lockstep.enrichment.geo;

import java.util.Map;

/**
 * Place and network of an address, and who said each part of it.
 *
 * @param location the answer
 * @param sources who said {@code class}, {@code asn}, {@code organisation}, {@code country}, {@code
 *     city}, {@code coordinates}, in this order: a line of the networks file, the record or a
 *     database; a part that nobody said is absent
 */
public record Provenance(Location location, Map<String, String> sources) {}
