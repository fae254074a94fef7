package dev.lockstep.app.tune;

import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.detections.sigma.SigmaRule;
import dev.lockstep.detections.sigma.SigmaSetRule;
import dev.lockstep.detections.sigma.document.Header;
import dev.lockstep.detections.sigma.field.SigmaFields;
import dev.lockstep.enrichment.file.YamlText;
import dev.lockstep.schemas.text.Quoted;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Writer of filters for a Sigma rule as YAML text, and finder of the fields that filters may
 * compare in the rule's log sources.
 */
final class FilterWriter {
  private static final int MOST_TITLE_CHARS = 160;

  private final String rule;
  private final SigmaSetRule set;
  private final Map<String, List<FilterField>> fields = new LinkedHashMap<>();

  FilterWriter(String rule, SigmaSetRule set) {
    this.rule = rule;
    this.set = set;
    for (SigmaRule single : set.singles()) {
      fields.computeIfAbsent(
          single.document().source().toString(),
          any -> FilterField.of(SigmaFields.bundled(), single.document().source().service()));
    }
  }

  /** Returns the log sources of the rule, each as {@code product/service}. */
  Set<String> sources() {
    return fields.keySet();
  }

  List<FilterField> fields(String source) {
    return fields.getOrDefault(source, List.of());
  }

  String of(String source, FilterSearch.Filter filter) {
    int slash = source.indexOf('/');
    StringBuilder text = new StringBuilder(500);
    String title = "Expected events of " + rule + ", " + filter.words();
    String cut =
        title.length() <= MOST_TITLE_CHARS ? title : title.substring(0, MOST_TITLE_CHARS) + "...";
    UUID id = UUID.nameUUIDFromBytes((rule + filter.words()).getBytes(StandardCharsets.UTF_8));
    text.append("title: ").append(YamlText.scalar(Quoted.visible(cut))).append('\n');
    text.append("id: ").append(id).append('\n');
    text.append("logsource:\n    product: ").append(source, 0, slash).append('\n');
    text.append("    service: ").append(source.substring(slash + 1)).append('\n');
    text.append("filter:\n    rules:\n");
    references(source)
        .forEach(word -> text.append("        - ").append(YamlText.scalar(word)).append('\n'));
    text.append("    selection:\n");
    for (FilterSearch.Condition condition : filter.all()) {
      text.append("        ").append(condition.field().name()).append(":\n");
      condition
          .values()
          .forEach(
              value ->
                  text.append("            - ")
                      .append(YamlText.scalar(escaped(value)))
                      .append('\n'));
    }
    text.append("    condition: not selection\n");
    return text.toString();
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("*", "\\*").replace("?", "\\?");
  }

  private Collection<String> references(String source) {
    Set<String> words = new LinkedHashSet<>();
    for (SigmaRule single : set.singles()) {
      if (single.document().source().toString().equals(source)) {
        Header header = single.document().header();
        String id = header.id();
        String name = header.name();
        if (id == null && name == null) {
          throw new OperatorException(
              "could not tune the rule %s: the document at %s has neither id nor name, so that no filter can refer to it; add an id, or run rules lint --fix"
                  .formatted(Quoted.of(rule), Quoted.of(header.at())));
        }
        words.add(id != null ? id : String.valueOf(name));
      }
    }
    return words;
  }
}
