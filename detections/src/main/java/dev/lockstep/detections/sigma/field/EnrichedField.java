package dev.lockstep.detections.sigma.field;

import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.network.Network;
import dev.lockstep.enrichment.partner.Partner;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.RawField;
import dev.lockstep.rules.RawValue;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Token;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Field of Sigma rules that Lockstep computes for an event and that no record has, for example the
 * country of the client.
 */
enum EnrichedField {
  /** ISO 3166 code of the client's country. */
  IP_COUNTRY("lockstep.ip.country", EnrichedField::country),
  IP_CITY("lockstep.ip.city", event -> ofLocation(event, location -> location.place().city())),
  IP_ASN("lockstep.ip.asn", event -> ofNetwork(event, Network::asn)),
  IP_ORGANISATION("lockstep.ip.organisation", event -> ofNetwork(event, Network::organisation)),
  IP_CLASS(
      "lockstep.ip.class", event -> ofNetwork(event, network -> network.networkClass().word())),
  IP_PREFIX("lockstep.ip.prefix", event -> ofNetwork(event, Network::prefix)),
  PARTNER_ID("lockstep.partner.id", EnrichedField::partner),
  PRINCIPAL_ID("lockstep.principal.id", event -> ofPrincipal(event, Principal::getId)),
  PRINCIPAL_TYPE("lockstep.principal.type", event -> ofPrincipal(event, Principal::getType)),
  TOKEN_ID("lockstep.token.id", EnrichedField::token),
  ACCEPTED("lockstep.accepted", EnrichedField::accepted);

  private static final EnrichedField[] ALL = values();

  private final String fieldName;

  @SuppressWarnings("ImmutableEnumChecker") // functions without state
  private final Function<Event, @Nullable Object> value;

  EnrichedField(String fieldName, Function<Event, @Nullable Object> value) {
    this.fieldName = fieldName;
    this.value = value;
  }

  static @Nullable EnrichedField named(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    for (EnrichedField field : ALL) {
      if (field.fieldName.equals(lower)) {
        return field;
      }
    }
    return null;
  }

  String fieldName() {
    return fieldName;
  }

  RawField read(Event event) {
    Object known = value.apply(event);
    if (known == null) {
      return RawField.ABSENT;
    }
    RawValue.Kind kind =
        known instanceof Number
            ? RawValue.Kind.NUMBER
            : known instanceof Boolean ? RawValue.Kind.BOOLEAN : RawValue.Kind.TEXT;
    return new RawField.Present(List.of(new RawValue(kind, known.toString(), false)), false);
  }

  private static @Nullable Object ofLocation(
      Event event, Function<Location, @Nullable Object> value) {
    Location location = event.location();
    return location == null ? null : value.apply(location);
  }

  private static @Nullable Object ofNetwork(
      Event event, Function<Network, @Nullable Object> value) {
    return ofLocation(event, location -> value.apply(location.network()));
  }

  private static @Nullable Object country(Event event) {
    return ofLocation(
        event,
        location -> {
          String ofPlace = location.place().country();
          return ofPlace == null ? location.network().country() : ofPlace;
        });
  }

  private static @Nullable Object partner(Event event) {
    Partner partner = event.partner();
    return partner == null ? null : partner.id();
  }

  private static @Nullable Object ofPrincipal(
      Event event, Function<Principal, @Nullable Object> value) {
    Principal principal = event.principal();
    return principal == null ? null : value.apply(principal);
  }

  private static @Nullable Object token(Event event) {
    Token token = event.token();
    return token == null ? null : token.getUti();
  }

  /**
   * Returns whether a sign-in succeeded or a request was not refused. A request is refused by
   * status 401, 403, 407 or 429. The result is null for other events and for an unknown status.
   */
  private static @Nullable Object accepted(Event event) {
    Activity activity = event.activity();
    int status = activity.getStatus();
    return switch (activity.getKind()) {
      case SIGN_IN -> status < 0 ? null : status == 0;
      case API_CALL, EDGE_REQUEST, VAULT_CALL ->
          status < 0 ? null : status != 401 && status != 403 && status != 407 && status != 429;
      default -> null;
    };
  }
}
