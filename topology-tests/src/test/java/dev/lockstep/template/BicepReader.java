package dev.lockstep.template;

import dev.lockstep.template.Bicep.Call;
import dev.lockstep.template.Bicep.Choice;
import dev.lockstep.template.Bicep.Compared;
import dev.lockstep.template.Bicep.Expression;
import dev.lockstep.template.Bicep.Flag;
import dev.lockstep.template.Bicep.Index;
import dev.lockstep.template.Bicep.Interpolated;
import dev.lockstep.template.Bicep.ListOf;
import dev.lockstep.template.Bicep.Loop;
import dev.lockstep.template.Bicep.Method;
import dev.lockstep.template.Bicep.Name;
import dev.lockstep.template.Bicep.Not;
import dev.lockstep.template.Bicep.Nothing;
import dev.lockstep.template.Bicep.Numeric;
import dev.lockstep.template.Bicep.ObjectOf;
import dev.lockstep.template.Bicep.Output;
import dev.lockstep.template.Bicep.Param;
import dev.lockstep.template.Bicep.Property;
import dev.lockstep.template.Bicep.Resource;
import dev.lockstep.template.Bicep.Scope;
import dev.lockstep.template.Bicep.Statement;
import dev.lockstep.template.Bicep.Text;
import dev.lockstep.template.Bicep.Variable;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads plain Bicep: no modules, no user-defined types or functions, no nested resources; loops
 * over resources only. Anything else is an error with its line, never skipped.
 */
final class BicepReader {
  private static final List<String> OPERATORS =
      List.of("==", "!=", "&&", "||", "??", ">=", "<=", ">", "<", "+");

  private final BicepText in;

  private BicepReader(BicepText in) {
    this.in = in;
  }

  /** Returns what a file says; {@code file} is its name for messages. */
  static Bicep read(String file, String text) {
    List<Statement> statements = new BicepReader(new BicepText(file, text)).statements();
    String scope = "resourceGroup";
    List<Param> params = new ArrayList<>();
    List<Variable> variables = new ArrayList<>();
    List<Resource> resources = new ArrayList<>();
    List<Output> outputs = new ArrayList<>();
    for (Statement statement : statements) {
      if (statement instanceof Scope target) {
        scope = target.scope();
      } else if (statement instanceof Param param) {
        params.add(param);
      } else if (statement instanceof Variable variable) {
        variables.add(variable);
      } else if (statement instanceof Resource resource) {
        resources.add(resource);
      } else if (statement instanceof Output output) {
        outputs.add(output);
      }
    }
    return new Bicep(scope, params, variables, resources, outputs);
  }

  private List<Statement> statements() {
    List<Statement> statements = new ArrayList<>();
    Map<String, Expression> decorators = new LinkedHashMap<>();
    for (in.skipLines(); !in.isOver(); in.skipLines()) {
      if (in.taken("@")) {
        String name = in.word();
        List<Expression> arguments = arguments();
        decorators.put(name, arguments.isEmpty() ? new Flag(true) : arguments.get(0));
        continue;
      }
      statements.add(statement(decorators));
      decorators = new LinkedHashMap<>();
    }
    return statements;
  }

  private Statement statement(Map<String, Expression> decorators) {
    String keyword = in.word();
    return switch (keyword) {
      case "targetScope" -> {
        in.expect("=");
        yield new Scope(string());
      }
      case "param" -> param(decorators);
      case "var" -> {
        String name = in.word();
        in.expect("=");
        yield new Variable(name, expression());
      }
      case "output" -> {
        String name = in.word();
        String type = in.word();
        in.expect("=");
        yield new Output(name, type, expression());
      }
      case "resource" -> resource();
      default -> throw in.wrong("\"" + keyword + "\" begins no statement that is known here");
    };
  }

  private Param param(Map<String, Expression> decorators) {
    String name = in.word();
    String type = in.word();
    Optional<Expression> initial = in.taken("=") ? Optional.of(expression()) : Optional.empty();
    return new Param(name, type, initial, decorators);
  }

