package dev.lockstep.rules;

import java.util.Objects;

/**
 * Principal, token, partner, place or other thing that facts are about.
 *
 * @param kind kind of subject
 * @param id id in its normal form, such as an object id in lower case, or an address as {@code
 *     Address.text()} writes it; ids are compared as texts
 */
public record Subject(Kind kind, String id) {
  /** Kind of subject. */
  public enum Kind {
    PRINCIPAL,
    TOKEN,
    SESSION,
    ADDRESS,
    PARTNER,
    APPLICATION,
    RESOURCE,
    GROUP,
    PLACE
  }

  /**
   * Creates a subject.
   *
   * @throws IllegalArgumentException if the id is empty
   */
  public Subject {
    Objects.requireNonNull(kind);
    if (id.isEmpty()) {
      throw new IllegalArgumentException(
          "a subject has an empty id; do not state a fact about an unknown subject");
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Subject that && kind == that.kind && id.equals(that.id);
  }

  /** Returns a hash that is the same in every process. */
  @Override
  public int hashCode() {
    return 31 * id.hashCode() + kind.name().hashCode();
  }
}
