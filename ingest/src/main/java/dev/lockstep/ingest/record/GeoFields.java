package dev.lockstep.ingest.record;

import com.fasterxml.jackson.core.JsonParser;
import dev.lockstep.ingest.json.Key;
import dev.lockstep.ingest.text.Scalars;
import dev.lockstep.schemas.RecordGeo;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Geographical fields of a record: city, country, coordinates, and autonomous system. */
final class GeoFields {
  private static final long LAST_ASN = 4_294_967_295L;

  @Nullable String city;
  @Nullable String country;
  @Nullable String latitude;
  @Nullable String longitude;
  @Nullable String asn;

  boolean take(Key key, JsonParser json) throws IOException {
    switch (key) {
      case CITY -> city = Scalars.first(city, json);
      case COUNTRY_OR_REGION -> country = Scalars.first(country, json);
      case LATITUDE -> latitude = Scalars.first(latitude, json);
      case LONGITUDE -> longitude = Scalars.first(longitude, json);
      default -> {
        return false;
      }
    }
    return true;
  }

  @Nullable RecordGeo geo(@Nullable String elseCountry) {
    String known = country != null ? country : elseCountry;
    double north = Scalars.decimal(latitude);
    double east = Scalars.decimal(longitude);
    // 0/0 (also -0) is how a record says that it does not know. NaN fails the comparisons.
    boolean placed = Math.abs(north) <= 90 && Math.abs(east) <= 180 && !(north == 0 && east == 0);
    long number = Scalars.whole(asn, LAST_ASN, 0);
    if (known == null && city == null && !placed && number == 0) {
      return null;
    }
    RecordGeo geo = new RecordGeo();
    geo.setCountry(known);
    geo.setCity(city);
    if (placed) {
      geo.setLatitude(north);
      geo.setLongitude(east);
    }
    if (number != 0) {
      geo.setAsn(number);
    }
    return geo;
  }
}
