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

  private final String file;
  private final String text;
  private int at;

  private BicepReader(String file, String text) {
    this.file = file;
    this.text = text;
  }

  /** Returns what a file says; {@code file} is its name for messages. */
  static Bicep read(String file, String text) {
    List<Statement> statements = new BicepReader(file, text).statements();
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
    for (skipLines(); at < text.length(); skipLines()) {
      if (taken("@")) {
        String name = word();
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
    String keyword = word();
    return switch (keyword) {
      case "targetScope" -> {
        expect("=");
        yield new Scope(string());
      }
      case "param" -> param(decorators);
      case "var" -> {
        String name = word();
        expect("=");
        yield new Variable(name, expression());
      }
      case "output" -> {
        String name = word();
        String type = word();
        expect("=");
        yield new Output(name, type, expression());
      }
      case "resource" -> resource();
      default -> throw wrong("\"" + keyword + "\" begins no statement that is known here");
    };
  }

  private Param param(Map<String, Expression> decorators) {
    String name = word();
    String type = word();
    Optional<Expression> initial = taken("=") ? Optional.of(expression()) : Optional.empty();
    return new Param(name, type, initial, decorators);
  }

  private Resource resource() {
    String symbol = word();
    String type = string();
    int version = type.indexOf('@');
    if (version < 0) {
      throw wrong("type \"" + type + "\" has no version");
    }
    boolean existing = taken("existing");
    expect("=");
    Loop loop = null;
    if (taken("[")) {
      expect("for");
      String item = word();
      expect("in");
      loop = new Loop(item, expression());
      expect(":");
    }
    Expression condition = null;
    if (taken("if")) {
      expect("(");
      condition = expression();
      expect(")");
    }
    Expression body = expression();
    if (loop != null) {
      skipLines();
      expect("]");
    }
    if (!(body instanceof ObjectOf object)) {
      throw wrong("resource " + symbol + " has no body");
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
    if (!taken("?")) {
      return left;
    }
    Expression yes = expression();
    expect(":");
    return new Choice(left, yes, expression());
  }

  private Expression compared() {
    Expression left = unary();
    @Nullable String first = null;
    for (String operator = operator(); operator != null; operator = operator()) {
      // Without precedence, what mixes operators would be read wrongly: it has to have brackets.
      if (first != null && !first.equals(operator)) {
        throw wrong("operators \"" + first + "\" and \"" + operator + "\" are mixed; add brackets");
      }
      first = operator;
      left = new Compared(left, operator, unary());
    }
    return left;
  }

  private @Nullable String operator() {
    for (String operator : OPERATORS) {
      if (taken(operator)) {
        return operator;
      }
    }
    return null;
  }

  private Expression unary() {
    return taken("!") ? new Not(unary()) : member();
  }

  private Expression member() {
    Expression value = primary();
    while (true) {
      if (taken(".")) {
        String name = word();
        value = next() == '(' ? new Method(value, name, arguments()) : new Property(value, name);
      } else if (at < text.length() && text.charAt(at) == '[') {
        expect("[");
        value = new Index(value, expression());
        expect("]");
      } else {
        return value;
      }
    }
  }

  private Expression primary() {
    char first = next();
    if (first == '\'') {
      return text();
    }
    if (first == '{') {
      return object();
    }
    if (first == '[') {
      return list();
    }
    if (taken("(")) {
      Expression inner = expression();
      expect(")");
      return inner;
    }
    if (isDigit(first) || first == '-') {
      return number();
    }
    String word = word();
    return switch (word) {
      case "true", "false" -> new Flag(word.equals("true"));
      case "null" -> new Nothing();
      default ->
          at < text.length() && text.charAt(at) == '('
              ? new Call(word, arguments())
              : new Name(word);
    };
  }

  private Expression object() {
    Map<String, Expression> fields = new LinkedHashMap<>();
    expect("{");
    for (skipSeparators(); !taken("}"); skipSeparators()) {
      String name = next() == '\'' ? string() : word();
      expect(":");
      if (fields.put(name, expression()) != null) {
        throw wrong("\"" + name + "\" is there twice");
      }
    }
    return new ObjectOf(fields);
  }

  private Expression list() {
    List<Expression> items = new ArrayList<>();
    expect("[");
    for (skipSeparators(); !taken("]"); skipSeparators()) {
      items.add(expression());
    }
    return new ListOf(items);
  }

  private List<Expression> arguments() {
    List<Expression> arguments = new ArrayList<>();
    expect("(");
    for (skipSeparators(); !taken(")"); skipSeparators()) {
      arguments.add(expression());
    }
    return arguments;
  }

  private Expression number() {
    int from = at;
    at++;
    while (at < text.length() && isDigit(text.charAt(at))) {
      at++;
    }
    return new Numeric(new BigDecimal(text.substring(from, at)));
  }

  private String string() {
    next();
    if (text() instanceof Text plain) {
      return plain.text();
    }
    throw wrong("a plain string is wanted");
  }

  private Expression text() {
    if (text.startsWith("'''", at)) {
      throw wrong("strings of several lines are not known here");
    }
    List<String> texts = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    expect("'");
    while (true) {
      char c = character();
      if (c == '\'') {
        texts.add(part.toString());
        return values.isEmpty() ? new Text(texts.get(0)) : new Interpolated(texts, values);
      }
      if (c == '\\') {
        part.append(escaped(character()));
      } else if (c == '$' && at < text.length() && text.charAt(at) == '{') {
        at++;
        texts.add(part.toString());
        part.setLength(0);
        values.add(expression());
        expect("}");
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
      default -> throw wrong("\\" + c + " is not known here");
    };
  }

  private char character() {
    if (at >= text.length() || text.charAt(at) == '\n') {
      throw wrong("a string does not end");
    }
    return text.charAt(at++);
  }

  private String word() {
    next();
    int from = at;
    while (at < text.length() && isWord(text.charAt(at))) {
      at++;
    }
    if (from == at) {
      throw wrong("a name is wanted");
    }
    return text.substring(from, at);
  }

  private void expect(String token) {
    if (!taken(token)) {
      throw wrong("\"" + token + "\" is wanted");
    }
  }

  private boolean taken(String token) {
    next();
    if (!text.startsWith(token, at)) {
      return false;
    }
    int end = at + token.length();
    if (isWord(token.charAt(0)) && end < text.length() && isWord(text.charAt(end))) {
      return false;
    }
    at = end;
    return true;
  }

  /** Returns the next character of this line, or a line's end. */
  private char next() {
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
      at++;
    }
    if (text.startsWith("//", at)) {
      while (at < text.length() && text.charAt(at) != '\n') {
        at++;
      }
    }
    return at < text.length() ? text.charAt(at) : '\n';
  }

  private void skipLines() {
    while (next() == '\n' && at < text.length()) {
      at++;
    }
  }

  private void skipSeparators() {
    for (char c = next(); at < text.length() && (c == '\n' || c == ','); c = next()) {
      at++;
    }
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isWord(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  private TemplateException wrong(String what) {
    long line =
        text.substring(0, Math.min(at, text.length())).chars().filter(c -> c == '\n').count() + 1;
    return new TemplateException("could not read " + file + ":" + line + ": " + what);
  }
}
