package dev.lockstep.rules.kit;

import dev.lockstep.rules.RawPath;
import dev.lockstep.rules.RawValue;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Alert;
import dev.lockstep.schemas.Api;
import dev.lockstep.schemas.Device;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import dev.lockstep.schemas.RawFieldsWriter;
import dev.lockstep.schemas.RecordGeo;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.Token;
import dev.lockstep.schemas.Where;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Builder of activities for tests, as ingest makes them. By default an activity arrives at the time
 * of its event.
 *
 * <p>Two activities of the same category, time, address and principal are one event, unless they
 * have different ids. Two records of alerts are one event if category, id and all that they say of
 * the alert are the same, at whatever time.
 */
public final class ActivityBuilder {
  private final Activity activity = new Activity();
  private @Nullable String id;
  private final Map<RawPath, List<RawValue>> raw = new LinkedHashMap<>();
  private Duration late = Duration.ZERO;
  private long position = 1;

  private ActivityBuilder(ActivityKind kind, String category, long at) {
    activity.setKind(kind);
    activity.setCategory(category);
    activity.setEventAt(at);
    activity.setStatus(-1);
  }

  /** Returns the milliseconds since 1970 of a time such as {@code 2026-11-19T10:00:00Z}. */
  public static long at(String time) {
    return Instant.parse(time).toEpochMilli();
  }

  /** Starts a successful interactive sign-in of a user with multifactor authentication. */
  public static ActivityBuilder signIn(String user, String time) {
    return signIn(user, at(time));
  }

  /** Starts a successful interactive sign-in of a user with multifactor authentication. */
  public static ActivityBuilder signIn(String user, long at) {
    ActivityBuilder builder = new ActivityBuilder(ActivityKind.SIGN_IN, "SignInLogs", at);
    builder.activity.setPrincipal(new Principal(user, user + "@contoso.com", PrincipalTypes.USER));
    return builder.status(0);
  }

  /** Starts a call without a principal; the gateway answered the call with the HTTP status 200. */
  public static ActivityBuilder call(String time) {
    return call(at(time));
  }

  /** Starts a call without a principal; the gateway answered the call with the HTTP status 200. */
  public static ActivityBuilder call(long at) {
    return new ActivityBuilder(ActivityKind.API_CALL, "GatewayLogs", at).status(200);
  }

  /** Starts a record of a Defender alert of severity Medium that names no account or address. */
  public static ActivityBuilder alert(String alertId, String time) {
    return alert(alertId, at(time));
  }

  /** Starts a record of a Defender alert of severity Medium that names no account or address. */
  public static ActivityBuilder alert(String alertId, long at) {
    ActivityBuilder builder =
        new ActivityBuilder(ActivityKind.ALERT, "AdvancedHunting-AlertEvidence", at);
    Alert alert = new Alert();
    alert.setId(alertId);
    alert.setTitle("Suspicious " + alertId);
    alert.setSeverity(Severity.Medium);
    alert.setProduct("Microsoft Defender for Cloud Apps");
    alert.setAccounts(List.of());
    alert.setNames(List.of());
    alert.setAddresses(List.of());
    builder.activity.setAlert(alert);
    return builder;
  }

  /** Starts an event of the given kind and category, without a principal. */
  public static ActivityBuilder event(ActivityKind kind, String category, String time) {
    return event(kind, category, at(time));
  }

  /** Starts an event of the given kind and category, without a principal. */
  public static ActivityBuilder event(ActivityKind kind, String category, long at) {
    return new ActivityBuilder(kind, category, at);
  }

  /** Sets fields for which this builder has no method. */
  public ActivityBuilder with(Consumer<Activity> fields) {
    fields.accept(activity);
    return this;
  }

  /** Sets the id that Azure gives the event. */
  public ActivityBuilder id(String eventId) {
    this.id = eventId;
    return this;
  }

  /** Sets the log category, for example {@code MicrosoftGraphActivityLogs}. */
  public ActivityBuilder category(String category) {
    activity.setCategory(category);
    return this;
  }

  /** Makes a sign-in non-interactive. */
  public ActivityBuilder nonInteractive() {
    return category("NonInteractiveUserSignInLogs");
  }

  /**
   * Sets the status: Entra's error code of a sign-in, or a call's HTTP status. An unknown status is
   * -1.
   */
  public ActivityBuilder status(int status) {
    activity.setStatus(status);
    return this;
  }

