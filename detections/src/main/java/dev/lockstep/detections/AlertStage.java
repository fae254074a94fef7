package dev.lockstep.detections;

import dev.lockstep.enrichment.Address;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.NetworkClass;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Alert;
import dev.lockstep.schemas.AlertState;
import dev.lockstep.schemas.CollectedAlert;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Collects the records of an alert, and gives the alert out once none has come for a while; again
 * when a later record changes it.
 *
 * <h2>When it is judged</h2>
 *
 * The while is arrival time, by the furthest source, or the same while of wall clock: an alert
 * judged early is judged again with what comes later, so no verdict hangs on it, and nobody waits
 * for a hub that is a day behind.
 */
final class AlertStage implements Processor<String, Activity, String, CollectedAlert> {
  private static final long KEPT_MILLIS = 32 * Days.MILLIS;
  private static final long LATE_MILLIS = 72 * 3_600_000L;
  private static final Duration LOOK_EVERY = Duration.ofSeconds(30);
  private static final int MOST_EVENTS = 10_000;

  /** Carries an erasure on its way, and says nothing. */
  private static final CollectedAlert NO_ALERT =
      new CollectedAlert(Alert.newBuilder().setId("").build(), List.of(), List.of());

  private final Stores stores;
  private final RuleSettings.Defender settings;
  private final Enrichment enrichment;
  private final Tally tally;
  private final AlertBook book;
  private StageClocks clocks;
  private RecentKeys<Long> events = new RecentKeys<>(MOST_EVENTS);
  private Map<String, Long> waiting = new HashMap<>();
  private boolean loaded;
  private @Nullable Open open;

  private record Open(
      ProcessorContext<String, CollectedAlert> context,
      StateStore<AlertState> alerts,
      DueTimes due) {}

  private AlertStage(Stores stores, RuleSettings settings, Enrichment enrichment, Tally tally) {
    this.stores = stores;
    this.settings = settings.defender();
    this.enrichment = enrichment;
    this.tally = tally;
    this.book = new AlertBook(settings.setCap());
    this.clocks = new StageClocks(stores.partitions());
  }

  static ProcessorSupplier<String, Activity, String, CollectedAlert> supplier(
      Stores stores, RuleSettings settings, Enrichment enrichment, Tally tally) {
    return stores.stage(
        () -> new AlertStage(stores, settings, enrichment, tally),
        Stores.ALERTS,
        Stores.ALERTS_DUE);
  }

  @Override
  public void init(ProcessorContext<String, CollectedAlert> context) {
    open =
        new Open(
            context,
            stores.open(context, Stores.ALERTS, AlertState.getClassSchema()),
            stores.openDue(context, Stores.ALERTS_DUE));
    clocks = new StageClocks(stores.partitions());
    events = new RecentKeys<>(MOST_EVENTS);
    waiting = new HashMap<>();
    loaded = false;
    context.schedule(LOOK_EVERY, PunctuationType.WALL_CLOCK_TIME, this::sayWhatHasWaited);
  }

  @Override
  public void process(Record<String, Activity> record) {
    Open here = Objects.requireNonNull(open);
    Activity activity = record.value();
    Erasing erasing = Erasing.of(record.headers());
    if (erasing != null) {
      erase(here, erasing, record.timestamp());
      return;
    }
    if (activity.getKind() == ActivityKind.CLOCK) {
      if (clocks.advance(activity.getEventId(), activity.getArrivalAt(), false)) {
        here.due().before(clocks.low(), id -> due(here, id));
      }
      if (clocks.graced(activity.getEventAt()) || activity.getIdleOrigin()) {
        say(here, List.copyOf(waiting(here).keySet()), this::hasSettled);
      }
      return;
    }
    if (!settings.enabled() || activity.getAlert() == null) {
      return;
    }
    String id = activity.getAlert().getId();
    Bytes key = StateStore.key(id);
    AlertState state = here.alerts().get(key);
    CollectedAlert before = state == null ? null : state.getCollected();
    CollectedAlert after = book.with(before, activity);
    boolean isNew = before == null || !AlertBook.sameWords(before, after);
    count(activity, isNew);
    if (before != null && !isNew && before.equals(after)) {
      return;
    }
    if (state == null) {
      state = new AlertState(after, 0L, false, false, false);
      here.due().at(keptUntil(after, activity.getArrivalAt()), id);
    }
    if (after.getAlert().getOwn() && (before == null || !before.getAlert().getOwn())) {
      tally.gate(DefenderCorroboration.ID, DefenderCorroboration.OWN_ALERT);
    }
    state.setCollected(after);
    if (isNew) {
      state.setArrivalAt(Math.max(state.getArrivalAt(), activity.getArrivalAt()));
      state.setPending(true);
      here.due().at(state.getArrivalAt() + settleMillis(), id);
      waiting(here).put(id, here.context().currentSystemTimeMs() + settleMillis());
    }
    here.alerts().put(key, state);
  }

