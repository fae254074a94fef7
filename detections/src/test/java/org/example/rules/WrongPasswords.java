package org.example.rules;

import dev.lockstep.enrichment.address.Address;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Field;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Gates;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Seen;
import dev.lockstep.rules.Setting;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import java.util.List;

/** Distinct count: wrong passwords of many users from one address on one day. */
public final class WrongPasswords implements Rule {
  private static final int WRONG_PASSWORD = 50_126;

  private static final Field USERS = Field.set("users");
  private static final FactKind FAILED = FactKind.named("failed", USERS).declare();
  private static final Setting LEAST =
      Setting.integer("users", 10, 2, 256, "Of how many users wrong passwords fire.");
  private static final RuleInfo INFO =
      RuleInfo.of("wrong-passwords", 1, "Wrong passwords of many users")
          .builtFor(Rule.INTERFACE)
          .correlates("identity and network")
          .about(Subject.Kind.ADDRESS)
          .keeps(FAILED)
          .reads("SignInLogs", "NonInteractiveUserSignInLogs")
          .fields("properties.status.errorCode", "properties.userId", "properties.ipAddress")
          .reasons("wrong-passwords")
          .severities(Severity.Medium)
          .gates("few-users")
          .tactics("CredentialAccess")
          .techniques("T1110.003")
          .settings(LEAST)
          .done();

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void observe(Event event, Facts facts) {
    Principal user = event.principal();
    Address address = event.address();
    if (event.isSignIn()
        && event.activity().getStatus() == WRONG_PASSWORD
        && user != null
        && address != null) {
      facts
          .about(new Subject(Subject.Kind.ADDRESS, address.text()), FAILED)
          .adding(USERS, user.getId())
          .ofNobody()
          .state();
    }
  }

  @Override
  public void judge(Case day, Verdicts verdicts) {
    int least = day.settings().integer(LEAST);
    for (Fact failed : day.today()) {
      List<Seen> users = failed.members(USERS);
      if (users.size() < least) {
        verdicts.suppressed("few-users", () -> gates(users.size(), least), failed);
      } else {
        verdicts
            .fires("wrong-passwords", Severity.Medium, () -> gates(users.size(), least), failed)
            .counting(users.stream().map(Seen::text).toArray(String[]::new));
      }
    }
  }

  private static List<GateChecked> gates(int users, int least) {
    return new Gates()
        .decides(
            "few-users",
            users < least,
            Gates.SUPPRESSED,
            "users",
            (double) users,
            "needs",
            (double) least)
        .list();
  }

  @Override
  public Words tell(Finding finding) {
    String address = finding.of().subject().id();
    return Words.of(
            "Wrong passwords of %d users from %s".formatted(finding.counted(), address),
            "From %s wrong passwords were tried for %d users in one day."
                .formatted(address, finding.counted()))
        .at(address);
  }
}
