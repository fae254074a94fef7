package dev.lockstep.app.tune;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Search for the narrowest filters that remove findings closed as false, and none closed as true.
 *
 * <p>A filter compares one or two fields, of which one is narrow. Of several filters that which
 * removes the fewest other findings is taken; of those the one that removes the most findings
 * closed as false, then the one with fewer fields, then the one with the preferred fields. Values
 * of one field are then joined to one filter.
 */
final class FilterSearch {
  private static final int MOST_CONDITIONS = 150;
  private static final int MOST_REFUSED = 5;

  private final List<Shown> findings;
  private final List<Filter> filters = new ArrayList<>();
  private final List<Refused> refused = new ArrayList<>();
  private final Set<String> left = new LinkedHashSet<>();

  /**
   * Finding with the values of its events.
   *
   * @param closing classification, or null if it is not closed
   * @param events values of each event by field
   */
  record Shown(String id, @Nullable Closing closing, List<Map<Candidate, List<String>>> events) {
    boolean isFalse() {
      return closing != null && closing.isFalse();
    }
  }

  /** Comparison of a field with values, of which one has to be the event's. */
  record Condition(Candidate field, List<String> values) {
    boolean holds(Map<Candidate, List<String>> event) {
      return event.getOrDefault(field, List.of()).stream().anyMatch(values::contains);
    }
  }

  /** Conjunction of comparisons. */
  record Filter(List<Condition> all) {
    /** Returns whether the filter removes every event of a finding. */
    boolean removes(Shown finding) {
      return !finding.events().isEmpty()
          && finding.events().stream()
              .allMatch(event -> all.stream().allMatch(one -> one.holds(event)));
    }

    boolean isNarrow() {
      return all.stream().anyMatch(one -> one.field().isNarrow());
    }

    int rank() {
      return all.stream().mapToInt(one -> one.field().rank()).sum();
    }

    /** Returns the filter in words, such as {@code appDisplayName: backup}. */
    String words() {
      List<String> words = new ArrayList<>();
      all.forEach(one -> words.add(one.field().name() + ": " + String.join(" or ", one.values())));
      return String.join(" and ", words);
    }
  }

  /**
   * Filter that is not proposed.
   *
   * @param hides findings closed as true that it would remove
   */
  record Refused(Filter filter, List<String> hides) {}

  /** Candidate with what it removes. */
  private record Scored(Filter filter, Set<String> removed, long others, List<String> hides) {}

  FilterSearch(List<Shown> findings) {
    this.findings = List.copyOf(findings);
    search();
  }

  /** Returns the proposed filters. */
  List<Filter> filters() {
    return filters;
  }

  /** Returns filters that remove many findings closed as false, and some closed as true. */
  List<Refused> refused() {
    return refused;
  }

  /** Returns the ids of findings closed as false that no filter removes. */
  Set<String> left() {
    return left;
  }

  private void search() {
    findings.stream().filter(Shown::isFalse).forEach(one -> left.add(one.id()));
    List<Condition> conditions = conditions();
    List<Scored> all = new ArrayList<>();
    for (int i = 0; i < conditions.size(); i++) {
      score(new Filter(List.of(conditions.get(i))), all);
      for (int j = i + 1; j < conditions.size(); j++) {
        if (!conditions.get(i).field().equals(conditions.get(j).field())) {
          score(new Filter(List.of(conditions.get(i), conditions.get(j))), all);
        }
      }
    }
    List<Filter> chosen = new ArrayList<>();
    Scored best = best(all);
    while (best != null) {
      chosen.add(best.filter());
      left.removeAll(best.removed());
      best = best(all);
    }
    join(chosen);
    refuse(all);
  }

  /** Returns the comparisons that hold on all events of a finding closed as false. */
  private List<Condition> conditions() {
    Map<Condition, Integer> counts = new LinkedHashMap<>();
    for (Shown finding : findings) {
      if (finding.isFalse() && !finding.events().isEmpty()) {
        Map<Candidate, List<String>> first = finding.events().get(0);
        first.forEach(
            (field, values) -> {
              for (String value : values) {
                Condition condition = new Condition(field, List.of(value));
                if (finding.events().stream().allMatch(condition::holds)) {
                  counts.merge(condition, 1, Integer::sum);
                }
              }
            });
      }
    }
    return counts.entrySet().stream()
        .sorted(
            Map.Entry.<Condition, Integer>comparingByValue()
                .reversed()
                .thenComparing(each -> each.getKey().field().rank())
                .thenComparing(each -> each.getKey().values().get(0)))
        .limit(MOST_CONDITIONS)
        .map(Map.Entry::getKey)
        .toList();
  }

  private void score(Filter filter, List<Scored> all) {
    if (!filter.isNarrow()) {
      return;
    }
    Set<String> removed = new HashSet<>();
    List<String> hides = new ArrayList<>();
    long others = 0;
    for (Shown finding : findings) {
      if (filter.removes(finding)) {
        if (finding.isFalse()) {
          removed.add(finding.id());
        } else if (finding.closing() == Closing.TRUE_POSITIVE) {
          hides.add(finding.id());
        } else {
          others++;
        }
      }
    }
    if (!removed.isEmpty()) {
      all.add(new Scored(filter, removed, others, hides));
    }
  }

  private @Nullable Scored best(List<Scored> all) {
    Comparator<Scored> order =
        Comparator.comparingLong(Scored::others)
            .thenComparing(one -> -covered(one))
            .thenComparing(one -> one.filter().all().size())
            .thenComparing(one -> one.filter().rank())
            .thenComparing(one -> one.filter().words());
    return all.stream()
        .filter(one -> one.hides().isEmpty() && covered(one) > 0)
        .min(order)
        .orElse(null);
  }

  private long covered(Scored one) {
    return one.removed().stream().filter(left::contains).count();
  }

  /** Joins filters by one value each of the same field. */
  private void join(List<Filter> chosen) {
    Map<Candidate, List<String>> single = new LinkedHashMap<>();
    for (Filter filter : chosen) {
      if (filter.all().size() == 1) {
        Condition only = filter.all().get(0);
        single.computeIfAbsent(only.field(), any -> new ArrayList<>()).addAll(only.values());
      } else {
        filters.add(filter);
      }
    }
    single.forEach(
        (field, values) -> filters.add(new Filter(List.of(new Condition(field, values)))));
  }

  private void refuse(List<Scored> all) {
    all.stream()
        .filter(one -> !one.hides().isEmpty() && one.filter().all().size() == 1)
        .sorted(
            Comparator.comparingInt((Scored one) -> -one.removed().size())
                .thenComparing(one -> one.filter().rank()))
        .limit(MOST_REFUSED)
        .forEach(one -> refused.add(new Refused(one.filter(), one.hides())));
  }
}
