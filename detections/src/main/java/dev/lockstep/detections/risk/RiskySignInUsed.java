package dev.lockstep.detections.risk;

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
import dev.lockstep.rules.RelayedFact;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Setting;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import dev.lockstep.schemas.Risk;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.SignIn;
import dev.lockstep.schemas.text.ComparableText;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Rule {@code risky-sign-in-used}: an accepted call of API Management or Microsoft Graph with a
 * token whose sign-in was at risk. The risk is in the sign-in's own record, or in a risk event that
 * was found later.
 */
public final class RiskySignInUsed implements Rule {
  static final String ID = "risky-sign-in-used";

  static final String AT_SIGN_IN = "at-sign-in";
  static final String FOUND_LATER = "found-later";

  static final String BACKEND = "backend";
  static final String RISK_CLOSED = "risk-closed";
  static final String NO_SIGN_IN = "no-sign-in";

  private static final String RISK_EVENTS = "UserRiskEvents";
  private static final long HOUR_MILLIS = 3_600_000L;

  static final Setting MAX_HOURS =
      Setting.integer(
          "maxHours",
          48,
          1,
          48,
          "Longest time between a risk and a call with the token, in hours.");

  /** Largest number of UTC days between a risk and a call for the rule to compare the two. */
  private static final int DAYS_OF_PAIRS = 2;

  /**
   * Number of days on either side of a judged day for which states of risks are read as well. Risk
   * records may be 72 hours late.
   */
  private static final int DAYS_OF_STATES = 3;

  /** Word for the state of a closed risk: dismissed, remediated, or confirmed to be safe. */
  static final String CLOSED = "closed";

  /**
   * Word for the state of a risk that was confirmed to be a compromise. Nothing closes such a risk.
   */
  static final String COMPROMISED = "compromised";

  /** Word for the state of a risk that is neither {@link #CLOSED} nor {@link #COMPROMISED}. */
  static final String OPEN = "open";

  static final Field SIGN_IN_ID = Field.text("id");
  static final Field SIGN_IN_LEVEL = Field.text("level");
  static final Field SIGN_IN_STATE = Field.text("state");
  static final Field SIGN_IN_FROM_BACKEND = Field.flag("backend");
  static final Field EVENT_ID = Field.text("risk");
  static final Field EVENT_LEVEL = Field.text("level");
  static final Field EVENT_STATE = Field.text("state");
  static final Field EVENT_FROM_BACKEND = Field.flag("backend");
  static final Field CALL_FROM_BACKEND = Field.flag("backend");

  /**
   * Kind of fact about a token: a risk in the log record of the sign-in that issued the token. The
   * risk is medium or high, or confirmed as a compromise, or closed. Copies of the log record may
   * differ in that, so the fact has the record's category and id.
   */
  static final FactKind SIGN_IN =
      FactKind.named("sign-in", SIGN_IN_ID, SIGN_IN_LEVEL, SIGN_IN_STATE, SIGN_IN_FROM_BACKEND)
          .byPrincipal()
          .runs(any -> Long.MAX_VALUE)
          .declare();

  /**
   * Kind of fact about a token: a risk of the sign-in that issued the token, from a record of the
   * log {@code UserRiskEvents}.
   */
  static final FactKind RISK_EVENT =
      FactKind.named("risk-event", EVENT_ID, EVENT_LEVEL, EVENT_STATE, EVENT_FROM_BACKEND)
          .byNetwork()
          .byPrincipal()
          .addresses()
          .runs(any -> Long.MAX_VALUE)
          .declare();

  /**
   * Kind of fact about a token: the accepted calls with this token from one network on one day. The
   * times of the first and the last call are exact.
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

  static final Field RECORD_TOKEN = Field.text("token");
  static final Field RECORD_STATE = Field.text("state");
  static final Field CLOSURE_ID = Field.text("risk");
  static final Field CLOSURE_STATE = Field.text("state");

  private static final String RISK_PREFIX = "risk ";

  private static final String SIGN_IN_PREFIX = "sign-in ";

  /**
   * Kind of fact about a risk or a sign-in: the state of the risk in one log record. The subject of
   * the fact is the risk, by its id, or the sign-in, by its category and id. The log record may
   * name no token.
   */
  static final FactKind RISK_RECORD =
      FactKind.named("risk-record", RECORD_TOKEN, RECORD_STATE).declare();

  /**
   * Kind of fact about a token: its risk was closed or confirmed as a compromise. This comes from a
   * log record that has the risk's id but does not name the token. Another log record of the same
   * risk names the token.
   */
  static final FactKind CLOSURE = FactKind.named("closure", CLOSURE_ID, CLOSURE_STATE).declare();

  static final Field SIGN_IN_CLOSURE_ID = Field.text("id");
  static final Field SIGN_IN_CLOSURE_STATE = Field.text("state");

