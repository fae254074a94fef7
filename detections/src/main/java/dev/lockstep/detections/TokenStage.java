package dev.lockstep.detections;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.schemas.Cited;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Sighting;
import dev.lockstep.schemas.TokenState;
import dev.lockstep.schemas.TokenUse;
import dev.lockstep.schemas.TokenUseKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** Correlates the sightings of a token. */
final class TokenStage implements Processor<String, Sighting, String, Contribution> {
  private static final String UNMATCHED = "unmatched-token";

  private static final long GRACE_MILLIS = 3_600_000L;

  /** Two days that uses are compared over, a day of lateness, and a day to spare. */
  private static final long KEPT_MILLIS = 4 * Days.MILLIS;

  private final Stores stores;
  private final Tally tally;
  private final TokenBook book;
  private StageClocks clocks;
  private @Nullable Open open;

  private record Open(
      ProcessorContext<String, Contribution> context,
      StateStore<TokenState> tokens,
      DueTimes due) {}

  private TokenStage(Stores stores, RuleSettings settings, Enrichment enrichment, Tally tally) {
    this.stores = stores;
    this.tally = tally;
    this.book = new TokenBook(settings, new Expected(enrichment));
    this.clocks = new StageClocks(stores.partitions());
  }

  static ProcessorSupplier<String, Sighting, String, Contribution> supplier(
      Stores stores, RuleSettings settings, Enrichment enrichment, Tally tally) {
    return stores.stage(
        () -> new TokenStage(stores, settings, enrichment, tally),
        Stores.TOKENS,
        Stores.TOKENS_DUE);
  }

  @Override
  public void init(ProcessorContext<String, Contribution> context) {
    open =
        new Open(
            context,
            stores.open(context, Stores.TOKENS, TokenState.getClassSchema(), Packings.TOKEN),
            stores.openDue(context, Stores.TOKENS_DUE));
    clocks = new StageClocks(stores.partitions());
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
        here.due().before(clocks.low(), token -> due(here, token));
        here.context()
            .forward(
                new Record<>(
                    "",
                    Findings.clock("token-" + here.context().taskId().partition(), clocks.low()),
                    record.timestamp()));
      }
      return;
    }
    String token = sighting.getSubject();
    Cited cited = Objects.requireNonNull(sighting.getCited());
    Bytes key = StateStore.key(token);
    TokenState state = here.tokens().get(key);
    boolean known = state != null;
    if (state == null) {
      state = TokenBook.empty();
    }
    boolean presented = TokenBook.isPresented(state);
    boolean changed =
        book.observe(
            sighting,
            state,
            tally,
            said ->
                here.context()
                    .forward(Findings.record(said, cited.getArrivalAt(), record.timestamp())));
    boolean awaited = state.getAwaited();
    if (sighting.getTokenUse() == TokenUseKind.SIGN_IN) {
      state.setAwaited(false);
    } else if (!presented
        && sighting.getTokenUse() != TokenUseKind.CLAIMED
        && !TokenBook.hasSignIn(state)) {
      state.setAwaited(true);
      here.due().at(cited.getArrivalAt() + GRACE_MILLIS, token);
    }
    if (changed || awaited != state.getAwaited()) {
      here.tokens().put(key, state);
    }
    if (!known) {
      here.due().at(keptUntil(cited), token);
    }
  }

  /**
   * Deletes the tokens that nobody else used, puts a pseudonym in place of the principal in the
   * others, and names the findings of both.
   */
  private static void erase(Open here, Erasing erasing, long timestamp) {
    List<String> findings = new ArrayList<>();
    Set<String> gone = new HashSet<>();
    here.tokens()
        .holding(
            erasing.principal(),
            (key, state) -> {
              String token = StateStore.text(key);
              boolean others = false;
              boolean named = false;
              for (TokenUse use : state.getUses()) {
                boolean own = erasing.is(use.getPrincipal()) || erasing.isId(use.getOid());
                named |= own;
                others |= !own && (use.getPrincipal() != null || use.getOid() != null);
              }
              if (!named) {
                return;
              }
              state
                  .getStanding()
                  .forEach(stood -> findings.add(TokenFindings.id(token, stood.getDay())));
              if (others) {
                state.getUses().forEach(use -> rename(use, erasing));
                here.tokens().put(key, state);
              } else {
                here.tokens().delete(key);
                gone.add(token);
              }
            });
    here.due().remove(gone);
    String stage = "token-" + here.context().taskId().partition();
    here.context()
        .forward(
            new Record<>(
                "",
                Findings.clock(stage, StageClocks.UNKNOWN),
                timestamp,
                erasing.passedOn(stage, findings)));
  }

  private static void rename(TokenUse use, Erasing erasing) {
    if (use.getPrincipal() != null) {
      use.setPrincipal(erasing.instead(use.getPrincipal()));
    }
    if (erasing.isId(use.getOid())) {
      use.setOid(erasing.pseudonym());
    }
  }

  /** A late event is kept as long as one in time. */
  private static long keptUntil(Cited cited) {
    return Math.max(cited.getEventAt(), cited.getArrivalAt()) + KEPT_MILLIS;
  }

  private void due(Open here, String token) {
    Bytes key = StateStore.key(token);
    TokenState state = here.tokens().get(key);
    if (state == null) {
      return;
    }
    if (state.getAwaited()) {
      tally.gate(TokenReplay.ID, UNMATCHED);
      state.setAwaited(false);
      here.tokens().put(key, state);
    }
    long until = 0;
    for (TokenUse use : state.getUses()) {
      until = Math.max(until, keptUntil(use.getLast()));
    }
    if (until > clocks.low()) {
      here.due().at(until, token);
    } else if (stores.forgetting()) {
      here.tokens().delete(key);
    }
  }
}
