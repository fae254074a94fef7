package dev.lockstep.detections;

import dev.lockstep.enrichment.Exceptions;
import dev.lockstep.schemas.Alert;
import dev.lockstep.schemas.CollectedAlert;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.FindingState;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Keeps each finding as it stands, raises it when an alert of Defender confirms it, and gives out a
 * revision when it changes. It alone assigns revisions.
 */
final class FindingStage implements Processor<String, Contribution, String, Detection> {
  private static final long KEPT_MILLIS = 34 * Days.MILLIS;
  private static final String ARRIVAL = "arrival";
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  private final Stores stores;
  private final RuleSettings settings;
  private final Exceptions exceptions;
  private final Tally tally;
  private StageClocks clocks;
  private int forgotten = Integer.MIN_VALUE;
  private boolean loaded;
  private @Nullable Open open;

  /**
   * What an open stage works with.
   *
   * @param index of the findings that an alert may confirm
   * @param waiting when what waits goes out, by finding
   */
  private record Open(
      ProcessorContext<String, Detection> context,
      StateStore<FindingState> findings,
      AlertIndex alerts,
      Escalation escalation,
      FindingBook book,
      FindingIndex index,
      Map<String, Long> waiting) {}

  private FindingStage(Stores stores, RuleSettings settings, Exceptions exceptions, Tally tally) {
    this.stores = stores;
    this.settings = settings;
    this.exceptions = exceptions;
    this.tally = tally;
    this.clocks = clocks();
  }

  static ProcessorSupplier<String, Contribution, String, Detection> supplier(
      Stores stores, RuleSettings settings, Exceptions exceptions, Tally tally) {
    return stores.stage(
        () -> new FindingStage(stores, settings, exceptions, tally),
        Stores.FINDINGS,
        Stores.FINDING_ALERTS);
  }

  private StageClocks clocks() {
    return new StageClocks(2 * stores.partitions());
  }

  @Override
  public void init(ProcessorContext<String, Detection> context) {
    AlertIndex alerts =
        new AlertIndex(
            stores.open(context, Stores.FINDING_ALERTS, CollectedAlert.getClassSchema()));
    Escalation escalation = new Escalation(settings.defender(), alerts, tally);
    open =
        new Open(
            context,
            stores.open(context, Stores.FINDINGS, FindingState.getClassSchema()),
            alerts,
            escalation,
            new FindingBook(settings.repeatSeconds(), settings.setCap(), escalation, exceptions),
            new FindingIndex(),
            new TreeMap<>());
    loaded = false;
    clocks = clocks();
    forgotten = Integer.MIN_VALUE;
    context.schedule(LOOK_EVERY, PunctuationType.WALL_CLOCK_TIME, this::sayWhatHasWaited);
  }

  /** Reads the store when it is first asked for: before, it may not have been restored. */
  private Open opened() {
    Open here = Objects.requireNonNull(open);
    if (!loaded) {
      loaded = true;
      List<FindingState> free = new ArrayList<>();
      here.findings()
          .forEach(
              (key, state) -> {
                list(here, state);
                if (here.book().isFree(state)) {
                  free.add(state);
                } else {
                  here.book().count(state, tally);
                }
              });
      long now = here.context().currentSystemTimeMs();
      free.forEach(state -> keep(here, here.book().again(state, now), false, 0, Math.max(0, now)));
    }
    return here;
  }

  private static void list(Open here, FindingState state) {
    String id = state.getSaid().getId();
    here.index().put(id, state);
    if (state.getPending()) {
      here.waiting().put(id, FindingBook.dueAt(state));
    } else {
      here.waiting().remove(id);
    }
  }

  @Override
  public void process(Record<String, Contribution> record) {
    Open here = opened();
    Contribution contribution = record.value();
    Erasing erasing = Erasing.of(record.headers());
    if (erasing != null) {
      erase(here, erasing, contribution.getDetection(), record.timestamp());
      return;
    }
    if (contribution.getAlert() != null) {
      alerted(here, contribution.getAlert(), record.timestamp());
    } else if (contribution.getDetection() != null) {
      said(here, contribution, record.timestamp());
    } else if (clocks.advance(
        Objects.requireNonNull(contribution.getStage()), contribution.getClockAt(), false)) {
      forget(here);
    }
  }

