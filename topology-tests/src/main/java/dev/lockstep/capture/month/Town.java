package dev.lockstep.capture.month;

import java.util.List;

/**
 * Town where people live or work, or to which they travel.
 *
 * @param hours hours by which its clocks are ahead of UTC in the whole month
 */
record Town(String country, String name, double latitude, double longitude, int hours) {
  static final List<Town> ALL =
      List.of(
          new Town("DE", "Hamburg", 53.5511, 9.9937, 1),
          new Town("DE", "Berlin", 52.5200, 13.4050, 1),
          new Town("DE", "Munich", 48.1371, 11.5754, 1),
          new Town("DE", "Frankfurt", 50.1109, 8.6821, 1),
          new Town("DE", "Cologne", 50.9375, 6.9603, 1),
          new Town("DE", "Leipzig", 51.3397, 12.3731, 1),
          new Town("GB", "London", 51.5074, -0.1278, 0),
          new Town("GB", "Manchester", 53.4808, -2.2426, 0),
          new Town("GB", "Glasgow", 55.8642, -4.2518, 0),
          new Town("ES", "Madrid", 40.4168, -3.7038, 1),
          new Town("ES", "Barcelona", 41.3874, 2.1686, 1),
          new Town("ES", "Seville", 37.3891, -5.9845, 1),
          new Town("US", "New York", 40.7128, -74.0060, -5),
          new Town("US", "Boston", 42.3601, -71.0589, -5),
          new Town("US", "Atlanta", 33.7490, -84.3880, -5),
          new Town("US", "Chicago", 41.8781, -87.6298, -6),
          new Town("US", "Dallas", 32.7767, -96.7970, -6),
          new Town("US", "Los Angeles", 34.0522, -118.2437, -8),
          new Town("SG", "Singapore", 1.3521, 103.8198, 8),
          new Town("FR", "Paris", 48.8566, 2.3522, 1),
          new Town("FR", "Lyon", 45.7640, 4.8357, 1),
          new Town("NL", "Amsterdam", 52.3740, 4.8897, 1),
          new Town("IE", "Dublin", 53.3498, -6.2603, 0),
          new Town("CH", "Zurich", 47.3769, 8.5417, 1),
          new Town("IT", "Milan", 45.4642, 9.1900, 1),
          new Town("PT", "Lisbon", 38.7223, -9.1393, 0),
          new Town("PL", "Warsaw", 52.2297, 21.0122, 1),
          new Town("AE", "Dubai", 25.2048, 55.2708, 4),
          new Town("JP", "Tokyo", 35.6762, 139.6503, 9),
          new Town("BR", "Sao Paulo", -23.5475, -46.6361, -3));

  static Town named(String name) {
    return ALL.stream().filter(town -> town.name.equals(name)).findFirst().orElseThrow();
  }

  static List<Town> of(String country) {
    return ALL.stream().filter(town -> town.country.equals(country)).toList();
  }

  /** Returns the distance to another town in km. */
  double to(Town other) {
    double north = Math.toRadians(other.latitude - latitude) / 2;
    double east = Math.toRadians(other.longitude - longitude) / 2;
    double chord =
        Math.sin(north) * Math.sin(north)
            + Math.cos(Math.toRadians(latitude))
                * Math.cos(Math.toRadians(other.latitude))
                * Math.sin(east)
                * Math.sin(east);
    return 2 * 6371.0 * Math.asin(Math.min(1, Math.sqrt(chord)));
  }
}
