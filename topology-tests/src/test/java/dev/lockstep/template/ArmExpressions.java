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
import dev.lockstep.template.Bicep.Property;
import dev.lockstep.template.Bicep.Resource;
import dev.lockstep.template.Bicep.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Values of Bicep as values of an ARM template: what is not literal is an expression in brackets.
 */
final class ArmExpressions {
  private static final Map<String, String> OPERATORS =
      Map.of(
          "==", "equals",
          "&&", "and",
          "||", "or",
          "??", "coalesce",
          ">=", "greaterOrEquals",
          "<=", "lessOrEquals",
          ">", "greater",
          "<", "less",
          "+", "add");

  private final Bicep bicep;
  private final UnaryOperator<String> files;
  private @Nullable Loop loop;

  ArmExpressions(Bicep bicep, UnaryOperator<String> files) {
    this.bicep = bicep;
    this.files = files;
  }

  /** Goes into a resource, which may be a loop. */
  void enter(@Nullable Loop entered) {
    loop = entered;
  }

  void leave() {
    loop = null;
  }

  boolean isResource(String name) {
    return bicep.resources().stream().anyMatch(resource -> resource.symbol().equals(name));
  }

  Resource resource(String symbol) {
    return bicep.resources().stream()
        .filter(resource -> resource.symbol().equals(symbol))
        .findFirst()
        .orElseThrow(() -> new TemplateException("could not find resource " + symbol));
  }

  boolean isTenant(Expression scope) {
    return scope instanceof Call call && call.function().equals("tenant");
  }

  /** Returns a value: literal as it is, anything else as an expression in brackets. */
  @Nullable Object value(Expression value) {
    if (isLiteral(value)) {
      String text = literal(value);
      return text.startsWith("[") ? "[" + text : text;
    }
    if (value instanceof Numeric number) {
      return number.value();
    }
    if (value instanceof Flag flag) {
      return flag.value();
    }
    if (value instanceof Nothing) {
      return null;
    }
    if (value instanceof ListOf list) {
      List<@Nullable Object> items = new ArrayList<>();
      list.items().forEach(item -> items.add(value(item)));
      return items;
    }
    if (value instanceof ObjectOf object) {
      Map<String, @Nullable Object> fields = new LinkedHashMap<>();
      object.fields().forEach((name, field) -> fields.put(name, value(field)));
      return fields;
    }
    if (value instanceof Call call && call.function().equals("loadYamlContent")) {
      return YamlFile.escaped(YamlFile.read(loaded(call)));
    }
    return "[" + code(value) + "]";
  }

  private static boolean isLiteral(Expression value) {
    return value instanceof Text || (value instanceof Call call && loads(call));
  }

  private static boolean loads(Call call) {
    return call.function().equals("loadTextContent");
  }

  private String literal(Expression value) {
    if (value instanceof Text text) {
      return text.text();
    }
    if (value instanceof Call call && loads(call)) {
      return loaded(call);
    }
    throw new TemplateException("could not read a literal: " + value);
  }

  private String loaded(Call call) {
    if (call.arguments().size() == 1 && call.arguments().get(0) instanceof Text file) {
      return files.apply(file.text());
    }
    throw new TemplateException("could not load a file: " + call);
  }

  /** Returns a value as it stands within an expression. */
  String code(Expression value) {
    if (isLiteral(value)) {
      return quoted(literal(value));
    }
    if (value instanceof Numeric number) {
      return number.value().toPlainString();
    }
    if (value instanceof Flag flag) {
      return flag.value() ? "true()" : "false()";
    }
    if (value instanceof Nothing) {
      return "null()";
    }
    if (value instanceof Interpolated text) {
      return interpolated(text);
    }
    if (value instanceof ListOf list) {
      return call("createArray", list.items());
    }
    if (value instanceof ObjectOf object) {
      List<Expression> parts = new ArrayList<>();
      object
          .fields()
          .forEach(
              (name, field) -> {
                parts.add(new Text(name));
                parts.add(field);
              });
      return call("createObject", parts);
    }
    if (value instanceof Name name) {
      return named(name.name());
    }
    if (value instanceof Property property) {
      return property(property);
    }
    if (value instanceof Index index) {
      return code(index.of()) + "[" + code(index.at()) + "]";
    }
    if (value instanceof Call call) {
      return call(call.function(), call.arguments());
    }
    if (value instanceof Method method
        && method.of() instanceof Name name
        && method.function().equals("listKeys")) {
      Resource resource = resource(name.name());
      return "listKeys(" + id(resource) + ", " + quoted(resource.version()) + ")";
    }
    if (value instanceof Not not) {
      return "not(" + code(not.value()) + ")";
    }
    if (value instanceof Compared compared) {
      return compared(compared);
    }
    if (value instanceof Choice choice) {
      return call("if", List.of(choice.condition(), choice.yes(), choice.no()));
    }
    throw new TemplateException("could not write " + value);
  }

