package org.example.rules;

import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.Day;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Field;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Gates;
import dev.lockstep.rules.Lessons;
import dev.lockstep.rules.Need;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Setting;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import java.util.List;
import java.util.Objects;

/** Learned baseline: a user signs in from a country that the last 30 closed days do not know. */
public final class NewCountry implements Rule {
  private static final int WINDOW_DAYS = 30;

  private static final Field COUNTRY = Field.text("country");
  private static final FactKind SIGN_IN = FactKind.named("sign-in", COUNTRY).minutes().declare();
  private static final Setting LEARNING_DAYS =
      Setting.integer("learningDays", 5, 1, 28, "Closed days with sign-ins before anything fires.");
  private static final RuleInfo INFO =
      RuleInfo.of("new-country", 1, "Sign-in from a new country")
          .builtFor(Rule.INTERFACE)
          .correlates("identity and network")
          .about(Subject.Kind.PRINCIPAL)
          .keeps(SIGN_IN)
          .reads("SignInLogs")
          .fields("properties.createdDateTime", "properties.userId", "properties.ipAddress")
          .needs(Need.NETWORKS)
          .reasons("new-country")
          .severities(Severity.Medium)
          .gates("learning", "known-country")
          .tactics("InitialAccess")
          .techniques("T1078.004")
          .settings(LEARNING_DAYS)
          .learnsFrom(WINDOW_DAYS)
          .judgesByChange()
          .done();

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void observe(Event event, Facts facts) {
    Principal user = event.principal();
    Location location = event.location();
    if (event.isSuccessfulSignIn() && user != null && location != null) {
      String country = location.network().country();
      if (country != null) {
        facts
            .about(new Subject(Subject.Kind.PRINCIPAL, user.getId()), SIGN_IN)
            .with(COUNTRY, country)
            .state();
      }
    }
  }

  @Override
  public void judge(Case day, Verdicts verdicts) {
    Fact changed = day.changed();
    int from = day.day() - WINDOW_DAYS;
    int days = day.learned().days().subSet(from, true, day.day() - 2, true).size();
    boolean isLearning = days < day.settings().integer(LEARNING_DAYS);
    for (Fact signIn : changed == null ? day.today() : List.of(changed)) {
      int known = day.learned().daysOf(country(signIn), from, day.day() - 2);
      Gates gates =
          new Gates()
              .decides("learning", isLearning, Gates.SUPPRESSED, "days", (double) days)
              .decides("known-country", known > 0, Gates.SUPPRESSED, "days", (double) known);
      if (isLearning || known > 0) {
        verdicts.suppressed(isLearning ? "learning" : "known-country", gates::list, signIn);
      } else {
        verdicts.fires("new-country", Severity.Medium, gates::list, signIn).in(country(signIn));
      }
    }
  }

  /** Teaches the countries of a day, but for those that fired: an attacker's is not learned. */
  @Override
  public void learn(Day day, Lessons lessons) {
    lessons.teach("day");
    for (Fact signIn : day.facts()) {
      if (day.findings().stream().noneMatch(each -> each.parts().contains(country(signIn)))) {
        lessons.teach(country(signIn));
      }
    }
  }

  private static String country(Fact signIn) {
    return Objects.requireNonNull(signIn.text(COUNTRY));
  }

  @Override
  public Words tell(Finding finding) {
    Fact signIn = finding.first().fact(0);
    return Words.of(
            "Sign-in from a new country, " + country(signIn),
            "In %d minutes the user signed in from %s, where nobody has seen them in the last %d days."
                .formatted(finding.counted(), country(signIn), WINDOW_DAYS))
        .at(Objects.requireNonNull(signIn.location()).address().text());
  }
}
