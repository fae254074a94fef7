package org.example.rules;

import dev.lockstep.rules.Case;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Gates;
import dev.lockstep.rules.Need;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Setting;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import java.util.BitSet;
import java.util.List;

/** Absence of an event: a user calls an API and has not signed in, neither before nor after. */
public final class CallWithoutSignIn implements Rule {
  private static final FactKind SIGN_IN = FactKind.named("sign-in").minutes().declare();
  private static final FactKind CALL = FactKind.named("call").byNetwork().minutes().declare();
  private static final Setting MINUTES =
      Setting.integer(
          "minutes", 120, 1, 1440, "How many minutes before or after a call a sign-in covers it.");
  private static final RuleInfo INFO =
      RuleInfo.of("call-without-sign-in", 1, "API calls without a sign-in")
          .builtFor(Rule.INTERFACE)
          .correlates("identity and policy")
          .about(Subject.Kind.PRINCIPAL)
          .keeps(SIGN_IN, CALL)
          .reads("SignInLogs", "NonInteractiveUserSignInLogs", "GatewayLogs")
          .fields("properties.createdDateTime", "properties.userId", "claims.oid")
          .needs(Need.IDENTITY_LINK)
          .reasons("no-sign-in")
          .severities(Severity.Medium)
          .gates("signed-in")
          .tactics("CredentialAccess")
          .techniques("T1528")
          .settings(MINUTES)
          .reach(1, 1)
          .done();

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void observe(Event event, Facts facts) {
    Principal user = event.principal();
    if (user == null || !user.getType().equals("user")) {
      return;
    }
    Subject subject = new Subject(Subject.Kind.PRINCIPAL, user.getId());
    if (event.isSuccessfulSignIn()) {
      facts.about(subject, SIGN_IN).withoutAddress().state();
    } else if (event.isAcceptedCall()) {
      facts.about(subject, CALL).state();
    }
  }

  @Override
  public void judge(Case day, Verdicts verdicts) {
    BitSet covered = covered(day, day.settings().integer(MINUTES));
    for (Fact call : day.today()) {
      if (call.kind() != CALL) {
        continue;
      }
      BitSet bare = (BitSet) call.minutes().clone();
      bare.andNot(covered);
      if (bare.isEmpty()) {
        verdicts.suppressed("signed-in", () -> gates(true), call);
      } else {
        verdicts
            .fires("no-sign-in", Severity.Medium, () -> gates(false), call)
            .counting(bare.stream().mapToObj(Integer::toString).toArray(String[]::new));
      }
    }
  }

  /** Returns the minutes of a day that a sign-in lies close to, of it or a day beside it. */
  private static BitSet covered(Case day, int most) {
    BitSet covered = new BitSet();
    for (int other = day.day() - 1; other <= day.day() + 1; other++) {
      int shift = (other - day.day()) * 1440;
      for (Fact signIn : day.on(other)) {
        if (signIn.kind() == SIGN_IN) {
          signIn.minutes().stream()
              .map(minute -> minute + shift)
              .forEach(at -> covered.set(Math.max(0, at - most), Math.max(0, at + most + 1)));
        }
      }
    }
    return covered;
  }

  private static List<GateChecked> gates(boolean isSignedIn) {
    return new Gates().decides("signed-in", isSignedIn, Gates.SUPPRESSED).list();
  }

  @Override
  public Words tell(Finding finding) {
    return Words.of(
        "API calls without a sign-in",
        "Calls with the user's token in %d minutes, and no sign-in within %d minutes of them."
            .formatted(finding.counted(), finding.of().settings().integer(MINUTES)));
  }
}
