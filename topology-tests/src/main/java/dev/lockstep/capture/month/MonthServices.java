package dev.lockstep.capture.month;

import dev.lockstep.capture.month.Whereabouts.Span;
import dev.lockstep.capture.record.Account;
import dev.lockstep.capture.record.Call;
import dev.lockstep.capture.record.Cast;
import dev.lockstep.capture.record.Device;
import dev.lockstep.capture.record.Dice;
import dev.lockstep.capture.record.EdgeRecord;
import dev.lockstep.capture.record.EdgeRecord.FirewallMatch;
import dev.lockstep.capture.record.EntraRecords;
import dev.lockstep.capture.record.EntraRecords.Stated;
import dev.lockstep.capture.record.GraphRecord;
import dev.lockstep.capture.record.Hub;
import dev.lockstep.capture.record.Link;
import dev.lockstep.capture.record.OtherRecords;
import dev.lockstep.capture.record.OtherRecords.VaultCall;
import dev.lockstep.capture.record.PrivilegedRecords;
import dev.lockstep.capture.record.PrivilegedRecords.Activation;
import dev.lockstep.capture.record.PrivilegedRecords.Operation;
import dev.lockstep.capture.record.RecordedGateway;
import dev.lockstep.capture.record.SignIn;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Use of services by the people and workloads of a simulated month: roles, vaults, the shop, Graph
 * and agents. The shop is behind its Front Door. Servers and agents act on behalf of users. Some
 * sign-ins have a risk, which is harmless.
 *
 * <p>The services have a random source of their own, so that people do the same with and without
 * them.
 */
final class MonthServices {
  private static final String FRONT_DOOR_ID = "4d7c1e90-5b2a-4f38-9c61-0a8e3f7b2d15";
  private static final String PAYMENTS_API = "7d2a6a4e-0c1b-4b9e-8f52-1a9b3f2c77e0";
  private static final String VAULT = "payments-kv";

  private static final int ROTATION_DAYS = 90;

  private static final int PEOPLE_PER_WORKLOAD = 50;

  /** Kind of credential of a workload. */
  private enum Credential {
    MANAGED,
    FEDERATED,
    CERTIFICATE,
    SECRET
  }

  /** Workload with its credential, and the day on which its key is changed. */
  private static final class Workload {
    private final Account account;
    private final Credential credential;
    private final Net from;
    private final int rotates;
    private String key;

    Workload(Account account, Credential credential, Net from, int rotates, String key) {
      this.account = account;
      this.credential = credential;
      this.from = from;
      this.rotates = rotates;
      this.key = key;
    }
  }

  private final Company company;
  private final Dice dice;
  private final List<Workload> workloads = new ArrayList<>();
  private final List<Account> administrators = new ArrayList<>();
  private final List<Account> agentUsers = new ArrayList<>();
  private final Account standing;
  private final Net agents;
  private @Nullable Recordings to;

  MonthServices(List<Colleague> people, Company company, long seed) {
    this.company = company;
    this.dice = new Dice(seed ^ 0x5E_27_1C_E5L);
    this.standing = people.get(0).account;
    // Agents run in a cloud that no networks file describes.
    this.agents = company.newTool;
    Cast cast = new Cast(dice);
    Credential[] kinds = Credential.values();
    for (int index = 0; index < Math.max(4, people.size() / PEOPLE_PER_WORKLOAD); index++) {
      Credential kind = kinds[index % kinds.length];
      workloads.add(
          new Workload(
              cast.workload("Northwind service " + index),
              kind,
              dice.oneIn(2) ? company.webApps : company.vpnEast,
              dice.below(ROTATION_DAYS),
              dice.guid().toString()));
    }
    for (Colleague each : people) {
      if (dice.below(100) < 4) {
        administrators.add(each.account);
      }
      if (dice.below(100) < 15) {
        agentUsers.add(each.account);
      }
    }
  }

  /** Writers of the capture's files with records of services and of calls on behalf of users. */
  static final class Recordings implements AutoCloseable {
    private final MonthRecording services;
    private final MonthRecording delegated;

    private Recordings(MonthRecording services, MonthRecording delegated) {
      this.services = services;
      this.delegated = delegated;
    }

    void deliverUntil(Instant now) throws IOException {
      services.deliverUntil(now);
      delegated.deliverUntil(now);
    }

    long records() {
      return services.records() + delegated.records();
    }

    @Override
    public void close() throws IOException {
      services.close();
      delegated.close();
    }
  }

  Recordings recordings(Path hubs) throws IOException {
    to =
        new Recordings(
            new MonthRecording(hubs, "services-", dice),
            new MonthRecording(hubs, "delegated-", dice));
    return to;
  }

  String estate() {
    return """
    estate:
      gateways:
        - {name: northwind-apim, hosts: [%s]}
        - {name: northwind-shop, hosts: [%s], frontDoorIds: [%s]}
      apis:
        - {name: payments, appId: %s, requireManagedDevice: true}
      privileged:
        - name: role-assignment
          operations: ["Add member to role*", Microsoft.Authorization/roleAssignments/write]
          standing: [%s]
      vaults:
        - {name: %s, private: true}
    """
        .formatted(
            RecordedGateway.ORDERS.host(),
            RecordedGateway.SHOP.host(),
            FRONT_DOOR_ID,
            PAYMENTS_API,
            standing.id(),
            VAULT);
  }

