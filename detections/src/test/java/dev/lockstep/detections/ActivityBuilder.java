package dev.lockstep.detections;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Alert;
import dev.lockstep.schemas.Api;
import dev.lockstep.schemas.Delegation;
import dev.lockstep.schemas.Device;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.RecordGeo;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.SignIn;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.Token;
import dev.lockstep.schemas.Where;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes activities as ingest does: arrived when they happened, unless said otherwise. */
public final class ActivityBuilder {
  private static final SingleObject<Activity> CODEC = new SingleObject<>(Activity.getClassSchema());

  private final Activity activity = new Activity();
  private @Nullable String id;
  private Duration late = Duration.ZERO;
  private long position = 1;

  private ActivityBuilder(ActivityKind kind, String category, long at) {
    activity.setKind(kind);
    activity.setCategory(category);
    activity.setEventAt(at);
    activity.setStatus(kind == ActivityKind.SIGN_IN ? 0 : -1);
  }

  public static byte[] bytes(Activity activity) {
    return CODEC.encode(activity);
  }

  public static Activity copy(Activity activity) {
    return CODEC.decode(CODEC.encode(activity));
  }

  public static long at(String time) {
    return Instant.parse(time).toEpochMilli();
  }

  public static int day(String date) {
    return (int) LocalDate.parse(date).toEpochDay();
  }

  /** A successful interactive sign-in of a user, with more than one factor. */
  public static ActivityBuilder signIn(String user, String time) {
    return signIn(user, at(time));
  }

  public static ActivityBuilder signIn(String user, long at) {
    ActivityBuilder builder = new ActivityBuilder(ActivityKind.SIGN_IN, "SignInLogs", at);
    builder.activity.setPrincipal(new Principal(user, user + "@contoso.com", "user"));
    return builder;
  }

  /** A call that the gateway answered with 200, with nothing known of its caller. */
  public static ActivityBuilder call(String time) {
    return call(at(time));
  }

  public static ActivityBuilder call(long at) {
    return new ActivityBuilder(ActivityKind.API_CALL, "GatewayLogs", at).status(200);
  }

  /** An identity link that came as a message of its own. */
  public static ActivityBuilder link(String time, String correlationId) {
    return new ActivityBuilder(ActivityKind.IDENTITY_LINK, "IdentityLink", at(time))
        .id(correlationId);
  }

  /** Front Door's record of a request. */
  public static ActivityBuilder edge(String time, String reference) {
    return new ActivityBuilder(ActivityKind.EDGE_REQUEST, "FrontDoorAccessLog", at(time))
        .id(reference)
        .reference(reference);
  }

  /** A call of Microsoft Graph. */
  public static ActivityBuilder graph(String time) {
    return call(time).category("MicrosoftGraphActivityLogs");
  }

  public ActivityBuilder reference(String reference) {
    activity.setTrackingReference(reference);
    return this;
  }

