package dev.lockstep.sentinel.logs;

/**
 * Where access tokens come from.
 *
 * <p>For use by several threads, and may block; whatever it throws counts as a refusal, and it is
 * asked again later.
 */
@FunctionalInterface
public interface BearerTokens {
  /** Sends the same word always: for a fake on this machine, never for the service. */
  BearerTokens LOCAL = () -> new BearerToken("local");

  /** Returns a token that is valid now. */
  BearerToken current();

  /** Tells that the service refused the last token, so that the next one should be a new one. */
  default void refused() {}
}
