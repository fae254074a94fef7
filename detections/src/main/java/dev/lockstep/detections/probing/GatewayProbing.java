package dev.lockstep.detections.probing;

import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.EventReference;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Field;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.Gates;
import dev.lockstep.rules.MinuteFacts;
import dev.lockstep.rules.Need;
import dev.lockstep.rules.Phrases;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Setting;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Api;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import dev.lockstep.schemas.Request;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.text.ComparableText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rule {@code gateway-probing}: many refused calls by one address or one principal within a short
 * window. The calls are of several operations, and are refused in several ways.
 */
public final class GatewayProbing implements Rule {
  static final String ID = "gateway-probing";

  static final String THEN_SUCCESS = "then-success";
  static final String PROBING = "probing";

  static final String CORPORATE = "corporate-egress";
  static final String BACKEND = "backend";
  static final String NO_ADDRESS = "no-address";

  private static final int MINUTES_OF_DAY = 1_440;
  private static final long SECOND_MILLIS = 1_000L;

  /**
   * Largest number of facts about accepted calls that a verdict lists before the facts about
   * attempts. Facts about further accepted calls come after the facts about attempts. Evidence has
   * the same order.
   */
  private static final int MOST_FIRST = 5;

  /**
   * Longest time, in seconds, from an attempt to an accepted call that counts as following the
   * attempt.
   */
  static final int FOLLOWS_SECONDS = 600;

  private static final Set<String> VALIDATIONS =
      Set.of("validate-content", "validate-parameters", "validate-headers");

  static final Setting ATTEMPTS =
      Setting.integer(
          "attempts",
          20,
          2,
          256,
          "Least number of attempts within the window for the rule to fire.");
  static final Setting OPERATIONS =
      Setting.integer(
          "operations",
          5,
          1,
          256,
          "Least number of different operations among the attempts for the rule to fire.");
  static final Setting KINDS =
      Setting.integer(
          "kinds",
          2,
          1,
          4,
          "Least number of different kinds of refusal among the attempts for the rule to fire.");
  static final Setting WINDOW_MINUTES =
      Setting.integer("windowMinutes", 10, 1, 60, "Length of the window, in minutes.");

  static final Field MINUTE = Field.minuteOfDay("minute");
  static final Field IS_CORPORATE = Field.flag("corporate");
  static final Field IS_BACKEND = Field.flag("backend");
  static final Field TRIED = Field.set("attempts");
  static final Field TRIED_OPERATIONS = Field.set("operations");
  static final Field TRIED_KINDS = Field.set("kinds");

  /**
   * Kind of fact about the refused calls by an address or a principal in one minute. Refused calls
   * of one second, status and operation are one attempt.
   */
  static final FactKind ATTEMPT =
      FactKind.named(
              "attempts", MINUTE, IS_CORPORATE, IS_BACKEND, TRIED, TRIED_OPERATIONS, TRIED_KINDS)
          .byPrincipal()
          .addresses()
          .most(2 * MINUTES_OF_DAY)
          .exactEnd()
          .declare();

  /**
   * Kind of fact about a run of accepted calls by an address or a principal. Each call comes less
   * than ten minutes after the one before. The times of the run's first and last calls are exact.
   * After each attempt between these times, a call of the run follows within ten minutes.
   */
  static final FactKind SUCCESS =
      FactKind.named("accepted")
          .byPrincipal()
          .addresses()
          .runs(any -> FOLLOWS_SECONDS * SECOND_MILLIS)
          .declare();

  private static final RuleInfo INFO =
      RuleInfo.of(ID, 1, "Gateway probing")
          .correlates("policy and network")
          .about(Subject.Kind.ADDRESS, Subject.Kind.PRINCIPAL)
          .keeps(ATTEMPT, SUCCESS)
          .reads("GatewayLogs")
          .fields(
              "address",
              "socketAddress",
              "forwardedFor",
              "status",
              "api.api",
              "api.operation",
              "api.errorSource",
              "request.method",
              "request.path",
              "principal.id",
              "principal.type",
              "token.validated")
          .needs(Need.IDENTITY_LINK)
          .reasons(THEN_SUCCESS, PROBING)
          .severities(Severity.High, Severity.Medium)
          .gates(CORPORATE, BACKEND)
          .tactics("Reconnaissance")
          .techniques("T1595")
          .settings(ATTEMPTS, OPERATIONS, KINDS, WINDOW_MINUTES)
          .reach(1, 1)
          .judgesOnlyWith(ATTEMPT)
          .meaning(ID + " 1 with operations and addresses")
          .done();

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void observe(Event event, Facts facts) {
    if (!event.isCall() || event.isGraphCall()) {
      return;
    }
    ProbingAttempt attempt = attemptOf(event.activity());
    if (attempt == null && !event.isAcceptedCall()) {
      return;
    }
    if (attempt != null && !event.isRevised()) {
      facts.counted("attempts");
    }
    Address address = event.address();
    if (address != null) {
      state(event, new Subject(Subject.Kind.ADDRESS, address.text()), attempt, facts);
    } else if (attempt != null && !event.isRevised()) {
      facts.suppressed(NO_ADDRESS);
    }
    Principal principal = event.principal();
    if (principal != null && event.token() != null && !PrincipalTypes.isSubscription(principal)) {
      state(event, new Subject(Subject.Kind.PRINCIPAL, principal.getId()), attempt, facts);
    }
  }

