package dev.lockstep.detections.travel;

import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.geo.Place;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.Gates;
import dev.lockstep.rules.Phrases;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Severities;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Severity;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Pair of two stays of a principal, with the pair's gates and severity in rule {@code
 * impossible-travel}. It computes the distance of the stays, the time between them and the needed
 * speed. A stay is observations at one address that are close in time.
 *
 * <p>Two stays that overlap in time contain observations less than half an hour apart. Either
 * observation may be the earlier one. If the places are far enough apart, the stays fire whatever
 * their exact times.
 */
final class StayPair implements Supplier<List<GateChecked>>, Consumer<Fired> {
  static final String DISTANCE = "distance";
  static final String TIME = "time";
  static final String SPEED = "speed";
  static final String CORPORATE = "corporate-egress";
  static final String BACKEND = "backend";
  static final String SAME_DEVICE = "same-device";
  static final String SAME_NETWORK = "same-network";
  static final String COMMUTE = "known-commute";

  private final Case of;
  private final Colleagues colleagues;
  private final Fact earlier;
  private final Fact later;

  private StayPair(Case of, Colleagues colleagues, Fact earlier, Fact later) {
    this.of = of;
    this.colleagues = colleagues;
    this.earlier = earlier;
    this.later = later;
  }

  static StayPair of(Case of, Colleagues colleagues, Fact one, Fact other) {
    return endsFirst(one, other)
        ? new StayPair(of, colleagues, one, other)
        : new StayPair(of, colleagues, other, one);
  }

  private static boolean endsFirst(Fact one, Fact other) {
    int order = Long.compare(one.lastAt(), other.lastAt());
    if (order == 0) {
      order = Long.compare(one.firstAt(), other.firstAt());
    }
    if (order == 0) {
      order = at(one).address().text().compareTo(at(other).address().text());
    }
    return order <= 0;
  }

  Fact earlier() {
    return earlier;
  }

  Fact later() {
    return later;
  }

  static Location at(Fact stay) {
    return Objects.requireNonNull(stay.location());
  }

  boolean isOverlap() {
    return later.firstAt() < earlier.lastAt();
  }

  long gapMillis() {
    return Math.max(0, later.firstAt() - earlier.lastAt());
  }

  double distanceKm() {
    return GreatCircle.km(at(earlier).place(), at(later).place());
  }

  double effectiveKm() {
    Place here = at(earlier).place();
    Place there = at(later).place();
    return Math.max(0, GreatCircle.km(here, there) - here.accuracyKm() - there.accuracyKm());
  }

  /**
   * Returns the approximate speed in km/h that the journey between the two stays would need. It
   * costs less than the exact speed.
   */
  double roughKmh() {
    Place here = at(earlier).place();
    Place there = at(later).place();
    double km = GreatCircle.roughKm(here, there) - here.accuracyKm() - there.accuracyKm();
    return TravelSpeed.kmh(Math.max(0, km), gapMillis());
  }

  @Nullable String failedCondition() {
    return TravelSpeed.of(of.settings()).failedCondition(effectiveKm(), gapMillis(), isOverlap());
  }

  boolean isEither(NetworkClass networkClass) {
    return at(earlier).network().networkClass() == networkClass
        || at(later).network().networkClass() == networkClass;
  }

  boolean isOfSameDevice() {
    String device = earlier.text(ImpossibleTravel.DEVICE);
    return device != null
        && device.equals(later.text(ImpossibleTravel.DEVICE))
        && (earlier.is(ImpossibleTravel.TRUSTED_DEVICE)
            || later.is(ImpossibleTravel.TRUSTED_DEVICE));
  }

  boolean isOfSameNetwork() {
    Long asn = at(earlier).network().asn();
    return at(earlier).network().prefix().equals(at(later).network().prefix())
        || (asn != null
            && asn.equals(at(later).network().asn())
            && (isEither(NetworkClass.MOBILE) || isEither(NetworkClass.SATELLITE)));
  }

  int daysAt(Fact stay) {
    return ImpossibleTravel.daysAt(of, PlaceKey.of(at(stay).place()).trait());
  }

  /**
   * Returns whether both places are known to the principal on enough days. {@link TravelJudgement}
   * decides the same for the verdict, with the days of each place looked up once.
   */
  boolean isCommute() {
    int least = of.settings().integer(ImpossibleTravel.COMMUTE_DAYS);
    return daysAt(earlier) >= least && daysAt(later) >= least;
  }

  boolean isRaised() {
    return hasCall() || isWeak(later) || (later.firstAt() <= earlier.lastAt() && isWeak(earlier));
  }

  boolean hasCall() {
    return earlier.is(ImpossibleTravel.API_CALL) || later.is(ImpossibleTravel.API_CALL);
  }

  static boolean isWeak(Fact stay) {
    return stay.is(ImpossibleTravel.INTERACTIVE)
        && stay.is(ImpossibleTravel.SINGLE_FACTOR)
        && !stay.is(ImpossibleTravel.TRUSTED_DEVICE);
  }

  /**
   * Returns the network class, such as VPN, that makes the place of either stay uncertain, or null
   * if there is none. If both places are uncertain, the result is the class of the earlier stay.
   */
  @Nullable NetworkClass vague() {
    NetworkClass here = at(earlier).network().networkClass();
    NetworkClass there = at(later).network().networkClass();
    return isVague(here) ? here : isVague(there) ? there : null;
  }

  static boolean isVague(NetworkClass networkClass) {
    return networkClass == NetworkClass.VPN
        || networkClass == NetworkClass.SATELLITE
        || networkClass == NetworkClass.MOBILE;
  }

  boolean isAmongColleagues() {
    return colleagues.areAt(placeOf(earlier), placeOf(later));
  }