  private String call(String function, List<Expression> arguments) {
    return function
        + arguments.stream().map(this::code).collect(Collectors.joining(", ", "(", ")"));
  }

  private String compared(Compared compared) {
    List<Expression> sides = List.of(compared.left(), compared.right());
    if (compared.operator().equals("!=")) {
      return "not(" + call("equals", sides) + ")";
    }
    String function = OPERATORS.get(compared.operator());
    if (function == null) {
      throw new TemplateException("could not write operator " + compared.operator());
    }
    return call(function, sides);
  }

  private String interpolated(Interpolated text) {
    StringBuilder format = new StringBuilder();
    for (int i = 0; i < text.texts().size(); i++) {
      format.append(text.texts().get(i).replace("{", "{{").replace("}", "}}"));
      if (i < text.values().size()) {
        format.append('{').append(i).append('}');
      }
    }
    List<Expression> arguments = new ArrayList<>();
    arguments.add(new Text(format.toString()));
    arguments.addAll(text.values());
    return call("format", arguments);
  }

  private String named(String name) {
    if (loop != null && loop.item().equals(name)) {
      return code(loop.list()) + "[copyIndex()]";
    }
    if (bicep.params().stream().anyMatch(param -> param.name().equals(name))) {
      return "parameters(" + quoted(name) + ")";
    }
    if (bicep.variables().stream().anyMatch(variable -> variable.name().equals(name))) {
      return "variables(" + quoted(name) + ")";
    }
    throw new TemplateException("could not find \"" + name + "\"; declare it");
  }

  private String property(Property property) {
    if (!(property.of() instanceof Name of) || !isResource(of.name())) {
      return code(property.of()) + "." + property.name();
    }
    Resource resource = resource(of.name());
    String id = id(resource);
    return switch (property.name()) {
      case "id" -> id;
      case "name" -> code(resource.name());
      case "properties" -> "reference(" + id + ", " + quoted(resource.version()) + ")";
      default ->
          "reference(" + id + ", " + quoted(resource.version()) + ", 'full')." + property.name();
    };
  }

  /** Returns the resource's name as the template has it: with those of its parents. */
  Object fullName(Resource resource) {
    List<Expression> names = names(resource);
    if (names.size() == 1) {
      Object name = value(names.get(0));
      if (name == null) {
        throw new TemplateException("could not name resource " + resource.symbol());
      }
      return name;
    }
    List<String> slashes = new ArrayList<>(List.of(""));
    for (int i = 1; i < names.size(); i++) {
      slashes.add("/");
    }
    slashes.add("");
    return "[" + interpolated(new Interpolated(slashes, names)) + "]";
  }

  private List<Expression> names(Resource resource) {
    List<Expression> names = new ArrayList<>();
    resource.parent().ifPresent(parent -> names.addAll(names(resource(parent))));
    names.add(resource.name());
    return names;
  }

  /** Returns the expression of a resource's id. */
  String id(Resource resource) {
    List<Expression> arguments = new ArrayList<>();
    Expression scope = root(resource).scope();
    arguments.add(new Text(resource.type()));
    arguments.addAll(names(resource));
    if (scope instanceof Name target) {
      return "extensionResourceId("
          + id(resource(target.name()))
          + ", "
          + arguments.stream().map(this::code).collect(Collectors.joining(", "))
          + ")";
    }
    if (scope instanceof Call call && call.function().equals("resourceGroup")) {
      arguments.addAll(0, call.arguments());
      return call("resourceId", arguments);
    }
    if (scope != null || bicep.scope().equals("tenant")) {
      return call("tenantResourceId", arguments);
    }
    return call(
        bicep.scope().equals("subscription") ? "subscriptionResourceId" : "resourceId", arguments);
  }

  private Resource root(Resource resource) {
    return resource.parent().map(parent -> root(resource(parent))).orElse(resource);
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
