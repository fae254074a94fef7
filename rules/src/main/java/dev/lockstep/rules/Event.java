package dev.lockstep.rules;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.enrichment.partner.Partner;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Api;
import dev.lockstep.schemas.Delegation;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import dev.lockstep.schemas.SignIn;
import dev.lockstep.schemas.Token;
import dev.lockstep.schemas.text.ComparableText;
import org.jspecify.annotations.Nullable;

/**
 * Activity as a rule observes it, with the client's location and the call's partner.
 *
 * <p>A call may be observed several times, as more becomes known of its claims. Each time the rule
 * gets the whole event.
 */
public final class Event {
  /**
   * State of the claims of a call's token: validated, unvalidated, expected from an identity link,
   * or absent.
   */
  public enum Claims {
    /** The gateway validated the token before it logged these claims. */
    VALIDATED,
    /** The gateway logged these claims without a validation of the token. */
    UNVALIDATED,
    /** The claims are missing so far, and an identity link may still bring them. */
    PENDING,
    /** The claims are missing, and Lockstep does not wait for an identity link. */
    ABSENT
  }

  private static final String GRAPH = "MicrosoftGraphActivityLogs";
  private static final String INTERACTIVE = "SignInLogs";
  private static final String NON_INTERACTIVE = "NonInteractiveUserSignInLogs";

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
  private boolean formAsked;
  private @Nullable EventReference reference;
  private @Nullable RawFieldsReader raw;

  /**
   * Creates the event of an activity. Its location and partner are looked up when they are first
   * asked for.
   *
   * @param claims whether the claims of a call's token are validated, unvalidated, expected from an
   *     identity link, or absent
   * @param revised if this event is a revision of a call that was observed before
   * @param provisional if a later arrival could retract the event's facts
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

  /**
   * Returns the activity that ingest read from the record, completed by joins if it is a call.
   * Joins add the claims and addresses of its identity link, and the address that Front Door
   * logged.
   */
  public Activity activity() {
    return activity;
  }

  /**
   * Returns the snapshot of the networks, partners, estate and GeoIP databases for the look-ups of
   * this event.
   */
  public Enrichment enrichment() {
    return enrichment;
  }

  /** Returns the event's time in milliseconds since 1970. */
  public long at() {
    return activity.getEventAt();
  }

  /**
   * Returns a text that identifies the event: the category and the id of its record, without regard
   * to the id's case. Copies of one record have the same text.
   */
  public String identity() {
    return identity(activity);
  }

  /** Returns the text that {@link #identity()} returns for the event of an activity. */
  public static String identity(Activity activity) {
    return activity.getCategory() + " " + ComparableText.of(activity.getEventId());
  }

  /** Returns the reference by which evidence cites this event. */
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

  /**
   * Returns whether this event is a revision of a call that was observed before. A rule does not
   * count it again.
   */
  public boolean isRevised() {
    formAsked = true;
    return revised;
  }

  /**
   * Returns whether this event's facts could be retracted when an identity link or Front Door's
   * record arrives later.
   */
  public boolean isProvisional() {
    formAsked = true;
    return provisional;
  }

  /**
   * Returns whether the claims of a call's token are validated, unvalidated, still expected from an
   * identity link, or absent.
   */
  public Claims claims() {
    formAsked = true;
    return claims;
  }

  /**
   * Returns whether {@link #claims}, {@link #isRevised} or {@link #isProvisional} was called since
   * the last call of this method. If a rule called none of them, it states the same facts for each
   * form of this event that differs only in these three. Rules need not call this method.
   */
  public boolean wasFormAsked() {
    boolean asked = formAsked;
    formAsked = false;
    return asked;
  }

  /** Returns whether this event is a sign-in, interactive or not. */
  public boolean isSignIn() {
    return activity.getKind() == ActivityKind.SIGN_IN;
  }

  /** Returns whether this event is a sign-in that succeeded, with error code 0. */
  public boolean isSuccessfulSignIn() {
    return isSignIn() && activity.getStatus() == 0;
  }

  /**
   * Returns whether this event is a record of Entra's log of interactive or of non-interactive
   * sign-ins of users. Other logs, such as that of AD FS, tell of sign-ins too.
   */
  public boolean isSignInOfUsers() {
    String category = activity.getCategory();
    return isSignIn() && (category.equals(INTERACTIVE) || category.equals(NON_INTERACTIVE));
  }

  /** Returns whether this event is a call of API Management or Microsoft Graph. */
  public boolean isCall() {
    return activity.getKind() == ActivityKind.API_CALL;
  }

  /**
   * Returns whether this event is a call of Microsoft Graph. A call of Graph comes through no proxy
   * and belongs to no partner.
   */
  public boolean isGraphCall() {
    return isCall() && activity.getCategory().equals(GRAPH);
  }

  /**
   * Returns whether this event is a call with a known status other than 401, 403, 407 and 429. Such
   * a call of API Management or Microsoft Graph counts as accepted.
   */
  public boolean isAcceptedCall() {
    int status = activity.getStatus();
    return isCall()
        && status >= 0
        && status != 401
        && status != 403
        && status != 407
        && status != 429;
  }

