package dev.lockstep.detections;

import dev.lockstep.enrichment.Address;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.NetworkClass;
import dev.lockstep.enrichment.Partner;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Api;
import dev.lockstep.schemas.Cited;
import dev.lockstep.schemas.Device;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Sighting;
import dev.lockstep.schemas.Spot;
import dev.lockstep.schemas.Stay;
import dev.lockstep.schemas.Token;
import dev.lockstep.schemas.TokenUseKind;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What an activity means to each rule: observations, sightings, and what a rule cannot see. */
final class Observer {
  private static final String TRAVEL = ImpossibleTravel.ID;
  private static final String REPLAY = TokenReplay.ID;
  private static final String DRIFT = PartnerDrift.ID;
  private static final String DEFENDER = DefenderCorroboration.ID;

  private static final String GRAPH = "MicrosoftGraphActivityLogs";

  private final RuleSettings settings;
  private final Enrichment enrichment;
  private final Spots spots;
  private final TokenReplay tokenReplay;

  Observer(RuleSettings settings, Enrichment enrichment) {
    this.settings = settings;
    this.enrichment = enrichment;
    this.spots = new Spots(enrichment);
    this.tokenReplay = new TokenReplay(settings.token());
  }

  /** Takes what an activity means. */
  interface Meaning {
    void travels(Principal principal, Stay stay);

    void isSomewhere(Principal principal);

    void token(Sighting sighting);

    void partner(Sighting sighting);

    void present(Presence presence);
  }

  /**
   * Says where the subscription of a call was that came without claims, once that is settled; null
   * if its address is unknown.
   */
  @Nullable Presence settled(Activity call, Counts counts) {
    Address address = spots.addressOf(call);
    if (address == null) {
      counts.sees(DEFENDER, "callsWithoutAddress");
      return null;
    }
    counts.sees(DEFENDER, "callsWithAddress");
    return presence(call, spots.at(address, call.getGeo()), null, true);
  }

  void observe(Activity activity, Counts counts, Meaning meaning) {
    if (activity.getKind() == ActivityKind.SIGN_IN) {
      signIn(activity, counts, meaning);
    } else if (activity.getKind() == ActivityKind.API_CALL) {
      call(activity, counts, meaning);
    }
  }

  private void signIn(Activity activity, Counts counts, Meaning meaning) {
    if (activity.getStatus() != 0) {
      counts.sees(REPLAY, "signInsFailed");
      return;
    }
    Spot spot = spots.counted(spots.addressOf(activity), activity, counts);
    if (settings.travel().enabled()) {
      travel(activity, spot, counts, meaning);
    }
    if (settings.defender().enabled()) {
      counts.sees(DEFENDER, spot == null ? "signInsWithoutAddress" : "signInsWithAddress");
      present(activity, spot, upn(activity.getPrincipal()), false, meaning);
    }
    if (settings.token().enabled()) {
      Token token = activity.getToken();
      if (token == null || token.getUti() == null) {
        counts.sees(REPLAY, "signInsWithoutToken");
        return;
      }
      counts.sees(REPLAY, "signInsWithToken");
      meaning.token(sighting(token.getUti(), activity, spot, TokenUseKind.SIGN_IN, false));
    }
  }

  private void call(Activity activity, Counts all, Meaning meaning) {
    Token token = activity.getToken();
    boolean validated = token != null && token.getValidated();
    boolean accepted = accepted(activity.getStatus());
    Address address = spots.addressOf(activity);
    Spot spot = spots.counted(address, activity, all.unless(activity.getLinked()));
    // A call that Front Door adds an address to has been counted without it.
    Counts counts = all.unless(activity.getEdged());
    if (settings.travel().enabled() && accepted && validated) {
      travel(activity, spot, counts, meaning);
    }
    if (settings.defender().enabled() && accepted) {
      presentByCall(activity, spot, counts, meaning);
    }
    if (settings.token().enabled()) {
      token(activity, token, spot, counts, meaning);
    }
    if (settings.drift().enabled() && !isOfGraph(activity)) {
      partner(activity, validated ? token : null, accepted, address, spot, counts, meaning);
    }
  }

