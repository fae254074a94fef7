package dev.lockstep.detections.rule;

import dev.lockstep.detections.encoding.Hashes;
import dev.lockstep.rules.Phrases;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Subject;
import java.util.ArrayList;
import java.util.List;

/**
 * Factory of the ids of findings. An id is a hash of rule, subject, parts and UTC day, the same in
 * every order of arrival and in every process.
 */
public final class FindingId {
  private FindingId() {}

  /**
   * Returns the id of a finding.
   *
   * @param parts texts that distinguish the findings of one subject and day; empty if the rule has
   *     one finding a day
   * @param day UTC day, in days since 1970
   */
  public static String of(RuleInfo rule, Subject subject, List<String> parts, int day) {
    List<String> all = new ArrayList<>(parts.size() + 3);
    all.add(rule.identity());
    all.add(subject.id());
    all.addAll(parts);
    all.add(Phrases.day(day));
    String id = Hashes.id(all);
    return rule.variant().isEmpty() ? id : ofVariant(id, rule.variant());
  }

  /**
   * Returns the id of a variant's finding, computed from the id of the rule's finding about the
   * same subject, parts and day.
   *
   * @param id id of the rule's finding
   * @param name name of the variant
   */
  public static String ofVariant(String id, String name) {
    return Hashes.id(List.of(id, name));
  }
}
