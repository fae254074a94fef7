package dev.lockstep.detections.sigma.correlation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * Reader of the texts by which the outer correlations of a correlation group and count one of its
 * events, as {@code CorrelationRule.carried} writes them. An event that has several forms, such as
 * a call with two clients in Front Door's records, has the groups and values of all forms.
 */
public final class CarriedTexts {
  /** Reader for a correlation without outer correlations. */
  public static final CarriedTexts NONE = new CarriedTexts(List.of());

  private static final Comparator<List<String>> IN_ORDER =
      (one, other) -> {
        for (int i = 0; i < Math.min(one.size(), other.size()); i++) {
          int order = one.get(i).compareTo(other.get(i));
          if (order != 0) {
            return order;
          }
        }
        return Integer.compare(one.size(), other.size());
      };

  private final List<Integer> groupFields;

  /**
   * Creates a reader.
   *
   * @param groupFields number of fields by which each outer correlation groups, the innermost first
   */
  public CarriedTexts(List<Integer> groupFields) {
    this.groupFields = List.copyOf(groupFields);
  }

  /** Groups and counted values of an event in one outer correlation. */
  private record Level(TreeSet<List<String>> groups, TreeSet<String> values) {}

  private List<Level> levels(List<String> texts) {
    List<Level> levels = new ArrayList<>();
    int at = 0;
    for (int fields : groupFields) {
      if (at == texts.size()) {
        break;
      }
      Level level = new Level(new TreeSet<>(IN_ORDER), new TreeSet<>());
      int groups = Integer.parseInt(texts.get(at++));
      for (int i = 0; i < groups; i++, at += fields) {
        level.groups.add(List.copyOf(texts.subList(at, at + fields)));
      }
      int values = Integer.parseInt(texts.get(at++));
      level.values.addAll(texts.subList(at, at + values));
      at += values;
      levels.add(level);
    }
    return levels;
  }

  /** Returns whether the texts of one form of an event have all groups and values of another. */
  boolean covers(List<String> texts, List<String> other) {
    if (texts.equals(other)) {
      return true;
    }
    List<Level> levels = levels(texts);
    List<Level> others = levels(other);
    if (others.size() > levels.size()) {
      return false;
    }
    for (int i = 0; i < others.size(); i++) {
      if (!levels.get(i).groups.containsAll(others.get(i).groups)
          || !levels.get(i).values.containsAll(others.get(i).values)) {
        return false;
      }
    }
    return true;
  }

  /** Returns texts with the groups and values of both. */
  List<String> union(List<String> texts, List<String> other) {
    if (texts.equals(other) || other.isEmpty()) {
      return texts;
    }
    if (texts.isEmpty()) {
      return other;
    }
    List<Level> levels = levels(texts);
    List<Level> others = levels(other);
    List<String> both = new ArrayList<>();
    for (int i = 0; i < levels.size(); i++) {
      Level level = levels.get(i);
      level.groups.addAll(others.get(i).groups);
      level.values.addAll(others.get(i).values);
      both.add(String.valueOf(level.groups.size()));
      level.groups.forEach(both::addAll);
      both.add(String.valueOf(level.values.size()));
      both.addAll(level.values);
    }
    return List.copyOf(both);
  }
}
