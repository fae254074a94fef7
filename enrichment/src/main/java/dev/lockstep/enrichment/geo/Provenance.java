package dev.lockstep.enrichment.geo;

import java.util.Map;

/**
 * Location of an address with the origin of each part, such as a line of a networks file.
 *
 * @param location place and network of the address
 * @param sources source of {@code class}, {@code asn}, {@code organisation}, {@code country},
 *     {@code city} and {@code coordinates}, in this order: a line of a networks file, the record, a
 *     database or the bundled list of providers; a part without value is absent
 */
public record Provenance(Location location, Map<String, String> sources) {}
