package dev.lockstep.capture.record;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Builder of an identity link, which is the gateway policy's log record about the token of a call.
 */
public final class Link {
  final Account account;
  final @Nullable UUID token;
  final Instant issuedAt;
  @Nullable Instant expiresAt;
  boolean validated = true;
  boolean hasKind = true;
  public String socketAddress = "";
  String forwardedFor = "";
  String session = "";
  String clientAuth = "";
  String actorFacets = "";
  String subjectFacets = "";

  private Link(Account account, @Nullable UUID token, Instant issuedAt) {
    this.account = account;
    this.token = token;
    this.issuedAt = issuedAt;
    this.expiresAt = issuedAt.plusSeconds(4511);
  }

  public static Link of(Account account, UUID token, Instant issuedAt) {
    return new Link(account, token, issuedAt);
  }

  /** Returns an identity link that has the principal, but no token. */
  public static Link withoutToken(Account account, Instant issuedAt) {
    return new Link(account, null, issuedAt);
  }

  public Link expiring(Instant at) {
    expiresAt = at;
    return this;
  }

  public Link withoutExpiry() {
    expiresAt = null;
    return this;
  }

  public Link unvalidated() {
    validated = false;
    return this;
  }

  public Link withoutKind() {
    hasKind = false;
    return this;
  }

  public Link in(String session) {
    this.session = session;
    return this;
  }

  /** Sets the authentication of the calling application. 0 is none, 1 a secret, 2 a certificate. */
  public Link clientAuth(String clientAuth) {
    this.clientAuth = clientAuth;
    return this;
  }

  /**
   * Sets the claims {@code xms_act_fct} and {@code xms_sub_fct} of the token. Each is a text with
   * whole numbers, or empty if the token lacks the claim.
   *
   * @param actor facets of the application that acts
   * @param subject facets of the user for whom it acts
   */
  public Link facets(String actor, String subject) {
    this.actorFacets = actor;
    this.subjectFacets = subject;
    return this;
  }

  public Link socketAddress(String address) {
    socketAddress = address;
    return this;
  }
}
