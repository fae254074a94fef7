package dev.lockstep.detections.access;

import dev.lockstep.enrichment.estate.ProtectedApi;
import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Field;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.Gates;
import dev.lockstep.rules.Need;
import dev.lockstep.rules.Phrases;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Setting;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.Device;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.SignIn;
import dev.lockstep.schemas.text.ComparableText;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Rule {@code conditional-access-gap}: an accepted call whose token comes from a sign-in that no
 * conditional access policy covered, or from an unmanaged device. An unmanaged device counts only
 * where the configuration requires a managed one. Only sign-ins to the applications under {@code
 * estate.apis} of the configuration count.
 */
public final class ConditionalAccessGap implements Rule {
  static final String ID = "conditional-access-gap";

  static final String UNMANAGED_DEVICE = "unmanaged-device";
  static final String NOT_APPLIED = "not-applied";

  static final String ON_BEHALF = "on-behalf-of";
  static final String BACKEND = "backend";
  static final String NO_DEVICE = "no-device";

  private static final long HOUR_MILLIS = 3_600_000L;

  static final Setting MAX_HOURS =
      Setting.integer(
          "maxHours",
          48,
          1,
          48,
          "Longest time between a sign-in and a call with its token, in hours.");

  static final Field SIGN_IN_ID = Field.text("id");
  static final Field API = Field.text("api");
  static final Field IS_UNMANAGED = Field.flag("unmanaged");
  static final Field IS_NOT_APPLIED = Field.flag("notApplied");
  static final Field IS_ON_BEHALF = Field.flag("onBehalf");
  static final Field SIGN_IN_FROM_BACKEND = Field.flag("backend");
  static final Field CALL_FROM_BACKEND = Field.flag("backend");

  /**
   * Kind of fact about a sign-in that shows a gap in conditional access, or a reason why a gap is
   * harmless. The sign-in is to an application under {@code estate.apis}. A gap is a sign-in from
   * an unmanaged device where a managed one is required, or a sign-in that no policy covers. A gate
   * suppresses a sign-in by an application that acts for the user, or from a network of class
   * {@code backend}. Copies of one record may differ in these properties, so the fact has the
   * record's category and id.
   */
  static final FactKind SIGN_IN =
      FactKind.named(
              "sign-in",
              SIGN_IN_ID,
              API,
              IS_UNMANAGED,
              IS_NOT_APPLIED,
              IS_ON_BEHALF,
              SIGN_IN_FROM_BACKEND)
          .byPrincipal()
          .runs(any -> Long.MAX_VALUE)
          .declare();

  /**
   * Kind of fact about the accepted calls with one token, of one principal from one network, on one
   * UTC day. The times of the first and the last call are exact.
   */
  static final FactKind CALL =
      FactKind.named("call", CALL_FROM_BACKEND)
          .byNetwork()
          .byPrincipal()
          .retractable()
          .addresses()
          .judgedEnd()
          .exactMinutes()
          .declare();

  private static final RuleInfo INFO =
      RuleInfo.of(ID, 1, "Conditional access gap")
          .correlates("identity and policy")
          .about(Subject.Kind.TOKEN)
          .keeps(SIGN_IN, CALL)
          .reads(
              "SignInLogs",
              "NonInteractiveUserSignInLogs",
              "GatewayLogs",
              "MicrosoftGraphActivityLogs")
          .fields(
              "principal.id",
              "principal.type",
              "address",
              "status",
              "device.managed",
              "device.compliant",
              "token.uti",
              "token.validated",
              "signIn.resourceId",
              "signIn.conditionalAccess",
              "signIn.agentType",
              "signIn.credential.type")
          .needs(Need.APIS, Need.IDENTITY_LINK)
          .reasons(UNMANAGED_DEVICE, NOT_APPLIED)
          .severities(Severity.High, Severity.Medium)
          .gates(ON_BEHALF, BACKEND)
          .tactics("InitialAccess")
          .techniques("T1078.004")
          .settings(MAX_HOURS)
          .reach(2, 0)
          .judgesOnlyWith(SIGN_IN)
          .firesByPairs()
          .meaning(ID + " 1 with calls that can be retracted")
          .done();

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void observe(Event event, Facts facts) {
    Principal principal = event.principal();
    String uti = event.tokenId();
    if (principal == null || !PrincipalTypes.isUser(principal) || uti == null) {
      return;
    }
    Subject subject = new Subject(Subject.Kind.TOKEN, uti);
    if (event.isSignInOfUsers() && event.isSuccessfulSignIn()) {
      observeSignIn(event, subject, facts);
    } else if (event.isAcceptedCall() && !event.enrichment().estate().apis().isEmpty()) {
      facts.about(subject, CALL).with(CALL_FROM_BACKEND, event.isFromBackend()).state();
    }
  }

