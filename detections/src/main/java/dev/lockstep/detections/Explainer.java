package dev.lockstep.detections;

import dev.lockstep.enrichment.Partner;
import dev.lockstep.schemas.AlertState;
import dev.lockstep.schemas.CollectedAlert;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.FindingState;
import dev.lockstep.schemas.PartnerDay;
import dev.lockstep.schemas.PresenceDay;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalDay;
import dev.lockstep.schemas.PrincipalProfile;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.TokenState;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** Reads from the stores of a topology that forgets nothing why rules fired or kept quiet. */
public final class Explainer {
  private final RuleSettings settings;
  private final Function<String, KeyValueStore<Bytes, byte[]>> stores;

  /** Creates one over a topology's stores, by name. */
  public Explainer(RuleSettings settings, Function<String, KeyValueStore<Bytes, byte[]>> stores) {
    this.settings = settings;
    this.stores = stores;
  }

  /** Returns what {@code impossible-travel} made of a principal. */
  public TravelExplanation travel(String principal) {
    StateStore<PrincipalDay> days =
        open(Stores.PRINCIPAL_DAYS, PrincipalDay.getClassSchema(), Packings.DAY);
    TreeMap<Integer, PrincipalDay> pages = new TreeMap<>();
    for (Bytes key : keys(Stores.PRINCIPAL_DAYS)) {
      if (StateStore.idOfFirst(key).equals(principal)) {
        PrincipalDay page = days.get(key);
        if (page != null) {
          pages.put(StateStore.dayOfFirst(key), page);
        }
      }
    }
    StateStore<PrincipalProfile> profiles =
        open(
            Stores.PRINCIPAL_PROFILES,
            PrincipalProfile.getClassSchema(),
            StateStore.Packing.none());
    return TravelExplanation.of(pages, profiles.get(StateStore.key(principal)), settings);
  }

  /** Returns what {@code token-replay} made of a token, or null if no use of it was kept. */
  public @Nullable TokenExplanation token(String token) {
    TokenState state = tokens().get(StateStore.key(token));
    return state == null ? null : TokenExplanation.of(token, state, settings);
  }

  /** Returns the same of every token that names a principal, the latest first. */
  public List<TokenExplanation> tokensOf(String principal) {
    List<TokenExplanation> explained = new ArrayList<>();
    tokens()
        .forEach(
            (key, state) -> {
              boolean names =
                  state.getUses().stream()
                      .anyMatch(
                          use ->
                              principal.equals(use.getOid())
                                  || (use.getPrincipal() != null
                                      && use.getPrincipal().getId().equals(principal)));
              if (names) {
                explained.add(TokenExplanation.of(StateStore.text(key), state, settings));
              }
            });
    explained.sort(
        Comparator.comparing(
                (TokenExplanation one) ->
                    one.uses().stream()
                        .mapToLong(use -> use.getLast().getEventAt())
                        .max()
                        .orElse(0))
            .reversed()
            .thenComparing(TokenExplanation::token));
    return explained;
  }

  /**
   * Returns what {@code partner-ip-drift} made of a partner.
   *
   * @param at the day that learning and known networks are told for; null for the last with calls
   */
  public PartnerExplanation partner(Partner partner, @Nullable LocalDate at) {
    TreeMap<Integer, PartnerDay> pages = new TreeMap<>();
    StateStore<PartnerDay> days =
        open(Stores.PARTNER_DAYS, PartnerDay.getClassSchema(), StateStore.Packing.none());
    days.range(
        StateStore.dayLast(partner.id(), Integer.MIN_VALUE),
        StateStore.dayLast(partner.id(), Integer.MAX_VALUE),
        (key, day) -> pages.put(StateStore.dayOfLast(key), day));
    return PartnerExplanation.of(partner, pages, at, settings);
  }

