package dev.lockstep.detections.partner;

import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.enrichment.partner.ChangeWindow;
import dev.lockstep.enrichment.partner.Partner;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.Day;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Field;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.Learned;
import dev.lockstep.rules.Lessons;
import dev.lockstep.rules.Need;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Seen;
import dev.lockstep.rules.Setting;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Severities;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.Severity;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rule {@code partner-ip-drift}: calls with a partner's key from an unexpected network. A network
 * is unexpected if the address is outside the partner's declared ranges. Without such ranges, it is
 * unexpected if it is not known.
 *
 * <p>Calls of a day are judged by the lessons of closed days. One verdict states that calls fire.
 * If calls of a new network fire, a fact of a known network may have calls within an hour of these
 * calls. For each such fact there is a further verdict. It raises the severity and rests on both
 * facts.
 */
public final class PartnerIpDrift implements Rule {
  static final String OUTSIDE_ALLOWLIST = "outside-allowlist";
  static final String NEW_COUNTRY = "new-country";
  static final String HOSTING = "hosting";
  static final String NEW_NETWORK = "new-network";

  static final String DECLARED_GATE = "declared";
  static final String KNOWN_NETWORK = "known-network";
  static final String LEARNING = "learning";
  static final String NO_NETWORK = "no-network";
  static final String CHANGE_WINDOW = "change-window";
  static final String SHARED_KEY = "shared-key";
  private static final String CORPORATE_EGRESS = "corporate-egress";
  private static final String REFUSED = "refused";

  static final Field DECLARED = Field.flag("declared");
  static final Field IN_CHANGE_WINDOW = Field.flag("inChangeWindow");
  private static final Field CALLERS = Field.set("callers");
  private static final FactKind CALLS =
      FactKind.named("calls", DECLARED, IN_CHANGE_WINDOW, CALLERS)
          .byNetwork()
          .addresses()
          .judgedEnd()
          .exactMinutes()
          .declare();

  static final Setting LEARNING_DAYS =
      Setting.integer(
          "learningDays",
          7,
          1,
          60,
          "A partner's networks count as learned only after at least this number of distinct closed"
              + " days with calls.");
  static final Setting LEARNING_MINUTES =
      Setting.integer(
          "learningMinutes",
          50,
          1,
          86_400,
          "A partner's networks count as learned only after at least this number of distinct"
              + " minutes with calls on closed days.");
  static final Setting WINDOW_DAYS =
      Setting.integer(
          "windowDays",
          60,
          1,
          365,
          "Length in days of the period in which the days for the setting knownDays are counted;"
              + " the period ends 2 days before a call.");
  static final Setting KNOWN_DAYS =
      Setting.integer(
              "knownDays",
              14,
              1,
              365,
              "Least number of days, within the period of the setting windowDays, on which a"
                  + " network has to be seen to count as known.")
          .atMost(WINDOW_DAYS);

  /**
   * Number of days for which facts are kept: the 30 days by which an event may be late, and two
   * more. Ingest quarantines an event that is later than 30 days.
   */
  private static final int LATE_DAYS = 32;

  private static final long MINUTE_MILLIS = 60_000L;
  private static final long DAY_MILLIS = 86_400_000L;

