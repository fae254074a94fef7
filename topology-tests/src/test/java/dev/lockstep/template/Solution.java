package dev.lockstep.template;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Files of the solution for Microsoft Sentinel, laid out as the Azure-Sentinel repository has it.
 * Templates, package and the queries for Defender are made from them.
 */
final class Solution {
  static final Path ROOT = Templates.SENTINEL.resolve("Solutions").resolve("Lockstep");
  static final Path RULES = ROOT.resolve("Analytic Rules");
  static final Path HUNTS = ROOT.resolve("Hunting Queries");
  static final Path PARSERS = ROOT.resolve("Parsers");
  static final Path WORKBOOK = ROOT.resolve("Workbooks").resolve("Lockstep.json");
  static final Path CONNECTOR = ROOT.resolve("Data Connectors").resolve("Lockstep.json");

  private Solution() {}

  /** Returns the files of a folder in order. */
  static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  static JsonNode yaml(Path file) {
    return Templates.JSON.valueToTree(YamlFile.read(Templates.text(file)));
  }

  static JsonNode json(Path file) throws IOException {
    return Templates.JSON.readTree(Templates.text(file));
  }

  /** Returns the name of a file without its ending. */
  static String name(Path file) {
    String name = file.getFileName().toString();
    return name.substring(0, name.lastIndexOf('.'));
  }

  /** Returns the text of every query: by the name of its file, in the workbook by its item. */
  static Map<String, String> queries() throws IOException {
    Map<String, String> queries = new TreeMap<>();
    for (Path folder : List.of(RULES, HUNTS, PARSERS)) {
      for (Path file : files(folder)) {
        JsonNode said = yaml(file);
        queries.put(
            name(file), said.path(folder.equals(PARSERS) ? "FunctionQuery" : "query").asText());
      }
    }
    for (JsonNode item : json(WORKBOOK).path("items")) {
      JsonNode content = item.path("content");
      if (content.path("query").isTextual()) {
        queries.put("workbook/" + item.path("name").asText(), content.path("query").asText());
      }
      for (JsonNode parameter : content.path("parameters")) {
        if (parameter.path("query").isTextual()) {
          queries.put(
              "workbook/parameter-" + parameter.path("name").asText(),
              parameter.path("query").asText());
        }
      }
    }
    return queries;
  }
}
