package dev.lockstep.detections.oracle;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Alert;
import dev.lockstep.schemas.Api;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.Token;
import dev.lockstep.schemas.Where;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Single events by hand; times are minutes since noon of the eleventh day. */
final class Told {
  static final long NOON = (World.FIRST_DAY + 10) * 86_400_000L + 43_200_000L;

  private Told() {}

  static Activity signIn(String user, String address, double minute) {
    Activity signIn = event(ActivityKind.SIGN_IN, "SignInLogs", user + address + minute, minute);
    signIn.setPrincipal(new Principal(user, user + "@contoso.example", "user"));
    signIn.setAddress(address);
    signIn.setStatus(0);
    return signIn;
  }

  /** A call without claims. */
  static Activity call(String subscription, String address, double minute) {
    Activity call = event(ActivityKind.API_CALL, "GatewayLogs", address + minute, minute);
    call.setPrincipal(new Principal(subscription, null, "subscription"));
    call.setAddress(address);
    call.setStatus(200);
    Api api = new Api();
    api.setSubscription(subscription);
    call.setApi(api);
    return call;
  }

  static Activity link(Activity call, String user, boolean validated) {
    Activity link = Copies.of(call);
    link.setKind(ActivityKind.IDENTITY_LINK);
    link.setCategory("IdentityLink");
    link.setPrincipal(null);
    link.setAddress(null);
    link.setApi(null);
    link.setStatus(-1);
    link.setToken(token(user, null));
    link.getToken().setValidated(validated);
    return link;
  }

  static Token token(String user, @Nullable String uti) {
    Token token = new Token();
    token.setOid(user);
    token.setUti(uti);
    token.setValidated(true);
    return token;
  }

  /** A record of an alert that names addresses. */
  static Activity alert(
      String id, @Nullable Severity severity, double minute, String... addresses) {
    String entity = id + "/" + String.join(",", addresses) + severity + minute;
    Activity record = event(ActivityKind.ALERT, "AlertEvidence", entity, minute);
    Alert alert = new Alert();
    alert.setId(id);
    alert.setSeverity(severity);
    alert.setAccounts(List.of());
    alert.setNames(List.of());
    alert.setAddresses(List.of(addresses));
    alert.setOwn(false);
    record.setAlert(alert);
    return record;
  }

  static Activity alertOfAccount(String id, Severity severity, double minute, String account) {
    Activity record = alert(id, severity, minute);
    record.getAlert().setAccounts(List.of(account));
    return record;
  }

  static Activity alertOfName(String id, Severity severity, double minute, String name) {
    Activity record = alert(id, severity, minute);
    record.getAlert().setNames(List.of(name));
    return record;
  }

  private static Activity event(ActivityKind kind, String category, String id, double minute) {
    Activity event = new Activity();
    event.setKind(kind);
    event.setCategory(category);
    event.setEventId(id);
    event.setEventAt(NOON + Math.round(minute * 60_000));
    event.setArrivalAt(event.getEventAt());
    event.setStatus(-1);
    Where where = new Where();
    where.setSource("test");
    where.setHub("hub");
    where.setPartition(0);
    event.setWhere(where);
    return event;
  }
}
