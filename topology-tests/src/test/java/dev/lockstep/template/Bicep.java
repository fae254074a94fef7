package dev.lockstep.template;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A file of Bicep, as far as ours go: parameters, variables, resources and outputs. */
record Bicep(
    String scope,
    List<Param> params,
    List<Variable> variables,
    List<Resource> resources,
    List<Output> outputs) {

  /** What one line declares. */
  sealed interface Statement permits Scope, Param, Variable, Resource, Output {}

  record Scope(String scope) implements Statement {}

  record Param(
      String name, String type, Optional<Expression> initial, Map<String, Expression> decorators)
      implements Statement {}

  record Variable(String name, Expression value) implements Statement {}

  record Output(String name, String type, Expression value) implements Statement {}

  /** A resource; {@code type} is without, {@code version} is the version of the API. */
  record Resource(
      String symbol,
      String type,
      String version,
      boolean existing,
      @Nullable Loop loop,
      @Nullable Expression condition,
      ObjectOf body)
      implements Statement {

    Expression name() {
      Expression name = body.fields().get("name");
      if (name == null) {
        throw new TemplateException("could not name resource " + symbol + ": it has no name");
      }
      return name;
    }

    Optional<String> parent() {
      return body.fields().get("parent") instanceof Name parent
          ? Optional.of(parent.name())
          : Optional.empty();
    }

    @Nullable Expression scope() {
      return body.fields().get("scope");
    }
  }

  record Loop(String item, Expression list) {}

  /** A value. */
  sealed interface Expression {}

  record Text(String text) implements Expression {}

  /** Text with values between: {@code texts} has one more than {@code values}. */
  record Interpolated(List<String> texts, List<Expression> values) implements Expression {}

  record Numeric(BigDecimal value) implements Expression {}

  record Flag(boolean value) implements Expression {}

  record Nothing() implements Expression {}

  record ListOf(List<Expression> items) implements Expression {}

  record ObjectOf(Map<String, Expression> fields) implements Expression {}

  record Name(String name) implements Expression {}

  record Property(Expression of, String name) implements Expression {}

  record Index(Expression of, Expression at) implements Expression {}

  record Call(String function, List<Expression> arguments) implements Expression {}

  record Method(Expression of, String function, List<Expression> arguments) implements Expression {}

  record Not(Expression value) implements Expression {}

  record Compared(Expression left, String operator, Expression right) implements Expression {}

  record Choice(Expression condition, Expression yes, Expression no) implements Expression {}
}
