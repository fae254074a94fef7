package dev.lockstep.sentinel.logs;

/**
 * Source of access tokens.
 *
 * <p>Safe for use by several threads. It may block. Any exception counts as a refusal, and the
 * source is asked again later.
 */
@FunctionalInterface
public interface BearerTokens {
  /**
   * Source of one fixed token, for a fake of Azure's service on this machine and never for Azure
   * itself.
   */
  BearerTokens LOCAL = () -> new BearerToken("local");

  /** Returns an access token for the next request. */
  BearerToken current();

  /**
   * Reports that the service refused the access token returned last, so that the next one should be
   * new.
   */
  default void refused() {}
}
