package dev.lockstep.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every resource says only what the public reference of its type and version knows, and all that it
 * requires. The reference's names are in {@code azure/properties.txt}.
 */
class PropertiesTest {
  /** What any resource of a template may say. */
  private static final Set<String> COMMON =
      Set.of("type", "apiVersion", "scope", "condition", "copy", "dependsOn");

  private static final Path REFERENCE =
      Path.of("src", "test", "resources", "azure", "properties.txt");

  /** By type and version, by place: names or, for a place that ends in " =", values. */
  private final Map<String, Map<String, List<String>>> reference = reference();

  @ParameterizedTest
  @MethodSource("templates")
  void saysWhatTheReferenceKnows_andAllThatItRequires(Path template) throws IOException {
    List<String> wrong = new ArrayList<>();
    for (JsonNode resource : Templates.resources(template)) {
      String type = resource.path("type").asText() + "@" + resource.path("apiVersion").asText();
      Map<String, List<String>> places = reference.get(type);
      if (places == null) {
        places = reference.get(type + "#" + resource.path("kind").asText());
      }
      if (places == null) {
        wrong.add(type + " is not in the reference");
      } else {
        compare(type, "", resource, places, wrong);
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static void compare(
      String type,
      String place,
      JsonNode value,
      Map<String, List<String>> places,
      List<String> wrong) {
    if (value.isArray()) {
      value.forEach(item -> compare(type, place + "[]", item, places, wrong));
    } else if (value.isObject()) {
      List<String> names = places.getOrDefault(place.isEmpty() ? "." : place, List.of());
      if (names.contains("**")) {
        return;
      }
      boolean any = names.contains("...");
      Set<String> missing = new TreeSet<>();
      names.stream().filter(name -> name.endsWith("*")).forEach(name -> missing.add(bare(name)));
      Set<String> known = new TreeSet<>();
      names.forEach(name -> known.add(bare(name)));
      if (place.isEmpty()) {
        known.addAll(COMMON);
      }
      for (Map.Entry<String, JsonNode> field : value.properties()) {
        missing.remove(field.getKey());
        if (!any && !known.contains(field.getKey())) {
          wrong.add(type + " " + place + ": " + field.getKey() + " is not known there");
        } else if (!(place.isEmpty() && COMMON.contains(field.getKey()))) {
          String name = known.contains(field.getKey()) ? field.getKey() : "*";
          compare(
              type, place.isEmpty() ? name : place + "." + name, field.getValue(), places, wrong);
        }
      }
      missing.forEach(name -> wrong.add(type + " " + place + ": " + name + " is missing"));
    } else {
      List<String> values = places.get(place + " =");
      if (values != null && !values.contains(value.asText())) {
        wrong.add(type + " " + place + ": " + value + " is none of " + values);
      }
    }
  }

  private static String bare(String name) {
    return name.endsWith("*") ? name.substring(0, name.length() - 1) : name;
  }

  private static Map<String, Map<String, List<String>>> reference() {
    Map<String, Map<String, List<String>>> reference = new TreeMap<>();
    Map<String, List<String>> places = new TreeMap<>();
    for (String line : Templates.text(REFERENCE).lines().toList()) {
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      if (!line.startsWith(" ")) {
        places = new TreeMap<>();
        reference.put(line, places);
        continue;
      }
      int names = line.indexOf(": ");
      int values = line.indexOf(" = ");
      String place = names < 0 ? line.substring(2, values + 2) : line.substring(2, names);
      String rest = line.substring(names < 0 ? values + 3 : names + 2);
      places.put(place, List.of(rest.split(" ", -1)));
    }
    return reference;
  }

  static Stream<Path> templates() throws IOException {
    return Templates.bicep().map(Templates::json);
  }
}