  /** A record of a Defender alert of severity Medium that names nobody yet. */
  public static ActivityBuilder alert(String alertId, String time) {
    ActivityBuilder builder = new ActivityBuilder(ActivityKind.ALERT, "AlertEvidence", at(time));
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

  public ActivityBuilder severity(@Nullable Severity severity) {
    activity.getAlert().setSeverity(severity);
    return this;
  }

  public ActivityBuilder title(@Nullable String title) {
    activity.getAlert().setTitle(title);
    return this;
  }

  public ActivityBuilder namesAccounts(String... ids) {
    activity.getAlert().setAccounts(List.of(ids));
    return this;
  }

  public ActivityBuilder namesUpns(String... upns) {
    activity.getAlert().setNames(List.of(upns));
    return this;
  }

  public ActivityBuilder namesAddresses(String... addresses) {
    activity.getAlert().setAddresses(List.of(addresses));
    return this;
  }

  /** An alert that one of our own detections has become. */
  public ActivityBuilder own() {
    activity.getAlert().setOwn(true);
    return this;
  }

  public static Activity watermark(String source, String time) {
    Activity clock = new ActivityBuilder(ActivityKind.CLOCK, "", at(time)).id("").build();
    clock.getWhere().setSource(source);
    return clock;
  }

  /** The clock of the source of all that is built here, which has nothing more to read. */
  public static Activity resting(String clockAt, String graceAt) {
    Activity clock = watermark("test", clockAt);
    clock.setEventAt(at(graceAt));
    return clock;
  }

  public ActivityBuilder id(String eventId) {
    this.id = eventId;
    return this;
  }

  public ActivityBuilder category(String category) {
    activity.setCategory(category);
    return this;
  }

  public ActivityBuilder nonInteractive() {
    return category("NonInteractiveUserSignInLogs");
  }

  /** Lets an application or an agent act for the user, which each kind of event says elsewhere. */
  public ActivityBuilder onBehalf() {
    if (activity.getKind() == ActivityKind.SIGN_IN) {
      SignIn signIn = new SignIn();
      signIn.setPolicies(List.of());
      signIn.setRiskEvents(List.of());
      signIn.setAgentType("agenticAppInstance");
      activity.setSignIn(signIn);
      return nonInteractive();
    }
    activity.getToken().setDelegation(new Delegation(null, 1, List.of(), List.of(), null));
    return this;
  }

  public ActivityBuilder workload(String objectId) {
    activity.setPrincipal(new Principal(objectId, "app of " + objectId, "workload"));
    return this;
  }

  public ActivityBuilder from(String address) {
    activity.setAddress(address);
    return this;
  }

  public ActivityBuilder forwarded(@Nullable String socketAddress, @Nullable String forwardedFor) {
    activity.setSocketAddress(socketAddress);
    activity.setForwardedFor(forwardedFor);
    return this;
  }

  public ActivityBuilder in(
      @Nullable String country, @Nullable String city, double latitude, double longitude) {
    Long asn = activity.getGeo() == null ? null : activity.getGeo().getAsn();
    activity.setGeo(new RecordGeo(country, city, latitude, longitude, asn));
    return this;
  }

  public ActivityBuilder status(int status) {
    activity.setStatus(status);
    return this;
  }

  public ActivityBuilder device(@Nullable String deviceId, boolean managed, boolean compliant) {
    Device device = new Device();
    device.setId(deviceId);
    device.setManaged(managed);
    device.setCompliant(compliant);
    activity.setDevice(device);
    return this;
  }

  public ActivityBuilder singleFactor() {
    activity.setSingleFactor(true);
    return this;
  }

  /** The token that a sign-in minted. */
  public ActivityBuilder minted(String uti) {
    Token token = new Token();
    token.setUti(uti);
    token.setOid(activity.getPrincipal() == null ? null : activity.getPrincipal().getId());
    token.setValidated(true);
    activity.setToken(token);
    return this;
  }

  /** A validated token of a user. */
  public ActivityBuilder presents(@Nullable String uti, String user) {
    claims(uti, user, true);
    if (activity.getKind() == ActivityKind.API_CALL) {
      activity.setPrincipal(new Principal(user, null, "user"));
    }
    return this;
  }

  /** Validated claims that name neither a user nor a workload. */
  public ActivityBuilder presentsNobodys(String uti) {
    claims(uti, null, true);
    return this;
  }

  /** Claims that the gateway logged without having validated them. */
  public ActivityBuilder claimsOnly(String uti, String user) {
    claims(uti, user, false);
    return this;
  }

  private void claims(@Nullable String uti, @Nullable String user, boolean validated) {
    Token token = new Token();
    token.setUti(uti);
    token.setOid(user);
    token.setValidated(validated);
    activity.setToken(token);
  }

  public ActivityBuilder app(String appId) {
    activity.getToken().setAppId(appId);
    return this;
  }

  public ActivityBuilder expires(String time) {
    activity.getToken().setExpiresAt(at(time));
    return this;
  }

  public ActivityBuilder subscription(String subscription) {
    api().setSubscription(subscription);
    if (activity.getPrincipal() == null) {
      activity.setPrincipal(new Principal(subscription, null, "subscription"));
    }
    return this;
  }

  public ActivityBuilder product(String product) {
    api().setProduct(product);
    return this;
  }

  public ActivityBuilder operation(String api, String operation) {
    api().setApi(api);
    api().setOperation(operation);
    return this;
  }

  private Api api() {
    if (activity.getApi() == null) {
      activity.setApi(new Api());
    }
    return activity.getApi();
  }

  public ActivityBuilder arrives(Duration later) {
    this.late = later;
    return this;
  }

  public ActivityBuilder position(long inPartition) {
    this.position = inPartition;
    return this;
  }

  public Activity build() {
    activity.setEventId(
        id != null
            ? id
            : "%s %s %s".formatted(activity.getEventAt(), activity.getAddress(), name()));
    activity.setArrivalAt(activity.getEventAt() + late.toMillis());
    activity.setWhere(new Where("test", "hub", null, 0, position, 0));
    return activity;
  }

  private String name() {
    if (activity.getAlert() != null) {
      return activity.getAlert().toString();
    }
    return activity.getPrincipal() == null ? "" : activity.getPrincipal().getId();
  }
}
