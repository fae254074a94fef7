package dev.lockstep.app.replay;

import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.Where;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/**
 * First rejected or quarantined record of each reason, in the order of files and positions. Safe
 * for use by several threads.
 */
public final class FirstRejections {
  private final Map<String, DeadLetter> byReason = new ConcurrentHashMap<>();

  void note(Outcome outcome) {
    if (outcome instanceof Outcome.Rejected rejected) {
      note(rejected.letter());
    } else if (outcome instanceof Outcome.Quarantined quarantined) {
      note(quarantined.letter());
    }
  }

  private void note(DeadLetter letter) {
    byReason.merge(
        letter.getReason(),
        letter,
        (one, other) -> place(one).compareTo(place(other)) <= 0 ? one : other);
  }

  private static String place(DeadLetter letter) {
    Where where = letter.getWhere();
    return "%s:%012d:%06d".formatted(where.getFile(), where.getPosition(), where.getIndex());
  }

  /**
   * Returns a copy without content and details, which may name people. Names of files are replaced.
   *
   * @param replace function from the name of a file to the shown name
   */
  public FirstRejections redacted(UnaryOperator<String> replace) {
    FirstRejections redacted = new FirstRejections();
    byReason.forEach(
        (reason, letter) -> {
          Where where = Where.newBuilder(letter.getWhere()).build();
          where.setFile(where.getFile() == null ? null : replace.apply(where.getFile()));
          redacted.byReason.put(
              reason,
              DeadLetter.newBuilder(letter)
                  .setWhere(where)
                  .setDetail("(redacted)")
                  .setBody(ByteBuffer.allocate(0))
                  .build());
        });
    return redacted;
  }

  Map<String, DeadLetter> byReason() {
    return new TreeMap<>(byReason);
  }
}