  /**
   * Erases what names a principal: everything that stands once the principal's own task has erased
   * it, and what others have said of by name.
   *
   * @param past the last revision of a finding that may have been evicted here, or null
   */
  private void erase(Open here, Erasing erasing, @Nullable Detection past, long timestamp) {
    Erasures.Answers answers =
        new Erasures.Answers(here.context(), erasing.request().getRequest(), timestamp);
    int partition = here.context().taskId().partition();
    String stage = erasing.request().getStage();
    if (past != null) {
      FindingState state = here.findings().get(StateStore.key(past.getId()));
      if (state != null) {
        erase(here, erasing, state, answers);
        answers.answer(past.getId());
      } else if (erasing.owns(past)) {
        answers.tombstone(past.getId());
      } else {
        Detection revised = erasing.revised(past);
        revised.setRevision(past.getRevision() + 1);
        answers.revision(revised);
      }
    } else if (stage.startsWith("principal-")) {
      here.alerts().erase(erasing);
      List<FindingState> states = new ArrayList<>();
      here.findings().forEach((key, state) -> states.add(state));
      states.forEach(state -> erase(here, erasing, state, answers));
      answers.answer(Erasures.finding(partition));
    } else {
      List<String> named = erasing.request().getFindings();
      for (String id : named == null ? List.<String>of() : named) {
        FindingState state = here.findings().get(StateStore.key(id));
        if (state != null) {
          erase(here, erasing, state, answers);
        }
      }
      if (erasing.isFrom(partition)) {
        answers.answer(stage);
      }
    }
  }

  private void erase(Open here, Erasing erasing, FindingState state, Erasures.Answers answers) {
    String id = state.getSaid().getId();
    int revision = state.getSaid().getRevision();
    FindingBook.Next next = FindingBook.erased(state, erasing);
    if (next == null) {
      return;
    }
    here.findings().put(StateStore.key(id), next.state());
    list(here, next.state());
    here.book().count(next.state(), tally);
    if (next.revision() != null) {
      answers.revision(next.revision());
    } else if (revision > 0) {
      answers.tombstone(id);
    }
  }

  private void said(Open here, Contribution contribution, long timestamp) {
    Detection said = Objects.requireNonNull(contribution.getDetection());
    FindingState state = here.findings().get(StateStore.key(said.getId()));
    if (state == null && said.getEndTime() < oldest()) {
      return; // said long ago and forgotten: nothing in time can have changed it
    }
    if (state == null) {
      here.escalation().countGates(said, contribution.getAddresses());
    }
    boolean confirmed = state != null && isConfirmed(state.getSaid());
    long now = here.context().currentSystemTimeMs();
    FindingBook.Next next = here.book().take(state, contribution, now);
    long arrivalAt = contribution.getArrivalAt();
    keep(here, next, confirmed, arrivalAt, timestamp);
    if (next != null && next.revision() != null && arrivalAt > 0 && now >= arrivalAt) {
      tally.took(said.getRule(), now - arrivalAt);
    }
  }

  private void keep(
      Open here,
      FindingBook.@Nullable Next next,
      boolean wasConfirmed,
      long arrivalAt,
      long timestamp) {
    if (next == null) {
      return;
    }
    FindingState state = next.state();
    here.findings().put(StateStore.key(state.getSaid().getId()), state);
    list(here, state);
    here.book().count(state, tally);
    Detection revision = next.revision();
    if (revision == null) {
      return;
    }
    if (revision.getRevision() == 1) {
      tally.finding(revision.getRule(), revision.getSeverity().name());
    }
    if (!wasConfirmed && isConfirmed(revision)) {
      tally.sees(DefenderCorroboration.ID, Escalation.ESCALATED);
    }
    here.context().forward(new Record<>(revision.getId(), revision, timestamp, since(arrivalAt)));
  }

  /** Returns what tells the forwarder when the event that made a revision reached the hub. */
  private static Headers since(long arrivalAt) {
    RecordHeaders headers = new RecordHeaders();
    if (arrivalAt > 0) {
      headers.add(ARRIVAL, ByteBuffer.allocate(Long.BYTES).putLong(arrivalAt).array());
    }
    return headers;
  }

