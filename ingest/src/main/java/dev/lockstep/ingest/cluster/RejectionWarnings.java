package dev.lockstep.ingest.cluster;

import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.Where;
import dev.lockstep.schemas.text.Quoted;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warnings in the log about records of a source partition that were rejected or quarantined. */
final class RejectionWarnings {
  // All lines about a partition have the logger of its writer.
  private static final Logger LOG = LoggerFactory.getLogger(PartitionWriter.class);

  private static final long LOG_EVERY = 1000;
  private static final int FILE_CHARS = 300;

  private final SourcePartition partition;

  private final Map<String, Long> countsByReason = new HashMap<>();

  RejectionWarnings(SourcePartition partition) {
    this.partition = partition;
  }

  /** Logs the first and each thousandth rejected or quarantined record of a reason. */
  void log(Outcome outcome) {
    if (outcome instanceof Outcome.Rejected rejected) {
      log("rejected", "", rejected.letter());
    } else if (outcome instanceof Outcome.Quarantined quarantined) {
      log("quarantined, so that no rule gets it", " --quarantine", quarantined.letter());
    }
  }

  private void log(String became, String option, DeadLetter letter) {
    long count = countsByReason.merge(letter.getReason(), 1L, Long::sum);
    if (count == 1 || count % LOG_EVERY == 0) {
      LOG.warn(
          "{}: the record at {} index {} was {}: {} (number {} with this reason since this instance"
              + " began to read {}); of these only the first and then one in 1,000 is logged;"
              + " \"lockstep dead-letters list --letters{}\" shows all",
          partition.source(),
          place(letter.getWhere()),
          letter.getWhere().getIndex(),
          became,
          letter.getReason(),
          count,
          letter.getWhere().getFile() == null ? "the partition" : "the folder",
          option);
    }
  }

  private String place(Where where) {
    String file = where.getFile();
    return file == null
        ? partition + " offset " + where.getPosition()
        : Quoted.excerpt(file, FILE_CHARS) + ":" + where.getPosition();
  }
}