  /**
   * Returns what {@code defender-corroboration} made of a principal or an address: every alert that
   * meets it.
   *
   * @param witness what was seen of it
   */
  public List<AlertExplanation> alerts(Subject subject, Witness witness) {
    List<CollectedAlert> alerts = new ArrayList<>();
    StateStore<AlertState> collected =
        open(Stores.ALERTS, AlertState.getClassSchema(), StateStore.Packing.none());
    collected.forEach((key, state) -> alerts.add(state.getCollected()));
    if (alerts.isEmpty()) {
      return List.of();
    }
    TreeMap<String, Principal> principals = new TreeMap<>();
    if (subject.kind() == Subject.Kind.PRINCIPAL) {
      principals.put(subject.id(), new Principal(subject.id(), null, "user"));
    } else {
      alerts.removeIf(alert -> !alert.getAlert().getAddresses().contains(subject.id()));
      witness
          .uses()
          .forEach(
              use -> {
                if (use.principal() != null) {
                  principals.put(use.principal().getId(), use.principal());
                }
              });
    }
    StateStore<PresenceDay> days =
        open(Stores.PRESENCE, PresenceDay.getClassSchema(), StateStore.Packing.none());
    List<AlertExplanation> met = new ArrayList<>();
    for (Principal principal : principals.values()) {
      FlaggedAddress.Pages pages = day -> days.get(StateStore.dayFirst(day, principal.getId()));
      List<Presence> gated =
          witness.gated().stream()
              .filter(presence -> presence.principal().getId().equals(principal.getId()))
              .toList();
      AlertExplanation.of(principal, alerts, pages, gated, settings).stream()
          .filter(
              one -> subject.kind() == Subject.Kind.PRINCIPAL || subject.id().equals(one.address()))
          .forEach(met::add);
    }
    return met;
  }

  /** Returns the findings that name a subject, as they stand or were retracted, newest first. */
  public List<Detection> findings(Subject subject) {
    List<Detection> named = new ArrayList<>();
    StateStore<FindingState> findings =
        open(Stores.FINDINGS, FindingState.getClassSchema(), StateStore.Packing.none());
    findings.forEach(
        (key, state) -> {
          if (names(state.getSaid(), subject)
              || (subject.kind() == Subject.Kind.ADDRESS
                  && state.getAddresses().stream()
                      .anyMatch(address -> address.getAddress().equals(subject.id())))) {
            named.add(state.getSaid());
          }
        });
    named.sort(
        Comparator.comparing(Detection::getEndTime).reversed().thenComparing(Detection::getId));
    return named;
  }

  private static boolean names(Detection detection, Subject subject) {
    String id = subject.id();
    return switch (subject.kind()) {
      case PRINCIPAL -> {
        Principal principal = detection.getPrincipal();
        yield (principal != null && principal.getId().equals(id))
            || entities(detection, "Account")
                .anyMatch(
                    entity ->
                        id.equals(entity.get("AadUserId")) || id.equals(entity.get("ObjectGuid")));
      }
      case PARTNER -> detection.getPartner() != null && detection.getPartner().getId().equals(id);
      case TOKEN ->
          detection.getGates().stream().anyMatch(gate -> id.equals(gate.getNumbers().get("token")));
      case ADDRESS ->
          id.equals(detection.getIp())
              || entities(detection, "IP").anyMatch(entity -> id.equals(entity.get("Address")))
              || detection.getEvidence().stream().anyMatch(event -> id.equals(event.getIp()));
    };
  }

  private static Stream<Map<String, String>> entities(Detection detection, String kind) {
    return detection.getEntities().stream().filter(entity -> kind.equals(entity.get("kind")));
  }

  private StateStore<TokenState> tokens() {
    return open(Stores.TOKENS, TokenState.getClassSchema(), Packings.TOKEN);
  }

  private List<Bytes> keys(String store) {
    List<Bytes> keys = new ArrayList<>();
    try (KeyValueIterator<Bytes, byte[]> entries = stores.apply(store).all()) {
      while (entries.hasNext()) {
        KeyValue<Bytes, byte[]> entry = entries.next();
        keys.add(entry.key);
      }
    }
    return keys;
  }

  private <T extends SpecificRecord> StateStore<T> open(
      String store, Schema schema, StateStore.Packing<T> packing) {
    return new StateStore<>(stores.apply(store), new SingleObject<>(schema), packing);
  }
}
