package dev.lockstep.detections;

import dev.lockstep.schemas.PlaceSeen;
import dev.lockstep.schemas.Spot;
import dev.lockstep.schemas.Stay;
import java.util.Objects;

/** A stay with what is worked out of it once: its place's name, its kind's hash, its direction. */
final class Held {
  private final Stay stay;
  private final PlaceSeen seen;
  private final PlaceKey place;
  private long kind;
  private boolean hashed;
  private double x;
  private double y;
  private double z;
  private boolean placed;

  Held(Stay stay) {
    this.stay = stay;
    this.seen = Objects.requireNonNull(stay.getSpot().getPlace());
    this.place = PlaceKey.of(seen);
  }

  Stay stay() {
    return stay;
  }

  PlaceKey place() {
    return place;
  }

  long firstAt() {
    return stay.getFirst().getEventAt();
  }

  long lastAt() {
    return stay.getLast().getEventAt();
  }

  double accuracyKm() {
    return seen.getAccuracyKm();
  }

  /** Returns the hash of all that stays have in common which may be held as one. */
  long kind() {
    if (!hashed) {
      kind = hash();
      hashed = true;
    }
    return kind;
  }

  /** Returns roughly how far two stays lie apart, in km: within 1 km. */
  double roughKm(Held other) {
    if (seen.getLatitude() == other.seen.getLatitude()
        && seen.getLongitude() == other.seen.getLongitude()) {
      return 0;
    }
    direct();
    other.direct();
    double cosine = x * other.x + y * other.y + z * other.z;
    return GreatCircle.EARTH_RADIUS_KM * Math.acos(Math.max(-1, Math.min(1, cosine)));
  }

  private void direct() {
    if (!placed) {
      double latitude = Math.toRadians(seen.getLatitude());
      double longitude = Math.toRadians(seen.getLongitude());
      x = Math.cos(latitude) * Math.cos(longitude);
      y = Math.cos(latitude) * Math.sin(longitude);
      z = Math.sin(latitude);
      placed = true;
    }
  }

  private long hash() {
    Spot spot = stay.getSpot();
    return Findings.memberHash(
        String.join(
            "\n",
            spot.getAddress(),
            String.valueOf(spot.getAsn()),
            spot.getNetworkClass(),
            String.valueOf(seen.getCountry()),
            String.valueOf(seen.getCity()),
            seen.getLatitude() + "," + seen.getLongitude() + "," + seen.getAccuracyKm(),
            stay.getApiCall() + "," + stay.getInteractive() + "," + stay.getTrustedDevice(),
            stay.getSingleFactor() + "," + stay.getDeviceId()));
  }
}