  /** Returns whether an alert has raised a finding of another rule. */
  private static boolean isConfirmed(Detection detection) {
    return !detection.getRule().equals(DefenderCorroboration.ID)
        && !detection.getDefenderAlerts().isEmpty();
  }

  private void alerted(Open here, CollectedAlert said, long timestamp) {
    String id = said.getAlert().getId();
    CollectedAlert before = here.alerts().get(id);
    CollectedAlert after = merged(before, said, settings.setCap());
    if (after.equals(before)) {
      return;
    }
    TreeSet<String> touched = new TreeSet<>();
    addTouched(here, before, touched);
    if (after.getAlert().getOwn()) {
      here.alerts().remove(id);
    } else {
      here.alerts().put(after);
    }
    addTouched(here, after, touched);
    for (String finding : touched) {
      FindingState state = here.findings().get(StateStore.key(finding));
      if (state == null) {
        continue;
      }
      here.escalation().countGates(FindingBook.base(state), state.getAddresses());
      boolean confirmed = isConfirmed(state.getSaid());
      keep(
          here,
          here.book().again(state, here.context().currentSystemTimeMs()),
          confirmed,
          0,
          timestamp);
    }
  }

  /** What only names an account adds it; what says the alert says all of it but these. */
  static CollectedAlert merged(@Nullable CollectedAlert before, CollectedAlert said, int setCap) {
    if (before == null) {
      return said;
    }
    boolean onlyNames = said.getAlert().getSeverity() == null;
    CollectedAlert whole = onlyNames ? before : said;
    List<String> accounts =
        CappedSets.union(before.getAlert().getAccounts(), said.getAlert().getAccounts(), setCap);
    return new CollectedAlert(
        Alert.newBuilder(whole.getAlert()).setAccounts(accounts).build(),
        whole.getTimes(),
        whole.getCited());
  }

  private static void addTouched(Open here, @Nullable CollectedAlert alert, Set<String> touched) {
    if (alert != null) {
      alert.getAlert().getAddresses().forEach(one -> touched.addAll(here.index().atAddress(one)));
      alert.getAlert().getAccounts().forEach(one -> touched.addAll(here.index().ofPrincipal(one)));
    }
  }

  private void sayWhatHasWaited(long now) {
    Open here = opened();
    List<String> due = new ArrayList<>();
    for (Map.Entry<String, Long> entry : here.waiting().entrySet()) {
      if (entry.getValue() <= now) {
        due.add(entry.getKey());
      }
    }
    for (String id : due) {
      FindingState state = here.findings().get(StateStore.key(id));
      here.waiting().remove(id);
      if (state != null) {
        keep(
            here,
            here.book().waited(state, now),
            isConfirmed(state.getSaid()),
            0,
            Math.max(0, now));
      }
    }
  }

  /** Says what has waited of a finding that goes now. */
  private static void sayTheLast(Open here, FindingState state) {
    long now = here.context().currentSystemTimeMs();
    FindingBook.Next next = state.getPending() ? here.book().waited(state, now) : null;
    if (next != null && next.revision() != null) {
      here.context()
          .forward(new Record<>(next.revision().getId(), next.revision(), Math.max(0, now)));
    }
  }

  /** Returns the earliest end of a finding that is kept. */
  private long oldest() {
    return clocks.lowBefore() - KEPT_MILLIS;
  }

  private void forget(Open here) {
    int day = Days.of(clocks.lowBefore());
    if (day <= forgotten || !stores.forgetting()) {
      return;
    }
    forgotten = day;
    long oldest = oldest();
    here.alerts().forget(oldest);
    here.findings()
        .deleteIf(
            state -> {
              boolean gone = FindingBook.base(state).getEndTime() < oldest;
              if (gone) {
                String id = state.getSaid().getId();
                sayTheLast(here, state);
                here.index().remove(id);
                here.waiting().remove(id);
                tally.excepted().note(id, List.of(), false);
              }
              return gone;
            });
  }
}
