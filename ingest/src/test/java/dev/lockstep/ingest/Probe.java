package dev.lockstep.ingest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Changes single values of a record. A path has dots between its keys; {@code [0]} is an element,
 * {@code [name]} the value of the pair of that name, and {@code {x}} the claim whose URI ends so. A
 * text that holds JSON is gone into.
 */
final class Probe {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, String> CLAIMS =
      Map.of(
          "{objectidentifier}", "http://schemas.microsoft.com/identity/claims/objectidentifier",
          "{tenantid}", "http://schemas.microsoft.com/identity/claims/tenantid",
          "{scope}", "http://schemas.microsoft.com/identity/claims/scope",
          "{upn}", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn");

  private JsonNode record;

  Probe(String record) {
    this.record = parsed(record);
  }

  static JsonNode parsed(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new AssertionError(json, e);
    }
  }

  String text() {
    return record.toString();
  }

  void remove(String path) {
    record = edited(record, steps(path), 0, MissingNode.getInstance());
  }

  void set(String path, String value) {
    record = edited(record, steps(path), 0, parsed(value));
  }

  private static List<String> steps(String path) {
    List<String> steps = new ArrayList<>();
    for (String part : keys(path.replace("[", ".["))) {
      steps.add(CLAIMS.getOrDefault(part, part));
    }
    return steps;
  }

  /** Returns what stands between the dots of a path. */
  static List<String> keys(String path) {
    return Arrays.asList(path.split("[.]", -1));
  }

  private static JsonNode edited(JsonNode node, List<String> steps, int at, JsonNode value) {
    if (at == steps.size()) {
      return value;
    }
    if (node.isTextual() && (node.asText().startsWith("{") || node.asText().startsWith("["))) {
      return JSON.getNodeFactory()
          .textNode(edited(parsed(node.asText()), steps, at, value).toString());
    }
    String step = steps.get(at);
    if (!step.startsWith("[")) {
      ObjectNode object = node.isObject() ? (ObjectNode) node : JSON.createObjectNode();
      put(object, step, edited(object.path(step), steps, at + 1, value));
      return object;
    }
    String name = step.substring(1, step.length() - 1);
    ArrayNode array = node.isArray() ? (ArrayNode) node : JSON.createArrayNode();
    if (Character.isDigit(name.charAt(0))) {
      int index = Integer.parseInt(name);
      array.set(index, edited(array.path(index), steps, at + 1, value));
      return array;
    }
    return pairs(array, name, value);
  }

  private static JsonNode pairs(ArrayNode array, String name, JsonNode value) {
    String nameKey = "key";
    String valueKey = "value";
    for (JsonNode pair : array) {
      for (String key : (Iterable<String>) pair::fieldNames) {
        if (key.equalsIgnoreCase("value") || key.endsWith("Value")) {
          valueKey = key;
        } else {
          nameKey = key;
        }
      }
    }
    for (JsonNode pair : array) {
      if (pair.path(nameKey).asText().equals(name)) {
        put((ObjectNode) pair, valueKey, value);
        return array;
      }
    }
    put(array.addObject().put(nameKey, name), valueKey, value);
    return array;
  }

  private static void put(ObjectNode object, String key, JsonNode value) {
    if (value.isMissingNode()) {
      object.remove(key);
    } else {
      object.set(key, value);
    }
  }
}