  /**
   * Returns whether this event is a call with the status 401, 403, 407 or 429. Such a call of API
   * Management or Microsoft Graph counts as refused.
   */
  public boolean isRefusedCall() {
    return isCall() && activity.getStatus() >= 0 && !isAcceptedCall();
  }

  /**
   * Returns whether an application or an agent acts for the user in this event. The user may then
   * be in another place.
   *
   * <p>It is true for a user's call with a token that an authenticated application got, for a
   * user's call of API Management with a token of an agent, and for a non-interactive sign-in by an
   * agent or with a credential of an application.
   */
  public boolean isOnBehalf() {
    if (isSignIn()) {
      SignIn signIn = activity.getSignIn();
      return signIn != null
          && activity.getCategory().equals(NON_INTERACTIVE)
          && (isOtherThan(
                  signIn.getCredential() == null ? null : signIn.getCredential().getType(), "none")
              || (isOtherThan(signIn.getAgentType(), "none")
                  && isOtherThan(signIn.getAgentType(), "notAgentic")));
    }
    Token token = token();
    Delegation delegation = token == null ? null : token.getDelegation();
    if (delegation == null || !isCall() || !isOfUser()) {
      return false;
    }
    boolean isProven = delegation.getClientAuth() == 1 || delegation.getClientAuth() == 2;
    return isGraphCall()
        ? isProven
        : isProven
            || delegation.getActorFacets().contains(11)
            || delegation.getSubjectFacets().contains(13);
  }

  private static boolean isOtherThan(@Nullable String text, String word) {
    return text != null && !text.isBlank() && !text.strip().equalsIgnoreCase(word);
  }

  private boolean isOfUser() {
    Principal principal = activity.getPrincipal();
    return principal != null && PrincipalTypes.isUser(principal);
  }

  /**
   * Returns the principal of this event, or null if none is known. The principal of a call without
   * claims is its subscription.
   */
  public @Nullable Principal principal() {
    return activity.getPrincipal();
  }

  /** Returns the token of this event, or null if there is none or its claims were not validated. */
  public @Nullable Token token() {
    Token token = activity.getToken();
    return token != null && token.getValidated() ? token : null;
  }

  /**
   * Returns the id (claim {@code uti}) of the token of this event, or null if none is known or its
   * claims were not validated.
   */
  public @Nullable String tokenId() {
    Token token = token();
    String uti = token == null ? null : token.getUti();
    return uti == null || uti.isEmpty() ? null : uti;
  }

  /**
   * Returns the client's address, or null if no address can be trusted. Behind a trusted proxy it
   * is the address that the proxy reported. For a record of Front Door it is the peer of Front
   * Door's connection, because a client can write the record's client address itself.
   */
  public @Nullable Address address() {
    if (!addressKnown) {
      address =
          isCall()
              ? enrichment.clientOf(activity)
              : activity.getKind() == ActivityKind.EDGE_REQUEST
                  ? peerOfFrontDoor()
                  : Address.parse(activity.getAddress());
      addressKnown = true;
    }
    return address;
  }

  private @Nullable Address peerOfFrontDoor() {
    Address peer = Address.parse(activity.getSocketAddress());
    return peer == null || enrichment.trustedProxy(peer) ? null : peer;
  }

  /** Returns address, place and network of the client, or null if the address is unknown. */
  public @Nullable Location location() {
    if (location == null) {
      Address known = address();
      if (known != null) {
        location = enrichment.locate(known, activity.getGeo());
      }
    }
    return location;
  }

  /** Returns whether the client's network is one of the class {@link NetworkClass#BACKEND}. */
  public boolean isFromBackend() {
    Location from = location();
    return from != null && from.network().networkClass() == NetworkClass.BACKEND;
  }

  /**
   * Returns the partner to which the call of this event belongs, or null if there is none. Only a
   * call of API Management can belong to a partner.
   */
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

  /**
   * Returns whether this event is a call of API Management whose subscription or product belongs to
   * a partner. The token's claims do not count.
   */
  public boolean isOfPartnerByKey() {
    Api api = activity.getApi();
    return api != null
        && isCall()
        && !isGraphCall()
        && enrichment.partners().of(api.getSubscription(), api.getProduct(), null) != null;
  }

  /**
   * Returns the raw field of this event's log record at a path, such as {@code
   * properties.deviceDetail.trustType}. A rule declares the paths that it asks for with {@link
   * RuleInfo.Builder#rawFields}. Ingest does not look for fields that no rule declares.
   */
  public RawField raw(String path) {
    return raw(RawPath.of(path));
  }

  /**
   * Returns the raw field of this event's log record at a parsed path. A rule that asks often keeps
   * the path as a constant.
   */
  public RawField raw(RawPath path) {
    return raw().field(path);
  }

  /**
   * Returns the result of a memo's function, applied to the raw field at a parsed path of this
   * event's log record. The memo holds the function and its recent results, so the function seldom
   * runs twice for equal fields.
   */
  public <T> T raw(RawPath path, RawField.Memo<T> memo) {
    return raw().field(path, memo);
  }

  private RawFieldsReader raw() {
    RawFieldsReader fields = raw;
    if (fields == null) {
      fields = RawFieldsReader.of(activity.getRaw());
      raw = fields;
    }
    return fields;
  }
}
