package dev.lockstep.detections;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.FileProblem;
import dev.lockstep.enrichment.GeoDatabases;
import dev.lockstep.enrichment.Networks;
import dev.lockstep.enrichment.Partner;
import dev.lockstep.enrichment.Partners;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.CollectedAlert;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.FindingState;
import dev.lockstep.schemas.PartnerDay;
import dev.lockstep.schemas.PresenceDay;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalDay;
import dev.lockstep.schemas.PrincipalProfile;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.Sighting;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.Stay;
import dev.lockstep.schemas.TokenState;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * All rules on one desk, without Kafka: activities in, findings as they stand out. State goes
 * through its encoding, as it does in a store.
 */
final class Desk {
  final Tally tally = new Tally();
  final List<Detection> revisions = new ArrayList<>();

  private final Observer observer;
  private final TravelBook travel;
  private final TokenBook token;
  private final PartnerBook partner;
  private final Enrichment enrichment;
  private final Map<String, Kept<PrincipalDay>> days = new HashMap<>();
  private final Map<String, Kept<PrincipalProfile>> profiles = new HashMap<>();
  private final Map<String, Kept<TokenState>> tokens = new HashMap<>();
  private final Map<String, PartnerTimeline> timelines = new HashMap<>();
  private final Map<String, Kept<FindingState>> findings = new TreeMap<>();
  private final Map<String, CollectedAlert> collected = new HashMap<>();
  private final AlertBook alertBook;
  private final AlertIndex alertsOfFindings = alerts();
  private final Corroboration corroboration;
  private final FindingBook findingBook;

  Desk() {
    this(RuleSettings.defaults());
  }

  Desk(RuleSettings settings) {
    this(settings, world());
  }

  Desk(RuleSettings settings, Enrichment enrichment) {
    this.enrichment = enrichment;
    Expected expected = new Expected(enrichment);
    this.observer = new Observer(settings, enrichment);
    this.travel = new TravelBook(settings, expected);
    this.token = new TokenBook(settings, expected);
    this.partner = new PartnerBook(settings, expected);
    this.alertBook = new AlertBook(settings.setCap());
    this.corroboration =
        new Corroboration(
            settings,
            expected,
            tally,
            new PresencePages(
                new StateStore<>(
                    new HashedStore("presence"),
                    new SingleObject<>(PresenceDay.getClassSchema()),
                    StateStore.Packing.none())),
            new PresenceIndex(new HashedStore("presence-index")),
            alerts());
    this.findingBook =
        new FindingBook(
            0,
            settings.setCap(),
            new Escalation(settings.defender(), alertsOfFindings, tally),
            enrichment.exceptions());
  }

  private static AlertIndex alerts() {
    return new AlertIndex(
        new StateStore<>(
            new HashedStore("alerts"),
            new SingleObject<>(CollectedAlert.getClassSchema()),
            StateStore.Packing.none()));
  }

  /** What of a finding must not depend on the order of arrival. */
  record Verdict(String rule, String reason, Severity severity, int count) {}

  /** The networks and partners of the test resources. */
  static Enrichment world() {
    try {
      return Enrichment.of(
          Networks.read(resource("networks.csv")),
          Partners.read(resource("partners.yaml")),
          GeoDatabases.none());
    } catch (FileProblem e) {
      throw new AssertionError(e);
    }
  }