  private static final RuleInfo INFO =
      RuleInfo.of("partner-ip-drift", 1, "Partner IP drift")
          .correlates("policy and network")
          .about(Subject.Kind.PARTNER)
          .keeps(CALLS)
          .reads("GatewayLogs")
          .fields(
              "time",
              "correlationId",
              "callerIpAddress",
              "properties.responseCode",
              "properties.apimSubscriptionId",
              "properties.productId",
              "properties.requestHeaders")
          .needs(Need.PARTNERS, Need.NETWORKS)
          .reasons(OUTSIDE_ALLOWLIST, NEW_COUNTRY, HOSTING, NEW_NETWORK)
          .severities(Severity.High, Severity.Medium)
          .gates(
              DECLARED_GATE,
              KNOWN_NETWORK,
              LEARNING,
              NO_NETWORK,
              CORPORATE_EGRESS,
              REFUSED,
              CHANGE_WINDOW)
          .tactics("InitialAccess")
          .techniques("T1078.004", "T1199")
          .settings(LEARNING_DAYS, LEARNING_MINUTES, KNOWN_DAYS, WINDOW_DAYS)
          .reach(1, 1)
          .learnsFrom(settings -> settings.integer(WINDOW_DAYS) + 1)
          .hasLearnedAfter(settings -> settings.integer(LEARNING_DAYS))
          .keptFor(LATE_DAYS)
          .judgesByChange()
          .judgesFirstCopyAlone()
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
    Partner partner = event.partner();
    // A revised call was counted before, unless only its claims name the partner.
    boolean news = !event.isRevised() || (partner != null && !event.isOfPartnerByKey());
    if (partner == null) {
      count(news, "callsOfNoPartner", facts);
      return;
    }
    count(news, "callsOfPartners", facts);
    if (!event.isAcceptedCall()) {
      suppress(news, REFUSED, facts);
      return;
    }
    Location location = event.location();
    if (location == null) {
      suppress(news, "no-address", facts);
      count(news, "withoutAddress", facts);
      return;
    }
    if (location.network().networkClass() == NetworkClass.CORPORATE) {
      suppress(news, CORPORATE_EGRESS, facts);
      return;
    }
    facts
        .about(new Subject(Subject.Kind.PARTNER, partner.id()), CALLS)
        .with(DECLARED, partner.hasCidrs() && partner.declares(location.address()))
        .with(IN_CHANGE_WINDOW, partner.inChangeWindow(event.at()))
        .adding(CALLERS, PartnerCaller.member(location.address().text(), event.principal()))
        .ofNobody()
        .state();
  }

  private static void count(boolean news, String name, Facts facts) {
    if (news) {
      facts.counted(name);
    }
  }

  private static void suppress(boolean news, String gate, Facts facts) {
    if (news) {
      facts.suppressed(gate);
    }
  }

  @Override
  public void judge(Case day, Verdicts verdicts) {
    Partner partner = day.enrichment().partners().byId(day.subject().id());
    if (partner == null) {
      return; // the registry no longer has the partner
    }
    Fact changed = day.changed();
    KnownNetworks known = partner.hasCidrs() ? null : known(day);
    if (changed == null) {
      for (Fact calls : day.today()) {
        judge(calls, day, partner, known, verdicts);
      }
      return;
    }
    if (changed.day() == day.day()) {
      judge(changed, day, partner, known, verdicts);
    }
    if (known != null && known.why(networkOf(changed), partner) != null) {
      for (Fact calls : day.today()) {
        DriftJudgement judgement = judged(calls, day, partner, known);
        if (NEW_NETWORK.equals(judgement.reason())) {
          reportIfShared(judgement, changed, verdicts);
        }
      }
    }
  }

  private static KnownNetworks known(Case day) {
    return day.learned()
        .digest(
            KnownNetworks.class, learned -> KnownNetworks.of(day.day(), learned, day.settings()));
  }

  private static PartnerNetwork networkOf(Fact calls) {
    return PartnerNetwork.of(Objects.requireNonNull(calls.location()));
  }

  private static void judge(
      Fact calls, Case day, Partner partner, @Nullable KnownNetworks known, Verdicts verdicts) {
    DriftJudgement judgement = judged(calls, day, partner, known);
    String reason = judgement.reason();
    Severity severity = judgement.severity();
    if (reason == null || severity == null) {
      verdicts.suppressed(
          Objects.requireNonNull(judgement.gate()), () -> DriftGates.of(judgement), calls);
      return;
    }
    report(judgement, reason, severity, verdicts);
    if (known != null && reason.equals(NEW_NETWORK)) {
      for (int other = day.day() - 1; other <= day.day() + 1; other++) {
        for (Fact others : day.on(other)) {
          if (others != calls && known.why(networkOf(others), partner) != null) {
            reportIfShared(judgement, others, verdicts);
          }
        }
      }
    }
  }

  private static void reportIfShared(DriftJudgement judgement, Fact others, Verdicts verdicts) {
    if (CallsWithinHour.exist(judgement.calls(), judgement.firing(), others)) {
      Severity raised = Severities.up(Severity.Medium);
      report(judgement.shared(raised), NEW_NETWORK, raised, verdicts).dependingOn(others);
    }
  }

  private static Fired report(
      DriftJudgement judgement, String reason, Severity severity, Verdicts verdicts) {
    Fact calls = judgement.calls();
    Fired fired =
        verdicts
            .fires(reason, severity, () -> DriftGates.of(judgement), calls)
            .in(
                reason.equals(OUTSIDE_ALLOWLIST)
                    ? judgement.location().network().prefix()
                    : judgement.network().text())
            .telling(judgement);
    if (judgement.firing() < DriftJudgement.MINUTES_PER_DAY) {
      fired.within(
          0, Long.MIN_VALUE, calls.day() * DAY_MILLIS + judgement.firing() * MINUTE_MILLIS - 1);
    }
    return fired;
  }

  private static DriftJudgement judged(
      Fact calls, Case day, Partner partner, @Nullable KnownNetworks known) {
    PartnerNetwork network = networkOf(calls);
    DriftJudgement none =
        new DriftJudgement(
            calls, network, partner, day.settings(), null, null, null, 0, false, known);
    if (known == null) {
      return calls.is(DECLARED)
          ? none.suppressed(DECLARED_GATE)
          : calls.is(IN_CHANGE_WINDOW)
              ? none.suppressed(CHANGE_WINDOW)
              : none.fires(OUTSIDE_ALLOWLIST, Severity.High);
    }
    if (!known.isLearned()) {
      return none.suppressed(LEARNING);
    }
    if (known.why(network, partner) != null) {
      return none.suppressed(KNOWN_NETWORK);
    }
    if (network.isUnknown()) {
      return none.suppressed(NO_NETWORK);
    }
    if (calls.is(IN_CHANGE_WINDOW)) {
      return none.suppressed(CHANGE_WINDOW);
    }
    String country = network.country();
    if (country != null && !known.isIn(country, partner)) {
      return none.fires(NEW_COUNTRY, Severity.High);
    }
    NetworkClass networkClass = Objects.requireNonNull(calls.location()).network().networkClass();
    if (networkClass == NetworkClass.HOSTING || networkClass == NetworkClass.VPN) {
      return none.fires(HOSTING, Severity.High);
    }
    int suppressedFrom = suppressedFromMinute(calls.day(), partner);
    int first = calls.minutes().nextSetBit(0);
    return first >= suppressedFrom
        ? none.suppressed(CHANGE_WINDOW)
        : none.fires(NEW_NETWORK, Severity.Medium)
            .upTo(
                calls.minutes().length() > suppressedFrom
                    ? suppressedFrom
                    : DriftJudgement.MINUTES_PER_DAY);
  }

  /**
   * Returns the minute of a day from which on findings about new networks are suppressed, because a
   * change window of the partner has ended shortly before. The minute is 1440 if there is no such
   * window. The suppression lasts from the end of the window to the end of the second UTC day after
   * the window's last day. So on the days after the end it is minute 0.
   */
  private static int suppressedFromMinute(int day, Partner partner) {
    int from = DriftJudgement.MINUTES_PER_DAY;
    for (ChangeWindow window : partner.changeWindows()) {
      int ends = (int) Math.floorDiv(window.to(), DAY_MILLIS);
      int lastDay = (int) Math.floorDiv(window.to() - 1, DAY_MILLIS);
      if (day >= ends && day <= lastDay + 2) {
        int minute =
            day == ends ? (int) (Math.floorMod(window.to(), DAY_MILLIS) / MINUTE_MILLIS) : 0;
        from = Math.min(from, minute);
      }
    }
    return from;
  }

  @Override
  public void learn(Day day, Lessons lessons) {
    KnownNetworks.learn(day, lessons);
  }

  @Override
  public boolean keepsLessons(int day, Learned learned, Settings settings) {
    return KnownNetworks.keepsLessons(day, learned, settings);
  }

  @Override
  public String shown(String kept) {
    return PartnerCaller.isMember(kept) ? PartnerCaller.shown(kept) : kept;
  }

  @Override
  public Words tell(Finding finding) {
    PartnerCaller partnerCaller = null;
    Set<Fact> read = new HashSet<>();
    for (Fired fired : finding.fired()) {
      DriftJudgement judgement = (DriftJudgement) fired.detail();
      if (!read.add(judgement.calls())) {
        continue; // the calls share the key with several networks
      }
      for (Seen member : judgement.calls().members(CALLERS)) {
        boolean isLater =
            partnerCaller != null
                && partnerCaller.principal() != null
                && member.firstMinute() > partnerCaller.minute();
        if (member.firstMinute() < judgement.firing() && !isLater) {
          PartnerCaller each = PartnerCaller.of(member);
          partnerCaller =
              partnerCaller == null || PartnerCaller.BY_TIME.compare(each, partnerCaller) < 0
                  ? each
                  : partnerCaller;
        }
      }
    }
    return DriftWords.of(finding, (DriftJudgement) finding.first().detail())
        .of(partnerCaller == null ? null : partnerCaller.principal());
  }

  @Override
  public Map<String, String> mattered(Fired fired, int fact) {
    return Map.of("observation", "accepted call", "judged", fired.reason());
  }
}
