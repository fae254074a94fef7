package dev.lockstep.app.config;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.app.rules.RuleCatalogue;
import dev.lockstep.app.rules.RulesReader;
import dev.lockstep.app.setting.ConfigKey;
import dev.lockstep.app.setting.ConfigKeys;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.rules.RuleInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * JSON Schema of {@code lockstep.yaml}, with which an editor completes keys and marks mistakes.
 *
 * <p>The schema accepts everything that Lockstep accepts: no key is required, since any may come
 * from the environment, and a text in place of a number may be a reference.
 */
public final class ConfigSchema {
  private static final String REFERENCE = "\\$\\{";
  private static final String FLAG_TEXT =
      REFERENCE + "|^\\s*([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])\\s*$";
  private static final String INTEGER_TEXT = REFERENCE + "|^\\s*[+-]?[0-9]+\\s*$";
  private static final String DECIMAL_TEXT =
      REFERENCE + "|^\\s*[+-]?[0-9.]+([eE][+-]?[0-9]+)?\\s*$";
  private static final String SIZE_TEXT =
      REFERENCE + "|^\\s*[0-9]{1,18}\\s*(([KkMmGgTt][Ii]?)?[Bb])?\\s*$";

  private static final int KEYS_OF_EVERY_RULE = 2;

  private ConfigSchema() {}

  /** Text of a number or flag, which is written into the JSON as it is, without quotation marks. */
  private record Written(String text) {}

  /** Returns the indented JSON Schema, with the settings of the given rules. */
  public static String of(RuleCatalogue catalogue) {
    Map<String, Object> schema = object("$schema", "http://json-schema.org/draft-07/schema#");
    schema.put("title", Config.FILE_NAME);
    schema.putAll(mapping(ConfigReader.keys(catalogue)));
    return JsonText.indented(json -> write(json, schema));
  }

