package dev.lockstep.app;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Difference that rows of a networks file make to the findings of a capture.
 *
 * @param findings number of findings without the rows
 * @param suppressed findings that are gone with the rows
 * @param lowered findings that stay with a lower severity
 * @param raised number of findings that are new with the rows, or have a higher severity
 */
record RowEffect(int findings, List<Detection> suppressed, List<Lowered> lowered, int raised) {
  private static final Comparator<Detection> BY_RULE =
      Comparator.comparing(Detection::getRule)
          .thenComparing(Detection::getSeverity, Comparator.reverseOrder());

  /**
   * A finding that stays with a lower severity.
   *
   * @param finding as it is without the rows
   */
  record Lowered(Detection finding, Severity to) {}

  /** Returns the difference between the findings without and with the rows. */
  static RowEffect between(List<Detection> without, List<Detection> with) {
    Map<String, Severity> after = new HashMap<>();
    with.forEach(finding -> after.put(finding.getId(), finding.getSeverity()));
    List<Detection> suppressed = new ArrayList<>();
    List<Lowered> lowered = new ArrayList<>();
    int raised = 0;
    for (Detection finding : without) {
      Severity to = after.remove(finding.getId());
      if (to == null) {
        suppressed.add(finding);
      } else if (to.compareTo(finding.getSeverity()) < 0) {
        lowered.add(new Lowered(finding, to));
      } else if (to.compareTo(finding.getSeverity()) > 0) {
        raised++;
      }
    }
    return new RowEffect(without.size(), suppressed, lowered, raised + after.size());
  }

  /** Returns the findings of severity High that are gone, or are no longer High. */
  List<Detection> lostHigh() {
    List<Detection> lost = new ArrayList<>();
    suppressed.stream().filter(RowEffect::isHigh).forEach(lost::add);
    lowered.stream().map(Lowered::finding).filter(RowEffect::isHigh).forEach(lost::add);
    return lost;
  }

  private static boolean isHigh(Detection finding) {
    return finding.getSeverity() == Severity.High;
  }

  /** Returns the suppressed findings by rule and severity in words, the highest first. */
  Map<String, List<Detection>> suppressedAlike() {
    Map<String, List<Detection>> alike = new LinkedHashMap<>();
    suppressed.stream()
        .sorted(BY_RULE)
        .forEach(
            finding ->
                alike.computeIfAbsent(kind(finding), none -> new ArrayList<>()).add(finding));
    return alike;
  }

  /** Returns the lowered findings by rule and both severities in words, the highest first. */
  Map<String, List<Detection>> loweredAlike() {
    Map<String, List<Detection>> alike = new LinkedHashMap<>();
    lowered.stream()
        .sorted(Comparator.comparing(Lowered::finding, BY_RULE))
        .forEach(
            each ->
                alike
                    .computeIfAbsent(
                        kind(each.finding()) + " to " + each.to(), none -> new ArrayList<>())
                    .add(each.finding()));
    return alike;
  }

  private static String kind(Detection finding) {
    return finding.getRule() + " " + finding.getSeverity();
  }
}
