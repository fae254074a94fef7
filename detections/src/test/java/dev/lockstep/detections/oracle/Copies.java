package dev.lockstep.detections.oracle;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.SingleObject;

/** Makes copies of events, as a second delivery does. */
final class Copies {
  private static final SingleObject<Activity> CODEC = new SingleObject<>(Activity.getClassSchema());

  private Copies() {}

  static synchronized Activity of(Activity event) {
    return CODEC.decode(CODEC.encode(event));
  }
}
