package dev.lockstep.app.compare;

import dev.lockstep.app.detection.ComparedDetection;
import dev.lockstep.app.detection.DetectionFile;
import dev.lockstep.app.explain.GoneFindings;
import dev.lockstep.app.explain.GoneReason;
import dev.lockstep.app.replay.Replay;
import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.rules.RuleSets;
import dev.lockstep.schemas.Detection;
import java.io.Closeable;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Comparison of a replay's findings with those of an earlier run, with the reasons why findings are
 * gone.
 */
public final class ReplayComparison implements Closeable {
  /** Largest number of gone findings that are explained, to limit memory. */
  private static final int MOST_EXPLAINED = 2_000;

  private final DetectionFile file;
  private final Comparison comparison;
  private final Map<String, GoneReason> decisions = new HashMap<>();

  private ReplayComparison(DetectionFile file, Comparison comparison) {
    this.file = file;
    this.comparison = comparison;
  }

  /**
   * Reads the findings of an earlier run from a file, to compare a replay with them.
   *
   * @throws dev.lockstep.app.terminal.OperatorException if the file cannot be read
   */
  public static ReplayComparison with(DetectionFile file, DetectionFilter filter)
      throws IOException {
    Comparison comparison = new Comparison(filter);
    try {
      file.forEach(false, comparison::before);
    } catch (RuntimeException e) {
      comparison.close();
      throw e;
    }
    return new ReplayComparison(file, comparison);
  }

  /**
   * Compares the findings of the earlier run with those of a replay. If findings are gone, it
   * replays again to explain why.
   *
   * @param found findings of the replay as the output shows them, with pseudonyms if asked for
   * @param form functions that convert other texts and ids to the form of the output
   */
  public void compare(
      List<Detection> found,
      Replay.Result result,
      ConfiguredRules rules,
      Replay.Rerun rerun,
      GoneFindings.OutputForm form)
      throws IOException {
    found.forEach(detection -> comparison.after(ComparedDetection.of(detection)));
    comparison.compare();
    if (comparison.count(Difference.Kind.GONE) == 0) {
      return;
    }
    GoneFindings gone = new GoneFindings(gone(), result.rules(), RuleSets.of(rules).rules(), form);
    rerun.run(gone.watcher(), driver -> decisions.putAll(gone.decisions(driver)));
  }

  private List<ComparedDetection> gone() {
    Map<String, ComparedDetection> gone = new LinkedHashMap<>();
    comparison.forEach(
        difference -> {
          if (difference.kind() == Difference.Kind.GONE && gone.size() < MOST_EXPLAINED) {
            gone.put(difference.either().id(), difference.either());
          }
        });
    // read again, with the events that the detections cite
    file.forEach(
        true,
        detection ->
            gone.computeIfPresent(
                detection.id(), (id, known) -> ComparedDetection.later(known, detection)));
    return List.copyOf(gone.values());
  }

  public Comparison comparison() {
    return comparison;
  }

  /**
   * Returns the reasons why findings of the earlier run are gone, by finding id, for at most 2,000
   * of them.
   */
  public Map<String, GoneReason> decisions() {
    return decisions;
  }

  @Override
  public void close() throws IOException {
    comparison.close();
  }
}