  private Instant within(Instant midnight, int fromHour, int toHour) {
    return dice.withTicks(midnight.plus(dice.seconds(fromHour * 3600, toHour * 3600)));
  }

  /** Records the events of a day that do not depend on people's whereabouts. */
  void play(int day, Instant midnight, Recordings recordings) {
    for (Workload workload : workloads) {
      if (day == workload.rotates) {
        workload.key = dice.guid().toString();
      }
      for (int hour = dice.below(3); hour < 24; hour += dice.from(3, 6)) {
        signIn(workload, midnight.plus(Duration.ofHours(hour)), recordings.services);
      }
      for (int hour = 1; hour < 24; hour += 7) {
        vault(
            VaultCall.read(VAULT, "10.20.8." + dice.from(4, 40), workload.account),
            midnight.plus(Duration.ofHours(hour)),
            recordings.services);
      }
    }
    for (Account administrator : administrators) {
      if (dice.oneIn(3)) {
        administer(administrator, within(midnight, 7, 15), recordings.services);
      }
    }
    if (dice.oneIn(3)) {
      assign(standing, within(midnight, 7, 15), recordings.services);
    }
    for (Account user : agentUsers) {
      if (dice.oneIn(2)) {
        agent(user, within(midnight, 6, 20), recordings.delegated);
      }
    }
    scanned(midnight, recordings.services);
  }

  private void signIn(Workload workload, Instant at, MonthRecording recording) {
    Instant moment = dice.withTicks(at.plus(dice.seconds(0, 3000)));
    SignIn signIn =
        SignIn.fromAddress(
            workload.account, workload.from.recordedAt(), workload.from.address(0, dice), moment);
    recording.add(
        switch (workload.credential) {
          case MANAGED -> SignIn.managed(workload.account, moment);
          case FEDERATED ->
              signIn.with("federatedIdentityCredential").federated("deployments-of-northwind");
          case CERTIFICATE -> signIn.with("clientAssertion").key(workload.key).thumbprint("A1B2");
          case SECRET -> signIn.with("clientSecret").key(workload.key);
        });
  }

  private void vault(VaultCall call, Instant at, MonthRecording recording) {
    Instant moment = dice.withTicks(at.plus(dice.seconds(0, 3000)));
    recording.add(
        Hub.KEY_VAULT, moment, dice.seconds(20, 400), OtherRecords.keyVault(call, moment, dice));
    if (dice.oneIn(4)) { // a client asks where to get a token first
      recording.add(
          Hub.KEY_VAULT,
          moment,
          dice.seconds(20, 400),
          OtherRecords.keyVault(call.answered(401), moment.minusSeconds(1), dice));
    }
  }

  private void administer(Account who, Instant at, MonthRecording recording) {
    Instant end = at.plus(Duration.ofHours(dice.from(1, 8)));
    Activation taken = Activation.of(who, "Privileged Role Administrator", end);
    recording.add(
        Hub.AUDIT,
        at,
        dice.seconds(60, 1500),
        PrivilegedRecords.activation(taken, company.vpnEast.address(0, dice), at, dice));
    int operations = dice.from(0, 4);
    for (int operation = 0; operation < operations; operation++) {
      assign(who, at.plus(dice.seconds(60, 3400)), recording);
    }
  }

  private void assign(Account who, Instant at, MonthRecording recording) {
    String address = company.vpnEast.address(0, dice);
    String json =
        dice.oneIn(2)
            ? PrivilegedRecords.operation(
                Operation.of("Add member to role", who, address), at, dice)
            : PrivilegedRecords.inAzure(
                "Microsoft.Authorization/roleAssignments/write", "Success", who, address, at, dice);
    recording.add(Hub.AUDIT, at, dice.seconds(60, 900), json);
  }

  private void agent(Account user, Instant at, MonthRecording recording) {
    UUID token = dice.guid();
    SignIn signIn =
        SignIn.fromAddress(user, agents.recordedAt(), agents.address(0, dice), at)
            .nonInteractive()
            .on(Device.UNKNOWN)
            .singleFactor()
            .minting(token);
    boolean isAgent = dice.oneIn(2);
    recording.add(isAgent ? signIn.agent("agenticAppInstance") : signIn.with("clientSecret"));
    Link link =
        isAgent
            ? Link.of(user, token, at).clientAuth("0").facets("[11]", "[]")
            : Link.of(user, token, at).clientAuth("1");
    int calls = dice.from(1, 4);
    for (int call = 0; call < calls; call++) {
      Instant moment = at.plus(dice.seconds(1, 3000));
      if (dice.oneIn(3)) {
        recording.add(
            Hub.GRAPH,
            moment,
            dice.seconds(60, 900),
            GraphRecord.of(
                user,
                token,
                agents.address(0, dice),
                moment,
                at,
                new GraphRecord.Client("2", "", ""),
                dice));
      } else {
        recording.add(Call.from(agents.address(0, dice), moment).traced(link));
      }
    }
  }

