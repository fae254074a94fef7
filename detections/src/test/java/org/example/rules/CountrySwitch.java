package org.example.rules;

import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.network.NetworkClass;
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
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import java.util.Objects;

/** Pair of events: a user signs in from two countries within half an hour. */
public final class CountrySwitch implements Rule {
  private static final FactKind SIGN_IN = FactKind.named("sign-in").byNetwork().minutes().declare();
  private static final Setting MINUTES =
      Setting.integer("minutes", 30, 0, 720, "How many minutes apart two sign-ins fire at most.");
  private static final RuleInfo INFO =
      RuleInfo.of("country-switch", 1, "Sign-ins from two countries")
          .builtFor(Rule.INTERFACE)
          .correlates("identity and network")
          .about(Subject.Kind.PRINCIPAL)
          .keeps(SIGN_IN)
          .reads("SignInLogs")
          .fields("properties.createdDateTime", "properties.userId", "properties.ipAddress")
          .needs(Need.NETWORKS)
          .reasons("country-switch")
          .severities(Severity.Medium)
          .gates("vpn", "apart")
          .tactics("InitialAccess")
          .techniques("T1078.004")
          .settings(MINUTES)
          .reach(1, 0)
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
    if (!event.isSuccessfulSignIn() || user == null) {
      return;
    }
    if (location == null || location.network().country() == null) {
      facts.counted("signInsWithoutCountry");
      return;
    }
    facts.about(new Subject(Subject.Kind.PRINCIPAL, user.getId()), SIGN_IN).state();
  }

  @Override
  public void judge(Case day, Verdicts verdicts) {
    int most = day.settings().integer(MINUTES);
    day.pairs(
        (one, other) -> {
          int order = country(one).compareTo(country(other));
          if (order == 0) {
            return;
          }
          boolean isVpn = isVpn(one) || isVpn(other);
          boolean isApart = !isWithin(one, other, most);
          if (isVpn || isApart) {
            verdicts.suppressed(
                isVpn ? "vpn" : "apart", () -> gates(isVpn, isApart).list(), one, other);
            return;
          }
          verdicts
              .fires(
                  "country-switch", Severity.Medium, () -> gates(isVpn, isApart).list(), one, other)
              .counting(
                  order < 0
                      ? country(one) + "/" + country(other)
                      : country(other) + "/" + country(one));
        });
  }

  private static Gates gates(boolean isVpn, boolean isApart) {
    return new Gates()
        .decides("vpn", isVpn, Gates.SUPPRESSED)
        .decides("apart", isApart, Gates.SUPPRESSED);
  }

  private static String country(Fact signIn) {
    return Objects.requireNonNull(Objects.requireNonNull(signIn.location()).network().country());
  }

  private static boolean isVpn(Fact signIn) {
    return Objects.requireNonNull(signIn.location()).network().networkClass() == NetworkClass.VPN;
  }

  private static boolean isWithin(Fact one, Fact other, int most) {
    int shift = (other.day() - one.day()) * 1440;
    return one.minutes().stream()
        .anyMatch(
            minute -> {
              int near = other.minutes().nextSetBit(Math.max(0, minute - most - shift));
              return near >= 0 && near <= minute + most - shift;
            });
  }

  @Override
  public Words tell(Finding finding) {
    Fact one = finding.first().fact(0);
    Fact other = finding.first().fact(1);
    return Words.of(
            "Sign-ins from %s and %s".formatted(country(one), country(other)),
            "The same user signed in from two countries, %s and %s, within %d minutes: %d pairs of countries that day."
                .formatted(
                    country(one),
                    country(other),
                    finding.of().settings().integer(MINUTES),
                    finding.counted()))
        .at(Objects.requireNonNull(other.location()).address().text());
  }
}
