package dev.lockstep.ingest.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

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

  /** Returns the record with another value at the path. */
  static String with(String record, String path, String value) {
    Probe probe = new Probe(record);
    probe.set(path, value);
    return probe.text();
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

  /** Puts one of the record's own keys before all others, if it is there. */
  void moveToFront(String key) {
    if (record.has(key)) {
      ObjectNode moved = JSON.createObjectNode();
      moved.set(key, record.get(key));
      for (String other : (Iterable<String>) record::fieldNames) {
        moved.set(other, record.get(other));
      }
      record = moved;
    }
  }

  /** Returns the record with all its keys in another case, but those within texts. */
  static JsonNode withKeys(JsonNode node, boolean upper) {
    if (node.isArray()) {
      ArrayNode array = JSON.createArrayNode();
      node.forEach(element -> array.add(withKeys(element, upper)));
      return array;
    } else if (!node.isObject()) {
      return node;
    }
    ObjectNode object = JSON.createObjectNode();
    for (String key : (Iterable<String>) node::fieldNames) {
      object.set(
          upper ? key.toUpperCase(Locale.ROOT) : key.toLowerCase(Locale.ROOT),
          withKeys(node.get(key), upper));
    }
    return object;
  }

  /** Hands out the record once for each value in it and each odd one, put in its place. */
  static void eachWith(String record, List<String> odd, Consumer<String> sink) {
    JsonNode root = parsed(record);
    eachWithin(root, odd, () -> sink.accept(root.toString()));
  }

  private static void eachWithin(JsonNode node, List<String> odd, Runnable changed) {
    if (node instanceof ObjectNode object) {
      List<String> keys = new ArrayList<>();
      object.fieldNames().forEachRemaining(keys::add);
      for (String key : keys) {
        JsonNode before = object.get(key);
        for (String value : odd) {
          object.set(key, parsed(value));
          changed.run();
        }
        object.set(key, before);
        eachWithin(before, odd, changed);
      }
    } else if (node.isArray()) {
      node.forEach(element -> eachWithin(element, odd, changed));
    }
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
