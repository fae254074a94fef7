package dev.lockstep.detections.sigma.match;

import dev.lockstep.rules.RawField;
import dev.lockstep.rules.RawValue;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Matcher of events against all rules of one log source, one event after another. It is for one
 * thread.
 */
public final class Pass {
  private static final int[] NO_RULES = {};

  private final EventMatcher matcher;
  private final @Nullable FieldValue[] values;
  private final @Nullable Truth[] verdicts;

  /**
   * Indices of the field comparisons that have been evaluated for the current event. The next event
   * clears their results.
   */
  private final int[] evaluated;

  private int evaluations;
  private final long[] candidates;
  private final long[] hits;

  private final List<RawField.Memo<Indexed>> memos = new ArrayList<>();

  private EventFields event = index -> RawField.NOT_LOOKED_FOR;

  /**
   * Receiver of the index of each rule that matches an event. It also receives, separately, each
   * rule whose match depends on a part of the record that ingest cut off.
   */
  public interface Matches {
    /** Receives the number of a rule that matches. */
    void matched(int rule);

    /**
     * Receives the number of a rule whose match depends on a part of the record that ingest cut
     * off.
     */
    void cut(int rule);
  }

  /**
   * Values of one field in an event, with the numbers of the rules that may match because of these
   * values. These are the rules that the index finds and, if a value is cut, all rules that read
   * the field.
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Indexed(FieldValue value, int[] rules) {}

  Pass(EventMatcher matcher) {
    this.matcher = matcher;
    this.values = new FieldValue[matcher.fields().size()];
    this.verdicts = new Truth[matcher.tests.length];
    this.evaluated = new int[matcher.tests.length];
    this.candidates = new long[matcher.words()];
    this.hits = new long[matcher.words()];
    for (int i = 0; i < values.length; i++) {
      int field = i;
      memos.add(new RawField.Memo<>(of -> indexed(field, new FieldValue(of))));
    }
  }

  /** Makes an event the current one, and discards the results for the event before. */
  public void start(EventFields fields) {
    event = fields;
    Arrays.fill(values, null);
    for (int i = 0; i < evaluations; i++) {
      verdicts[evaluated[i]] = null;
    }
    evaluations = 0;
  }

  /**
   * Reports to a receiver the rules that match the current event. A rule whose match depends on a
   * part of the record that ingest cut off is reported as such. The rules come in the order of
   * their numbers.
   */
  public void match(Matches matches) {
    System.arraycopy(matcher.always, 0, candidates, 0, candidates.length);
    for (int field : matcher.indexed) {
      Indexed found = event.field(field, memos.get(field));
      values[field] = found.value;
      for (int rule : found.rules) {
        candidates[rule >> 6] |= 1L << rule;
      }
    }
    for (int word = 0; word < candidates.length; word++) {
      for (long left = candidates[word]; left != 0; left &= left - 1) {
        int rule = (word << 6) + Long.numberOfTrailingZeros(left);
        Truth truth = truth(rule);
        if (truth == Truth.TRUE) {
          matches.matched(rule);
        } else if (truth == Truth.CUT) {
          matches.cut(rule);
        }
      }
    }
  }

  private Indexed indexed(int field, FieldValue value) {
    Arrays.fill(hits, 0);
    boolean isCut = value.field().cut();
    for (int i = 0; i < value.size(); i++) {
      isCut |= value.value(i).cut();
      find(field, value, i);
    }
    if (isCut) { // so that what depends on the rest is counted
      long[] readers = matcher.readers[field];
      for (int word = 0; word < hits.length; word++) {
        hits[word] |= readers[word];
      }
    }
    return new Indexed(value, hits());
  }

  private void find(int field, FieldValue value, int index) {
    RawValue.Kind kind = value.value(index).kind();
    if (kind == RawValue.Kind.NULL) {
      return;
    }
    String text = value.folded(index);
    Map<Object, int[]> equal = matcher.equal.get(field);
    if (!equal.isEmpty()) {
      add(equal.get(text));
      BigDecimal number = kind == RawValue.Kind.NUMBER ? value.number(index) : null;
      if (number != null) {
        add(equal.get(EventMatcher.key(number)));
      }
    }
    FragmentScanner fragments = matcher.fragments[field];
    if (fragments != null) {
      fragments.scan(text, this::add);
    }
  }

