package dev.lockstep.detections.sigma.document;

import dev.lockstep.detections.sigma.match.Placeholders;
import dev.lockstep.schemas.text.Quoted;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reader of {@code placeholders.yaml}, which maps a name to a value or a list of values. */
public final class PlaceholdersReader {
  private static final int MOST_VALUES = 10_000;

  private PlaceholdersReader() {}

  /**
   * Placeholders of a file, or the fault for which the file was refused.
   *
   * @param placeholders placeholders; none if there is a fault
   */
  public record Reading(Placeholders placeholders, @Nullable DocumentFault fault) {}

  /**
   * Reads the definitions of placeholders, each a name with its values, from the text of a file
   * {@code placeholders.yaml}.
   */
  public static Reading read(String file, String text) {
    try {
      YamlValue value = new YamlStream(file, text).only();
      return new Reading(
          new Placeholders(
              value == null ? Map.of() : values(DocumentPart.of(value, "placeholders")),
              Quoted.of(file)),
          null);
    } catch (DocumentException e) {
      return new Reading(Placeholders.NONE, e.fault());
    }
  }

  private static Map<String, List<String>> values(DocumentPart part) throws DocumentException {
    Map<String, List<String>> values = new LinkedHashMap<>();
    for (String name : part.entries().keySet()) {
      List<String> texts = new ArrayList<>();
      for (YamlValue.Scalar each :
          part.list(name, "the placeholder " + Quoted.of(name), MOST_VALUES)) {
        texts.add(each.text());
      }
      values.put(name, texts);
    }
    return values;
  }
}