  private static void state(
      Event event, Subject subject, @Nullable ProbingAttempt attempt, Facts facts) {
    boolean isOfAddress = subject.kind() == Subject.Kind.ADDRESS;
    Facts.Draft draft;
    if (attempt == null) {
      draft = facts.about(subject, SUCCESS);
    } else {
      Location from = isOfAddress ? event.location() : null;
      NetworkClass networkClass =
          from == null ? NetworkClass.UNKNOWN : from.network().networkClass();
      draft =
          facts
              .about(subject, ATTEMPT)
              .with(MINUTE, MinuteFacts.ofDay(event.at()))
              .with(IS_CORPORATE, networkClass == NetworkClass.CORPORATE)
              .with(IS_BACKEND, networkClass == NetworkClass.BACKEND)
              .adding(TRIED, attempt.text())
              .adding(TRIED_OPERATIONS, attempt.operation())
              .adding(TRIED_KINDS, attempt.kind());
    }
    if (isOfAddress) {
      draft.ofNobody().withoutAddress();
    }
    draft.state();
  }

  private static @Nullable ProbingAttempt attemptOf(Activity call) {
    int status = call.getStatus();
    Api api = call.getApi();
    boolean isRefused =
        status == 401
            || status == 403
            || status == 429
            || (status == 400
                && api != null
                && api.getErrorSource() != null
                && VALIDATIONS.contains(ComparableText.of(api.getErrorSource())));
    return isRefused
        ? new ProbingAttempt(
            (int) (Math.floorMod(call.getEventAt(), 60_000L) / SECOND_MILLIS),
            Integer.toString(status),
            operationOf(call))
        : null;
  }

  private static String operationOf(Activity call) {
    Api api = call.getApi();
    if (api != null && api.getOperation() != null) {
      return ComparableText.of(api.getApi()) + " " + ComparableText.of(api.getOperation());
    }
    Request request = call.getRequest();
    return request == null
        ? ""
        : ComparableText.of(request.getMethod()) + " " + ComparableText.of(request.getPath());
  }

  @Override
  public void judge(Case day, Verdicts verdicts) {
    if (verdicts.changesOnlyCounts(THEN_SUCCESS, Severity.High)
        || (!verdicts.isExplained() && isTooFew(day))) {
      return;
    }
    MinuteFacts attempts = MinuteFacts.of(day, ATTEMPT, MINUTE, 1);
    ProbingWindows windows = ProbingWindows.of(day, attempts, verdicts.isExplained());
    windows
        .suppressed()
        .forEach(
            (gate, facts) ->
                verdicts.suppressed(
                    gate, () -> gates(gate, PROBING, day), facts.toArray(Fact[]::new)));
    if (windows.fired().isEmpty()) {
      ProbingWindows.Shortfall nearest = windows.nearest();
      if (nearest != null && windows.suppressed().isEmpty()) {
        verdicts.passed(
            nearest.lacking().get(0),
            () -> gatesOfNearest(day, nearest),
            day.today(ATTEMPT).toArray(Fact[]::new));
      }
      return;
    }
    List<Fact> successes = windows.successes(day);
    String reason = successes.isEmpty() ? PROBING : THEN_SUCCESS;
    int first = Math.min(MOST_FIRST, successes.size());
    List<Fact> all = new ArrayList<>(successes.subList(0, first));
    all.addAll(windows.fired());
    all.addAll(successes.subList(first, successes.size()));
    Fired fired =
        verdicts.fires(
            reason,
            successes.isEmpty() ? Severity.Medium : Severity.High,
            () -> gates(null, reason, day),
            all.toArray(Fact[]::new));
    fired.later(
        of -> {
          of.counting(windows.minutes())
              .overflows(
                  windows.fired().stream()
                      .anyMatch(fact -> fact.members(TRIED).size() >= day.settings().setCap()));
          for (int i = 0; i < successes.size(); i++) {
            int place = i < first ? i : windows.fired().size() + i;
            windows.bound(of, place, successes.get(i));
          }
        });
  }