  /**
   * Kind of fact about a token: the risk of its sign-in was closed or confirmed as a compromise.
   * This comes from a copy of the sign-in's log record without the token, because exports leave the
   * token out.
   */
  static final FactKind SIGN_IN_CLOSURE =
      FactKind.named("sign-in-closure", SIGN_IN_CLOSURE_ID, SIGN_IN_CLOSURE_STATE).declare();

  private static final RuleInfo INFO =
      RuleInfo.of(ID, 1, "Risky sign-in used")
          .correlates("identity and policy")
          .about(Subject.Kind.TOKEN, Subject.Kind.GROUP)
          .keeps(SIGN_IN, RISK_EVENT, CALL, RISK_RECORD, CLOSURE, SIGN_IN_CLOSURE)
          .reads(
              "SignInLogs",
              "NonInteractiveUserSignInLogs",
              RISK_EVENTS,
              "GatewayLogs",
              "MicrosoftGraphActivityLogs")
          .fields(
              "principal.id",
              "principal.type",
              "address",
              "status",
              "token.uti",
              "token.validated",
              "signIn.riskLevel",
              "signIn.riskState",
              "risk.level",
              "risk.state",
              "risk.requestId")
          .needs(Need.IDENTITY_LINK)
          .reasons(AT_SIGN_IN, FOUND_LATER)
          .severities(Severity.High, Severity.Medium)
          .gates(BACKEND, RISK_CLOSED)
          .tactics("InitialAccess")
          .techniques("T1078.004")
          .settings(MAX_HOURS)
          .reach(DAYS_OF_STATES, DAYS_OF_STATES)
          .judgesOnlyWith(SIGN_IN, RISK_EVENT, RISK_RECORD)
          .firesByPairs()
          .meaning(ID + " 1 with calls that can be retracted")
          .done();

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void observe(Event event, Facts facts) {
    if (event.activity().getKind() == ActivityKind.RISK) {
      if (event.activity().getCategory().equals(RISK_EVENTS)) {
        observeRisk(event, facts);
      }
      return;
    }
    Principal principal = event.principal();
    if (principal == null || !PrincipalTypes.isUser(principal)) {
      return;
    }
    if (event.isSignInOfUsers() && event.isSuccessfulSignIn()) {
      observeSignIn(event, facts);
    } else if (event.isAcceptedCall()) {
      String uti = event.tokenId();
      if (uti != null) {
        facts.about(token(uti), CALL).with(CALL_FROM_BACKEND, event.isFromBackend()).state();
      }
    }
  }

  private static void observeSignIn(Event event, Facts facts) {
    SignIn signIn = event.activity().getSignIn();
    String uti = event.tokenId();
    if (signIn == null) {
      return;
    }
    String state = stateOf(signIn.getRiskState());
    String level = levelOf(signIn.getRiskLevel(), state);
    if (level == null && !state.equals(CLOSED)) {
      return;
    }
    String id = event.identity();
    stateRecord(SIGN_IN_PREFIX + id, uti, state, facts);
    if (uti == null) {
      if (level != null) {
        facts.counted("riskySignInsWithoutToken");
      }
      return;
    }
    if (level != null) {
      facts.counted("riskySignInsWithToken");
    }
    facts
        .about(token(uti), SIGN_IN)
        .with(SIGN_IN_ID, id)
        .with(SIGN_IN_LEVEL, level)
        .with(SIGN_IN_STATE, state)
        .with(SIGN_IN_FROM_BACKEND, event.isFromBackend())
        .state();
  }

  private static void observeRisk(Event event, Facts facts) {
    Risk risk = event.activity().getRisk();
    if (risk == null) {
      return;
    }
    String uti = risk.getRequestId();
    String state = stateOf(risk.getState());
    String id = ComparableText.orNull(risk.getId());
    if (id != null) {
      stateRecord(RISK_PREFIX + id, uti == null || uti.isEmpty() ? null : uti, state, facts);
    }
    if (uti == null || uti.isEmpty()) {
      facts.suppressed(NO_SIGN_IN);
      return;
    }
    facts.counted("riskEventsWithToken");
    facts
        .about(token(uti), RISK_EVENT)
        .with(EVENT_ID, id == null ? event.activity().getEventId() : id)
        .with(EVENT_LEVEL, levelOf(risk.getLevel(), state))
        .with(EVENT_STATE, state)
        .with(EVENT_FROM_BACKEND, event.isFromBackend())
        .state();
  }

  private static void stateRecord(String of, @Nullable String uti, String state, Facts facts) {
    facts
        .about(new Subject(Subject.Kind.GROUP, of), RISK_RECORD)
        .with(RECORD_TOKEN, uti)
        .with(RECORD_STATE, state)
        .withoutAddress()
        .state();
  }

