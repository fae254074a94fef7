package dev.lockstep.ingest.message;

import dev.lockstep.ingest.outcome.FaultException;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.outcome.Reason;
import dev.lockstep.ingest.outcome.Slice;
import dev.lockstep.schemas.Where;
import dev.lockstep.schemas.text.Quoted;
import java.util.ArrayList;
import java.util.List;

/**
 * Reader of messages that rejects a whole message if one of its records got no outcome. Only a bug
 * leaves a record without an outcome, or makes reading fail. The outcomes so far stay beside the
 * rejection, so that nothing is lost. A missing outcome is counted as a breach too.
 *
 * <p>Not safe for use by several threads.
 */
public final class AccountedReader {
  private final MessageReader reader;
  private final IngestCounts counts;
  private final List<Outcome> outcomes = new ArrayList<>();

  /**
   * Creates a reader that checks the outcomes of a message reader.
   *
   * @param counts counters to which this reader adds the begun records, the bytes of the messages,
   *     and a breach for missing outcomes; it does not count the outcomes themselves
   */
  public AccountedReader(MessageReader reader, IngestCounts counts) {
    this.reader = reader;
    this.counts = counts;
  }

  /**
   * Reads one message, and returns the outcome of each of its records, which the caller has to
   * count.
   *
   * @return the outcome of each record in order, valid until the next message is read
   */
  public List<Outcome> read(SourceMessage message) {
    outcomes.clear();
    int begun;
    String missing = null;
    try {
      begun = reader.read(message, outcomes::add);
      if (begun != outcomes.size()) {
        missing = IngestCounts.difference(begun, outcomes.size());
        counts.broken(place(message.where()) + ": " + missing);
      }
    } catch (RuntimeException e) { // else the same message would end its reader again and again
      begun = outcomes.size();
      missing = new FaultException(e).getMessage();
    }
    if (missing != null) {
      Where where = message.where();
      byte[] kept = message.row() == null ? message.body() : message.row();
      Where behind = Origin.at(where, where.getIndex() + begun);
      outcomes.add(
          new Slice(kept, 0, kept.length, behind, message.arrivalAt())
              .rejected(Reason.UNREADABLE, missing));
      begun++;
    }
    counts.began(begun);
    counts.took(message.body().length);
    return outcomes;
  }

  private static String place(Where where) {
    return where.getFile() != null
        ? Quoted.visible(where.getFile()) + ":" + where.getPosition()
        : "%s %s partition %d offset %d"
            .formatted(
                where.getSource(), where.getHub(), where.getPartition(), where.getPosition());
  }
}