  /**
   * Returns whether the attempts of a day and the day before are too few for the rule to fire. The
   * attempts of both days are counted as one window.
   */
  private static boolean isTooFew(Case day) {
    ProbingNeeds needs = new ProbingNeeds(day.settings());
    for (int each = day.day() - 1; each <= day.day(); each++) {
      for (Fact fact : day.on(each, ATTEMPT)) {
        needs.add(List.of(fact));
        if (needs.areMet()) {
          return false;
        }
      }
    }
    return true;
  }

  private static List<GateChecked> gatesOfNearest(Case day, ProbingWindows.Shortfall nearest) {
    Gates gates = new Gates();
    addNumber(gates, day, ATTEMPTS, nearest.attempts(), nearest);
    addNumber(gates, day, OPERATIONS, nearest.operations(), nearest);
    addNumber(gates, day, KINDS, nearest.kinds(), nearest);
    return gates.list();
  }

  private static void addNumber(
      Gates gates, Case day, Setting of, int number, ProbingWindows.Shortfall nearest) {
    gates.adds(
        of.name(),
        nearest.lacking().contains(of.name()) ? Gates.SUPPRESSED : Gates.PASSED,
        of.name(),
        number,
        "needs",
        day.settings().decimal(of));
  }

  private static List<GateChecked> gates(@Nullable String deciding, String reason, Case day) {
    return new Gates()
        .decides(CORPORATE, CORPORATE.equals(deciding), Gates.SUPPRESSED)
        .decides(BACKEND, BACKEND.equals(deciding), Gates.SUPPRESSED)
        .decides(
            reason,
            true,
            Gates.FIRES,
            "needsAttempts",
            day.settings().decimal(ATTEMPTS),
            "needsOperations",
            day.settings().decimal(OPERATIONS),
            "needsKinds",
            day.settings().decimal(KINDS))
        .list();
  }

  /**
   * Returns an attempt in words: its status code, its operation, and the second within the minute.
   * Any other text is returned as it is.
   */
  @Override
  public String shown(String kept) {
    if (!ProbingAttempt.isOne(kept)) {
      return kept;
    }
    ProbingAttempt attempt = ProbingAttempt.of(kept);
    return "%s of \"%s\" at second %d"
        .formatted(attempt.kind(), attempt.operation(), attempt.second());
  }

  @Override
  public Words tell(Finding finding) {
    Subject subject = finding.of().subject();
    boolean isOfAddress = subject.kind() == Subject.Kind.ADDRESS;
    Principal principal = finding.principal();
    String who = principal == null ? subject.id() : Phrases.name(principal);
    boolean isFollowed = THEN_SUCCESS.equals(finding.reason());
    long begin = finding.first().firstAt(ATTEMPT);
    boolean isOfOneDay = Math.floorDiv(begin, 60_000L * MINUTES_OF_DAY) == finding.of().day();
    int operations = finding.of().settings().integer(OPERATIONS);
    String text =
        "%s made at least %d calls that were refused or did not pass validation, of %s or more, within %s. There were such calls in %s%s, the first at %s. %s"
            .formatted(
                isOfAddress ? "The address " + who : who,
                finding.of().settings().integer(ATTEMPTS),
                operations == 1 ? "1 operation" : operations + " operations",
                Phrases.minutes(finding.of().settings().integer(WINDOW_MINUTES)),
                Phrases.minutes(finding.counted()),
                isOfOneDay ? " of the day" : "",
                Phrases.time(begin),
                isFollowed
                    ? "Within ten minutes after these calls, the gateway let a call in."
                    : "So far, no record shows an accepted call within ten minutes after these calls.");
    Words words =
        Words.of(
            isFollowed
                ? "Gateway probed by %s, and let in".formatted(who)
                : "Gateway probed by %s".formatted(who),
            text);
    return isOfAddress ? words.at(subject.id()) : words;
  }

  /**
   * Returns the events of a fact that the evidence cites. For the refused calls of a minute this is
   * only the first call, so that the evidence has room for many minutes. For accepted calls these
   * are the first and the last call, if they count for the verdict.
   */
  @Override
  public List<EventReference> evidence(Fired fired, int fact) {
    Fact of = fired.fact(fact);
    return of.kind() == ATTEMPT ? List.of(of.first()) : Rule.super.evidence(fired, fact);
  }

  @Override
  public Map<String, String> mattered(Fired fired, int fact) {
    Fact of = fired.fact(fact);
    return of.kind() == SUCCESS
        ? Map.of("observation", "accepted call")
        : Map.of(
            "observation", "refused calls", "attempts", Integer.toString(of.members(TRIED).size()));
  }
}