  private void add(int @Nullable [] rules) {
    if (rules != null) {
      for (int rule : rules) {
        hits[rule >> 6] |= 1L << rule;
      }
    }
  }

  private int[] hits() {
    int count = 0;
    for (long word : hits) {
      count += Long.bitCount(word);
    }
    if (count == 0) {
      return NO_RULES;
    }
    int[] rules = new int[count];
    int at = 0;
    for (int word = 0; word < hits.length; word++) {
      for (long left = hits[word]; left != 0; left &= left - 1) {
        rules[at++] = (word << 6) + Long.numberOfTrailingZeros(left);
      }
    }
    return rules;
  }

  /** Returns the result of a rule or filter on the current event. */
  public Truth truth(int rule) {
    return truth(matcher.conditions[rule]);
  }

  /** Returns the names of a rule's selections. */
  public List<String> selections(int rule) {
    return List.copyOf(matcher.selections.get(rule).keySet());
  }

  /**
   * Returns the result of a rule's selection on the current event, with the comparisons that
   * decided the result.
   */
  public SelectionResult selection(int rule, String name) {
    Condition condition = matcher.selections.get(rule).get(name);
    if (condition == null) {
      throw new IllegalArgumentException("the rule has no selection named " + name);
    }
    Truth truth = truth(condition);
    Set<Integer> tests = new LinkedHashSet<>();
    decide(condition, truth, tests);
    List<SelectionResult.Compared> compared = new ArrayList<>();
    for (int test : tests) {
      compared.add(
          SelectionResult.Compared.of(
              matcher.tests[test], value(matcher.fieldOf[test]), verdictOfTest(test)));
    }
    return new SelectionResult(name, truth, compared);
  }

  /**
   * Adds to {@code tests} the index of each comparison that decided the given verdict of a
   * condition. In a disjunction that holds, only the first part that holds has decided. Otherwise
   * each part with the same result has decided.
   */
  private void decide(Condition condition, Truth truth, Set<Integer> tests) {
    if (condition instanceof Condition.Test test) {
      tests.add(test.number());
      return;
    }
    if (condition instanceof Condition.Not not) {
      decide(not.part(), truth.not(), tests);
      return;
    }
    boolean isAll = condition instanceof Condition.All;
    List<Condition> parts =
        condition instanceof Condition.All all ? all.parts() : ((Condition.Any) condition).parts();
    for (Condition part : parts) {
      Truth own = truth(part);
      if (own == truth) {
        decide(part, own, tests);
        if (!isAll && truth == Truth.TRUE) {
          return;
        }
      }
    }
  }

  private Truth truth(Condition condition) {
    if (condition instanceof Condition.Test test) {
      return verdictOfTest(test.number());
    }
    if (condition instanceof Condition.All all) {
      Truth result = Truth.TRUE;
      for (Condition part : all.parts()) {
        result = result.and(truth(part));
        if (result == Truth.FALSE) {
          return result;
        }
      }
      return result;
    }
    if (condition instanceof Condition.Any any) {
      Truth result = Truth.FALSE;
      for (Condition part : any.parts()) {
        result = result.or(truth(part));
        if (result == Truth.TRUE) {
          return result;
        }
      }
      return result;
    }
    return truth(((Condition.Not) condition).part()).not();
  }

  private Truth verdictOfTest(int number) {
    Truth known = verdicts[number];
    if (known == null) {
      FieldComparison test = matcher.tests[number];
      FieldValue value = value(matcher.fieldOf[number]);
      if (test instanceof FieldComparison.Values compared) {
        known = compared.test(value);
      } else if (test instanceof FieldComparison.Exists exists) {
        known = exists.test(value);
      } else {
        known = ((FieldComparison.SameAs) test).test(value, value(matcher.otherOf[number]));
      }
      verdicts[number] = known;
      evaluated[evaluations++] = number;
    }
    return known;
  }

  private FieldValue value(int field) {
    FieldValue known = values[field];
    if (known == null) {
      known = new FieldValue(event.field(field));
      values[field] = known;
    }
    return known;
  }
}