  private void scanned(Instant midnight, MonthRecording recording) {
    Net anywhere = company.internet.homes(dice.pick(Town.ALL), false).get(0);
    String address = anywhere.address(0, dice);
    Instant at = within(midnight, 0, 23);
    for (int request = 0; request < 6; request++) {
      Instant moment = at.plusSeconds(2L * request);
      recording.add(
          Hub.FRONT_DOOR,
          moment,
          dice.seconds(60, 600),
          EdgeRecord.firewall(
              FirewallMatch.blocking("LFI-930100").at(RecordedGateway.SHOP.host()),
              dice.guid().toString(),
              address,
              address,
              moment,
              dice));
    }
  }

  /** Records the events of a colleague's day that depend on the colleague's whereabouts. */
  void play(Colleague who, ColleagueDay day) {
    MonthRecording recording = Objects.requireNonNull(to).services;
    if (day.laptop.spans.isEmpty()) {
      return;
    }
    Span span = dice.pick(day.laptop.spans);
    Instant at = span.moment(dice);
    if (dice.oneIn(2)) {
      mail(who, day, span, at, recording);
    }
    if (dice.oneIn(4)) {
      shops(who, span, at, recording);
    }
    if (dice.below(1000) < 3) {
      risky(who, span, at, recording);
    }
  }

  private void mail(
      Colleague who, ColleagueDay day, Span span, Instant at, MonthRecording recording) {
    UUID token = dice.guid();
    Device laptop = who.account.laptop();
    String session = ColleagueTraffic.session(who, laptop, at);
    recording.add(signIn(who, span, at).minting(token));
    int calls = dice.from(1, 3);
    for (int call = 0; call < calls; call++) {
      Instant moment = at.plus(dice.seconds(2, 3000));
      Span by = day.laptop.at(moment);
      if (by != null) {
        recording.add(
            Hub.GRAPH,
            moment,
            dice.seconds(60, 900),
            GraphRecord.of(
                who.account,
                token,
                by.address(),
                moment,
                at,
                new GraphRecord.Client("0", session, who.reportsDevice ? laptop.id() : ""),
                dice));
      }
    }
  }

  private SignIn signIn(Colleague who, Span span, Instant at) {
    Device laptop = who.account.laptop();
    return SignIn.fromAddress(
            who.account, span.net().recordedElsewhere(), span.address(), dice.withTicks(at))
        .nonInteractive()
        .on(who.reportsDevice ? laptop : Device.UNKNOWN)
        .in(ColleagueTraffic.session(who, laptop, at));
  }

  private void shops(Colleague who, Span span, Instant at, MonthRecording recording) {
    UUID token = dice.guid();
    SignIn signIn = signIn(who, span, at).minting(token);
    recording.add(who.reportsDevice ? signIn.to(PAYMENTS_API) : signIn);
    Instant moment = at.plus(dice.seconds(2, 900));
    String reference = dice.guid().toString();
    recording.add(
        Call.from(company.frontDoor.address(0, dice), moment)
            .at(RecordedGateway.SHOP)
            .frontDoor(FRONT_DOOR_ID)
            .headers(span.address(), span.address())
            .reference(reference)
            .traced(
                Link.of(who.account, token, at)
                    .in(ColleagueTraffic.session(who, who.account.laptop(), at))));
    if (dice.oneIn(10)) { // a rule on trial, which blocks nothing yet
      recording.add(
          Hub.FRONT_DOOR,
          moment,
          dice.seconds(60, 600),
          EdgeRecord.firewall(
              FirewallMatch.blocking("SQLI-942430").doing("Log").at(RecordedGateway.SHOP.host()),
              reference,
              span.address(),
              span.address(),
              moment,
              dice));
    }
  }

  private void risky(Colleague who, Span span, Instant at, MonthRecording recording) {
    UUID token = dice.guid();
    boolean isLow = dice.oneIn(2);
    String level = isLow ? "low" : dice.oneIn(3) ? "high" : "medium";
    recording.add(signIn(who, span, at).minting(token));
    recording.add(
        Call.from(span.address(), at.plus(dice.seconds(5, 600)))
            .traced(Link.of(who.account, token, at)));
    Stated stated = new Stated(dice.guid(), level, "atRisk", dice.seconds(120, 3000));
    state(stated, who, token, span, at, recording);
    if (!isLow) {
      String closed = dice.oneIn(2) ? "remediated" : "dismissed";
      state(stated.later(closed, dice.seconds(7200, 130_000)), who, token, span, at, recording);
    }
  }

  private void state(
      Stated stated, Colleague who, UUID token, Span span, Instant at, MonthRecording recording) {
    Instant moment = at.plus(stated.lag());
    recording.add(
        Hub.AUDIT,
        moment,
        dice.seconds(5, 60),
        EntraRecords.riskEvent(
            stated, who.account, token.toString(), span.address(), moment, dice));
  }
}