  /**
   * A call with validated claims is the user's or workload's that they name; one whose claims name
   * nobody is its subscription's, and so is one whose claims are not validated, though a better
   * link may come if they came as a message; whose one without claims is, the link stage says.
   */
  private static void presentByCall(
      Activity call, @Nullable Spot spot, Counts counts, Meaning meaning) {
    Token token = call.getToken();
    boolean validated = token != null && token.getValidated();
    Principal principal = call.getPrincipal();
    if ((token == null && !call.getLinked())
        || principal == null
        || (!validated && !principal.getType().equals("subscription"))) {
      return;
    }
    counts.sees(DEFENDER, spot == null ? "callsWithoutAddress" : "callsWithAddress");
    present(call, spot, null, !validated && call.getLinked(), meaning);
  }

  /** Returns the name that a user signed in under; a display name is none. */
  private static @Nullable String upn(@Nullable Principal principal) {
    if (principal == null || principal.getName() == null || !principal.getType().equals("user")) {
      return null;
    }
    return principal.getName().indexOf('@') > 0
        ? principal.getName().toLowerCase(Locale.ROOT)
        : null;
  }

  private static void present(
      Activity activity,
      @Nullable Spot spot,
      @Nullable String name,
      boolean unclaimed,
      Meaning meaning) {
    if (activity.getPrincipal() != null && (spot != null || name != null)) {
      meaning.present(presence(activity, spot, name, unclaimed));
    }
  }

  private static Presence presence(
      Activity activity, @Nullable Spot spot, @Nullable String name, boolean unclaimed) {
    return new Presence(
        activity.getPrincipal(),
        spot == null ? null : spot.getAddress(),
        spot == null ? "" : spot.getNetworkClass(),
        name,
        Citations.of(activity),
        unclaimed);
  }

  private void travel(Activity activity, @Nullable Spot spot, Counts counts, Meaning meaning) {
    Principal principal = activity.getPrincipal();
    if (principal == null
        || principal.getType().equals("subscription")
        || (!principal.getType().equals("user") && !settings.travel().workloads())) {
      counts.sees(TRAVEL, "notAUser");
      return;
    }
    if (spot == null) {
      counts.gate(TRAVEL, "no-address");
      counts.sees(TRAVEL, "withoutAddress");
      meaning.isSomewhere(principal);
      return;
    }
    if (spot.getPlace() == null) {
      counts.gate(TRAVEL, "no-place");
      counts.sees(TRAVEL, "withoutPlace");
      meaning.isSomewhere(principal);
      return;
    }
    counts.sees(TRAVEL, "withPlace");
    Device device = activity.getDevice();
    Cited cited = Citations.of(activity);
    meaning.travels(
        principal,
        new Stay(
            spot,
            activity.getKind() == ActivityKind.API_CALL,
            activity.getCategory().equals("SignInLogs"),
            device == null ? null : device.getId(),
            device != null && (device.getManaged() || device.getCompliant()),
            activity.getSingleFactor(),
            cited,
            cited));
  }

  private void token(
      Activity activity,
      @Nullable Token token,
      @Nullable Spot spot,
      Counts counts,
      Meaning meaning) {
    String uti = token == null ? null : token.getUti();
    if (token == null || uti == null) {
      counts.sees(REPLAY, "callsWithoutToken");
      return;
    }
    counts.sees(
        REPLAY,
        !token.getValidated()
            ? "callsWithUnvalidatedToken"
            : activity.getLinked() ? "callsLinkedByMessage" : "callsWithToken");
    if (spot == null) {
      counts.gate(REPLAY, "no-address");
    }
    int status = activity.getStatus();
    boolean refused = status == 401 || status == 403;
    TokenUseKind kind;
    if (!token.getValidated()) {
      if (!refused) {
        return;
      }
      kind = TokenUseKind.CLAIMED;
    } else if (accepted(status)) {
      kind = TokenUseKind.ACCEPTED;
    } else {
      kind = refused ? TokenUseKind.REFUSED : TokenUseKind.IGNORED;
    }
    boolean afterExpiry =
        kind == TokenUseKind.ACCEPTED
            && tokenReplay.afterExpiry(activity.getEventAt(), token.getExpiresAt());
    meaning.token(sighting(uti, activity, spot, kind, afterExpiry));
  }