  private static Subject token(String uti) {
    return new Subject(Subject.Kind.TOKEN, uti);
  }

  private static String stateOf(@Nullable String text) {
    return switch (ComparableText.of(text)) {
      case "dismissed", "remediated", "confirmedsafe" -> CLOSED;
      case "confirmedcompromised" -> COMPROMISED;
      default -> OPEN;
    };
  }

  private static @Nullable String levelOf(@Nullable String text, String state) {
    String level = ComparableText.of(text);
    return state.equals(COMPROMISED) || level.equals("high")
        ? "high"
        : level.equals("medium") ? level : null;
  }

  @Override
  public void judge(Case day, Verdicts verdicts) {
    if (day.subject().kind() == Subject.Kind.GROUP) {
      relayStates(day, verdicts);
      return;
    }
    if (!hasSource(day)) {
      return;
    }
    Set<String> closed = new HashSet<>();
    Set<String> compromised = new HashSet<>();
    addIdsByState(day, RISK_EVENT, EVENT_ID, EVENT_STATE, closed, compromised);
    addIdsByState(day, CLOSURE, CLOSURE_ID, CLOSURE_STATE, closed, compromised);
    closed.removeAll(compromised);
    Set<String> closedSignIns = new HashSet<>();
    compromised.clear();
    addIdsByState(day, SIGN_IN, SIGN_IN_ID, SIGN_IN_STATE, closedSignIns, compromised);
    addIdsByState(
        day,
        SIGN_IN_CLOSURE,
        SIGN_IN_CLOSURE_ID,
        SIGN_IN_CLOSURE_STATE,
        closedSignIns,
        compromised);
    closedSignIns.removeAll(compromised);
    Set<String> fromBackend = signInsFromBackend(day);
    long maxMillis = day.settings().integer(MAX_HOURS) * HOUR_MILLIS;
    Case.PairReader reader =
        (source, call) -> {
          if (call.hasEventWithin(maxMillis, source)) {
            judge(new Used(source, call, closed, closedSignIns, fromBackend, maxMillis), verdicts);
          } else if (verdicts.isExplained()) {
            verdicts.passed(
                Gates.TIME, () -> Gates.tooFarApart(source, call, maxMillis), source, call);
          }
        };
    for (FactKind kind : List.of(SIGN_IN, RISK_EVENT)) {
      day.pairs(kind, source -> levelOf(source) != null, CALL, DAYS_OF_PAIRS, reader);
    }
  }

  private static Set<String> signInsFromBackend(Case day) {
    Set<String> ids = new HashSet<>();
    for (int each = day.day() - DAYS_OF_PAIRS; each <= day.day(); each++) {
      for (Fact signIn : day.on(each, SIGN_IN)) {
        if (signIn.is(SIGN_IN_FROM_BACKEND)) {
          ids.add(signIn.text(SIGN_IN_ID));
        }
      }
    }
    return ids;
  }

