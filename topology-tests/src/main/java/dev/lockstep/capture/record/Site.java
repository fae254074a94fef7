package dev.lockstep.capture.record;

/**
 * Network prefix, with the network and place that a sign-in record gives for it. The constants are
 * the sites of the demo.
 *
 * @param prefix beginning of its addresses, up to the host part
 * @param asn autonomous system number, 0 where the record has none
 * @param country ISO 3166 code, empty where the record has none
 * @param city city, empty where the record has none
 * @param latitude degrees, NaN where the record has none
 * @param longitude degrees, NaN where the record has none
 */
public record Site(
    String prefix, int asn, String country, String city, double latitude, double longitude) {
  // Sites that are not in the networks file, so that only the sign-in record gives their place.
  public static final Site HOME = placed("198.18.20.", 64498, "DE", "Hamburg", 53.5511, 9.9937);
  public static final Site MUNICH = placed("198.18.21.", 64497, "DE", "Munich", 48.1371, 11.5754);
  public static final Site EHINGEN = placed("198.18.22.", 64497, "DE", "Ehingen", 48.2440, 9.9937);
  public static final Site FRANKFURT =
      placed("198.18.23.", 64497, "DE", "Frankfurt", 50.1109, 8.6821);
  public static final Site MILAN = placed("198.18.24.", 65539, "IT", "Milan", 45.4642, 9.1900);
  public static final Site LONDON = placed("198.18.25.", 65540, "GB", "London", 51.5074, -0.1278);
  public static final Site SINGAPORE =
      placed("198.18.100.", 65536, "SG", "Singapore", 1.2897, 103.8501);
  public static final Site NEW_YORK =
      placed("198.18.101.", 65537, "US", "New York", 40.7143, -74.0060);
  public static final Site SAO_PAULO =
      placed("198.18.102.", 65538, "BR", "Sao Paulo", -23.5475, -46.6361);
  public static final Site LISBON = placed("198.18.103.", 65541, "PT", "Lisbon", 38.7167, -9.1333);
  public static final Site OSLO = placed("198.18.104.", 65542, "NO", "Oslo", 59.9127, 10.7461);

  // Sites whose class comes from the row of their autonomous system.
  public static final Site VPN_EXIT =
      placed("198.18.110.", 64508, "US", "New York", 40.7143, -74.0060);
  public static final Site SATELLITE =
      placed("198.18.111.", 64509, "PT", "Lisbon", 38.7167, -9.1333);
  public static final Site SATELLITE_NORTH =
      placed("198.18.112.", 64509, "NO", "Oslo", 59.9127, 10.7461);
  public static final Site MOBILE_ABROAD =
      placed("198.18.113.", 64512, "PT", "Lisbon", 38.7167, -9.1333);
  public static final Site MOBILE_NORTH =
      placed("198.18.114.", 64512, "NO", "Oslo", 59.9127, 10.7461);

  // Sites in the networks file, with the same place in the record.
  public static final Site OFFICE = placed("203.0.113.", 64500, "DE", "Hamburg", 53.5503, 10.0006);
  public static final Site WEB_APPS = placed("192.0.2.", 64501, "NL", "Amsterdam", 52.3740, 4.8897);
  public static final Site PHONE = placed("198.18.8.", 64510, "DE", "Hamburg", 53.5511, 9.9937);
  public static final Site PHONE_SOUTH =
      placed("198.18.9.", 64510, "DE", "Munich", 48.1371, 11.5754);

  public static Site placed(
      String prefix, int asn, String country, String city, double latitude, double longitude) {
    return new Site(prefix, asn, country, city, latitude, longitude);
  }

  /** Returns a site for which sign-in records give neither network nor place. */
  public static Site blank(String prefix) {
    return new Site(prefix, 0, "", "", Double.NaN, Double.NaN);
  }

  /** Returns a site with another prefix, of the same network in the same place. */
  public Site at(String otherPrefix) {
    return new Site(otherPrefix, asn, country, city, latitude, longitude);
  }

  public String address(int host) {
    return prefix + host;
  }

  /**
   * Returns a copy of this site with the country, city and coordinates of another site. Sign-in
   * records may give one prefix several places.
   */
  public Site seenIn(Site other) {
    return new Site(prefix, asn, other.country, other.city, other.latitude, other.longitude);
  }
}
