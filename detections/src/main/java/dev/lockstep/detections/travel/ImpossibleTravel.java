package dev.lockstep.detections.travel;

import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.Day;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.EventReference;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Field;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.Lessons;
import dev.lockstep.rules.Need;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Setting;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.Device;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.text.ComparableText;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Rule {@code impossible-travel}: two observations of a principal at places that are too far apart
 * for the time between the observations.
 */
public final class ImpossibleTravel implements Rule {
  static final String ID = "impossible-travel";
  static final String MANY_PLACES = "many-places";
  static final String ON_BEHALF = "on-behalf-of";

  static final Setting MIN_DISTANCE_KM =
      Setting.integer(
          "minDistanceKm",
          500,
          1,
          20_000,
          "Smallest distance between two places, in km, after both accuracy radii are subtracted.");
  static final Setting MAX_SPEED_KMH =
      Setting.integer(
          "maxSpeedKmh",
          900,
          1,
          100_000,
          "Lowest speed, in km/h, at which travel counts as impossible.");
  static final Setting MAX_HOURS =
      Setting.integer(
          "maxHours",
          24,
          1,
          24,
          "Longest time between two observations that are compared, in hours.");
  static final Setting COMMUTE_DAYS =
      Setting.integer(
          "commuteDays",
          3,
          1,
          29,
          "Least number of days on which each of two places has to be seen, so that the way"
              + " between the two places counts as a known commute. Only the days from 30 to 2 days"
              + " before the judged day count.");
  static final Setting WORKLOADS =
      Setting.flag("workloads", false, "Compares service principals too, not only users.");

  static final Setting COLLEAGUES =
      Setting.integer(
          "colleagues",
          10,
          0,
          255,
          "Least number of other users who have to be at a place so that the place counts as"
              + " regular. The severity of a finding between two regular places is one level lower."
              + " With 0, other users are not counted.");
  static final Setting COLLEAGUE_DAYS =
      Setting.integer(
          "colleagueDays",
          5,
          1,
          29,
          "Least number of days on which another user has to be at a place, so that the setting"
              + " named colleagues counts that user. Only the days from 30 to 2 days before the"
              + " judged day count.");

  static final Field API_CALL = Field.flag("apiCall");
  static final Field INTERACTIVE = Field.flag("interactive");
  static final Field TRUSTED_DEVICE = Field.flag("trustedDevice");
  static final Field SINGLE_FACTOR = Field.flag("singleFactor");
  static final Field DEVICE = Field.text("device");

  /**
   * Kind of fact for a stay of a principal at an address: similar observations that are close in
   * time.
   */
  static final FactKind STAY =
      FactKind.named("stay", API_CALL, INTERACTIVE, TRUSTED_DEVICE, SINGLE_FACTOR, DEVICE)
          .byAddress()
          .runs(ImpossibleTravel::gapMillis)
          .declare();

  /**
   * Kind of fact for observations of a principal whose place is not known, used only to learn on
   * which days the principal was seen.
   */
  static final FactKind PRESENCE = FactKind.named("presence").onlyLearned().declare();

  /**
   * Text that the rule stores as a lesson of each day on which the principal was observed, with or
   * without a place.
   */
  private static final String SEEN = "seen";

  static final int OLDEST = 30;
  static final int YOUNGEST = 2;

  private static final RuleInfo INFO =
      RuleInfo.of(ID, 1, "Impossible travel")
          .correlates("identity and network")
          .about(Subject.Kind.PRINCIPAL, Subject.Kind.PLACE)
          .keeps(STAY, PRESENCE, Colleagues.PRESENT, Colleagues.QUESTIONS, Colleagues.ANSWER)
          .reads(
              "SignInLogs",
              "NonInteractiveUserSignInLogs",
              "ServicePrincipalSignInLogs",
              "ManagedIdentitySignInLogs",
              "MicrosoftServicePrincipalSignInLogs",
              "GatewayLogs",
              "MicrosoftGraphActivityLogs")
          .fields(
              "principal.id",
              "principal.type",
              "address",
              "socketAddress",
              "forwardedFor",
              "status",
              "geo.country",
              "geo.city",
              "geo.latitude",
              "geo.longitude",
              "geo.asn",
              "device.id",
              "device.managed",
              "device.compliant",
              "singleFactor",
              "token.validated",
              "token.delegation.clientAuth",
              "token.delegation.actorFacets",
              "token.delegation.subjectFacets",
              "signIn.agentType",
              "signIn.credential.type")
          .needs(Need.PLACES, Need.IDENTITY_LINK)
          .reasons(ID, MANY_PLACES)
          .severities(Severity.High, Severity.Medium, Severity.Low)
          .gates(
              ON_BEHALF,
              StayPair.CORPORATE,
              StayPair.BACKEND,
              StayPair.SAME_DEVICE,
              StayPair.SAME_NETWORK,
              StayPair.COMMUTE)
          .tactics("InitialAccess")
          .techniques("T1078", "T1078.004")
          .settings(
              MIN_DISTANCE_KM,
              MAX_SPEED_KMH,
              MAX_HOURS,
              COMMUTE_DAYS,
              WORKLOADS,
              COLLEAGUES,
              COLLEAGUE_DAYS)
          .reach(1, 0)
          .learnsFrom(OLDEST)
          .hasLearnedAfter(settings -> settings.integer(COMMUTE_DAYS))
          .keptFor(OLDEST + 2)
          .judgesByChange()
          .firesByPairs()
          .judgesFirstCopyAlone()
          .collapses(new RuleInfo.Collapse(8, MANY_PLACES, false, false))
          .done();

