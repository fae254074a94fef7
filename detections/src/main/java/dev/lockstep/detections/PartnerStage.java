package dev.lockstep.detections;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.Partner;
import dev.lockstep.schemas.Caller;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.PartnerDay;
import dev.lockstep.schemas.PartnerUse;
import dev.lockstep.schemas.Sighting;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** Correlates the sightings of a partner. */
final class PartnerStage implements Processor<String, Sighting, String, Contribution> {
  /** How many days late events may be behind, and two to spare: the days that teach come on top. */
  private static final int LATE_DAYS = 32;

  private static final int MOST_CACHED = 256;

  private final Stores stores;
  private final RuleSettings settings;
  private final Enrichment enrichment;
  private final Tally tally;
  private final PartnerBook book;
  private StageClocks clocks;
  private RecentMap<String, PartnerTimeline> timelines = new RecentMap<>(MOST_CACHED);
  private int forgotten = Integer.MIN_VALUE;
  private @Nullable Open open;

  private record Open(
      ProcessorContext<String, Contribution> context, StateStore<PartnerDay> days) {}

  private PartnerStage(Stores stores, RuleSettings settings, Enrichment enrichment, Tally tally) {
    this.stores = stores;
    this.settings = settings;
    this.enrichment = enrichment;
    this.tally = tally;
    this.book = new PartnerBook(settings, new Expected(enrichment));
    this.clocks = new StageClocks(stores.partitions());
  }

  static ProcessorSupplier<String, Sighting, String, Contribution> supplier(
      Stores stores, RuleSettings settings, Enrichment enrichment, Tally tally) {
    return stores.stage(
        () -> new PartnerStage(stores, settings, enrichment, tally), Stores.PARTNER_DAYS);
  }

  @Override
  public void init(ProcessorContext<String, Contribution> context) {
    open =
        new Open(context, stores.open(context, Stores.PARTNER_DAYS, PartnerDay.getClassSchema()));
    timelines = new RecentMap<>(MOST_CACHED);
    clocks = new StageClocks(stores.partitions());
    forgotten = Integer.MIN_VALUE;
  }

  @Override
  public void process(Record<String, Sighting> record) {
    Open here = Objects.requireNonNull(open);
    Sighting sighting = record.value();
    Erasing erasing = Erasing.of(record.headers());
    if (erasing != null) {
      erase(here, erasing, record.timestamp());
      return;
    }
    if (sighting.getSubject().isEmpty()) {
      if (clocks.advance(
          Objects.requireNonNull(sighting.getStage()), sighting.getClockAt(), false)) {
        forget(here, Days.of(clocks.low()) - settings.drift().windowDays() - LATE_DAYS);
        here.context()
            .forward(
                new Record<>(
                    "",
                    Findings.clock("partner-" + here.context().taskId().partition(), clocks.low()),
                    record.timestamp()));
      }
      return;
    }
    Partner partner = enrichment.partners().byId(sighting.getSubject());
    if (partner == null) {
      return; // the registry has dropped it since
    }
    PartnerTimeline timeline = timeline(here, partner.id());
    long arrivalAt = Objects.requireNonNull(sighting.getCited()).getArrivalAt();
    book.observe(
        partner,
        sighting,
        timeline,
        tally,
        (day, page) -> here.days().put(StateStore.dayLast(partner.id(), day), page),
        said -> here.context().forward(Findings.record(said, arrivalAt, record.timestamp())));
  }

  /** Puts a pseudonym in place of a caller, and names the findings of the days that have it. */
  private void erase(Open here, Erasing erasing, long timestamp) {
    List<String> findings = new ArrayList<>();
    here.days()
        .holding(
            erasing.principal(),
            (key, day) -> {
              boolean named = false;
              for (PartnerUse use : day.getUses()) {
                for (Caller caller : use.getCallers()) {
                  if (erasing.is(caller.getPrincipal())) {
                    caller.setPrincipal(erasing.instead(caller.getPrincipal()));
                    named = true;
                  }
                }
              }
              if (named) {
                here.days().put(key, day);
                day.getStanding().forEach(stood -> findings.add(stood.getId()));
              }
            });
    timelines = new RecentMap<>(MOST_CACHED); // they hold what the days were
    String stage = "partner-" + here.context().taskId().partition();
    here.context()
        .forward(
            new Record<>(
                "",
                Findings.clock(stage, StageClocks.UNKNOWN),
                timestamp,
                erasing.passedOn(stage, findings)));
  }

  private PartnerTimeline timeline(Open here, String partner) {
    PartnerTimeline timeline = timelines.get(partner);
    if (timeline == null) {
      PartnerTimeline read = new PartnerTimeline();
      here.days()
          .range(
              StateStore.dayLast(partner, Integer.MIN_VALUE),
              StateStore.dayLast(partner, Integer.MAX_VALUE),
              (key, day) -> read.set(StateStore.dayOfLast(key), day));
      timelines.put(partner, read);
      timeline = read;
    }
    return timeline;
  }

  private void forget(Open here, int oldest) {
    if (oldest <= forgotten || !stores.forgetting()) {
      return;
    }
    forgotten = oldest;
    for (Partner partner : enrichment.partners().all()) {
      for (int day : timeline(here, partner.id()).forget(oldest, settings.drift())) {
        here.days().delete(StateStore.dayLast(partner.id(), day));
      }
    }
  }
}
