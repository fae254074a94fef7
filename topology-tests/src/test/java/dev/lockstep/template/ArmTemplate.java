package dev.lockstep.template;

import dev.lockstep.template.Bicep.Expression;
import dev.lockstep.template.Bicep.Index;
import dev.lockstep.template.Bicep.Interpolated;
import dev.lockstep.template.Bicep.ListOf;
import dev.lockstep.template.Bicep.Loop;
import dev.lockstep.template.Bicep.Method;
import dev.lockstep.template.Bicep.Name;
import dev.lockstep.template.Bicep.ObjectOf;
import dev.lockstep.template.Bicep.Output;
import dev.lockstep.template.Bicep.Param;
import dev.lockstep.template.Bicep.Property;
import dev.lockstep.template.Bicep.Resource;
import dev.lockstep.template.Bicep.Variable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Writes Bicep as the ARM template that it stands for, in the form without symbolic names: as maps,
 * lists, strings, numbers and booleans.
 */
final class ArmTemplate {
  private static final Map<String, String> SCHEMAS =
      Map.of(
          "resourceGroup", "2019-04-01/deploymentTemplate.json#",
          "subscription", "2018-05-01/subscriptionDeploymentTemplate.json#",
          "tenant", "2019-08-01/tenantDeploymentTemplate.json#");

  /** Fields of a resource in Bicep that are said elsewhere in ARM. */
  private static final Set<String> ELSEWHERE = Set.of("name", "parent", "scope", "dependsOn");

  private final Bicep bicep;
  private final ArmExpressions expressions;

  private ArmTemplate(Bicep bicep, UnaryOperator<String> files) {
    this.bicep = bicep;
    this.expressions = new ArmExpressions(bicep, files);
  }

  /** Returns the template; {@code files} gives the text of a file that the Bicep loads. */
  static Map<String, Object> of(Bicep bicep, UnaryOperator<String> files) {
    return new ArmTemplate(bicep, files).template();
  }

  private Map<String, Object> template() {
    Map<String, Object> template = new LinkedHashMap<>();
    String schema = SCHEMAS.get(bicep.scope());
    if (schema == null) {
      throw new TemplateException("could not write a template: its scope " + bicep.scope());
    }
    template.put("$schema", "https://schema.management.azure.com/schemas/" + schema);
    template.put("contentVersion", "1.0.0.0");
    Map<String, Object> params = new LinkedHashMap<>();
    bicep.params().forEach(param -> params.put(param.name(), param(param)));
    template.put("parameters", params);
    Map<String, Object> variables = new LinkedHashMap<>();
    for (Variable variable : bicep.variables()) {
      variables.put(variable.name(), expressions.value(variable.value()));
    }
    template.put("variables", variables);
    List<Object> resources = new ArrayList<>();
    for (Resource resource : bicep.resources()) {
      if (!resource.existing()) {
        resources.add(resource(resource));
      }
    }
    template.put("resources", resources);
    Map<String, Object> outputs = new LinkedHashMap<>();
    for (Output output : bicep.outputs()) {
      Map<String, Object> said = new LinkedHashMap<>();
      said.put("type", output.type());
      said.put("value", expressions.value(output.value()));
      outputs.put(output.name(), said);
    }
    template.put("outputs", outputs);
    return template;
  }

  private Map<String, Object> param(Param param) {
    Map<String, Object> said = new LinkedHashMap<>();
    boolean secure = param.decorators().containsKey("secure");
    said.put("type", secure ? "secure" + param.type() : param.type());
    param.initial().ifPresent(initial -> said.put("defaultValue", expressions.value(initial)));
    param
        .decorators()
        .forEach(
            (name, value) -> {
              switch (name) {
                case "allowed" -> said.put("allowedValues", expressions.value(value));
                case "description" ->
                    said.put("metadata", Map.of("description", expressions.value(value)));
                case "minValue", "maxValue", "minLength", "maxLength" ->
                    said.put(name, expressions.value(value));
                case "secure" -> {}
                default -> throw new TemplateException("could not write @" + name);
              }
            });
    return said;
  }

  private Map<String, Object> resource(Resource resource) {
    Map<String, Object> said = new LinkedHashMap<>();
    Loop loop = resource.loop();
    expressions.enter(loop);
    if (resource.condition() != null) {
      said.put("condition", expressions.value(resource.condition()));
    }
    if (loop != null) {
      Map<String, Object> copy = new LinkedHashMap<>();
      copy.put("name", resource.symbol());
      copy.put("count", "[length(" + expressions.code(loop.list()) + ")]");
      said.put("copy", copy);
    }
    said.put("type", resource.type());
    said.put("apiVersion", resource.version());
    said.put("name", expressions.fullName(resource));
    Expression scope = resource.scope();
    if (scope instanceof Name target) {
      said.put("scope", "[" + expressions.id(expressions.resource(target.name())) + "]");
    } else if (scope != null && !expressions.isTenant(scope)) {
      throw new TemplateException("could not write the scope of " + resource.symbol());
    } else if (scope != null) {
      said.put("scope", "/");
    }
    resource
        .body()
        .fields()
        .forEach(
            (name, value) -> {
              if (!ELSEWHERE.contains(name)) {
                said.put(name, expressions.value(value));
              }
            });
    List<Object> needs = new ArrayList<>();
    for (String symbol : needs(resource)) {
      Resource needed = expressions.resource(symbol);
      if (!needed.existing()) {
        needs.add(needed.loop() == null ? "[" + expressions.id(needed) + "]" : symbol);
      }
    }
    if (!needs.isEmpty()) {
      said.put("dependsOn", needs);
    }
    expressions.leave();
    return said;
  }

  private Set<String> needs(Resource resource) {
    Set<String> symbols = new LinkedHashSet<>();
    resource.body().fields().values().forEach(value -> collect(value, symbols));
    if (resource.condition() != null) {
      collect(resource.condition(), symbols);
    }
    if (resource.loop() != null) {
      collect(resource.loop().list(), symbols);
    }
    return symbols;
  }

  private void collect(Expression value, Set<String> symbols) {
    if (value instanceof Name name) {
      if (expressions.isResource(name.name())) {
        symbols.add(name.name());
      }
      bicep.variables().stream()
          .filter(variable -> variable.name().equals(name.name()))
          .forEach(variable -> collect(variable.value(), symbols));
    } else if (value instanceof Property property) {
      collect(property.of(), symbols);
    } else if (value instanceof Index index) {
      collect(index.of(), symbols);
      collect(index.at(), symbols);
    } else if (value instanceof Method method) {
      collect(method.of(), symbols);
      method.arguments().forEach(argument -> collect(argument, symbols));
    } else if (value instanceof Bicep.Call call) {
      call.arguments().forEach(argument -> collect(argument, symbols));
    } else if (value instanceof Interpolated text) {
      text.values().forEach(part -> collect(part, symbols));
    } else if (value instanceof ListOf list) {
      list.items().forEach(item -> collect(item, symbols));
    } else if (value instanceof ObjectOf object) {
      object.fields().values().forEach(field -> collect(field, symbols));
    } else if (value instanceof Bicep.Not not) {
      collect(not.value(), symbols);
    } else if (value instanceof Bicep.Compared compared) {
      collect(compared.left(), symbols);
      collect(compared.right(), symbols);
    } else if (value instanceof Bicep.Choice choice) {
      collect(choice.condition(), symbols);
      collect(choice.yes(), symbols);
      collect(choice.no(), symbols);
    }
  }
}
