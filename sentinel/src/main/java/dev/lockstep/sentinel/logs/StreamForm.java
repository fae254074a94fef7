package dev.lockstep.sentinel.logs;

import dev.lockstep.schemas.Detection;
import dev.lockstep.sentinel.sink.Row;

/**
 * Form of the rows that are sent to a stream of a data collection rule. It tells the table that
 * they fill, and how much evidence they have.
 *
 * <p>The columns are those of {@link DetectionRow} and {@link EvidenceRow}.
 */
public enum StreamForm {
  /**
   * The table that Sentinel's analytics rules read, with all evidence that fits into a row. There
   * is no second table in the data lake.
   */
  DETECTIONS("sentinel"),

  /**
   * The table that Sentinel's analytics rules read, with only the first events of the evidence. A
   * second table, in the data lake, has all events that fit.
   */
  DETECTIONS_BESIDE_LAKE("sentinel"),

  /**
   * The table in Sentinel's data lake, with all evidence that fits into one column. It lies beside
   * the table that analytics rules read.
   */
  EVIDENCE("sentinel.lake");

  private final String key;

  StreamForm(String key) {
    this.key = key;
  }

  /**
   * Returns the section of {@code lockstep.yaml} that names the data collection rule and its
   * stream.
   */
  String key() {
    return key;
  }

  public Row row(Detection detection) {
    return switch (this) {
      case DETECTIONS -> DetectionRow.of(detection);
      case DETECTIONS_BESIDE_LAKE -> DetectionRow.besideLake(detection);
      case EVIDENCE -> EvidenceRow.of(detection);
    };
  }
}
