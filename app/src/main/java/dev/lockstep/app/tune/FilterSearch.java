package dev.lockstep.app.tune;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Search for filters that remove findings closed as false, no findings closed as true, and as few
 * others as possible.
 *
 * <p>A filter compares one or two fields; at least one of them is narrow. The best filter removes
 * the fewest other findings; among equal ones the best removes the most findings closed as false,
 * then has fewer fields, then has preferred fields. Chosen filters that compare only the same field
 * are joined to one filter with several values, unless that would remove a finding closed as true.
 */
final class FilterSearch {
  private static final int MOST_CONDITIONS = 150;
  private static final int MOST_REFUSED = 5;

  private final List<Shown> findings;
  private final List<Filter> filters = new ArrayList<>();
  private final List<Refused> refused = new ArrayList<>();
  private final BitSet falses = new BitSet();
  private final BitSet trues = new BitSet();
  private final BitSet others = new BitSet();

  /**
   * Findings closed as false that no filter chosen so far removes, as indexes in the list of
   * findings.
   */
  private final BitSet open = new BitSet();

  /**
   * Finding with the field values of its events.
   *
   * @param closing classification, or null if the finding is not closed
   * @param events values of each event by field
   */
  record Shown(
      String id, @Nullable Classification closing, List<Map<FilterField, List<String>>> events) {
    boolean isFalse() {
      return closing != null && closing.isFalse();
    }
  }

  record Condition(FilterField field, List<String> values) {
    boolean holds(Map<FilterField, List<String>> event) {
      return event.getOrDefault(field, List.of()).stream().anyMatch(values::contains);
    }
  }

  record Filter(List<Condition> all) {
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

    String words() {
      List<String> words = new ArrayList<>();
      all.forEach(one -> words.add(one.field().name() + ": " + String.join(" or ", one.values())));
      return String.join(" and ", words);
    }
  }

  /**
   * Filter that is not proposed, because it hides findings closed as true.
   *
   * @param hides findings closed as true that the filter would remove
   */
  record Refused(Filter filter, List<String> hides) {}

  /**
   * Possible filter with the findings that it removes.
   *
   * @param removed indexes of the removed findings
   */
  private record Scored(Filter filter, BitSet removed) {}

  FilterSearch(List<Shown> findings) {
    this.findings = List.copyOf(findings);
    for (int i = 0; i < findings.size(); i++) {
      if (findings.get(i).isFalse()) {
        open.set(i);
      } else if (findings.get(i).closing() == Classification.TRUE_POSITIVE) {
        trues.set(i);
      } else {
        others.set(i);
      }
    }
    falses.or(open);
    search();
  }

  List<Filter> filters() {
    return filters;
  }

  List<Refused> refused() {
    return refused;
  }

  int left() {
    return open.cardinality();
  }

  private void search() {
    List<Condition> conditions = conditions();
    List<BitSet> removed = conditions.stream().map(this::removed).toList();
    List<Scored> all = new ArrayList<>();
    for (int i = 0; i < conditions.size(); i++) {
      Condition one = conditions.get(i);
      add(new Filter(List.of(one)), removed.get(i), all);
      for (int j = i + 1; j < conditions.size(); j++) {
        if (!one.field().equals(conditions.get(j).field())) {
          BitSet both = (BitSet) removed.get(i).clone();
          both.and(removed.get(j));
          add(new Filter(List.of(one, conditions.get(j))), both, all);
        }
      }
    }
    List<Filter> chosen = new ArrayList<>();
    Scored best = best(all);
    while (best != null) {
      chosen.add(best.filter());
      open.andNot(best.removed());
      best = best(all);
    }
    join(chosen);
    refuse(all);
  }

  private BitSet removed(Condition condition) {
    Filter filter = new Filter(List.of(condition));
    BitSet removed = new BitSet();
    for (int i = 0; i < findings.size(); i++) {
      removed.set(i, filter.removes(findings.get(i)));
    }
    return removed;
  }

  private void add(Filter filter, BitSet removed, List<Scored> all) {
    if (filter.isNarrow() && removed.intersects(falses)) {
      all.add(new Scored(filter, removed));
    }
  }

  private static int common(BitSet one, BitSet other) {
    BitSet common = (BitSet) one.clone();
    common.and(other);
    return common.cardinality();
  }

  private List<Condition> conditions() {
    Map<Condition, Integer> counts = new LinkedHashMap<>();
    for (Shown finding : findings) {
      if (finding.isFalse() && !finding.events().isEmpty()) {
        Map<FilterField, List<String>> first = finding.events().get(0);
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

  private @Nullable Scored best(List<Scored> all) {
    Comparator<Scored> order =
        Comparator.comparingInt((Scored one) -> common(one.removed(), others))
            .thenComparingInt(one -> -common(one.removed(), open))
            .thenComparingInt(one -> one.filter().all().size())
            .thenComparingInt(one -> one.filter().rank())
            .thenComparing(one -> one.filter().words());
    return all.stream()
        .filter(one -> !one.removed().intersects(trues) && one.removed().intersects(open))
        .min(order)
        .orElse(null);
  }

  private void join(List<Filter> chosen) {
    Map<FilterField, List<String>> single = new LinkedHashMap<>();
    for (Filter filter : chosen) {
      if (filter.all().size() == 1) {
        Condition only = filter.all().get(0);
        single.computeIfAbsent(only.field(), any -> new ArrayList<>()).addAll(only.values());
      } else {
        filters.add(filter);
      }
    }
    single.forEach(
        (field, values) -> {
          Condition joined = new Condition(field, values);
          // The joined filter also removes a finding whose events differ in these values.
          if (removed(joined).intersects(trues)) {
            values.forEach(
                value -> filters.add(new Filter(List.of(new Condition(field, List.of(value))))));
          } else {
            filters.add(new Filter(List.of(joined)));
          }
        });
  }

  private void refuse(List<Scored> all) {
    all.stream()
        .filter(one -> one.removed().intersects(trues) && one.filter().all().size() == 1)
        .sorted(
            Comparator.comparingInt((Scored one) -> -common(one.removed(), falses))
                .thenComparingInt(one -> one.filter().rank()))
        .limit(MOST_REFUSED)
        .forEach(
            one -> {
              BitSet hides = (BitSet) one.removed().clone();
              hides.and(trues);
              refused.add(
                  new Refused(
                      one.filter(),
                      hides.stream().mapToObj(each -> findings.get(each).id()).toList()));
            });
  }
}
