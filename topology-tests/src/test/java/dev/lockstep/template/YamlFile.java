package dev.lockstep.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Content of a file of YAML as maps, lists, strings, numbers and booleans. */
final class YamlFile {
  private YamlFile() {}

  /** Returns the content of a file; a key that is there twice is an error. */
  static @Nullable Object read(String text) {
    return new Load(LoadSettings.builder().setAllowDuplicateKeys(false).build())
        .loadFromString(text);
  }

  /** Returns a value as an ARM template has it: a string that looks like an expression is none. */
  static @Nullable Object escaped(@Nullable Object value) {
    if (value instanceof String text) {
      return text.startsWith("[") ? "[" + text : text;
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> items = new ArrayList<>();
      list.forEach(item -> items.add(escaped(item)));
      return items;
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> fields = new LinkedHashMap<>();
      map.forEach((name, field) -> fields.put(String.valueOf(name), escaped(field)));
      return fields;
    }
    return value;
  }
}
