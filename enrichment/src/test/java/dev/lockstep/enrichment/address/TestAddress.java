package dev.lockstep.enrichment.address;

import java.util.Objects;

/** Addresses that a test knows to be some. */
public final class TestAddress {

  private TestAddress() {}

  public static Address of(String text) {
    return Objects.requireNonNull(Address.parse(text), text);
  }
}
