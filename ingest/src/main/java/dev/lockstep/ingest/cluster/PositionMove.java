package dev.lockstep.ingest.cluster;

import dev.lockstep.schemas.AlikeRun;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.Position;
import dev.lockstep.schemas.process.Causes;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Static methods that move the stored positions of a source for {@code run --from}, even while an
 * instance reads the source.
 */
public final class PositionMove {
  // All lines about a partition have the logger of its writer.
  private static final Logger LOG = LoggerFactory.getLogger(PartitionWriter.class);

  private static final int MOVE_ATTEMPTS = 5;

  /**
   * Beginning of the message with which Kafka's client fails if a broker ends a transaction with an
   * unexpected error. A broker may do so if another producer fences the transaction at that moment.
   */
  private static final String UNEXPECTED_END = "Unhandled error in EndTxnResponse";

  private PositionMove() {}

  /**
   * Replaces the stored position of a topic's or hub's partition by the given offset, and logs the
   * change. If a rejection range is open, its dead letter is written, because a range must not
   * include offsets that are skipped. Tries again if a running reader takes the partition back
   * meanwhile.
   *
   * @param writer writer of the partition, which is closed afterwards
   * @param to next offset or sequence number to read
   * @param number word for {@code to} in the log: {@code offset} or {@code sequence number}
   * @throws KafkaException if running readers took the partition back at each attempt, or the
   *     cluster refuses the position
   */
  public static void move(PartitionWriter writer, long to, String number) {
    retryWhereFenced(() -> moveOnce(writer, to, number));
  }

  /**
   * Runs a move of positions, and repeats it up to four times if a running reader fences the writer
   * before the move is committed. The reader opens the partition again after each move, so the two
   * can meet.
   *
   * @throws KafkaException of the last attempt, or of the first that failed for another reason
   */
  public static void retryWhereFenced(Runnable move) {
    for (int attempt = 1; ; attempt++) {
      try {
        move.run();
        return;
      } catch (KafkaException e) {
        if (!isTakenBack(e) || attempt == MOVE_ATTEMPTS) {
          throw e;
        }
        LOG.info(
            "a running instance took a partition back before its position was moved; the move is"
                + " tried again, attempt {} of {}",
            attempt + 1,
            MOVE_ATTEMPTS);
      }
    }
  }

  private static boolean isTakenBack(KafkaException failure) {
    // A broker that has fenced a transaction may also call its state invalid.
    return KafkaTarget.isFenced(failure)
        || Causes.find(failure, InvalidTxnStateException.class) != null
        || Causes.first(
                failure, cause -> String.valueOf(cause.getMessage()).startsWith(UNEXPECTED_END))
            != null;
  }

  private static void moveOnce(PartitionWriter writer, long to, String number) {
    writer.fence();
    SourcePartition partition = writer.partition();
    Position stored = writer.positions().last(partition);
    Position next = partition.position(to);
    AlikeRun run = stored == null ? null : stored.getAlike();
    DeadLetter gathered = run == null ? null : AlikeRejections.gathered(run, partition);
    next.setAlike(run);
    writer.move(List.of(next), List.of(), gathered);
    long before = stored == null ? to : stored.getNextOffset();
    LOG.warn(
        "{}: \"lockstep run --from\" has moved the position of {} to {} {}; effect: {}",
        partition.source(),
        partition,
        number,
        to,
        stored == null
            ? "reading begins there, since no position was stored before"
            : moved(to - before, number));
  }

  private static String moved(long by, String number) {
    long count = Math.abs(by);
    return by == 0
        ? "none, since it was there already"
        : "%d %s %s"
            .formatted(
                count,
                count == 1 ? number + " is" : number + "s are",
                by < 0 ? "read again" : "skipped");
  }
}