  /** Makes a sign-in fail because of a wrong password. */
  public ActivityBuilder failed() {
    return status(50_126);
  }

  /** Makes the gateway refuse a call with the HTTP status 401. */
  public ActivityBuilder refused() {
    return status(401);
  }

  /**
   * Sets the IP address of a sign-in's client, or of the immediate peer of a call. The peer may be
   * a proxy.
   */
  public ActivityBuilder from(String address) {
    activity.setAddress(address);
    return this;
  }

  /** Sets the headers in which a proxy reports the client. */
  public ActivityBuilder forwarded(@Nullable String socketAddress, @Nullable String forwardedFor) {
    activity.setSocketAddress(socketAddress);
    activity.setForwardedFor(forwardedFor);
    return this;
  }

  /** Sets the place that the record itself names. */
  public ActivityBuilder in(
      @Nullable String country, @Nullable String city, double latitude, double longitude) {
    RecordGeo geo = geo();
    geo.setCountry(country);
    geo.setCity(city);
    geo.setLatitude(latitude);
    geo.setLongitude(longitude);
    return this;
  }

  /** Sets the country that the record itself names, without coordinates. */
  public ActivityBuilder in(String country) {
    geo().setCountry(country);
    return this;
  }

  /** Sets the autonomous system number that the record itself names. */
  public ActivityBuilder asn(long asn) {
    geo().setAsn(asn);
    return this;
  }

  private RecordGeo geo() {
    RecordGeo geo = activity.getGeo();
    if (geo == null) {
      geo = new RecordGeo();
      activity.setGeo(geo);
    }
    return geo;
  }

  /** Sets the device of a sign-in. */
  public ActivityBuilder device(@Nullable String deviceId, boolean managed, boolean compliant) {
    Device device = new Device();
    device.setId(deviceId);
    device.setManaged(managed);
    device.setCompliant(compliant);
    activity.setDevice(device);
    return this;
  }

  /** Makes a sign-in use a single factor. */
  public ActivityBuilder singleFactor() {
    activity.setSingleFactor(true);
    return this;
  }

  /** Sets the user of a call. The claims of the call count as validated. */
  public ActivityBuilder by(String user) {
    token().setOid(user);
    activity.setPrincipal(new Principal(user, null, PrincipalTypes.USER));
    return this;
  }

  /** Sets the workload of a sign-in or call. The claims of a call count as validated. */
  public ActivityBuilder byWorkload(String objectId, @Nullable String name) {
    Token token = token();
    token.setOid(objectId);
    token.setAppOnly(true);
    activity.setPrincipal(new Principal(objectId, name, PrincipalTypes.WORKLOAD));
    return this;
  }

  /** Sets the unique id (uti) of the token that a sign-in issued or a call presents. */
  public ActivityBuilder token(String uti) {
    token().setUti(uti);
    Principal principal = activity.getPrincipal();
    if (activity.getKind() == ActivityKind.SIGN_IN && principal != null) {
      token().setOid(principal.getId());
    }
    return this;
  }

  /** Sets the application id in the claims. */
  public ActivityBuilder app(String appId) {
    token().setAppId(appId);
    return this;
  }

  /** Sets the time at which the token expires. */
  public ActivityBuilder expires(String time) {
    token().setExpiresAt(at(time));
    return this;
  }

  /**
   * Marks the claims of a call as logged but not validated. The principal of the call is then its
   * subscription.
   */
  public ActivityBuilder unvalidated() {
    token().setValidated(false);
    activity.setPrincipal(null);
    return this;
  }

  private Token token() {
    Token token = activity.getToken();
    if (token == null) {
      token = new Token();
      token.setValidated(true);
      activity.setToken(token);
    }
    return token;
  }

  /** Sets the API Management subscription that a call uses. */
  public ActivityBuilder subscription(String subscription) {
    api().setSubscription(subscription);
    return this;
  }

  /** Sets the API Management product that a call uses. */
  public ActivityBuilder product(String product) {
    api().setProduct(product);
    return this;
  }

  private Api api() {
    Api api = activity.getApi();
    if (api == null) {
      api = new Api();
      activity.setApi(api);
    }
    return api;
  }

  /** Sets the severity of an alert. It is null if this record has none. */
  public ActivityBuilder severity(@Nullable Severity severity) {
    named().setSeverity(severity);
    return this;
  }

  /** Sets the title of an alert. */
  public ActivityBuilder title(@Nullable String title) {
    named().setTitle(title);
    return this;
  }

