package dev.lockstep.template;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The templates under {@code deploy}. */
final class Templates {
  static final Path DEPLOY = Path.of("..", "deploy");
  static final Path SENTINEL = DEPLOY.resolve("sentinel");
  static final Path DATA = SENTINEL.resolve("data.json");
  static final Path CONTENT = SENTINEL.resolve("content.json");
  static final ObjectMapper JSON = new ObjectMapper();

  private static final Pattern VARIABLE =
      Pattern.compile("\\[variables\\('(\\w+)'\\)((?:\\.\\w+)*)]");

  private Templates() {}

  /** Returns every file of Bicep. */
  static Stream<Path> bicep() throws IOException {
    try (Stream<Path> files = Files.walk(DEPLOY)) {
      return files.filter(file -> file.toString().endsWith(".bicep")).sorted().toList().stream();
    }
  }

  /** Returns where the ARM template of a file of Bicep is. */
  static Path json(Path bicep) {
    String name = bicep.getFileName().toString();
    return bicep.resolveSibling(name.substring(0, name.length() - ".bicep".length()) + ".json");
  }

  /** Returns the ARM template that a file of Bicep stands for, as text. */
  static String written(Path bicep) throws IOException {
    Bicep read = BicepReader.read(bicep.toString(), text(bicep));
    return pretty(ArmTemplate.of(read, file -> text(bicep.resolveSibling(file))));
  }

  /** Returns a value as JSON on several lines. */
  static String pretty(Object value) throws IOException {
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    printer.indentArraysWith(indenter);
    printer.indentObjectsWith(indenter);
    return JSON.writer(printer).writeValueAsString(value) + "\n";
  }

  static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("could not read " + file, e);
    }
  }

  /** Returns the resources of a template, variables that stand for a whole value put in. */
  static List<JsonNode> resources(Path json) throws IOException {
    JsonNode template = JSON.readTree(text(json));
    JsonNode variables = template.path("variables");
    return Stream.iterate(0, i -> i < template.path("resources").size(), i -> i + 1)
        .map(i -> resolved(template.path("resources").get(i), variables))
        .toList();
  }

  /** Returns the resource of a template by its type and the end of its name. */
  static JsonNode resource(Path json, String type, String name) throws IOException {
    return resources(json).stream()
        .filter(one -> one.path("type").asText().equals(type))
        .filter(one -> named(one.path("name").asText(), name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + type + " " + name + " in " + json));
  }

  private static boolean named(String expression, String name) {
    return expression.equals(name) || expression.endsWith("'" + name + "')]");
  }

  static JsonNode resolved(JsonNode value, JsonNode variables) {
    if (value.isTextual()) {
      Matcher variable = VARIABLE.matcher(value.asText());
      if (!variable.matches()) {
        return value;
      }
      String path = variable.group(2).replace('.', '/');
      return resolved(variables.path(variable.group(1)).at(path), variables);
    }
    if (value.isObject()) {
      ObjectNode copy = JSON.createObjectNode();
      for (Map.Entry<String, JsonNode> field : value.properties()) {
        copy.set(field.getKey(), resolved(field.getValue(), variables));
      }
      return copy;
    }
    if (value.isArray()) {
      ArrayNode copy = JSON.createArrayNode();
      value.forEach(item -> copy.add(resolved(item, variables)));
      return copy;
    }
    return value;
  }
}
