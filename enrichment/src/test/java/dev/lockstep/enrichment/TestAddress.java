package dev.lockstep.enrichment;

import java.util.Objects;

/** Addresses that a test knows to be some. */
final class TestAddress {

  private TestAddress() {}

  static Address of(String text) {
    return Objects.requireNonNull(Address.parse(text), text);
  }
}
