package dev.lockstep.enrichment.network;

import org.jspecify.annotations.Nullable;

/**
 * A row of the networks file; an empty cell is null. Latitude and longitude: both or neither.
 *
 * @param country ISO 3166 code, or {@value #NO_COUNTRY}: the country says nothing of its users
 */
public record NetworkRow(
    @Nullable NetworkClass networkClass,
    @Nullable String country,
    @Nullable String city,
    @Nullable Double latitude,
    @Nullable Double longitude,
    @Nullable Double accuracyKm,
    @Nullable Long asn,
    @Nullable String organisation) {

  /** ISO 3166 leaves it to its users; it is commonly written for an unknown country. */
  public static final String NO_COUNTRY = "ZZ";

  public static final NetworkRow EMPTY =
      new NetworkRow(null, null, null, null, null, null, null, null);

  /** Returns this row with its empty cells filled from another. */
  public NetworkRow filledFrom(NetworkRow other) {
    return new NetworkRow(
        networkClass != null ? networkClass : other.networkClass,
        country != null ? country : other.country,
        city != null ? city : other.city,
        latitude != null ? latitude : other.latitude,
        longitude != null ? longitude : other.longitude,
        accuracyKm != null ? accuracyKm : other.accuracyKm,
        asn != null ? asn : other.asn,
        organisation != null ? organisation : other.organisation);
  }
}
