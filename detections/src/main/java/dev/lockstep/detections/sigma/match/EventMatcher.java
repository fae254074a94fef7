package dev.lockstep.detections.sigma.match;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Compiled Sigma rules of one log source, with an index that finds the rules to evaluate for an
 * event. A {@link Pass} matches the events. Immutable.
 *
 * <h2>Index</h2>
 *
 * The condition of most rules requires that an event has one of certain values or fragments of
 * values, the keys of the rule. Such a rule is a candidate only for an event that has one of its
 * keys, or in which ingest cut a value of an indexed field that the rule reads. A rule without keys
 * is a candidate for every event. Only candidates are evaluated, and a test that several rules
 * share is evaluated once for each event.
 */
public final class EventMatcher {
  final FieldComparison[] tests;
  final int[] fieldOf;
  final int[] otherOf;
  final Condition[] conditions;
  final List<Map<String, Condition>> selections;
  final long[] always;
  final int[] indexed;
  final List<Map<Object, int[]>> equal;
  final @Nullable FragmentScanner[] fragments;
  final long[][] readers;
  private final List<String> fields;

  private EventMatcher(Builder from) {
    this.fields = List.copyOf(from.fields.keySet());
    this.tests = from.tests.keySet().toArray(new FieldComparison[0]);
    this.fieldOf = new int[tests.length];
    this.otherOf = new int[tests.length];
    for (int i = 0; i < tests.length; i++) {
      fieldOf[i] = from.field(tests[i].field());
      otherOf[i] = tests[i] instanceof FieldComparison.SameAs same ? from.field(same.other()) : -1;
    }
    this.conditions = from.conditions.toArray(new Condition[0]);
    this.selections = List.copyOf(from.selections);
    this.readers = readers();
    RuleIndexing indexing = new RuleIndexing(tests, fieldOf, conditions);
    BitSet unindexed = new BitSet();
    Map<Integer, Map<Object, List<Integer>>> byValue = new TreeMap<>();
    Map<Integer, Map<String, List<Integer>>> byFragment = new TreeMap<>();
    for (int rule = 0; rule < conditions.length; rule++) {
      List<IndexKey> keys = indexing.keys(rule);
      if (keys == null) {
        unindexed.set(rule);
        continue;
      }
      for (IndexKey key : keys) {
        if (key.isFragment()) {
          put(byFragment, key.field(), (String) key.what(), rule);
        } else {
          put(byValue, key.field(), key.what(), rule);
        }
      }
    }
    this.always = Arrays.copyOf(unindexed.toLongArray(), words());
    this.equal = new ArrayList<>();
    this.fragments = new FragmentScanner[fields.size()];
    BitSet asked = new BitSet();
    for (int field = 0; field < fields.size(); field++) {
      Map<Object, int[]> values = new HashMap<>();
      byValue
          .getOrDefault(field, Map.of())
          .forEach((value, rules) -> values.put(value, ints(rules)));
      equal.add(values);
      Map<String, List<Integer>> parts = byFragment.get(field);
      fragments[field] = parts == null ? null : new FragmentScanner(parts);
      asked.set(field, parts != null || !values.isEmpty());
    }
    this.indexed = asked.stream().toArray();
  }

  private static <K> void put(Map<Integer, Map<K, List<Integer>>> all, int field, K key, int rule) {
    List<Integer> rules =
        all.computeIfAbsent(field, any -> new LinkedHashMap<>())
            .computeIfAbsent(key, any -> new ArrayList<>(1));
    if (!rules.contains(rule)) {
      rules.add(rule);
    }
  }

  private static int[] ints(List<Integer> numbers) {
    return numbers.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Returns, for each field, the rules that read the field, as one bit for each rule. */
  private long[][] readers() {
    long[][] all = new long[fields.size()][words()];
    for (int rule = 0; rule < conditions.length; rule++) {
      BitSet used = new BitSet();
      collect(conditions[rule], used);
      for (int test = used.nextSetBit(0); test >= 0; test = used.nextSetBit(test + 1)) {
        all[fieldOf[test]][rule >> 6] |= 1L << rule;
        if (otherOf[test] >= 0) {
          all[otherOf[test]][rule >> 6] |= 1L << rule;
        }
      }
    }
    return all;
  }

  static void collect(Condition condition, BitSet tests) {
    if (condition instanceof Condition.All all) {
      all.parts().forEach(part -> collect(part, tests));
    } else if (condition instanceof Condition.Any any) {
      any.parts().forEach(part -> collect(part, tests));
    } else if (condition instanceof Condition.Not not) {
      collect(not.part(), tests);
    } else if (condition instanceof Condition.Test test) {
      tests.set(test.number());
    }
  }

  int words() {
    return (conditions.length + 63) >> 6;
  }

  /** Returns the names of all fields that rules compare. The empty name stands for keywords. */
  public List<String> fields() {
    return fields;
  }

  /**
   * Returns the keys under which a rule is indexed, or null if it cannot be indexed. Each matching
   * event has at least one of the keys.
   */
  @Nullable List<IndexKey> keys(int rule) {
    return new RuleIndexing(tests, fieldOf, conditions).keys(rule);
  }

  /** Returns a new {@link Pass}, with which one thread matches events. */
  public Pass pass() {
    return new Pass(this);
  }

  /** Builder of an event matcher, to which Sigma rules and filters are added. */
  public static final class Builder {
    private final Map<String, Integer> fields = new LinkedHashMap<>();
    private final Map<FieldComparison, Integer> tests = new LinkedHashMap<>();
    private final List<Condition> conditions = new ArrayList<>();
    private final List<Map<String, Condition>> selections = new ArrayList<>();

    /** Adds a rule or filter, and returns its number; the first one gets 0. */
    public int add(DetectionSection detection) {
      Map<String, Condition> named = new LinkedHashMap<>();
      detection.selections().forEach((name, selection) -> named.put(name, compiled(selection)));
      conditions.add(compiled(detection.condition(), named));
      selections.add(named);
      return conditions.size() - 1;
    }

    private Condition compiled(Selection selection) {
      if (selection instanceof Selection.All all) {
        return new Condition.All(all.parts().stream().map(this::compiled).toList());
      }
      if (selection instanceof Selection.Any any) {
        return new Condition.Any(any.parts().stream().map(this::compiled).toList());
      }
      FieldComparison test = ((Selection.One) selection).test();
      field(test.field());
      if (test instanceof FieldComparison.SameAs same) {
        field(same.other());
      }
      return new Condition.Test(tests.computeIfAbsent(test, any -> tests.size()));
    }

    private static Condition compiled(Expression expression, Map<String, Condition> named) {
      if (expression instanceof Expression.All all) {
        return new Condition.All(all.parts().stream().map(part -> compiled(part, named)).toList());
      }
      if (expression instanceof Expression.Any any) {
        return new Condition.Any(any.parts().stream().map(part -> compiled(part, named)).toList());
      }
      if (expression instanceof Expression.Not not) {
        return new Condition.Not(compiled(not.part(), named));
      }
      String name = ((Expression.Named) expression).name();
      Condition selection = named.get(name);
      if (selection == null) {
        throw new IllegalArgumentException("the condition names the unknown selection " + name);
      }
      return selection;
    }

    private int field(String name) {
      return fields.computeIfAbsent(name, any -> fields.size());
    }

    /** Returns a matcher of all rules and filters that were added. */
    public EventMatcher build() {
      return new EventMatcher(this);
    }
  }

  /** Returns a number as an index key, which is the same for 1 and 1.0. */
  static Object key(BigDecimal number) {
    return number.stripTrailingZeros();
  }
}