  private Resource resource() {
    String symbol = in.word();
    String type = string();
    int version = type.indexOf('@');
    if (version < 0) {
      throw in.wrong("type \"" + type + "\" has no version");
    }
    boolean existing = in.taken("existing");
    in.expect("=");
    Loop loop = null;
    if (in.taken("[")) {
      in.expect("for");
      String item = in.word();
      in.expect("in");
      loop = new Loop(item, expression());
      in.expect(":");
    }
    Expression condition = null;
    if (in.taken("if")) {
      in.expect("(");
      condition = expression();
      in.expect(")");
    }
    Expression body = expression();
    if (loop != null) {
      in.skipLines();
      in.expect("]");
    }
    if (!(body instanceof ObjectOf object)) {
      throw in.wrong("resource " + symbol + " has no body");
    }
    return new Resource(
        symbol,
        type.substring(0, version),
        type.substring(version + 1),
        existing,
        loop,
        condition,
        object);
  }

  private Expression expression() {
    Expression left = compared();
    if (!in.taken("?")) {
      return left;
    }
    Expression yes = expression();
    in.expect(":");
    return new Choice(left, yes, expression());
  }

  private Expression compared() {
    Expression left = unary();
    @Nullable String first = null;
    for (String operator = operator(); operator != null; operator = operator()) {
      // Without precedence, what mixes operators would be read wrongly: it has to have brackets.
      if (first != null && !first.equals(operator)) {
        throw in.wrong(
            "operators \"" + first + "\" and \"" + operator + "\" are mixed; add brackets");
      }
      first = operator;
      left = new Compared(left, operator, unary());
    }
    return left;
  }

  private @Nullable String operator() {
    for (String operator : OPERATORS) {
      if (in.taken(operator)) {
        return operator;
      }
    }
    return null;
  }

  private Expression unary() {
    return in.taken("!") ? new Not(unary()) : member();
  }

  private Expression member() {
    Expression value = primary();
    while (true) {
      if (in.taken(".")) {
        String name = in.word();
        value = in.next() == '(' ? new Method(value, name, arguments()) : new Property(value, name);
      } else if (in.follows("[")) {
        in.expect("[");
        value = new Index(value, expression());
        in.expect("]");
      } else {
        return value;
      }
    }
  }

  private Expression primary() {
    char first = in.next();
    if (first == '\'') {
      return text();
    }
    if (first == '{') {
      return object();
    }
    if (first == '[') {
      return list();
    }
    if (in.taken("(")) {
      Expression inner = expression();
      in.expect(")");
      return inner;
    }
    if (BicepText.isDigit(first) || first == '-') {
      return number();
    }
    String word = in.word();
    return switch (word) {
      case "true", "false" -> new Flag(word.equals("true"));
      case "null" -> new Nothing();
      default -> in.follows("(") ? new Call(word, arguments()) : new Name(word);
    };
  }

  private Expression object() {
    Map<String, Expression> fields = new LinkedHashMap<>();
    in.expect("{");
    for (in.skipSeparators(); !in.taken("}"); in.skipSeparators()) {
      String name = in.next() == '\'' ? string() : in.word();
      in.expect(":");
      if (fields.put(name, expression()) != null) {
        throw in.wrong("\"" + name + "\" is there twice");
      }
    }
    return new ObjectOf(fields);
  }

  private Expression list() {
    List<Expression> items = new ArrayList<>();
    in.expect("[");
    for (in.skipSeparators(); !in.taken("]"); in.skipSeparators()) {
      items.add(expression());
    }
    return new ListOf(items);
  }

  private List<Expression> arguments() {
    List<Expression> arguments = new ArrayList<>();
    in.expect("(");
    for (in.skipSeparators(); !in.taken(")"); in.skipSeparators()) {
      arguments.add(expression());
    }
    return arguments;
  }

  private Expression number() {
    return new Numeric(new BigDecimal(in.digits()));
  }

  private String string() {
    in.next();
    if (text() instanceof Text plain) {
      return plain.text();
    }
    throw in.wrong("a plain string is wanted");
  }

  private Expression text() {
    if (in.follows("'''")) {
      throw in.wrong("strings of several lines are not known here");
    }
    List<String> texts = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    in.expect("'");
    while (true) {
      char c = in.character();
      if (c == '\'') {
        texts.add(part.toString());
        return values.isEmpty() ? new Text(texts.get(0)) : new Interpolated(texts, values);
      }
      if (c == '\\') {
        part.append(escaped(in.character()));
      } else if (c == '$' && in.follows("{")) {
        in.expect("{");
        texts.add(part.toString());
        part.setLength(0);
        values.add(expression());
        in.expect("}");
      } else {
        part.append(c);
      }
    }
  }

  private char escaped(char c) {
    return switch (c) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case '\'', '\\', '$' -> c;
      default -> throw in.wrong("\\" + c + " is not known here");
    };
  }
}