  private static Map<String, Object> object(String name, Object value) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put(name, value);
    return object;
  }

  private static Map<String, Object> mapping(ConfigKeys group) {
    Map<String, Object> schema = object("description", group.sentence());
    if (group.isSwitchable()) {
      schema.put("type", List.of("object", "boolean", "null"));
      schema.put("not", Map.of("const", true));
    } else {
      schema.put("type", List.of("object", "null"));
    }
    addProperties(schema, group);
    return schema;
  }

  private static void addProperties(Map<String, Object> schema, ConfigKeys group) {
    Map<String, Object> properties = new LinkedHashMap<>();
    group.keys().forEach(key -> properties.put(key.name(), key(key)));
    for (ConfigKeys nested : group.nested()) {
      if (!isCandidate(nested)) {
        properties.put(
            nested.name(),
            switch (nested.form()) {
              case MAPPING -> mapping(nested);
              case LIST -> list(nested);
              case FREE -> free(nested);
            });
      }
    }
    schema.put("additionalProperties", false);
    schema.put("properties", properties);
    if (group.name().equals(RulesReader.SECTION)) {
      schema.put("patternProperties", candidates(group));
    }
  }

  private static boolean isCandidate(ConfigKeys group) {
    return group.name().indexOf(RuleInfo.VARIANT_MARK) >= 0;
  }

  private static Map<String, Object> candidates(ConfigKeys rules) {
    Map<String, Object> candidates = new LinkedHashMap<>();
    for (ConfigKeys rule : rules.nested()) {
      if (!isCandidate(rule) && rule.keys().size() > KEYS_OF_EVERY_RULE) {
        candidates.put(
            "^" + rule.name() + RuleInfo.VARIANT_MARK + "[a-z][a-z0-9-]*$",
            Map.of("$ref", "#/properties/rules/properties/" + rule.name()));
      }
    }
    return candidates;
  }

  private static Map<String, Object> list(ConfigKeys group) {
    Map<String, Object> items = object("type", "object");
    addProperties(items, group);
    Set<String> types = new LinkedHashSet<>();
    group.keys().forEach(key -> types.addAll(key.entryTypes()));
    group.nested().forEach(nested -> types.addAll(nested.owners()));
    if (!types.isEmpty()) {
      items.put("allOf", types.stream().map(type -> withoutForeignKeys(type, group)).toList());
    }
    Map<String, Object> schema = object("description", group.sentence());
    schema.put("type", List.of("array", "null"));
    schema.put("items", items);
    return schema;
  }

  private static Map<String, Object> withoutForeignKeys(String type, ConfigKeys group) {
    Map<String, Object> condition = object("properties", Map.of("type", Map.of("const", type)));
    condition.put("required", List.of("type"));
    Map<String, Object> forbidden = new LinkedHashMap<>();
    group.foreignTo(type).forEach(key -> forbidden.put(key, false));
    Map<String, Object> rule = object("if", condition);
    rule.put("then", Map.of("properties", forbidden));
    return rule;
  }

  private static Map<String, Object> free(ConfigKeys group) {
    Map<String, Object> schema = object("description", group.sentence());
    schema.put("type", List.of("object", "null"));
    schema.put(
        "additionalProperties", Map.of("type", List.of("string", "number", "boolean", "null")));
    return schema;
  }

  private static Map<String, Object> key(ConfigKey<?> key) {
    Map<String, Object> schema =
        object("description", key.sentence() + " Value: " + key.form().replace("`", "") + ".");
    String byDefault = key.byDefault();
    if (byDefault != null) {
      schema.put(
          "default",
          switch (key.type()) {
            case FLAG, INTEGER, DECIMAL -> new Written(byDefault);
            default -> byDefault;
          });
    }
    if (key.isList()) {
      Map<String, Object> list = object("type", "array");
      list.put("items", value(key, false));
      schema.put("anyOf", List.of(value(key, true), list));
    } else {
      schema.putAll(value(key, true));
    }
    return schema;
  }

  private static Map<String, Object> value(ConfigKey<?> key, boolean mayBeBlank) {
    if (key.type() == ConfigKey.Type.WORD) {
      List<@Nullable Object> words = new ArrayList<>(key.words());
      if (mayBeBlank) {
        words.add(null);
      }
      Map<String, Object> reference = object("type", "string");
      reference.put("pattern", REFERENCE);
      return object("anyOf", List.of(Map.of("enum", words), reference));
    }
    List<String> types = new ArrayList<>();
    switch (key.type()) {
      case FLAG -> types.add("boolean");
      case INTEGER, SIZE -> types.add("integer");
      case DECIMAL -> types.add("number");
      default -> types.addAll(List.of("number", "boolean"));
    }
    types.add("string");
    if (mayBeBlank) {
      types.add("null");
    }
    Map<String, Object> schema = object("type", types);
    switch (key.type()) {
      case FLAG -> schema.put("pattern", FLAG_TEXT);
      case INTEGER, DECIMAL -> {
        schema.put("minimum", bound(key, key.least()));
        schema.put("maximum", bound(key, key.most()));
        schema.put("pattern", key.type() == ConfigKey.Type.INTEGER ? INTEGER_TEXT : DECIMAL_TEXT);
      }
      case SIZE -> {
        schema.put("minimum", bound(key, key.least()));
        schema.put("pattern", SIZE_TEXT);
      }
      default -> {}
    }
    return schema;
  }

  private static Written bound(ConfigKey<?> key, double bound) {
    boolean isWhole = key.type() != ConfigKey.Type.DECIMAL || Math.rint(bound) == bound;
    return new Written(isWhole ? Long.toString((long) bound) : Double.toString(bound));
  }

  private static void write(JsonGenerator json, @Nullable Object value) throws IOException {
    if (value instanceof Map<?, ?> object) {
      json.writeStartObject();
      for (Map.Entry<?, ?> field : object.entrySet()) {
        json.writeFieldName(field.getKey().toString());
        write(json, field.getValue());
      }
      json.writeEndObject();
    } else if (value instanceof List<?> list) {
      json.writeStartArray();
      for (Object item : list) {
        write(json, item);
      }
      json.writeEndArray();
    } else if (value instanceof Written written) {
      json.writeRawValue(written.text());
    } else {
      json.writeObject(value); // a text, a flag or null
    }
  }
}
