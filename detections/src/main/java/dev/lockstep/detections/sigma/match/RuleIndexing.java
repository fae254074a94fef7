package dev.lockstep.detections.sigma.match;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Chooser of the keys under which {@link EventMatcher} indexes each rule; a key is a value or a
 * fragment of a value. A conjunction is found by the keys of the part that costs least. The cost of
 * a part is the number of uses of its keys in all rules, where a use of a short fragment counts as
 * {@link IndexKey#weight} says.
 */
final class RuleIndexing {
  private final List<@Nullable List<IndexKey>> ofTest = new ArrayList<>();
  private final Map<IndexKey, Integer> uses = new HashMap<>();
  private final Condition[] conditions;

  RuleIndexing(FieldComparison[] tests, int[] fieldOf, Condition[] conditions) {
    this.conditions = conditions;
    for (int i = 0; i < tests.length; i++) {
      ofTest.add(IndexKey.of(tests[i], fieldOf[i]));
    }
    for (Condition condition : conditions) {
      count(condition);
    }
  }

  private void count(Condition condition) {
    if (condition instanceof Condition.All all) {
      all.parts().forEach(this::count);
    } else if (condition instanceof Condition.Any any) {
      any.parts().forEach(this::count);
    } else if (condition instanceof Condition.Test test) {
      List<IndexKey> keys = ofTest.get(test.number());
      if (keys != null) {
        keys.forEach(key -> uses.merge(key, 1, Integer::sum));
      }
    }
  }

  @Nullable List<IndexKey> keys(int rule) {
    return keys(conditions[rule]);
  }

  private @Nullable List<IndexKey> keys(Condition condition) {
    if (condition instanceof Condition.Test test) {
      return ofTest.get(test.number());
    }
    if (condition instanceof Condition.All all) {
      ToLongFunction<List<IndexKey>> cost =
          keys ->
              keys.stream().mapToLong(key -> uses.getOrDefault(key, 1) * (long) key.weight()).sum();
      List<IndexKey> best = null;
      for (Condition part : all.parts()) {
        List<IndexKey> keys = keys(part);
        if (keys != null && (best == null || cost.applyAsLong(keys) < cost.applyAsLong(best))) {
          best = keys;
        }
      }
      return best;
    }
    if (condition instanceof Condition.Any any) {
      List<IndexKey> union = new ArrayList<>();
      for (Condition part : any.parts()) {
        List<IndexKey> keys = keys(part);
        if (keys == null) {
          return null;
        }
        union.addAll(keys);
      }
      return union;
    }
    return null;
  }
}
