package dev.lockstep.detections;

import dev.lockstep.enrichment.Address;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.Location;
import dev.lockstep.enrichment.Network;
import dev.lockstep.enrichment.NetworkClass;
import dev.lockstep.enrichment.Place;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.PlaceSeen;
import dev.lockstep.schemas.RecordGeo;
import dev.lockstep.schemas.Spot;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Where activities came from: the address to believe, its place and its network. */
final class Spots {
  /** Under this name stands what was not known of where things came from. */
  static final String NETWORKS = "networks";

  private final Enrichment enrichment;

  Spots(Enrichment enrichment) {
    this.enrichment = enrichment;
  }

  /** Returns the address that an activity came from, or null if it is unknown. */
  @Nullable Address addressOf(Activity activity) {
    return activity.getKind() == ActivityKind.API_CALL
        ? enrichment.clientOf(activity)
        : Address.parse(activity.getAddress());
  }

  /** Returns where an activity came from, null if its address is unknown; counts what is not. */
  @Nullable Spot counted(@Nullable Address address, Activity activity, Observer.Counts counts) {
    if (address == null) {
      return null;
    }
    Location location = enrichment.locate(address, activity.getGeo());
    see(location, activity.getGeo(), counts);
    return spot(location);
  }

  /** Returns where an address is, with what the record says of it. */
  Spot at(Address address, @Nullable RecordGeo record) {
    return spot(enrichment.locate(address, record));
  }

  /** Counts what file and databases did not know of an address that a rule may have to judge. */
  private static void see(Location location, @Nullable RecordGeo record, Observer.Counts counts) {
    Network network = location.network();
    counts.sees(NETWORKS, "observations");
    if (network.asn() == null) {
      counts.sees(NETWORKS, "withoutAsn");
    }
    if (network.country() == null) {
      counts.sees(NETWORKS, "withoutCountry");
    }
    if (network.networkClass() == NetworkClass.UNKNOWN) {
      counts.sees(NETWORKS, "withoutClass");
    }
    Place place = location.place();
    if (!place.known()) {
      counts.sees(NETWORKS, "withoutPlace");
    } else if (record != null
        && Objects.equals(record.getLatitude(), place.latitude())
        && Objects.equals(record.getLongitude(), place.longitude())) {
      counts.sees(NETWORKS, "placeFromRecord");
    }
  }

  private static Spot spot(Location location) {
    Place place = location.place();
    Network network = location.network();
    return new Spot(
        location.address().text(),
        network.prefix(),
        network.asn(),
        network.organisation(),
        network.country(),
        network.networkClass().word(),
        place.known()
            ? new PlaceSeen(
                place.country(),
                place.city(),
                place.latitude(),
                place.longitude(),
                place.accuracyKm())
            : null);
  }
}
