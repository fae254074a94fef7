package dev.lockstep.detections.sigma.match;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Result of an analysis of a condition's Boolean form: the condition never holds, always holds, or
 * neither is proved. Two different comparisons of a field with a value count as independent of each
 * other.
 *
 * @param neverHolds if no event fulfils the condition
 * @param alwaysHolds if every event fulfils the condition
 */
public record ConditionTruth(boolean neverHolds, boolean alwaysHolds) {
  private static final int MOST_STEPS = 5_000;
  private static final int MOST_LOOKS = 4_000_000;

  /**
   * Returns whether the Boolean form of a rule's or filter's condition proves that the condition
   * never holds, or that it always holds. Both results are false if there are too many comparisons
   * to tell.
   */
  public static ConditionTruth of(DetectionSection detection) {
    Compiler compiler = new Compiler();
    Formula formula = compiler.of(detection.condition(), detection.selections());
    return new ConditionTruth(
        new Search(compiler.atoms.size()).excludes(formula, true),
        new Search(compiler.atoms.size()).excludes(formula, false));
  }

  /**
   * Returns whether a condition on rule names can hold when at least one of the named rules has an
   * event in the time window. A name is true for a time window that has events of that rule. The
   * result is false for {@code not a and not b}, and true if there are too many rules to tell.
   */
  public static boolean holdsWithOneOf(Expression expression) {
    Compiler compiler = new Compiler();
    Formula formula = compiler.ofNames(expression);
    Formula any = new Join(false, List.copyOf(compiler.atoms.values()));
    return !new Search(compiler.atoms.size()).excludes(new Join(true, List.of(formula, any)), true);
  }

  /** Boolean formula over numbered comparisons. */
  private sealed interface Formula {
    /**
     * Returns the truth value of this Boolean formula for the given truth values of its
     * comparisons. It is null if too few of these are known. An unknown truth value is null.
     */
    @Nullable Boolean value(@Nullable Boolean[] values);

    /**
     * Returns the index in {@code values} of a comparison that has no truth value yet, or -1 if
     * none is found. As long as {@link #value} is null, the formula's value may depend on that
     * comparison.
     */
    int open(@Nullable Boolean[] values);
  }

  /** Formula that is one comparison, by its index in the array of truth values. */
  private record Atom(int number) implements Formula {
    @Override
    public @Nullable Boolean value(@Nullable Boolean[] values) {
      return values[number];
    }

    @Override
    public int open(@Nullable Boolean[] values) {
      return values[number] == null ? number : -1;
    }
  }

  /** Negation of a formula. */
  private record Negation(Formula part) implements Formula {
    @Override
    public @Nullable Boolean value(@Nullable Boolean[] values) {
      Boolean value = part.value(values);
      return value == null ? null : Boolean.valueOf(!value);
    }

    @Override
    public int open(@Nullable Boolean[] values) {
      return part.open(values);
    }
  }

  /**
   * Conjunction or disjunction of formulas.
   *
   * @param isAll whether all parts have to hold; otherwise one that holds is enough
   */
  private record Join(boolean isAll, List<Formula> parts) implements Formula {
    @Override
    public @Nullable Boolean value(@Nullable Boolean[] values) {
      boolean isOpen = false;
      for (Formula part : parts) {
        Boolean value = part.value(values);
        if (value == null) {
          isOpen = true;
        } else if (value != isAll) {
          return value;
        }
      }
      return isOpen ? null : Boolean.valueOf(isAll);
    }

    @Override
    public int open(@Nullable Boolean[] values) {
      for (Formula part : parts) {
        if (part.value(values) == null) {
          return part.open(values);
        }
      }
      return -1;
    }
  }

  /**
   * Variable of a Boolean formula: a comparison of a field, or the name of a rule in a
   * correlation's condition. A field is compared with a value or with another field, or tested for
   * its existence. For the name of a rule, both components are that name.
   */
  private record Compared(String field, Object test) {}

  /**
   * Compiler of a rule's condition into a Boolean formula over comparisons of fields. All equal
   * comparisons are one variable of the formula.
   */
  private static final class Compiler {
    private final Map<Compared, Atom> atoms = new HashMap<>();

    Formula of(Expression expression, Map<String, Selection> selections) {
      return of(
          expression,
          name -> {
            Selection selection = selections.get(name);
            if (selection == null) {
              throw new IllegalArgumentException(
                  "the condition names the unknown selection " + name);
            }
            return of(selection);
          });
    }

    /** Compiles an expression into a Boolean formula with one variable for each name in it. */
    Formula ofNames(Expression expression) {
      return of(expression, name -> atom(name, name));
    }

    private static Formula of(Expression expression, Function<String, Formula> named) {
      if (expression instanceof Expression.All all) {
        return new Join(true, all.parts().stream().map(part -> of(part, named)).toList());
      }
      if (expression instanceof Expression.Any any) {
        return new Join(false, any.parts().stream().map(part -> of(part, named)).toList());
      }
      if (expression instanceof Expression.Not not) {
        return new Negation(of(not.part(), named));
      }
      return named.apply(((Expression.Named) expression).name());
    }

    private Formula of(Selection selection) {
      if (selection instanceof Selection.All all) {
        return new Join(true, all.parts().stream().map(this::of).toList());
      }
      if (selection instanceof Selection.Any any) {
        return new Join(false, any.parts().stream().map(this::of).toList());
      }
      FieldComparison test = ((Selection.One) selection).test();
      String field = test.field().toLowerCase(Locale.ROOT);
      if (test instanceof FieldComparison.Values values) {
        if (values.holdsAlways()) {
          return new Join(true, List.of()); // each record has a value
        }
        List<Formula> parts = new ArrayList<>();
        values.tests().forEach(one -> parts.add(atom(field, one)));
        Formula joined = new Join(values.all(), parts);
        return values.negated() ? new Negation(joined) : joined;
      }
      if (test instanceof FieldComparison.Exists exists) {
        Formula present = atom(field, "exists");
        return exists.expected() ? present : new Negation(present);
      }
      return atom(field, test);
    }

    private Formula atom(String field, Object test) {
      return atoms.computeIfAbsent(new Compared(field, test), any -> new Atom(atoms.size()));
    }
  }

  /** Search for truth values of the comparisons that give a formula a wanted truth value. */
  private static final class Search {
    private final @Nullable Boolean[] values;
    private int steps;

    Search(int atoms) {
      this.values = new Boolean[atoms];
    }

    /**
     * Returns whether this search proves that no truth values of the comparisons give the formula
     * the wanted value. The result is false if the search took too many steps to tell.
     */
    boolean excludes(Formula formula, boolean wanted) {
      return !finds(formula, wanted) && !isTooLong();
    }

    /**
     * Returns whether this search has taken more steps than are allowed. The search tries truth
     * values for the comparisons. When it is too long, it ends without a result. Each step looks at
     * all comparisons, so fewer steps are allowed if there are more than 800.
     */
    private boolean isTooLong() {
      return steps > MOST_STEPS || (long) steps * values.length > MOST_LOOKS;
    }

    private boolean finds(Formula formula, boolean wanted) {
      steps++;
      if (isTooLong()) {
        return false;
      }
      Boolean value = formula.value(values);
      if (value != null) {
        return value == wanted;
      }
      int open = formula.open(values);
      values[open] = wanted;
      if (finds(formula, wanted)) {
        return true;
      }
      values[open] = !wanted;
      boolean found = finds(formula, wanted);
      values[open] = null;
      return found;
    }
  }
}
