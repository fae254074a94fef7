package dev.lockstep.app.service;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Problem of an instance that is logged once each time that it begins, and once when it ends. */
final class LoggedProblem {
  private final String end;
  private final Consumer<String> log;
  private boolean lasts;

  /**
   * @param end text that is logged when the problem has ended
   */
  LoggedProblem(String end, Consumer<String> log) {
    this.end = end;
    this.log = log;
  }

  /**
   * Logs a problem that has begun since the last call, or the end of a problem that has ended since
   * then. Another message about a lasting problem is not logged.
   *
   * @param problem message about the problem, or null if there is none
   */
  void look(@Nullable String problem) {
    if (problem != null && !lasts) {
      log.accept(problem);
    } else if (problem == null && lasts) {
      log.accept(end);
    }
    lasts = problem != null;
  }
}