  private static void observeSignIn(Event event, Subject subject, Facts facts) {
    SignIn signIn = event.activity().getSignIn();
    ProtectedApi api =
        signIn == null ? null : event.enrichment().estate().api(signIn.getResourceId());
    if (signIn == null || api == null) {
      return;
    }
    facts.counted("signInsToApis");
    Device device = event.activity().getDevice();
    boolean isUnmanaged =
        api.requireManagedDevice()
            && device != null
            && !device.getManaged()
            && !device.getCompliant();
    if (api.requireManagedDevice() && device == null) {
      facts.suppressed(NO_DEVICE);
    }
    boolean isNotApplied = ComparableText.of(signIn.getConditionalAccess()).equals("notapplied");
    boolean isOnBehalf = event.isOnBehalf();
    boolean isFromBackend = event.isFromBackend();
    if (isUnmanaged || isNotApplied || isOnBehalf || isFromBackend) {
      facts
          .about(subject, SIGN_IN)
          .with(SIGN_IN_ID, event.identity())
          .with(API, api.name())
          .with(IS_UNMANAGED, isUnmanaged)
          .with(IS_NOT_APPLIED, isNotApplied)
          .with(IS_ON_BEHALF, isOnBehalf)
          .with(SIGN_IN_FROM_BACKEND, isFromBackend)
          .state();
    }
  }

  @Override
  public void judge(Case day, Verdicts verdicts) {
    long maxMillis = day.settings().integer(MAX_HOURS) * HOUR_MILLIS;
    Set<String> onBehalf = idsWith(IS_ON_BEHALF, day);
    Set<String> fromBackend = idsWith(SIGN_IN_FROM_BACKEND, day);
    day.pairs(
        SIGN_IN,
        signIn -> signIn.is(IS_UNMANAGED) || signIn.is(IS_NOT_APPLIED),
        CALL,
        INFO.daysBack(),
        (signIn, call) -> {
          String id = signIn.text(SIGN_IN_ID);
          if (call.hasEventWithin(maxMillis, signIn)) {
            judge(
                new Used(
                    signIn,
                    call,
                    onBehalf.contains(id),
                    fromBackend.contains(id) || call.is(CALL_FROM_BACKEND)),
                maxMillis,
                verdicts);
          } else if (verdicts.isExplained()) {
            verdicts.passed(
                Gates.TIME, () -> Gates.tooFarApart(signIn, call, maxMillis), signIn, call);
          }
        });
  }

  /**
   * Returns category and id of each sign-in record that has the given flag in at least one copy.
   * The copies are of the judged day and of the days before it that the judgement reads.
   */
  private static Set<String> idsWith(Field flag, Case day) {
    Set<String> ids = new HashSet<>();
    for (int each = INFO.firstDayReadBy(day.day()); each <= day.day(); each++) {
      for (Fact signIn : day.on(each, SIGN_IN)) {
        if (signIn.is(flag)) {
          ids.add(signIn.text(SIGN_IN_ID));
        }
      }
    }
    return ids;
  }

  private static void judge(Used used, long maxMillis, Verdicts verdicts) {
    Fact signIn = used.signIn();
    Fact call = used.call();
    String gate = used.isOnBehalf() ? ON_BEHALF : used.isFromBackend() ? BACKEND : null;
    if (gate != null) {
      verdicts.suppressed(gate, used::gates, signIn, call);
      return;
    }
    boolean isUnmanaged = signIn.is(IS_UNMANAGED);
    verdicts
        .fires(
            isUnmanaged ? UNMANAGED_DEVICE : NOT_APPLIED,
            isUnmanaged ? Severity.High : Severity.Medium,
            used::gates,
            call,
            signIn)
        .limitEachToNear(maxMillis);
  }

  /**
   * Pair of facts: a sign-in with a gap in conditional access, and accepted calls with the token of
   * this sign-in. The flags tell which gates suppress the pair.
   */
  private record Used(Fact signIn, Fact call, boolean isOnBehalf, boolean isFromBackend) {
    List<GateChecked> gates() {
      String api = Objects.requireNonNull(signIn.text(API));
      return new Gates()
          .decides(ON_BEHALF, isOnBehalf, Gates.SUPPRESSED, "api", api)
          .decides(BACKEND, isFromBackend, Gates.SUPPRESSED, "api", api)
          .decides(UNMANAGED_DEVICE, signIn.is(IS_UNMANAGED), Gates.FIRES, "api", api)
          .decides(NOT_APPLIED, signIn.is(IS_NOT_APPLIED), Gates.FIRES, "api", api)
          .list();
    }
  }

  @Override
  public Words tell(Finding finding) {
    Fired first = finding.first();
    Fact call = first.fact(0);
    Fact signIn = first.fact(1);
    Principal principal = signIn.principal();
    String who = principal == null ? "a user" : Phrases.name(principal);
    boolean isUnmanaged = UNMANAGED_DEVICE.equals(first.reason());
    String gap =
        isUnmanaged
            ? "from a device that is neither managed nor compliant, though the application requires"
                + " a managed or compliant device"
            : "and no conditional access policy applied to it";
    Location from = call.location();
    return Words.of(
            isUnmanaged
                ? "Token of an unmanaged device accepted"
                : "Token accepted that no conditional access policy covers",
            "%s signed in to %s at %s, %s. Calls with the token %s were accepted, in %s, first at %s."
                .formatted(
                    who,
                    signIn.text(API),
                    Phrases.time(signIn.firstAt()),
                    gap,
                    finding.of().subject().id(),
                    Phrases.differentMinutes(finding.counted()),
                    Phrases.time(call.firstAt())))
        .at(from == null ? null : from.address().text());
  }

  @Override
  public Map<String, String> mattered(Fired fired, int fact) {
    Fact of = fired.fact(fact);
    return of.kind() == CALL
        ? Map.of("observation", "accepted call")
        : Map.of(
            "observation",
            "sign-in that minted the token",
            "api",
            Objects.requireNonNull(of.text(API)));
  }
}
