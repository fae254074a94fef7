package dev.lockstep.detections;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Cited;
import dev.lockstep.schemas.CollectedAlert;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.PresenceDay;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalDay;
import dev.lockstep.schemas.PrincipalProfile;
import dev.lockstep.schemas.Settled;
import dev.lockstep.schemas.Sighting;
import dev.lockstep.schemas.Spot;
import dev.lockstep.schemas.Stay;
import dev.lockstep.schemas.TokenUseKind;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Visits a principal's state once per activity: all rules that are about the principal judge here,
 * and what concerns a token or a partner leaves as a sighting, once a minute. Alerts of Defender
 * come by here too, and meet those who were at their addresses.
 */
final class PrincipalStage implements Processor<String, SpecificRecord, String, SpecificRecord> {
  /** Late events are read for so long, and may lie a day from what they are compared with. */
  private static final int KEPT_DAYS = 32;

  private static final long LATE_MILLIS = 23 * 3_600_000L;
  private static final int MOST_EVENTS = 100_000;
  private static final int MOST_RECENT = 50_000;

  private final Stores stores;
  private final RuleSettings settings;
  private final Tally tally;
  private final Observer observer;
  private final Expected expected;
  private final TravelBook travel;
  private RecentKeys<Long> events = new RecentKeys<>(MOST_EVENTS);
  private EarliestKeys<SightingKey> sightings = new EarliestKeys<>(MOST_RECENT);
  private RecentKeys<String> histories = new RecentKeys<>(MOST_RECENT);
  private int forgotten = Integer.MIN_VALUE;
  private long lowAt = StageClocks.UNKNOWN;
  private StageClocks clocks;
  private @Nullable Open open;

  private record SightingKey(
      String subject,
      @Nullable TokenUseKind use,
      long minute,
      @Nullable String oid,
      boolean flag,
      boolean inChangeWindow,
      @Nullable String principal,
      @Nullable String address,
      @Nullable Long asn,
      @Nullable String country,
      @Nullable String networkClass) {
    static SightingKey of(Sighting sighting) {
      Spot spot = sighting.getSpot();
      return new SightingKey(
          sighting.getSubject(),
          sighting.getTokenUse(),
          Days.minute(Objects.requireNonNull(sighting.getCited()).getEventAt()),
          sighting.getOid(),
          sighting.getAfterExpiry() || sighting.getDeclared(),
          sighting.getInChangeWindow(),
          sighting.getPrincipal() == null ? null : sighting.getPrincipal().getId(),
          spot == null ? null : spot.getAddress(),
          spot == null ? null : spot.getAsn(),
          spot == null ? null : spot.getNetworkCountry(),
          spot == null ? null : spot.getNetworkClass());
    }
  }

  private record Open(
      ProcessorContext<String, SpecificRecord> context,
      StateStore<PrincipalDay> days,
      StateStore<PrincipalProfile> profiles,
      Corroboration corroboration) {}

  private PrincipalStage(Stores stores, RuleSettings settings, Enrichment enrichment, Tally tally) {
    this.stores = stores;
    this.settings = settings;
    this.tally = tally;
    this.observer = new Observer(settings, enrichment);
    this.expected = new Expected(enrichment);
    this.travel = new TravelBook(settings, expected);
    this.clocks = clocks(stores);
  }

  /** What was joined comes later than the activities of its time, from wherever it was joined. */
  private static StageClocks clocks(Stores stores) {
    return new StageClocks(1 + 2 * stores.partitions());
  }

  static ProcessorSupplier<String, SpecificRecord, String, SpecificRecord> supplier(
      Stores stores, RuleSettings settings, Enrichment enrichment, Tally tally) {
    return stores.stage(
        () -> new PrincipalStage(stores, settings, enrichment, tally),
        Stores.PRINCIPAL_DAYS,
        Stores.PRINCIPAL_PROFILES,
        Stores.PRESENCE,
        Stores.PRESENCE_INDEX,
        Stores.PRINCIPAL_ALERTS);
  }

