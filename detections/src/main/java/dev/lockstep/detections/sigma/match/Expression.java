package dev.lockstep.detections.sigma.match;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Boolean expression over names of selections or of rules. */
public sealed interface Expression {
  /** Conjunction: every part has to hold. */
  record All(List<Expression> parts) implements Expression {
    public All {
      parts = List.copyOf(parts);
    }
  }

  /** Disjunction: at least one part has to hold. */
  record Any(List<Expression> parts) implements Expression {
    public Any {
      parts = List.copyOf(parts);
    }
  }

  /** Negation: the part must not hold. */
  record Not(Expression part) implements Expression {}

  /** Name of a selection or rule. */
  record Named(String name) implements Expression {}

  /** Returns the names in the expression, in the order of their first occurrence. */
  default Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    collect(names);
    return names;
  }

  /** Returns whether the expression contains a negation. */
  default boolean hasNegation() {
    if (this instanceof All all) {
      return all.parts.stream().anyMatch(Expression::hasNegation);
    }
    if (this instanceof Any any) {
      return any.parts.stream().anyMatch(Expression::hasNegation);
    }
    return this instanceof Not;
  }

  /** Returns the expression as a condition is written, such as {@code a and not (b or c)}. */
  default String words() {
    if (this instanceof All all) {
      return joined(all.parts, " and ");
    }
    if (this instanceof Any any) {
      return joined(any.parts, " or ");
    }
    if (this instanceof Not not) {
      return "not " + part(not.part);
    }
    return ((Named) this).name;
  }

  private static String joined(List<Expression> parts, String word) {
    return parts.stream().map(Expression::part).collect(Collectors.joining(word));
  }

  private static String part(Expression part) {
    boolean isJoined =
        (part instanceof All all && all.parts.size() > 1)
            || (part instanceof Any any && any.parts.size() > 1);
    return isJoined ? "(" + part.words() + ")" : part.words();
  }

  private void collect(Set<String> names) {
    if (this instanceof All all) {
      all.parts.forEach(part -> part.collect(names));
    } else if (this instanceof Any any) {
      any.parts.forEach(part -> part.collect(names));
    } else if (this instanceof Not not) {
      not.part.collect(names);
    } else if (this instanceof Named named) {
      names.add(named.name);
    }
  }
}
