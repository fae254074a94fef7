package dev.lockstep.detections.spray;

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
import dev.lockstep.rules.Seen;
import dev.lockstep.rules.Setting;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Rule {@code password-spray}: failed sign-ins of many users from one address within an hour. */
public final class PasswordSpray implements Rule {
  static final String ID = "password-spray";

  static final String THEN_SUCCESS = "then-success";
  static final String SPRAY = "spray";

  static final String SHARED_ADDRESS = "shared-address";
  static final String NO_PRINCIPAL = "no-principal";
  static final String NO_ADDRESS = "no-address";

  private static final int WRONG_PASSWORD = 50_126;
  private static final int LOCKED = 50_053;
  private static final int MINUTES_OF_DAY = 1_440;

  /**
   * Largest number of facts about successful sign-ins that the evidence of a finding lists before
   * the failed sign-ins. Such a fact is of one user and day. Further facts are listed behind the
   * failed sign-ins.
   */
  private static final int MOST_FIRST = 5;

  static final Setting USERS =
      Setting.integer(
          "users",
          10,
          2,
          256,
          "Least number of users that have to fail within the window for the rule to fire.");
  static final Setting USERS_OF_SHARED =
      Setting.integer(
          "usersOfShared",
          50,
          2,
          256,
          "Least number of users that have to fail if the address is of class corporate,"
              + " backend or mobile.");
  static final Setting WINDOW_MINUTES =
      Setting.integer("windowMinutes", 60, 1, 60, "Length of the window, in minutes.");

  static final Field MINUTE = Field.minuteOfDay("minute");
  static final Field IS_SHARED = Field.flag("shared");
  static final Field FAILED = Field.set("users");

  static final FactKind FAILURES =
      FactKind.named("failures", MINUTE, IS_SHARED, FAILED)
          .most(2 * MINUTES_OF_DAY)
          .exactEnd()
          .declare();

  static final Field USER = Field.text("user");
  static final Field NAMES = Field.set("names");

  /**
   * Kind of fact about an address: successful sign-ins of one user from the address on one day. The
   * subject of the finding is the address, so the user is not its principal.
   */
  static final FactKind SUCCESS = FactKind.named("success", USER, NAMES).exactEnd().declare();

  private static final RuleInfo INFO =
      RuleInfo.of(ID, 1, "Password spray")
          .correlates("identity and network")
          .about(Subject.Kind.ADDRESS)
          .keeps(FAILURES, SUCCESS)
          .reads("SignInLogs", "NonInteractiveUserSignInLogs")
          .fields("principal.id", "principal.type", "address", "status")
          .needs(Need.NETWORKS)
          .reasons(THEN_SUCCESS, SPRAY)
          .severities(Severity.High, Severity.Medium)
          .gates(SHARED_ADDRESS)
          .tactics("CredentialAccess")
          .techniques("T1110.003")
          .settings(USERS, USERS_OF_SHARED, WINDOW_MINUTES)
          .reach(1, 1)
          .judgesOnlyWith(FAILURES)
          .done();

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void observe(Event event, Facts facts) {
    if (!event.isSignInOfUsers()) {
      return;
    }
    int status = event.activity().getStatus();
    boolean isFailure = status == WRONG_PASSWORD || status == LOCKED;
    if (!isFailure && status != 0) {
      return;
    }
    Principal user = event.principal();
    Address address = event.address();
    if (user == null || !PrincipalTypes.isUser(user)) {
      if (isFailure) {
        facts.suppressed(NO_PRINCIPAL);
      }
    } else if (address == null) {
      if (isFailure) {
        facts.suppressed(NO_ADDRESS);
      }
    } else if (isFailure) {
      facts.counted("failures");
      facts
          .about(new Subject(Subject.Kind.ADDRESS, address.text()), FAILURES)
          .with(MINUTE, MinuteFacts.ofDay(event.at()))
          .with(IS_SHARED, isShared(event))
          .adding(FAILED, user.getId())
          .ofNobody()
          .withoutAddress()
          .state();
    } else {
      facts
          .about(new Subject(Subject.Kind.ADDRESS, address.text()), SUCCESS)
          .with(USER, user.getId())
          .adding(NAMES, Phrases.name(user))
          .ofNobody()
          .withoutAddress()
          .state();
    }
  }

  private static boolean isShared(Event event) {
    Location from = event.location();
    NetworkClass networkClass = from == null ? NetworkClass.UNKNOWN : from.network().networkClass();
    return networkClass == NetworkClass.CORPORATE
        || networkClass == NetworkClass.BACKEND
        || networkClass == NetworkClass.MOBILE;
  }