  @Override
  public void init(ProcessorContext<String, SpecificRecord> context) {
    open =
        new Open(
            context,
            stores.open(
                context, Stores.PRINCIPAL_DAYS, PrincipalDay.getClassSchema(), Packings.DAY),
            stores.open(
                context,
                Stores.PRINCIPAL_PROFILES,
                PrincipalProfile.getClassSchema(),
                Packings.PROFILE),
            new Corroboration(
                settings,
                expected,
                tally,
                new PresencePages(
                    stores.open(context, Stores.PRESENCE, PresenceDay.getClassSchema())),
                stores.openIndex(context, Stores.PRESENCE_INDEX),
                new AlertIndex(
                    stores.open(
                        context, Stores.PRINCIPAL_ALERTS, CollectedAlert.getClassSchema()))));
    // What was remembered may have been rolled back with the transaction it went out in.
    events = new RecentKeys<>(MOST_EVENTS);
    sightings = new EarliestKeys<>(MOST_RECENT);
    forgotten = Integer.MIN_VALUE;
    lowAt = StageClocks.UNKNOWN;
    clocks = clocks(stores);
    histories = new RecentKeys<>(MOST_RECENT);
  }

  @Override
  public void process(Record<String, SpecificRecord> record) {
    Open here = Objects.requireNonNull(open);
    Erasing erasing = Erasing.of(record.headers());
    if (erasing != null) {
      erase(here, erasing, record.timestamp());
      return;
    }
    if (record.value() instanceof CollectedAlert alert) {
      here.corroboration().alert(alert, said -> contribute(here, said, 0, record.timestamp()));
    } else if (record.value() instanceof Activity activity) {
      process(here, activity, record);
    }
  }

  /**
   * Erases a principal. What comes from the activities comes to the principal's own task, which
   * deletes its state; what the joins pass on comes to every task.
   */
  private void erase(Open here, Erasing erasing, long timestamp) {
    int partition = here.context().taskId().partition();
    String from = erasing.request().getStage();
    Erasing known = erasing;
    boolean own = from.startsWith("activity-");
    if (own) {
      known = erasing.knownAs(eraseState(here, erasing.principal()));
    }
    here.corroboration().eraseInAlerts(known);
    if (own) {
      String stage = "principal-" + partition;
      Sighting clock = new Sighting();
      clock.setSubject("");
      clock.setStage(stage);
      clock.setClockAt(StageClocks.UNKNOWN);
      here.context().forward(new Record<>("", clock, timestamp, known.passedOn(stage)));
    }
    if (own || erasing.isFrom(partition)) {
      String stage = own ? "principal-" + partition : from;
      Contribution clock = Findings.clock(stage, StageClocks.UNKNOWN);
      here.context().forward(new Record<>("", clock, timestamp, known.passedOn(stage)));
    }
  }

  /** Deletes what is kept of a principal; returns the names that were kept for it. */
  private Set<String> eraseState(Open here, String principal) {
    Set<String> names = here.corroboration().erase(principal);
    for (Bytes key : here.days().daysOf(principal)) {
      PrincipalDay day = here.days().get(key);
      if (day != null && day.getName() != null) {
        names.add(day.getName());
      }
      here.days().delete(key);
    }
    here.profiles().delete(StateStore.key(principal));
    // What was said before has to be said again: whoever was told has forgotten it.
    sightings = new EarliestKeys<>(MOST_RECENT);
    histories = new RecentKeys<>(MOST_RECENT);
    return names;
  }

  private void process(Open here, Activity activity, Record<String, SpecificRecord> record) {
    if (activity.getKind() == ActivityKind.CLOCK) {
      if (clocks.advance(activity.getEventId(), activity.getArrivalAt(), false)) {
        passOn(here, clocks.low(), record.timestamp());
      }
      return;
    }
    if (activity.getSettled() != null) {
      settled(here, activity, record.timestamp());
      return;
    }
    Cited cited = Citations.of(activity);
    boolean copy =
        !events.add(
            Findings.memberHash(
                activity.getCategory()
                    + (activity.getLinked() ? "+" : "-")
                    + (activity.getEdged() ? activity.getSocketAddress() + " " : "")
                    + activity.getEventId()));
    boolean seenBefore = activity.getLinked() || activity.getEdged();
    if (copy && !seenBefore) {
      tally.repeated();
    }
    if (!copy && !seenBefore && cited.getArrivalAt() - cited.getEventAt() > LATE_MILLIS) {
      tally.late();
    }
    observer.observe(
        activity,
        new Observer.Counts(tally, copy),
        new Visit(here, cited.getEventAt(), cited.getArrivalAt(), record.timestamp()));
  }