  private void partner(
      Activity activity,
      @Nullable Token validated,
      boolean accepted,
      @Nullable Address address,
      @Nullable Spot spot,
      Counts counts,
      Meaning meaning) {
    Api api = activity.getApi();
    Partner partner = partnerOf(api, validated);
    // A linked call has been counted by itself; anew is only that its app names a partner.
    boolean counted = activity.getLinked() && (partner == null || byKey(api) != null);
    sight(activity, partner, accepted, address, spot, counts.unless(counted), meaning);
  }

  /**
   * Returns whether a call was made to Microsoft Graph: it has its claims or none, comes by no
   * proxy of ours, and is no partner's, whose networks are those seen at our gateway.
   */
  static boolean isOfGraph(Activity activity) {
    return activity.getKind() == ActivityKind.API_CALL && activity.getCategory().equals(GRAPH);
  }

  private @Nullable Partner partnerOf(@Nullable Api api, @Nullable Token validated) {
    return enrichment
        .partners()
        .of(
            api == null ? null : api.getSubscription(),
            api == null ? null : api.getProduct(),
            validated == null ? null : validated.getAppId());
  }

  /** Returns the partner that a call belongs to, or null. */
  @Nullable Partner partnerOf(Activity call) {
    if (isOfGraph(call)) {
      return null;
    }
    Token token = call.getToken();
    return partnerOf(call.getApi(), token != null && token.getValidated() ? token : null);
  }

  /** Returns the address that an activity came from, or null if it is unknown. */
  @Nullable Address addressOf(Activity activity) {
    return spots.addressOf(activity);
  }

  private @Nullable Partner byKey(@Nullable Api api) {
    return api == null
        ? null
        : enrichment.partners().of(api.getSubscription(), api.getProduct(), null);
  }

  private static void sight(
      Activity activity,
      @Nullable Partner partner,
      boolean accepted,
      @Nullable Address address,
      @Nullable Spot spot,
      Counts counts,
      Meaning meaning) {
    if (partner == null) {
      counts.sees(DRIFT, "callsOfNoPartner");
      return;
    }
    counts.sees(DRIFT, "callsOfPartners");
    if (!accepted) {
      counts.gate(DRIFT, "refused");
      return;
    }
    if (address == null || spot == null) {
      counts.gate(DRIFT, "no-address");
      counts.sees(DRIFT, "withoutAddress");
      return;
    }
    if (spot.getNetworkClass().equals(NetworkClass.CORPORATE.word())) {
      counts.gate(DRIFT, "corporate-egress");
      return;
    }
    Sighting sighting = new Sighting();
    sighting.setSubject(partner.id());
    sighting.setCited(Citations.of(activity));
    sighting.setSpot(spot);
    sighting.setPrincipal(activity.getPrincipal());
    sighting.setDeclared(partner.hasCidrs() && partner.declares(address));
    sighting.setInChangeWindow(partner.inChangeWindow(activity.getEventAt()));
    meaning.partner(sighting);
  }

  /** Returns whether the gateway took a call: there is an answer, and it is no refusal. */
  static boolean accepted(int status) {
    return status >= 0 && status != 401 && status != 403 && status != 407 && status != 429;
  }

  private static Sighting sighting(
      String uti, Activity activity, @Nullable Spot spot, TokenUseKind kind, boolean afterExpiry) {
    Token token = activity.getToken();
    Sighting sighting = new Sighting();
    sighting.setSubject(uti);
    sighting.setCited(Citations.of(activity));
    sighting.setSpot(spot);
    sighting.setPrincipal(kind == TokenUseKind.CLAIMED ? null : activity.getPrincipal());
    sighting.setTokenUse(kind);
    sighting.setOid(token == null || kind == TokenUseKind.CLAIMED ? null : token.getOid());
    sighting.setAfterExpiry(afterExpiry);
    return sighting;
  }

  /** Counts for people; a copy of an event already counted counts nothing. */
  record Counts(Tally tally, boolean copy) {
    Counts unless(boolean counted) {
      return counted ? new Counts(tally, true) : this;
    }

    void gate(String rule, String gate) {
      if (!copy) {
        tally.gate(rule, gate);
      }
    }

    void sees(String rule, String what) {
      if (!copy) {
        tally.sees(rule, what);
      }
    }
  }
}
