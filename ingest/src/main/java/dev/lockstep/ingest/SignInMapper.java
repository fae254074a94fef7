package dev.lockstep.ingest;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Device;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.RecordGeo;
import dev.lockstep.schemas.Token;
import org.jspecify.annotations.Nullable;

/** Makes an activity of a sign-in's fields. */
final class SignInMapper {
  private static final long LAST_ASN = 4_294_967_295L;

  private SignInMapper() {}

  static Outcome map(Category category, RecordFields f, Slice slice) {
    if (f.id == null) {
      return ActivityMapper.noId(slice, category, "properties.id");
    }
    if (f.timeMisfit != null) {
      return ActivityMapper.misfit(slice, category, f.timeMisfit);
    }
    // The envelope's time is needed only where something else does not tell.
    boolean envelopeNeeded = f.createdDateTime == null || slice.enqueuedAt() == null;
    long envelopeAt = Timestamps.UNREADABLE;
    String time = f.envelopeTime();
    if (envelopeNeeded && time != null) {
      envelopeAt = Timestamps.parse(time);
      if (envelopeAt == Timestamps.UNREADABLE) {
        return ActivityMapper.badTime(slice, category, "time", time);
      }
    }
    long eventAt = envelopeAt;
    if (f.createdDateTime != null) {
      eventAt = Timestamps.parse(f.createdDateTime);
      if (eventAt == Timestamps.UNREADABLE) {
        return ActivityMapper.badTime(
            slice, category, "properties.createdDateTime", f.createdDateTime);
      }
    } else if (time == null) {
      return ActivityMapper.noTime(slice, category, "properties.createdDateTime, and time,");
    }
    Activity activity =
        ActivityMapper.activity(
            ActivityKind.SIGN_IN,
            category,
            f.id,
            slice,
            eventAt,
            envelopeAt == Timestamps.UNREADABLE ? eventAt : envelopeAt);
    describe(activity, f);
    return ActivityMapper.judged(activity, slice);
  }

  private static void describe(Activity activity, RecordFields f) {
    Principal principal = principal(f);
    if (principal != null) {
      activity.setPrincipal(principal);
    }
    String address = f.ipAddress != null ? f.ipAddress : f.callerIpAddress;
    if (address != null) {
      activity.setAddress(address);
    }
    activity.setStatus(status(f));
    RecordGeo geo = geo(f);
    if (geo != null) {
      activity.setGeo(geo);
    }
    Device device = device(f);
    if (device != null) {
      activity.setDevice(device);
    }
    activity.setSingleFactor(
        f.authenticationRequirement != null
            && f.authenticationRequirement.equalsIgnoreCase("singleFactorAuthentication"));
    Token token = token(f);
    if (token != null) {
      activity.setToken(token);
    }
    String app = f.appDisplayName != null ? f.appDisplayName : f.resourceDisplayName;
    if (app != null) {
      activity.setApp(app);
    }
  }

  private static @Nullable Principal principal(RecordFields f) {
    if (f.userId != null) {
      String name = f.userPrincipalName != null ? f.userPrincipalName : f.userDisplayName;
      return ActivityMapper.principal(LinkFields.lower(f.userId), name, "user");
    }
    if (f.servicePrincipalId != null) {
      String name = f.servicePrincipalName != null ? f.servicePrincipalName : f.appDisplayName;
      return ActivityMapper.principal(LinkFields.lower(f.servicePrincipalId), name, "workload");
    }
    return f.appId == null
        ? null
        : ActivityMapper.principal(LinkFields.lower(f.appId), f.appDisplayName, "workload");
  }

  private static int status(RecordFields f) {
    long code = Scalars.digits(f.errorCode, Integer.MAX_VALUE, -1);
    return (int) (code >= 0 ? code : Scalars.digits(f.resultType, Integer.MAX_VALUE, -1));
  }

  private static @Nullable RecordGeo geo(RecordFields f) {
    String country = f.country;
    if (country == null && f.location != null && isCountry(f.location)) {
      country = f.location;
    }
    double latitude = Scalars.decimal(f.latitude);
    double longitude = Scalars.decimal(f.longitude);
    // 0/0 (also -0) is how a record says that it does not know. NaN fails the comparisons.
    boolean placed =
        Math.abs(latitude) <= 90
            && Math.abs(longitude) <= 180
            && !(latitude == 0 && longitude == 0);
    long asn = Scalars.digits(f.asn, LAST_ASN, 0);
    if (country == null && f.city == null && !placed && asn == 0) {
      return null;
    }
    RecordGeo geo = new RecordGeo();
    if (country != null) {
      geo.setCountry(country);
    }
    if (f.city != null) {
      geo.setCity(f.city);
    }
    if (placed) {
      geo.setLatitude(latitude);
      geo.setLongitude(longitude);
    }
    if (asn != 0) {
      geo.setAsn(asn);
    }
    return geo;
  }

  /** A gateway's location is a region's display name; only two letters are a country. */
  private static boolean isCountry(String text) {
    return text.length() == 2 && isLetter(text.charAt(0)) && isLetter(text.charAt(1));
  }

  private static boolean isLetter(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  }

  private static @Nullable Device device(RecordFields f) {
    if (f.deviceId == null && f.managed == null && f.compliant == null) {
      return null;
    }
    Device device = new Device();
    if (f.deviceId != null) {
      device.setId(f.deviceId);
    }
    device.setManaged(Scalars.isTrue(f.managed));
    device.setCompliant(Scalars.isTrue(f.compliant));
    return device;
  }

  private static @Nullable Token token(RecordFields f) {
    String tid = f.resourceTenantId != null ? f.resourceTenantId : f.propertiesTenantId;
    tid = tid != null ? tid : f.tenantId;
    String oid = f.userId != null ? f.userId : f.servicePrincipalId;
    if (f.uniqueTokenIdentifier == null
        && f.sessionId == null
        && oid == null
        && tid == null
        && f.appId == null) {
      return null;
    }
    Token token = new Token();
    if (f.uniqueTokenIdentifier != null) {
      token.setUti(TokenIds.normalised(f.uniqueTokenIdentifier));
    }
    if (f.sessionId != null) {
      token.setSid(f.sessionId);
    }
    if (oid != null) {
      token.setOid(LinkFields.lower(oid));
    }
    if (tid != null) {
      token.setTid(LinkFields.lower(tid));
    }
    if (f.appId != null) {
      token.setAppId(LinkFields.lower(f.appId));
    }
    token.setValidated(true);
    return token;
  }
}