  /** Puts a pseudonym in place of a principal that alerts name. */
  private static void erase(Open here, Erasing erasing, long timestamp) {
    List<AlertState> named = new ArrayList<>();
    here.alerts()
        .forEach(
            (key, state) -> {
              CollectedAlert revised = erasing.revised(state.getCollected());
              if (!revised.equals(state.getCollected())) {
                state.setCollected(revised);
                named.add(state);
              }
            });
    for (AlertState state : named) {
      here.alerts().put(StateStore.key(state.getCollected().getAlert().getId()), state);
    }
    String stage = "alert-" + here.context().taskId().partition();
    here.context().forward(new Record<>("", NO_ALERT, timestamp, erasing.passedOn(stage)));
  }

  /** Counts for people: a copy is a record that was seen before and says nothing new. */
  private void count(Activity activity, boolean isNew) {
    boolean seen =
        !events.add(Findings.memberHash(activity.getCategory() + " " + activity.getEventId()));
    if (seen && !isNew) {
      tally.repeated();
    }
    if (!seen && activity.getArrivalAt() - activity.getEventAt() > LATE_MILLIS) {
      tally.late();
    }
  }

  private long settleMillis() {
    return settings.settleMinutes() * 60_000L;
  }

  private void due(Open here, String id) {
    Bytes key = StateStore.key(id);
    AlertState state = here.alerts().get(key);
    if (state == null) {
      return;
    }
    if (state.getPending() && hasSettled(state)) {
      judge(here, key, state);
    }
    long until = keptUntil(state.getCollected(), state.getArrivalAt());
    if (until > clocks.low()) {
      if (!state.getPending()) {
        here.due().at(until, id);
      }
    } else if (stores.forgetting()) {
      here.alerts().delete(key);
      waiting(here).remove(id);
    }
  }

  private static long keptUntil(CollectedAlert alert, long arrivalAt) {
    List<Long> times = alert.getTimes();
    return Math.max(times.get(times.size() - 1), arrivalAt) + KEPT_MILLIS;
  }

  private void sayWhatHasWaited(long now) {
    Open here = Objects.requireNonNull(open);
    List<String> due = new ArrayList<>();
    waiting(here)
        .forEach(
            (id, at) -> {
              if (at <= now) {
                due.add(id);
              }
            });
    say(here, due, state -> true);
  }

  private boolean hasSettled(AlertState state) {
    return state.getArrivalAt() + settleMillis() <= clocks.grace();
  }

  private void say(Open here, List<String> waiting, Predicate<AlertState> which) {
    for (String id : waiting.stream().sorted().toList()) {
      Bytes key = StateStore.key(id);
      AlertState state = here.alerts().get(key);
      if (state == null || !state.getPending()) {
        waiting(here).remove(id);
      } else if (which.test(state)) {
        judge(here, key, state);
      }
    }
  }

  /** What waits by the wall clock; after a restart it waits anew. */
  private Map<String, Long> waiting(Open here) {
    if (!loaded) {
      loaded = true;
      long at = here.context().currentSystemTimeMs() + settleMillis();
      here.alerts()
          .forEach(
              (key, state) -> {
                if (state.getPending()) {
                  waiting.put(state.getCollected().getAlert().getId(), at);
                }
              });
    }
    return waiting;
  }

  private void judge(Open here, Bytes key, AlertState state) {
    CollectedAlert collected = state.getCollected();
    Alert alert = collected.getAlert();
    boolean says = state.getSaid() || AlertBook.counts(alert);
    if (!state.getJudged() && !alert.getOwn()) {
      count(alert);
    }
    state.setPending(false);
    state.setJudged(true);
    state.setSaid(says);
    here.alerts().put(key, state);
    waiting(here).remove(alert.getId());
    if (says) {
      here.context()
          .forward(
              new Record<>(
                  alert.getId(), collected, Math.max(0, here.context().currentSystemTimeMs())));
    }
  }

  private void count(Alert alert) {
    String rule = DefenderCorroboration.ID;
    tally.sees(rule, "alerts");
    if (!AlertBook.severe(alert)) {
      tally.sees(rule, "alertsBelowMedium");
      return;
    }
    if (alert.getAddresses().isEmpty()
        && alert.getAccounts().isEmpty()
        && alert.getNames().isEmpty()) {
      tally.sees(rule, "alertsNamingNobody");
    }
    for (String text : alert.getAddresses()) {
      Address address = Address.parse(text);
      if (address != null) {
        NetworkClass networkClass = enrichment.locate(address, null).network().networkClass();
        String gate = DefenderCorroboration.gate(networkClass.word());
        if (gate != null) {
          tally.gate(rule, gate);
        }
      }
    }
  }
}