  /**
   * Returns the smallest gap, in milliseconds, between two observations that count as separate
   * stays. Within this time, nobody reaches a place that is far enough away to fire, even at the
   * highest speed that counts as possible.
   */
  private static long gapMillis(Settings settings) {
    double closeHours = settings.decimal(MIN_DISTANCE_KM) / settings.decimal(MAX_SPEED_KMH);
    return closeHours * 3600 < 60 ? 0 : (long) (Math.min(0.5, closeHours) * 3_600_000);
  }

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void observe(Event event, Facts facts) {
    if (!event.isSuccessfulSignIn() && !(event.isAcceptedCall() && event.token() != null)) {
      return;
    }
    Principal principal = event.principal();
    if (principal == null || !isObserved(principal, facts.settings())) {
      facts.counted("notAUser");
      return;
    }
    if (event.isOnBehalf()) {
      facts.suppressed(ON_BEHALF);
      return;
    }
    Subject subject = new Subject(Subject.Kind.PRINCIPAL, principal.getId());
    Location location = event.location();
    if (location == null || !location.place().known()) {
      facts.suppressed(location == null ? "no-address" : "no-place");
      facts.counted(location == null ? "withoutAddress" : "withoutPlace");
      facts.about(subject, PRESENCE).ofNobody().withoutAddress().state();
      return;
    }
    facts.counted("withPlace");
    Device device = event.activity().getDevice();
    facts
        .about(subject, STAY)
        .with(API_CALL, event.isCall())
        .with(INTERACTIVE, event.activity().getCategory().equals("SignInLogs"))
        .with(TRUSTED_DEVICE, device != null && (device.getManaged() || device.getCompliant()))
        .with(SINGLE_FACTOR, event.activity().getSingleFactor())
        .with(DEVICE, device == null ? null : ComparableText.orNull(device.getId()))
        .state();
    Colleagues.observe(principal, PlaceKey.of(location.place()), facts);
  }

  private static boolean isObserved(Principal principal, Settings settings) {
    return PrincipalTypes.isUser(principal)
        || (settings.is(WORKLOADS) && !PrincipalTypes.isSubscription(principal));
  }

  @Override
  public void judge(Case day, Verdicts verdicts) {
    Fact changed = day.changed();
    if (day.subject().kind() == Subject.Kind.PLACE) {
      Colleagues.answer(day, verdicts);
    } else if (changed == null || changed.kind() == STAY) {
      day.pairs(STAY, new TravelJudgement(day, verdicts));
    }
  }

  static int daysAt(Case day, String place) {
    return day.learned().daysOf(place, day.day() - OLDEST, day.day() - YOUNGEST);
  }

  static int daysSeen(Case day) {
    return day.learned().days().subSet(day.day() - OLDEST, true, day.day() - YOUNGEST, true).size();
  }

  /**
   * Stores the places of a day as lessons for later days, except the places of the day's findings.
   * Of a day that overflows, no place is stored. If the subject is a place, its users of the day
   * are stored instead.
   */
  @Override
  public void learn(Day day, Lessons lessons) {
    if (day.subject().kind() == Subject.Kind.PLACE) {
      Colleagues.learn(day, lessons);
      return;
    }
    lessons.teach(SEEN);
    if (day.overflows()) {
      return;
    }
    Set<PlaceKey> found = new HashSet<>();
    for (Day.GivenOut finding : day.findings()) {
      List<String> parts = finding.parts();
      for (int i = 0; i + 1 < parts.size(); i += 2) {
        found.add(new PlaceKey(parts.get(i), parts.get(i + 1)));
      }
    }
    for (Fact stay : day.facts(STAY)) {
      PlaceKey place = PlaceKey.of(StayPair.at(stay).place());
      if (!found.contains(place)) {
        lessons.teach(place.trait());
      }
    }
  }

  @Override
  public String shown(String kept) {
    return PlaceKey.shown(kept);
  }

  @Override
  public Words tell(Finding finding) {
    return TravelWords.of(finding);
  }

  @Override
  public Map<String, String> mattered(Fired fired, int fact) {
    return TravelWords.mattered(fired.fact(fact));
  }

  /**
   * Returns the first and the last event of a fact, even if the verdict is about only a part of the
   * fact's time span.
   */
  @Override
  public List<EventReference> evidence(Fired fired, int fact) {
    return List.of(fired.fact(fact).first(), fired.fact(fact).last());
  }
}
