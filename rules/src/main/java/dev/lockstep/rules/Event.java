package dev.lockstep.rules;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.partner.Partner;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Api;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Token;
import org.jspecify.annotations.Nullable;

/**
 * Event as rules observe it: the activity, with where it came from and whose it is worked out once.
 *
 * <p>A call may be given several times, as more gets known of it: each time whole.
 */
public final class Event {
  /** State of knowledge of the claims of a call's token. */
  public enum Claims {
    /** The gateway validated them. */
    VALIDATED,
    /** The gateway logged them without having validated them. */
    UNVALIDATED,
    /** There are none yet, and an identity link may bring them. */
    PENDING,
    /** There are none, and nothing is waited for. */
    ABSENT
  }

  private static final String GRAPH = "MicrosoftGraphActivityLogs";

  private final Activity activity;
  private final Enrichment enrichment;
  private final Claims claims;
  private final boolean revised;
  private final boolean provisional;
  private @Nullable Address address;
  private boolean addressKnown;
  private @Nullable Location location;
  private @Nullable Partner partner;
  private boolean partnerKnown;
  private @Nullable EventReference reference;

  /**
   * Creates an event.
   *
   * @param claims what is known of a call's claims
   * @param revised if the event was given before, with less known of it
   * @param provisional if something may still come that retracts what it means
   */
  public Event(
      Activity activity,
      Enrichment enrichment,
      Claims claims,
      boolean revised,
      boolean provisional) {
    this.activity = activity;
    this.enrichment = enrichment;
    this.claims = claims;
    this.revised = revised;
    this.provisional = provisional;
  }

  /** Returns what ingest read of the record. */
  public Activity activity() {
    return activity;
  }

  /** Returns the snapshot of files and databases that it is looked up in. */
  public Enrichment enrichment() {
    return enrichment;
  }

  /** Returns when it happened, in milliseconds since 1970. */
  public long at() {
    return activity.getEventAt();
  }

  /** Returns the reference by which evidence cites it. */
  public EventReference reference() {
    EventReference known = reference;
    if (known == null) {
      known =
          new EventReference(
              activity.getCategory(),
              activity.getEventId(),
              activity.getEventAt(),
              activity.getArrivalAt(),
              activity.getWhere());
      reference = known;
    }
    return known;
  }

  /** Returns if it was given before, with less known of it: what it counts for was counted. */
  public boolean isRevised() {
    return revised;
  }

  /** Returns if something may still come that retracts what it means. */
  public boolean isProvisional() {
    return provisional;
  }

  /** Returns what is known of the claims of a call's token. */
  public Claims claims() {
    return claims;
  }

  /** Returns if it is a sign-in, interactive or not. */
  public boolean isSignIn() {
    return activity.getKind() == ActivityKind.SIGN_IN;
  }

  /** Returns if it is a sign-in that succeeded: error code 0. */
  public boolean isSuccessfulSignIn() {
    return isSignIn() && activity.getStatus() == 0;
  }

  /** Returns if it is a call, of API Management or Microsoft Graph. */
  public boolean isCall() {
    return activity.getKind() == ActivityKind.API_CALL;
  }

  /** Returns if it is a call of Microsoft Graph: it comes by no proxy and is no partner's. */
  public boolean isGraphCall() {
    return isCall() && activity.getCategory().equals(GRAPH);
  }

  /** Returns if it is a call that was let in: there is an answer, and it is no refusal. */
  public boolean isAcceptedCall() {
    int status = activity.getStatus();
    return isCall()
        && status >= 0
        && status != 401
        && status != 403
        && status != 407
        && status != 429;
  }

  /** Returns whose event it is, or null: a call without claims is its subscription's. */
  public @Nullable Principal principal() {
    return activity.getPrincipal();
  }

  /** Returns the token of a sign-in, or of a call with validated claims; else null. */
  public @Nullable Token token() {
    Token token = activity.getToken();
    return token != null && token.getValidated() ? token : null;
  }

  /**
   * Returns the client's address, or null if none can be believed: of a call behind a trusted proxy
   * that which the proxy reported.
   */
  public @Nullable Address address() {
    if (!addressKnown) {
      address = isCall() ? enrichment.clientOf(activity) : Address.parse(activity.getAddress());
      addressKnown = true;
    }
    return address;
  }

  /** Returns address, place and network, or null if the address is unknown. */
  public @Nullable Location location() {
    if (location == null) {
      Address known = address();
      if (known != null) {
        location = enrichment.locate(known, activity.getGeo());
      }
    }
    return location;
  }

  /** Returns the partner that a call of the gateway belongs to, or null. */
  public @Nullable Partner partner() {
    if (!partnerKnown) {
      partnerKnown = true;
      if (isCall() && !isGraphCall()) {
        Api api = activity.getApi();
        Token validated = token();
        partner =
            enrichment
                .partners()
                .of(
                    api == null ? null : api.getSubscription(),
                    api == null ? null : api.getProduct(),
                    validated == null ? null : validated.getAppId());
      }
    }
    return partner;
  }

  /** Returns if a call's subscription or product names its partner, whatever its claims say. */
  public boolean isOfPartnerByKey() {
    Api api = activity.getApi();
    return api != null
        && isCall()
        && !isGraphCall()
        && enrichment.partners().of(api.getSubscription(), api.getProduct(), null) != null;
  }
}
