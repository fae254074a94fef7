package dev.lockstep.enrichment.geo;

import dev.lockstep.enrichment.file.ValueParsers;
import dev.lockstep.schemas.RecordGeo;
import org.jspecify.annotations.Nullable;

/** Location that a log record states, without blank and impossible values. */
public record RecordLocation(
    @Nullable String country,
    @Nullable String city,
    @Nullable Coordinates coordinates,
    @Nullable Long asn) {

  public static final RecordLocation NOTHING = new RecordLocation(null, null, null, null);

  public static RecordLocation of(@Nullable RecordGeo geo) {
    if (geo == null) {
      return NOTHING;
    }
    Long asn = geo.getAsn();
    return new RecordLocation(
        ValueParsers.country(geo.getCountry()),
        ValueParsers.text(geo.getCity()),
        Coordinates.of(geo.getLatitude(), geo.getLongitude()),
        asn == null ? null : ValueParsers.asn(asn.longValue()));
  }
}
