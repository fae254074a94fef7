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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

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

  /** Returns the indented JSON Schema, with the settings of the given rules. */
  public static String of(RuleCatalogue catalogue) {
    return JsonText.indented(
        json -> {
          json.writeStartObject();
          json.writeStringField("$schema", "http://json-schema.org/draft-07/schema#");
          json.writeStringField("title", Config.FILE_NAME);
          mapping(json, ConfigReader.keys(catalogue));
          json.writeEndObject();
        });
  }

  private static void mapping(JsonGenerator json, ConfigKeys group) throws IOException {
    json.writeStringField("description", group.sentence());
    types(
        json,
        group.isSwitchable() ? List.of("object", "boolean", "null") : List.of("object", "null"));
    if (group.isSwitchable()) {
      json.writeObjectFieldStart("not");
      json.writeBooleanField("const", true);
      json.writeEndObject();
    }
    properties(json, group);
  }

  private static void properties(JsonGenerator json, ConfigKeys group) throws IOException {
    json.writeBooleanField("additionalProperties", false);
    json.writeObjectFieldStart("properties");
    for (ConfigKey<?> key : group.keys()) {
      json.writeObjectFieldStart(key.name());
      key(json, key);
      json.writeEndObject();
    }
    for (ConfigKeys nested : group.nested()) {
      if (isCandidate(nested)) {
        continue;
      }
      json.writeObjectFieldStart(nested.name());
      switch (nested.form()) {
        case MAPPING -> mapping(json, nested);
        case LIST -> list(json, nested);
        case FREE -> free(json, nested);
      }
      json.writeEndObject();
    }
    json.writeEndObject();
    if (group.name().equals(RulesReader.SECTION)) {
      candidates(json, group);
    }
  }

  private static boolean isCandidate(ConfigKeys group) {
    return group.name().indexOf(RuleInfo.VARIANT_MARK) >= 0;
  }

  /**
   * Writes the part of the schema that allows candidates, which are keys such as {@code RULE@NAME}
   * with the same settings as the rule. A candidate gives the settings other values, to try them
   * beside the rule.
   */
  private static void candidates(JsonGenerator json, ConfigKeys rules) throws IOException {
    json.writeObjectFieldStart("patternProperties");
    for (ConfigKeys rule : rules.nested()) {
      if (!isCandidate(rule) && rule.keys().size() > KEYS_OF_EVERY_RULE) {
        json.writeObjectFieldStart("^" + rule.name() + RuleInfo.VARIANT_MARK + "[a-z][a-z0-9-]*$");
        json.writeStringField("$ref", "#/properties/rules/properties/" + rule.name());
        json.writeEndObject();
      }
    }
    json.writeEndObject();
  }

  private static void list(JsonGenerator json, ConfigKeys group) throws IOException {
    json.writeStringField("description", group.sentence());
    types(json, List.of("array", "null"));
    json.writeObjectFieldStart("items");
    types(json, List.of("object"));
    properties(json, group);
    forbidForeignKeys(json, group);
    json.writeEndObject();
  }

  private static void forbidForeignKeys(JsonGenerator json, ConfigKeys group) throws IOException {
    Set<String> types = new LinkedHashSet<>();
    group.keys().forEach(key -> types.addAll(key.owners()));
    group.nested().forEach(nested -> types.addAll(nested.owners()));
    if (types.isEmpty()) {
      return;
    }
    json.writeArrayFieldStart("allOf");
    for (String type : types) {
      json.writeStartObject();
      json.writeObjectFieldStart("if");
      json.writeObjectFieldStart("properties");
      json.writeObjectFieldStart("type");
      json.writeStringField("const", type);
      json.writeEndObject();
      json.writeEndObject();
      json.writeArrayFieldStart("required");
      json.writeString("type");
      json.writeEndArray();
      json.writeEndObject();
      json.writeObjectFieldStart("then");
      json.writeObjectFieldStart("properties");
      for (String key : group.foreignTo(type)) {
        json.writeBooleanField(key, false);
      }
      json.writeEndObject();
      json.writeEndObject();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void free(JsonGenerator json, ConfigKeys group) throws IOException {
    json.writeStringField("description", group.sentence());
    types(json, List.of("object", "null"));
    json.writeObjectFieldStart("additionalProperties");
    types(json, List.of("string", "number", "boolean", "null"));
    json.writeEndObject();
  }

  private static void key(JsonGenerator json, ConfigKey<?> key) throws IOException {
    json.writeStringField(
        "description", key.sentence() + " Value: " + key.form().replace("`", "") + ".");
    String byDefault = key.byDefault();
    if (byDefault != null) {
      json.writeFieldName("default");
      switch (key.type()) {
        case FLAG, INTEGER, DECIMAL -> json.writeRawValue(byDefault);
        default -> json.writeString(byDefault);
      }
    }
    if (key.isList()) {
      json.writeArrayFieldStart("anyOf");
      json.writeStartObject();
      value(json, key, true);
      json.writeEndObject();
      json.writeStartObject();
      types(json, List.of("array"));
      json.writeObjectFieldStart("items");
      value(json, key, false);
      json.writeEndObject();
      json.writeEndObject();
      json.writeEndArray();
    } else {
      value(json, key, true);
    }
  }

  private static void value(JsonGenerator json, ConfigKey<?> key, boolean mayBeBlank)
      throws IOException {
    if (key.type() == ConfigKey.Type.WORD) {
      words(json, key.words(), mayBeBlank);
      return;
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
    types(json, types);
    switch (key.type()) {
      case FLAG -> json.writeStringField("pattern", FLAG_TEXT);
      case INTEGER -> number(json, key, INTEGER_TEXT);
      case DECIMAL -> number(json, key, DECIMAL_TEXT);
      case SIZE -> {
        json.writeNumberField("minimum", (long) key.least());
        json.writeStringField("pattern", SIZE_TEXT);
      }
      default -> {}
    }
  }

  private static void words(JsonGenerator json, List<String> words, boolean mayBeBlank)
      throws IOException {
    json.writeArrayFieldStart("anyOf");
    json.writeStartObject();
    json.writeArrayFieldStart("enum");
    for (String word : words) {
      json.writeString(word);
    }
    if (mayBeBlank) {
      json.writeNull();
    }
    json.writeEndArray();
    json.writeEndObject();
    json.writeStartObject();
    types(json, List.of("string"));
    json.writeStringField("pattern", REFERENCE);
    json.writeEndObject();
    json.writeEndArray();
  }

  private static void number(JsonGenerator json, ConfigKey<?> key, String text) throws IOException {
    boolean whole = key.type() == ConfigKey.Type.INTEGER;
    for (boolean least : List.of(true, false)) {
      json.writeFieldName(least ? "minimum" : "maximum");
      double bound = least ? key.least() : key.most();
      json.writeRawValue(
          whole || Math.rint(bound) == bound
              ? Long.toString((long) bound)
              : Double.toString(bound));
    }
    json.writeStringField("pattern", text);
  }

  private static void types(JsonGenerator json, List<String> types) throws IOException {
    if (types.size() == 1) {
      json.writeStringField("type", types.get(0));
    } else {
      JsonText.writeTexts(json, "type", types);
    }
  }
}