  private static boolean hasSource(Case day) {
    for (int each = INFO.firstDayReadBy(day.day()); each <= INFO.lastDayReadBy(day.day()); each++) {
      if (!day.on(each, SIGN_IN).isEmpty() || !day.on(each, RISK_EVENT).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private static void addIdsByState(
      Case day,
      FactKind kind,
      Field ofId,
      Field ofState,
      Set<String> closed,
      Set<String> compromised) {
    for (int each = INFO.firstDayReadBy(day.day()); each <= INFO.lastDayReadBy(day.day()); each++) {
      for (Fact fact : day.on(each, kind)) {
        String id = fact.text(ofId);
        if (id != null && CLOSED.equals(fact.text(ofState))) {
          closed.add(id);
        } else if (id != null && COMPROMISED.equals(fact.text(ofState))) {
          compromised.add(id);
        }
      }
    }
  }

  /**
   * Reports to tokens that a risk was closed or confirmed as a compromise. The report is a fact
   * about each token that a record of the risk or sign-in names. If the record that reports this
   * state names a token itself, it gives no fact about that token, which has the record already.
   */
  private static void relayStates(Case day, Verdicts verdicts) {
    if (!verdicts.takesRelays()) {
      return;
    }
    Set<String> tokens = new TreeSet<>();
    for (int each = INFO.firstDayReadBy(day.day()); each <= INFO.lastDayReadBy(day.day()); each++) {
      for (Fact record : day.on(each, RISK_RECORD)) {
        if (record.text(RECORD_TOKEN) != null) {
          tokens.add(record.text(RECORD_TOKEN));
        }
      }
    }
    boolean isRisk = day.subject().id().startsWith(RISK_PREFIX);
    String id = day.subject().id().substring((isRisk ? RISK_PREFIX : SIGN_IN_PREFIX).length());
    for (Fact record : day.on(day.day(), RISK_RECORD)) {
      String state = Objects.requireNonNull(record.text(RECORD_STATE));
      for (String token : state.equals(OPEN) ? Set.<String>of() : tokens) {
        if (!token.equals(record.text(RECORD_TOKEN))) {
          verdicts.relay(
              new RelayedFact(
                  token(token),
                  isRisk ? CLOSURE : SIGN_IN_CLOSURE,
                  record.first(),
                  List.of(id, state),
                  List.of(),
                  false,
                  false));
        }
      }
    }
  }

  private static boolean isCompromised(Fact source) {
    return COMPROMISED.equals(source.text(source.kind() == SIGN_IN ? SIGN_IN_STATE : EVENT_STATE));
  }

  static @Nullable String levelOf(Fact source) {
    return source.text(source.kind() == SIGN_IN ? SIGN_IN_LEVEL : EVENT_LEVEL);
  }

  private static void judge(Used used, Verdicts verdicts) {
    Fact source = used.source();
    Fact call = used.call();
    String gate = used.isBackend() ? BACKEND : used.isClosed() ? RISK_CLOSED : null;
    if (gate != null) {
      verdicts.suppressed(gate, used::gates, source, call);
      return;
    }
    verdicts
        .fires(
            used.reason(),
            "high".equals(levelOf(source)) ? Severity.High : Severity.Medium,
            used::gates,
            call,
            source)
        .limitEachToNear(used.maxMillis());
  }

  /** Pair of facts about one token: its risk, and accepted calls with the token. */
  private record Used(
      Fact source,
      Fact call,
      Set<String> closed,
      Set<String> closedSignIns,
      Set<String> signInsFromBackend,
      long maxMillis) {
    boolean isOfSignIn() {
      return source.kind() == SIGN_IN;
    }

    String reason() {
      return isOfSignIn() ? AT_SIGN_IN : FOUND_LATER;
    }

    boolean isBackend() {
      return (isOfSignIn()
              ? signInsFromBackend.contains(source.text(SIGN_IN_ID))
              : source.is(EVENT_FROM_BACKEND))
          || call.is(CALL_FROM_BACKEND);
    }

    boolean isClosed() {
      if (!isOfSignIn()) {
        return closed.contains(source.text(EVENT_ID));
      }
      return closedSignIns.contains(source.text(SIGN_IN_ID))
          || (!COMPROMISED.equals(source.text(SIGN_IN_STATE)) && !closed.isEmpty());
    }

    List<GateChecked> gates() {
      String level = Objects.requireNonNull(levelOf(source));
      return new Gates()
          .decides(BACKEND, isBackend(), Gates.SUPPRESSED, "level", level)
          .decides(RISK_CLOSED, isClosed(), Gates.SUPPRESSED, "level", level)
          .decides(reason(), true, Gates.FIRES, "level", level)
          .list();
    }
  }

  @Override
  public Words tell(Finding finding) {
    Fired first = finding.first();
    Fact call = first.fact(0);
    Fact source = first.fact(1);
    Principal principal = named(finding.principal(), source.principal());
    Principal risky = source.principal() == null ? principal : named(source.principal(), principal);
    String who = risky == null ? "a user" : Phrases.name(risky);
    boolean isOfSignIn = AT_SIGN_IN.equals(first.reason());
    String risk =
        isOfSignIn
            ? "Entra rated the sign-in of %s at %s as a %s risk"
            : "Entra later found a risk of the sign-in of %s, dated %s, and rated it %s";
    if (isCompromised(source)) {
      risk =
          isOfSignIn
              ? "The sign-in of %s at %s is confirmed to be a compromise"
              : "The sign-in of %s, with a risk dated %s, is confirmed to be a compromise";
    }
    Location from = call.location();
    return Words.of(
            "Token of a risky sign-in of %s accepted".formatted(who),
            "%s. The token %s was accepted all the same, in %s, first at %s%s."
                .formatted(
                    risk.formatted(who, Phrases.time(source.firstAt()), levelOf(source)),
                    finding.of().subject().id(),
                    Phrases.differentMinutes(finding.counted()),
                    Phrases.time(call.firstAt()),
                    from == null ? "" : " from " + from.address().text()))
        .at(from == null ? null : from.address().text())
        .of(principal);
  }

  private static @Nullable Principal named(
      @Nullable Principal principal, @Nullable Principal other) {
    return principal != null
            && principal.getName() == null
            && other != null
            && other.getId().equals(principal.getId())
        ? other
        : principal;
  }

  @Override
  public Map<String, String> mattered(Fired fired, int fact) {
    Fact of = fired.fact(fact);
    if (of.kind() == CALL) {
      return Map.of("observation", "accepted call");
    }
    String level = levelOf(of);
    return Map.of(
        "observation", of.kind() == SIGN_IN ? "sign-in at risk" : "risk event",
        "level", level == null ? "none" : level);
  }
}