  int colleaguesAt(Fact stay) {
    return colleagues.at(placeOf(stay));
  }

  private static PlaceKey placeOf(Fact stay) {
    return PlaceKey.of(at(stay).place());
  }

  /** Returns the severity of the pair without regard to other users at the two places. */
  Severity severityAlone() {
    Severity severity = isRaised() ? Severity.High : Severity.Medium;
    return vague() == null ? severity : Severities.down(severity);
  }

  Severity severity() {
    return vague() == null && isAmongColleagues()
        ? Severities.down(severityAlone())
        : severityAlone();
  }

  @Override
  public void accept(Fired fired) {
    double effective = effectiveKm();
    String here = at(earlier).address().text();
    String there = at(later).address().text();
    fired
        .telling(this)
        .weight(TravelSpeed.kmh(effective, gapMillis()))
        .counting(here.compareTo(there) < 0 ? here + " " + there : there + " " + here);
    if (!isOverlap()) {
      TravelSpeed limits = TravelSpeed.of(of.settings());
      if (!limits.isFast(effective, later.firstAt() - earlier.firstAt())) {
        fired.within(0, earlier.lastAt(), Long.MAX_VALUE);
      }
      if (!limits.isFast(effective, later.lastAt() - earlier.lastAt())) {
        fired.within(1, Long.MIN_VALUE, later.firstAt());
      }
    }
  }

  @Override
  public List<GateChecked> get() {
    Settings settings = of.settings();
    String failedCondition = failedCondition();
    Gates gates = new Gates();
    gates.decides(
        DISTANCE,
        DISTANCE.equals(failedCondition),
        Gates.SUPPRESSED,
        "distanceKm",
        Phrases.rounded(distanceKm(), 1),
        "effectiveKm",
        Phrases.rounded(effectiveKm(), 1, settings.decimal(ImpossibleTravel.MIN_DISTANCE_KM)),
        "limitKm",
        settings.decimal(ImpossibleTravel.MIN_DISTANCE_KM));
    if (TIME.equals(failedCondition)) {
      gates.decides(
          TIME,
          true,
          Gates.SUPPRESSED,
          "hoursBetween",
          Phrases.rounded(
              gapMillis() / 3_600_000.0, 2, settings.decimal(ImpossibleTravel.MAX_HOURS)),
          "limitHours",
          settings.decimal(ImpossibleTravel.MAX_HOURS));
    }
    gates.decides(
        SPEED,
        SPEED.equals(failedCondition),
        Gates.SUPPRESSED,
        "speedKmh",
        Phrases.rounded(
            TravelSpeed.kmh(effectiveKm(), gapMillis()),
            0,
            settings.decimal(ImpossibleTravel.MAX_SPEED_KMH)),
        "limitKmh",
        settings.decimal(ImpossibleTravel.MAX_SPEED_KMH),
        "secondsBetween",
        gapMillis() / 1000.0);
    boolean fast = failedCondition == null;
    String here = at(earlier).network().networkClass().word();
    String there = at(later).network().networkClass().word();
    add(
        gates,
        CORPORATE,
        fast && isEither(NetworkClass.CORPORATE),
        "earlierClass",
        here,
        "laterClass",
        there);
    add(
        gates,
        BACKEND,
        fast && isEither(NetworkClass.BACKEND),
        "earlierClass",
        here,
        "laterClass",
        there);
    add(
        gates,
        SAME_DEVICE,
        fast && isOfSameDevice(),
        "earlierDevice",
        Objects.requireNonNullElse(earlier.text(ImpossibleTravel.DEVICE), "none"),
        "laterDevice",
        Objects.requireNonNullElse(later.text(ImpossibleTravel.DEVICE), "none"));
    add(
        gates,
        SAME_NETWORK,
        fast && isOfSameNetwork(),
        "earlierNetwork",
        network(earlier),
        "laterNetwork",
        network(later));
    if (fast) {
      add(
          gates,
          COMMUTE,
          isCommute(),
          "earlierDays",
          daysAt(earlier),
          "laterDays",
          daysAt(later),
          "limitDays",
          settings.decimal(ImpossibleTravel.COMMUTE_DAYS));
    } else {
      add(gates, COMMUTE, false);
    }
    if (fast && gates.list().stream().noneMatch(StayPair::isSuppressed)) {
      addAdjustments(gates);
    }
    return gates.list();
  }

  private static boolean isSuppressed(GateChecked gate) {
    return gate.getVerdict().equals(Gates.SUPPRESSED);
  }

  private void addAdjustments(Gates gates) {
    if (isRaised()) {
      gates.adds(hasCall() ? "api-call" : "single-factor-unmanaged", Gates.RAISED);
    }
    NetworkClass vague = vague();
    if (vague != null) {
      gates.adds("vague-network", Gates.LOWERED, "class", vague.word());
    }
    if (isAmongColleagues()) {
      gates.adds(
          Colleagues.GATE,
          Gates.LOWERED,
          "earlierUsers",
          colleaguesAt(earlier),
          "laterUsers",
          colleaguesAt(later),
          "limitUsers",
          of.settings().decimal(ImpossibleTravel.COLLEAGUES),
          "limitDays",
          of.settings().decimal(ImpossibleTravel.COLLEAGUE_DAYS));
    }
  }

  private static void add(Gates gates, String name, boolean suppresses, Object... numbers) {
    if (suppresses) {
      gates.adds(name, Gates.SUPPRESSED, numbers);
    } else {
      gates.passes(name, numbers);
    }
  }

  private static String network(Fact stay) {
    Long asn = at(stay).network().asn();
    return at(stay).network().prefix() + (asn == null ? "" : " AS" + asn);
  }
}