  /** Sets the object ids of the accounts that an alert names. */
  public ActivityBuilder accounts(String... ids) {
    named().setAccounts(List.of(ids));
    return this;
  }

  /** Sets the UPNs of the accounts that an alert names. They have to be in lower case. */
  public ActivityBuilder names(String... upns) {
    named().setNames(List.of(upns));
    return this;
  }

  /** Sets the addresses that an alert names. */
  public ActivityBuilder addresses(String... addresses) {
    named().setAddresses(List.of(addresses));
    return this;
  }

  /**
   * Sets the values that the log record has at a path: texts, numbers, booleans, nulls, or a {@link
   * RawValue} for anything else. Without values the field is absent. A field that is not set is not
   * looked for.
   */
  public ActivityBuilder raw(String path, @Nullable Object... values) {
    raw.put(RawPath.of(path), Arrays.stream(values).map(ActivityBuilder::rawValue).toList());
    return this;
  }

  private static RawValue rawValue(@Nullable Object value) {
    if (value instanceof RawValue written) {
      return written;
    }
    RawValue.Kind kind =
        value == null
            ? RawValue.Kind.NULL
            : value instanceof Number
                ? RawValue.Kind.NUMBER
                : value instanceof Boolean ? RawValue.Kind.BOOLEAN : RawValue.Kind.TEXT;
    return new RawValue(kind, value == null ? "" : value.toString(), false);
  }

  private ByteBuffer rawBytes() {
    RawFieldsWriter writer =
        new RawFieldsWriter(raw.keySet().stream().map(RawPath::toString).toList());
    writer.begin((int) raw.values().stream().filter(values -> !values.isEmpty()).count());
    for (int i = 0; i < writer.paths().size(); i++) {
      List<RawValue> values = raw.getOrDefault(RawPath.of(writer.paths().get(i)), List.of());
      if (!values.isEmpty()) {
        writer.field(i, values.size(), false);
        values.forEach(value -> write(value, writer));
      }
    }
    return writer.end();
  }

  private static void write(RawValue value, RawFieldsWriter to) {
    byte[] text = value.text().getBytes(StandardCharsets.UTF_8);
    int kind =
        switch (value.kind()) {
          case NULL -> RawFieldsWriter.NULL;
          case BOOLEAN ->
              value.text().equals("true") ? RawFieldsWriter.TRUE : RawFieldsWriter.FALSE;
          case TEXT -> RawFieldsWriter.TEXT;
          case NUMBER -> RawFieldsWriter.NUMBER;
          case OBJECT -> RawFieldsWriter.OBJECT;
          case LIST -> RawFieldsWriter.LIST;
        };
    if (RawFieldsWriter.hasText(kind)) {
      to.value(kind, text, 0, text.length, value.cut());
    } else {
      to.value(kind);
    }
  }

  private Alert named() {
    return Objects.requireNonNull(
        activity.getAlert(), "only an alert has a severity, a title, accounts and addresses");
  }

  /** Sets the delay from the event to its arrival. */
  public ActivityBuilder late(Duration after) {
    this.late = after;
    return this;
  }

  /** Sets the offset of the activity's record in its partition. */
  public ActivityBuilder position(long inPartition) {
    this.position = inPartition;
    return this;
  }

  /** Returns a new activity with the fields, the id and the times that the builder has now. */
  public Activity build() {
    Api api = activity.getApi();
    if (activity.getKind() == ActivityKind.API_CALL
        && activity.getPrincipal() == null
        && api != null
        && api.getSubscription() != null) {
      activity.setPrincipal(
          new Principal(api.getSubscription(), null, PrincipalTypes.SUBSCRIPTION));
    }
    if (!raw.isEmpty()) {
      activity.setRaw(rawBytes());
    }
    activity.setEventId(id == null ? content() : id);
    activity.setArrivalAt(activity.getEventAt() + late.toMillis());
    activity.setWhere(new Where("test", "hub", null, 0, position, 0));
    Activity built = new Activity();
    int fields = Activity.getClassSchema().getFields().size();
    for (int i = 0; i < fields; i++) {
      built.put(i, activity.get(i));
    }
    return built;
  }

  private String content() {
    Principal principal = activity.getPrincipal();
    return activity.getAlert() != null
        ? activity.getAlert().toString()
        : "%s %s %s"
            .formatted(
                Instant.ofEpochMilli(activity.getEventAt()),
                activity.getAddress(),
                principal == null ? "" : principal.getId());
  }
}
