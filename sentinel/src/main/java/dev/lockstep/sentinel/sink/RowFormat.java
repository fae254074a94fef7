package dev.lockstep.sentinel.sink;

import dev.lockstep.schemas.Detection;
import java.util.Locale;

/** Form of the JSON in which a file sink or a webhook sink writes detections. */
public enum RowFormat {
  /** The detection as a replay prints it. */
  PLAIN,
  /** A Detection Finding of the Open Cybersecurity Schema Framework. */
  OCSF;

  /** Returns the configuration's word for the format, such as {@code ocsf}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  Row row(Detection detection) {
    return switch (this) {
      case PLAIN -> PlainRow.of(detection);
      case OCSF -> OcsfRow.of(detection);
    };
  }
}
