package dev.lockstep.enrichment.network;

import org.jspecify.annotations.Nullable;

/**
 * Values of one row of a networks file or of the list of providers: a network's class, place,
 * autonomous system and organisation. An empty cell is null. {@link NetworksFile} parses the rows.
 * Latitude and longitude are both given or both null.
 *
 * @param country ISO 3166 code, or {@value #NO_COUNTRY} if the place of the network's users is
 *     unknown
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

  /**
   * Country code {@code ZZ}, which ISO 3166 leaves to its users and which commonly stands for an
   * unknown country.
   */
  public static final String NO_COUNTRY = "ZZ";

  public static final NetworkRow EMPTY =
      new NetworkRow(null, null, null, null, null, null, null, null);

  /** Returns this row with its empty cells filled from another row. */
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
