package dev.lockstep.enrichment.network;

import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.address.Cidr;
import dev.lockstep.enrichment.address.RangeMap;
import dev.lockstep.enrichment.file.ValueParsers;
import inet.ipaddr.IPAddress;
import org.jspecify.annotations.Nullable;

/**
 * Network as a person writes it: a range of addresses, an autonomous system ({@code AS64500}), or
 * its part in one country ({@code AS64500/DE}). Immutable; two networks are equal if their texts
 * are equal.
 */
public final class NamedNetwork {

  private final String text;
  private final @Nullable NamedSystem system;
  private final RangeMap<Boolean> range = new RangeMap<>();

  private NamedNetwork(String text, @Nullable NamedSystem system, @Nullable IPAddress block) {
    this.text = text;
    this.system = system;
    if (block != null) {
      range.put(block, true);
    }
  }

  /** Returns the network that a text names, or null if the text names no network. */
  public static @Nullable NamedNetwork parse(String text) {
    String bare = text.strip();
    if (ValueParsers.startsWithAs(bare)) {
      NamedSystem system = NamedSystem.parse(bare);
      return system == null ? null : new NamedNetwork(shown(system), system, null);
    }
    IPAddress block = Cidr.parse(bare).range();
    return block == null ? null : new NamedNetwork(block.toCanonicalString(), null, block);
  }

  private static String shown(NamedSystem system) {
    return "AS" + system.asn() + (system.country() == null ? "" : "/" + system.country());
  }

  /** Returns whether this network is a range of addresses. */
  public boolean isRange() {
    return system == null;
  }

  /**
   * Returns whether this network is a range that contains the given address, or an autonomous
   * system that matches the given number and country. An autonomous system without a country
   * matches any country. An unknown value that is compared gives false.
   */
  public boolean contains(@Nullable Address address, @Nullable Long asn, @Nullable String country) {
    return system == null
        ? address != null && range.longest(address) != null
        : system.matches(asn, country);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof NamedNetwork network && network.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** Returns the canonical text, which {@link #parse} reads. */
  @Override
  public String toString() {
    return text;
  }
}