  /** Whose a call without claims is; the call itself has been seen before. */
  private void settled(Open here, Activity call, long timestamp) {
    if (call.getSettled() == Settled.ANOTHERS) {
      here.corroboration()
          .takeBack(
              call.getPrincipal(),
              Citations.of(call),
              said -> contribute(here, said, call.getArrivalAt(), timestamp));
      return;
    }
    Presence presence = observer.settled(call, new Observer.Counts(tally, false));
    if (presence != null) {
      here.corroboration()
          .present(presence, said -> contribute(here, said, call.getArrivalAt(), timestamp));
    }
  }

  private static void contribute(Open here, Contribution said, long arrivalAt, long timestamp) {
    here.context().forward(Findings.record(said, arrivalAt, timestamp));
  }

  private void passOn(Open here, long low, long timestamp) {
    Sighting clock = new Sighting();
    clock.setSubject("");
    clock.setStage("principal-" + here.context().taskId().partition());
    clock.setClockAt(low);
    here.context().forward(new Record<>("", clock, timestamp));
    // What has waited for this clock comes back by way of other stages.
    if (low > lowAt) {
      forget(here, Days.of(lowAt) - KEPT_DAYS);
      lowAt = low;
    }
  }

  /** Lets the days go that nothing can be compared with any more, and whoever had only these. */
  private void forget(Open here, int upTo) {
    if (upTo <= forgotten || !stores.forgetting()) {
      return;
    }
    forgotten = upTo;
    here.corroboration().forget(upTo, upTo * Days.MILLIS);
    Map<Bytes, String> gone = new HashMap<>();
    here.days()
        .range(
            StateStore.dayFirst(Integer.MIN_VALUE, ""),
            StateStore.dayFirst(upTo, ""),
            (key, day) -> gone.put(key, StateStore.idOfFirst(key)));
    gone.forEach(
        (key, id) -> {
          here.days().delete(key);
          PrincipalProfile profile = here.profiles().get(StateStore.key(id));
          if (profile != null && profile.getNewest() <= StateStore.dayOfFirst(key)) {
            here.profiles().delete(StateStore.key(id));
          }
        });
  }

  /** One activity's visit: hands what it means to the rules, and pages of state to them. */
  private final class Visit implements Observer.Meaning {
    private final Open here;
    private final long eventAt;
    private final long arrivalAt;
    private final long timestamp;

    Visit(Open here, long eventAt, long arrivalAt, long timestamp) {
      this.here = here;
      this.eventAt = eventAt;
      this.arrivalAt = arrivalAt;
      this.timestamp = timestamp;
    }

    @Override
    public void travels(Principal principal, Stay stay) {
      travel.observe(principal, stay, pages(principal), tally, this::contribute);
    }

    @Override
    public void isSomewhere(Principal principal) {
      if (!histories.add(principal.getId() + " " + Days.of(eventAt))) {
        return;
      }
      travel.observeWithoutPlace(principal, eventAt, pages(principal), this::contribute);
    }

    @Override
    public void token(Sighting sighting) {
      sight(sighting);
    }

    @Override
    public void partner(Sighting sighting) {
      sight(sighting);
    }

    @Override
    public void present(Presence presence) {
      here.corroboration().present(presence, this::contribute);
    }

    private void sight(Sighting sighting) {
      long at = Objects.requireNonNull(sighting.getCited()).getEventAt();
      if (sightings.add(SightingKey.of(sighting), at)) {
        here.context().forward(new Record<>(sighting.getSubject(), sighting, timestamp));
      }
    }

    private void contribute(Contribution said) {
      PrincipalStage.contribute(here, said, arrivalAt, timestamp);
    }

    private TravelBook.Pages pages(Principal principal) {
      String id = principal.getId();
      Map<Integer, PrincipalDay> read = new HashMap<>(4);
      return new TravelBook.Pages() {
        @Override
        public @Nullable PrincipalDay day(int day) {
          PrincipalDay page = read.get(day);
          if (page == null && !read.containsKey(day)) {
            page = here.days().get(StateStore.dayFirst(day, id));
            read.put(day, page);
          }
          return page;
        }

        @Override
        public void write(int day, PrincipalDay page) {
          read.put(day, page);
          here.days().put(StateStore.dayFirst(day, id), page);
        }

        @Override
        public @Nullable PrincipalProfile profile() {
          return here.profiles().get(StateStore.key(id));
        }

        @Override
        public void write(PrincipalProfile profile) {
          here.profiles().put(StateStore.key(id), profile);
        }
      };
    }
  }
}
