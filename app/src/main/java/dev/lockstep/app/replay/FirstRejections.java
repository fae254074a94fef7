package dev.lockstep.app.replay;

import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.Where;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * First record of a replay for each reason of rejection or quarantine and for each flaw. It also
 * has the first ignored record without a category. The order is that of files and of places in a
 * file. Safe for use by several threads.
 */
public final class FirstRejections {
  private static final String NO_CATEGORY = "";

  private final Map<String, DeadLetter> byReason = new ConcurrentHashMap<>();

  /**
   * File and place of the first record with a flaw, by the name of the flaw. Under the empty text
   * is the place of the first ignored record without a category.
   */
  private final Map<String, Where> places = new ConcurrentHashMap<>();

  /**
   * Adds the outcome of a record. Only the first record of each reason and flaw is kept.
   *
   * @param message file of the message that has the record, and place in the file
   */
  void record(Outcome outcome, Where message) {
    if (outcome instanceof Outcome.Ignored ignored) {
      if (ignored.category().isEmpty()) {
        record(NO_CATEGORY, message);
      }
    } else if (outcome instanceof Outcome.Mapped mapped) {
      mapped.flaws().forEach(flaw -> record(flaw, mapped.activity().getWhere()));
    } else {
      record(outcome);
    }
  }

  private void record(String what, Where where) {
    places.merge(
        what, where, (one, other) -> place(one).compareTo(place(other)) <= 0 ? one : other);
  }

  void record(Outcome outcome) {
    if (outcome instanceof Outcome.Rejected rejected) {
      record(rejected.letter());
    } else if (outcome instanceof Outcome.Quarantined quarantined) {
      record(quarantined.letter());
    }
  }

  private void record(DeadLetter letter) {
    byReason.merge(
        letter.getReason(),
        letter,
        (one, other) ->
            place(one.getWhere()).compareTo(place(other.getWhere())) <= 0 ? one : other);
  }

  private static String place(Where where) {
    return "%s:%012d:%06d".formatted(where.getFile(), where.getPosition(), where.getIndex());
  }

  /**
   * Returns a copy without the bytes of the records and the details of the reasons, because both
   * may name people. Names of files are replaced.
   *
   * @param replace function from the name of a file to the shown name
   */
  public FirstRejections redacted(UnaryOperator<String> replace) {
    FirstRejections redacted = new FirstRejections();
    byReason.forEach(
        (reason, letter) -> {
          redacted.byReason.put(
              reason,
              DeadLetter.newBuilder(letter)
                  .setWhere(redacted(letter.getWhere(), replace))
                  .setDetail("(redacted)")
                  .setBody(ByteBuffer.allocate(0))
                  .build());
        });
    places.forEach((what, where) -> redacted.places.put(what, redacted(where, replace)));
    return redacted;
  }

  private static Where redacted(Where where, UnaryOperator<String> replace) {
    Where redacted = Where.newBuilder(where).build();
    redacted.setFile(where.getFile() == null ? null : replace.apply(where.getFile()));
    return redacted;
  }

  @Nullable Where withFlaw(String flaw) {
    return places.get(flaw);
  }

  /**
   * Returns where in the files the first ignored record without a category lies, or null if there
   * is no such record.
   */
  @Nullable Where withoutCategory() {
    return places.get(NO_CATEGORY);
  }

  Map<String, DeadLetter> byReason() {
    return new TreeMap<>(byReason);
  }
}
