package dev.lockstep.app.setting;

import java.util.stream.Stream;

/**
 * Names of the commands that judge or survey events, and so read the configuration of rules and
 * enrichment.
 */
public final class JudgingCommands {
  private static final String[] NAMES = {
    "run", "replay", "sweep", "explain", "cost", "networks", "estate", "hygiene", "rules"
  };

  private JudgingCommands() {}

  /** Returns the names of the commands that judge or survey events, followed by the given names. */
  public static String[] and(String... others) {
    return Stream.of(NAMES, others).flatMap(Stream::of).toArray(String[]::new);
  }
}