  @Override
  public void judge(Case day, Verdicts verdicts) {
    Fact changed = day.changed();
    if (verdicts.changesOnlyCounts(THEN_SUCCESS, Severity.High)
        || (changed != null
            && verdicts.changesOnlyCounts(SPRAY, Severity.Medium)
            && SuccessesAfterFailure.isOfUserWithoutFailure(day, changed))) {
      return;
    }
    if (!verdicts.isExplained() && hasTooFewUsers(day)) {
      return;
    }
    MinuteFacts failures = MinuteFacts.of(day, FAILURES, MINUTE, 1);
    if (failures.isEmpty()) {
      return;
    }
    SprayWindows windows = SprayWindows.of(day, failures);
    if (!windows.suppressed().isEmpty()) {
      verdicts.suppressed(
          SHARED_ADDRESS,
          () -> gatesOfSuppressed(day, windows.most()),
          windows.suppressed().toArray(Fact[]::new));
    }
    if (windows.fired().isEmpty()) {
      if (windows.suppressed().isEmpty() && verdicts.isExplained()) {
        verdicts.passed(
            USERS.name(), () -> gatesOfFew(day, windows), day.today(FAILURES).toArray(Fact[]::new));
      }
      return;
    }
    SuccessesAfterFailure successes =
        SuccessesAfterFailure.of(day, windows.fired(), windows.needed());
    String reason = successes.isEmpty() ? SPRAY : THEN_SUCCESS;
    int first = Math.min(MOST_FIRST, successes.facts().size());
    List<Fact> all = new ArrayList<>(successes.facts().subList(0, first));
    all.addAll(windows.fired());
    all.addAll(successes.facts().subList(first, successes.facts().size()));
    Fired verdict =
        verdicts.fires(
            reason,
            successes.isEmpty() ? Severity.Medium : Severity.High,
            () -> gates(day, windows.needed(), reason),
            all.toArray(Fact[]::new));
    verdict.later(
        of -> {
          of.telling(successes)
              .counting(SprayWindows.users(windows.fired()))
              .overflows(SprayWindows.isAnyFull(windows.fired(), day.settings().setCap()));
          for (int i = 0; i < successes.facts().size(); i++) {
            int place = i < first ? i : windows.fired().size() + i;
            of.within(place, successes.from(i), successes.to(i));
          }
        });
  }

  private static boolean hasTooFewUsers(Case day) {
    int needed = day.settings().integer(USERS);
    Set<String> users = new HashSet<>();
    for (int each = day.day() - 1; each <= day.day(); each++) {
      for (Fact fact : day.on(each, FAILURES)) {
        for (Seen user : fact.members(FAILED)) {
          if (users.add(user.text()) && users.size() >= needed) {
            return false;
          }
        }
      }
    }
    return true;
  }

  private static List<GateChecked> gates(Case day, int needed, String reason) {
    Gates gates = new Gates();
    if (needed > day.settings().integer(USERS)) {
      gates.passes(SHARED_ADDRESS, "needs", needed);
    } else {
      gates.passes(SHARED_ADDRESS);
    }
    return gates.decides(reason, true, Gates.FIRES, "needs", needed).list();
  }

  private static List<GateChecked> gatesOfSuppressed(Case day, int users) {
    return new Gates()
        .decides(
            SHARED_ADDRESS,
            true,
            Gates.SUPPRESSED,
            "users",
            users,
            "needs",
            day.settings().decimal(USERS_OF_SHARED))
        .decides(SPRAY, true, Gates.FIRES)
        .list();
  }

  private static List<GateChecked> gatesOfFew(Case day, SprayWindows windows) {
    Setting bar = windows.isShared() ? USERS_OF_SHARED : USERS;
    return new Gates()
        .decides(
            USERS.name(),
            true,
            Gates.SUPPRESSED,
            "users",
            windows.most(),
            "needs",
            day.settings().decimal(bar))
        .list();
  }

  @Override
  public Words tell(Finding finding) {
    Fired first = finding.first();
    SuccessesAfterFailure successes = (SuccessesAfterFailure) first.detail();
    String address = finding.of().subject().id();
    boolean isFollowed = THEN_SUCCESS.equals(finding.reason());
    String then =
        !isFollowed
            ? "So far, no record shows that one of these users signed in from the address within a"
                + " day after failing."
            : successes.isEmpty()
                ? "One of these users signed in from the address within a day after failing;"
                    + " Lockstep did not keep which user it was."
                : "Users who signed in from the address within a day after their failure: "
                    + successes.names()
                    + ".";
    return Words.of(
            isFollowed
                ? "Password spray from %s, and a sign-in that followed".formatted(address)
                : "Password spray from %s".formatted(address),
            "%d users failed to sign in from the address %s, with a wrong password or a locked account, at least %d of them within %s, the first at %s. %s"
                .formatted(
                    finding.counted(),
                    address,
                    successes.needed(),
                    Phrases.minutes(finding.of().settings().integer(WINDOW_MINUTES)),
                    Phrases.time(first.firstAt(FAILURES)),
                    then))
        .at(address);
  }

  /**
   * Returns the first event of a fact with failed sign-ins, or the first and last event of a fact
   * with successful sign-ins. A fact of failed sign-ins gives only one event, so that the evidence
   * has room for many such facts. A successful sign-in is left out if it does not count for the
   * verdict.
   */
  @Override
  public List<EventReference> evidence(Fired fired, int fact) {
    Fact of = fired.fact(fact);
    return of.kind() == FAILURES ? List.of(of.first()) : Rule.super.evidence(fired, fact);
  }

  @Override
  public Map<String, String> mattered(Fired fired, int fact) {
    Fact of = fired.fact(fact);
    if (of.kind() == SUCCESS) {
      return Map.of("observation", "successful sign-in", "user", SuccessesAfterFailure.name(of));
    }
    List<Seen> users = of.members(FAILED);
    return Map.of("observation", "failed sign-ins", "users", Integer.toString(users.size()));
  }
}