  static Path resource(String name) {
    URL url = Objects.requireNonNull(Desk.class.getResource("/" + name), name);
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  Desk see(ActivityBuilder... activities) {
    for (ActivityBuilder activity : activities) {
      see(activity.build());
    }
    return this;
  }

  void see(Activity activity) {
    Activity own = ActivityBuilder.copy(activity);
    if (own.getKind() == ActivityKind.ALERT) {
      alert(own);
      return;
    }
    observer.observe(own, new Observer.Counts(tally, false), new Meaning(own));
  }

  /** An alert is judged with every record of it. */
  private void alert(Activity record) {
    CollectedAlert alert =
        collected.compute(
            record.getAlert().getId(), (id, before) -> alertBook.with(before, record));
    corroboration.alert(alert, this::take);
    take(Findings.alerted(alert));
  }

  /** Returns the findings that stand, by id. */
  Map<String, Verdict> verdicts() {
    Map<String, Verdict> verdicts = new TreeMap<>();
    for (Detection finding : standing()) {
      verdicts.put(
          finding.getId(),
          new Verdict(
              finding.getRule(), finding.getReason(), finding.getSeverity(), finding.getCount()));
    }
    return verdicts;
  }

  List<Detection> standing() {
    return findings.values().stream()
        .map(finding -> finding.get().getSaid())
        .filter(finding -> !finding.getReason().equals(Findings.WITHDRAWN))
        .toList();
  }

  List<Detection> standing(String rule) {
    return standing().stream().filter(finding -> finding.getRule().equals(rule)).toList();
  }

  /** Returns the one finding that stands. */
  Detection only() {
    List<Detection> standing = standing();
    if (standing.size() != 1) {
      throw new AssertionError(
          "expected one finding, found " + standing.stream().map(Detection::getTitle).toList());
    }
    return standing.get(0);
  }

  boolean quiet() {
    return standing().isEmpty();
  }

  long gate(String rule, String gate) {
    return tally.gates().getOrDefault(rule, Map.of()).getOrDefault(gate, 0L);
  }

  private void take(Contribution said) {
    if (said.getAlert() != null) {
      alerted(said.getAlert());
      return;
    }
    Kept<FindingState> before = findings.get(said.getDetection().getId());
    keep(findingBook.take(before == null ? null : before.get(), said, 0));
  }

  private void alerted(CollectedAlert said) {
    CollectedAlert alert =
        FindingStage.merged(alertsOfFindings.get(said.getAlert().getId()), said, 256);
    if (alert.getAlert().getOwn()) {
      alertsOfFindings.remove(alert.getAlert().getId());
    } else {
      alertsOfFindings.put(alert);
    }
    List.copyOf(findings.values()).forEach(state -> keep(findingBook.again(state.get(), 0)));
  }

  private void keep(FindingBook.@Nullable Next next) {
    if (next != null) {
      findings.put(next.state().getSaid().getId(), new Kept<>(next.state()));
      findingBook.count(next.state(), tally);
      if (next.revision() != null) {
        revisions.add(new Kept<>(next.revision()).get());
      }
    }
  }

  private final class Meaning implements Observer.Meaning {
    private final Activity activity;

    Meaning(Activity activity) {
      this.activity = activity;
    }

    @Override
    public void travels(Principal principal, Stay stay) {
      travel.observe(principal, stay, pages(principal), tally, Desk.this::take);
    }

    @Override
    public void isSomewhere(Principal principal) {
      travel.observeWithoutPlace(
          principal, activity.getEventAt(), pages(principal), Desk.this::take);
    }

    @Override
    public void token(Sighting sighting) {
      Kept<TokenState> kept = tokens.get(sighting.getSubject());
      TokenState state = kept == null ? TokenBook.empty() : kept.get();
      if (token.observe(sighting, state, tally, Desk.this::take)) {
        tokens.put(sighting.getSubject(), new Kept<>(state));
      }
    }

    @Override
    public void partner(Sighting sighting) {
      Partner of = Objects.requireNonNull(enrichment.partners().byId(sighting.getSubject()));
      PartnerTimeline timeline = timelines.computeIfAbsent(of.id(), id -> new PartnerTimeline());
      partner.observe(
          of,
          sighting,
          timeline,
          tally,
          (day, page) -> timeline.set(day, new Kept<PartnerDay>(page).get()),
          Desk.this::take);
    }

    @Override
    public void present(Presence presence) {
      corroboration.present(presence, Desk.this::take);
    }

    private TravelBook.Pages pages(Principal principal) {
      return new TravelBook.Pages() {
        @Override
        public @Nullable PrincipalDay day(int day) {
          Kept<PrincipalDay> kept = days.get(principal.getId() + " " + day);
          return kept == null ? null : kept.get();
        }

        @Override
        public void write(int day, PrincipalDay page) {
          days.put(principal.getId() + " " + day, new Kept<>(page));
        }

        @Override
        public @Nullable PrincipalProfile profile() {
          Kept<PrincipalProfile> kept = profiles.get(principal.getId());
          return kept == null ? null : kept.get();
        }

        @Override
        public void write(PrincipalProfile profile) {
          profiles.put(principal.getId(), new Kept<>(profile));
        }
      };
    }
  }

  /** A record as a store keeps it. */
  private static final class Kept<T extends SpecificRecord> {
    private final SingleObject<T> codec;
    private final byte[] bytes;

    Kept(T record) {
      this.codec = new SingleObject<>(record.getSchema());
      this.bytes = codec.encode(record);
    }

    T get() {
      return codec.decode(bytes);
    }
  }
}
