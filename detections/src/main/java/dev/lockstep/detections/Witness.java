package dev.lockstep.detections;

import dev.lockstep.enrichment.Address;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.Partner;
import dev.lockstep.enrichment.Provenance;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Settled;
import dev.lockstep.schemas.Sighting;
import dev.lockstep.schemas.Stay;
import dev.lockstep.schemas.Token;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Notes of one subject's events what no rule keeps: which of them were never compared and why, and
 * who used an address. What an event means to a rule is asked of the code that asks it on the way.
 * For one thread.
 */
public final class Witness {
  private static final int MOST_EVENTS = 200_000;
  private static final int MOST_EXPIRIES = 20;

  private final Subject subject;
  private final Observer observer;
  private final RecentKeys<Long> events = new RecentKeys<>(MOST_EVENTS);
  private final UnjudgedEvents unjudged = new UnjudgedEvents();
  private final AddressUses uses;
  private final TreeSet<String> declared = new TreeSet<>();
  private final TreeMap<String, Presence> gated = new TreeMap<>();
  private final TreeSet<Long> expiries = new TreeSet<>();
  private long seen;
  private long behind;

  /**
   * Events that a rule never compared.
   *
   * @param rule that did not
   * @param why a gate's name, or {@code failed-sign-in}, {@code refused}, {@code unvalidated},
   *     {@code workload}
   * @param event {@code sign-in} or {@code call}
   * @param address where they came from, null if unknown
   */
  public record Unjudged(
      String rule,
      String why,
      String event,
      LocalDate date,
      @Nullable String address,
      long events,
      long firstAt,
      long lastAt) {}

  /**
   * Events of one principal from the subject's address.
   *
   * @param principal null if they name none
   * @param partner whose key they carried, null for none
   * @param event {@code sign-in} or {@code call}
   * @param outcome {@code successful}, {@code failed}, {@code accepted} or {@code refused}
   * @param tokens their tokens, at most 10
   * @param moreTokens how many tokens more
   */
  public record AddressUse(
      @Nullable Principal principal,
      @Nullable String partner,
      String event,
      String outcome,
      long events,
      long firstAt,
      long lastAt,
      List<String> tokens,
      int moreTokens) {}

  /** Creates a witness of one subject. */
  public Witness(RuleSettings settings, Enrichment enrichment, Subject subject) {
    this.subject = subject;
    this.uses = new AddressUses(enrichment, subject.id());
    this.observer = new Observer(settings, enrichment);
  }

  /** Takes an activity as it enters, and a call once more with what its link or Front Door adds. */
  public void see(Activity activity) {
    if (activity.getKind() != ActivityKind.SIGN_IN && activity.getKind() != ActivityKind.API_CALL) {
      return;
    }
    if (activity.getSettled() != null) {
      settled(activity);
      return;
    }
    if (subject.kind() == Subject.Kind.ADDRESS) {
      uses.name(activity.getPrincipal());
    }
    boolean concerns =
        switch (subject.kind()) {
          case PRINCIPAL ->
              activity.getPrincipal() != null
                  && activity.getPrincipal().getId().equals(subject.id());
          case TOKEN ->
              activity.getToken() != null && subject.id().equals(activity.getToken().getUti());
          case PARTNER -> isOfPartner(activity);
          case ADDRESS -> isOfAddress(activity);
        };
    if (!concerns || !events.add(identity(activity))) {
      return;
    }
    if (!activity.getEdged() || events.add(withoutEdge(activity))) {
      seen++;
    }
    unjudged.isJudgedAfterAll(withoutEdge(activity));
    Tally tally = new Tally();
    Meant meant = new Meant();
    observer.observe(activity, new Observer.Counts(tally, false), meant);
    if (meant.presence != null) {
      present(meant.presence);
    }
    if (subject.kind() == Subject.Kind.ADDRESS) {
      uses.add(activity, observer);
    } else {
      judge(activity, tally, meant);
    }
  }

  /** Whose a call without claims is; the call itself has been seen before. */
  private void settled(Activity call) {
    boolean concerns =
        subject.kind() == Subject.Kind.ADDRESS
            ? isOfAddress(call)
            : subject.kind() == Subject.Kind.PRINCIPAL
                && call.getPrincipal() != null
                && call.getPrincipal().getId().equals(subject.id());
    if (concerns && call.getSettled() == Settled.SUBSCRIPTIONS) {
      Presence presence = observer.settled(call, new Observer.Counts(new Tally(), true));
      if (presence != null) {
        present(presence);
      }
    }
  }

  /** Keeps what {@code defender-corroboration} does not: its addresses never match. */
  private void present(Presence presence) {
    if (DefenderCorroboration.gate(presence.networkClass()) != null) {
      gated.putIfAbsent(
          presence.principal().getId() + " " + presence.address() + " " + presence.minute(),
          presence);
      if (gated.size() > MOST_EVENTS) {
        gated.pollFirstEntry();
      }
    }
  }

