package dev.lockstep.detections.defender;

import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.rules.AlertGates;
import dev.lockstep.rules.AlertOnSubject;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.EventReference;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.Need;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Setting;
import dev.lockstep.rules.Severities;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.Alert;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import dev.lockstep.schemas.Severity;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Rule {@code defender-corroboration}: a successful sign-in or accepted call at an address that a
 * Defender alert names. The alert is close in time, and does not name the principal.
 *
 * <p>{@code finding.AlertCorroboration} raises findings of other rules because of alerts. The
 * settings of that class are among the settings of this rule, because people know both by one name.
 */
public final class DefenderCorroboration implements Rule {
  /** Id of the rule. */
  public static final String ID = "defender-corroboration";

  static final String FLAGGED_ADDRESS = "flagged-address";
  static final String SHARED_ADDRESS = "shared-address";
  static final String ALREADY_NAMED = "already-named";

  /**
   * Setting for how many minutes without a new record of an alert have to pass before the alert is
   * judged.
   */
  public static final Setting SETTLE_MINUTES =
      Setting.integer(
          "settleMinutes",
          10,
          0,
          1_440,
          "An alert is judged when no new record of it has arrived for this many minutes.");

  /** Longest time in hours between an alert and a finding that the alert corroborates. */
  public static final Setting ESCALATE_HOURS =
      Setting.integer(
          "escalateHours",
          24,
          1,
          72,
          "Longest time, in hours, between an alert and a finding of another rule, for the alert to"
              + " corroborate the finding.");

  /**
   * Longest time in minutes between an alert and a sign-in or call at an address that the alert
   * names.
   */
  static final Setting FLAG_MINUTES =
      Setting.integer(
          "flagMinutes",
          60,
          1,
          1_440,
          "Longest time, in minutes, between an alert and a sign-in or call at an address that the"
              + " alert names.");

  private static final FactKind PRESENCE =
      FactKind.named("presence").byNetwork().byPrincipal().retractable().exactMinutes().declare();

  private static final int MOST_PRINCIPALS = 20;
  private static final long MINUTE_MILLIS = 60_000L;

  private static final RuleInfo INFO =
      RuleInfo.of(ID, 2, "Defender corroboration")
          .correlates("any two, with Defender")
          .about(Subject.Kind.ADDRESS)
          .keeps(PRESENCE)
          .reads(
              "SignInLogs",
              "NonInteractiveUserSignInLogs",
              "ServicePrincipalSignInLogs",
              "ManagedIdentitySignInLogs",
              "GatewayLogs",
              "MicrosoftGraphActivityLogs")
          .needs(Need.ALERTS)
          .reasons(FLAGGED_ADDRESS, SHARED_ADDRESS)
          .severities(Severity.High, Severity.Medium, Severity.Low)
          .gates(
              Stream.concat(AlertGates.NAMES.stream(), Stream.of(ALREADY_NAMED, "own-alert"))
                  .toArray(String[]::new))
          .tactics("InitialAccess")
          .techniques("T1078", "T1078.004")
          .settings(SETTLE_MINUTES, ESCALATE_HOURS, FLAG_MINUTES)
          .keptFor(32)
          .judgesByChange()
          .judgesFirstCopyAlone()
          .collapses(new RuleInfo.Collapse(MOST_PRINCIPALS, SHARED_ADDRESS, true, true))
          .done();

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void observe(Event event, Facts facts) {
    if (event.isSuccessfulSignIn()) {
      Location at = event.location();
      facts.counted(at == null ? "signInsWithoutAddress" : "signInsWithAddress");
      if (at != null && event.principal() != null) {
        state(at, facts);
      }
    } else if (event.isAcceptedCall() && event.claims() != Event.Claims.PENDING) {
      Principal principal = event.principal();
      if (principal == null
          || (event.claims() != Event.Claims.VALIDATED
              && !PrincipalTypes.isSubscription(principal))) {
        return;
      }
      Location at = event.location();
      facts.counted(at == null ? "callsWithoutAddress" : "callsWithAddress");
      if (at != null) {
        state(at, facts);
      }
    }
  }

  private static void state(Location at, Facts facts) {
    facts.about(new Subject(Subject.Kind.ADDRESS, at.address().text()), PRESENCE).state();
  }

  @Override
  public void judge(Case day, Verdicts verdicts) {
    if (day.alerts().isEmpty()) {
      return;
    }
    Fact changed = day.changed();
    for (Fact fact : changed == null ? day.today() : List.of(changed)) {
      for (AlertOnSubject alert : day.alerts()) {
        judge(day, fact, alert, verdicts);
      }
    }
  }

  private static void judge(Case day, Fact fact, AlertOnSubject alert, Verdicts verdicts) {
    int most = day.settings().integer(FLAG_MINUTES);
    String gate = gate(fact);
    boolean named = isNamed(fact, alert);
    boolean isNear = false;
    for (long time : alert.times()) {
      long from = time - most * MINUTE_MILLIS;
      long to = time + most * MINUTE_MILLIS;
      if (fact.minutesBetween(from, to).isEmpty()) {
        continue;
      }
      isNear = true;
      if (gate != null || named) {
        verdicts.suppressed(
            gate == null ? ALREADY_NAMED : gate,
            () -> FlaggedGates.of(fact, alert, most, gate, named),
            fact);
        return;
      }
      Severity severity =
          alert.alert().getSeverity() == Severity.High ? Severity.High : Severity.Medium;
      Principal principal = fact.principal();
      verdicts
          .fires(
              FLAGGED_ADDRESS,
              isShared(fact) ? Severities.down(severity) : severity,
              () -> FlaggedGates.of(fact, alert, most, null, false),
              fact)
          .in(principal == null ? "" : principal.getId())
          .within(0, from, to)
          .overflows(alert.overflow())
          .telling(alert);
    }
    if (!isNear && verdicts.isExplained()) {
      verdicts.passed(FlaggedGates.CLOSE_TO_ALERT, () -> FlaggedGates.far(fact, alert, most), fact);
    }
  }

  static @Nullable String gate(Fact fact) {
    return AlertGates.of(networkClass(fact));
  }

  static NetworkClass networkClass(Fact fact) {
    Location at = fact.location();
    return at == null ? NetworkClass.UNKNOWN : at.network().networkClass();
  }

  /**
   * Returns whether the address of a fact is in a mobile network, where many people share an
   * address.
   */
  static boolean isShared(Fact fact) {
    return networkClass(fact) == NetworkClass.MOBILE;
  }

  private static boolean isNamed(Fact fact, AlertOnSubject alert) {
    Principal principal = fact.principal();
    return principal != null && alert.alert().getAccounts().contains(principal.getId());
  }

  @Override
  public Words tell(Finding finding) {
    return FlaggedWords.of(finding);
  }

  @Override
  public Map<String, String> mattered(Fired fired, int fact) {
    boolean signIn = isSignIn(fired.fact(fact).first());
    return Map.of(
        "observation",
        signIn != isSignIn(fired.fact(fact).last())
            ? "successful sign-in or accepted call"
            : signIn ? "successful sign-in" : "accepted call",
        "alert",
        alertOf(fired).getId());
  }

  private static boolean isSignIn(EventReference event) {
    return event.category().endsWith("SignInLogs");
  }

  static Alert alertOf(Fired fired) {
    return ((AlertOnSubject) fired.detail()).alert();
  }
}