  private static long identity(Activity activity) {
    return activity.getEdged()
        ? Findings.memberHash(activity.getSocketAddress() + " " + withoutEdge(activity))
        : withoutEdge(activity);
  }

  private static long withoutEdge(Activity call) {
    return Findings.memberHash(
        call.getCategory() + (call.getLinked() ? "+" : "-") + call.getEventId());
  }

  private boolean isOfPartner(Activity activity) {
    if (activity.getKind() != ActivityKind.API_CALL) {
      return false;
    }
    Partner partner = observer.partnerOf(activity);
    return partner != null && partner.id().equals(subject.id());
  }

  private boolean isOfAddress(Activity activity) {
    Address client = observer.addressOf(activity);
    if (client != null && client.text().equals(subject.id())) {
      return true;
    }
    Address peer = Address.parse(activity.getAddress());
    if (peer != null && peer.text().equals(subject.id()) && events.add(identity(activity))) {
      behind++;
    }
    return false;
  }

  private void judge(Activity activity, Tally tally, Meant meant) {
    Address address = observer.addressOf(activity);
    String text = address == null ? null : address.text();
    switch (subject.kind()) {
      case PRINCIPAL -> {
        if (!meant.travels) {
          note(activity, ImpossibleTravel.ID, tally, text);
        }
      }
      case TOKEN -> {
        Token token = activity.getToken();
        if (token != null && token.getExpiresAt() != null && expiries.size() < MOST_EXPIRIES) {
          expiries.add(token.getExpiresAt());
        }
        if (!meant.token) {
          note(activity, TokenReplay.ID, tally, text);
        }
      }
      case PARTNER -> {
        Partner partner = observer.partnerOf(activity);
        if (partner != null && address != null && Observer.accepted(activity.getStatus())) {
          declared.addAll(partner.declaring(address));
        }
        if (!meant.partner) {
          note(activity, PartnerDrift.ID, tally, text);
        }
      }
      case ADDRESS -> {}
    }
  }

  /** Returns what kept an event from being an observation: the gate that was counted, if any. */
  private static String why(String rule, Tally tally, Activity activity) {
    Map<String, Long> gates = tally.gates().getOrDefault(rule, Map.of());
    if (!gates.isEmpty()) {
      return gates.keySet().iterator().next();
    }
    if (activity.getKind() == ActivityKind.SIGN_IN && activity.getStatus() != 0) {
      return "failed-sign-in";
    }
    Token token = activity.getToken();
    if (token != null && !token.getValidated()) {
      return "unvalidated";
    }
    if (activity.getKind() == ActivityKind.API_CALL && !Observer.accepted(activity.getStatus())) {
      return "refused";
    }
    Principal principal = activity.getPrincipal();
    if (rule.equals(ImpossibleTravel.ID)
        && principal != null
        && !principal.getType().equals("user")) {
      return principal.getType();
    }
    return token == null ? "no-claims" : "rule-off";
  }

  private void note(Activity activity, String rule, Tally tally, @Nullable String address) {
    unjudged.add(activity, withoutEdge(activity), rule, why(rule, tally, activity), address);
  }

  static String event(Activity activity) {
    return activity.getKind() == ActivityKind.SIGN_IN ? "sign-in" : "call";
  }

  /** Returns how many distinct events were of the subject. */
  public long events() {
    return seen;
  }

  /** Returns the events that were never compared, the newest day first. */
  public List<Unjudged> unjudged() {
    return unjudged.rows();
  }

  /** Returns who used the subject's address, the latest first. */
  public List<AddressUse> uses() {
    return uses.rows();
  }

  /** Returns what the subject's address is, in each way that records have it. */
  public List<Provenance> places() {
    return uses.places();
  }

  /** Returns in how many calls the address was the peer, and not believed to be the client. */
  public long callsBehind() {
    return behind;
  }

  /** Returns the declared ranges of the partner that an accepted call came from. */
  public Set<String> declaredSeen() {
    return declared;
  }

  /** Returns when the token ends, as it says itself: each value that calls presented. */
  public Set<Long> expiries() {
    return expiries;
  }

  /** Returns how many events are in none of the rows, since there were too many. */
  public long leftOut() {
    return unjudged.leftOut() + uses.leftOut();
  }

  Collection<Presence> gated() {
    return gated.values();
  }

  private static final class Meant implements Observer.Meaning {
    private boolean travels;
    private boolean token;
    private boolean partner;
    private @Nullable Presence presence;

    @Override
    public void travels(Principal principal, Stay stay) {
      travels = true;
    }

    @Override
    public void isSomewhere(Principal principal) {}

    @Override
    public void token(Sighting sighting) {
      token = true;
    }

    @Override
    public void partner(Sighting sighting) {
      partner = true;
    }

    @Override
    public void present(Presence said) {
      presence = said;
    }
  }
}
