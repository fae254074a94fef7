package dev.lockstep.detections.sigma.document;

import dev.lockstep.detections.sigma.match.Expression;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sigma correlation: document that correlates the events which other Sigma documents match.
 *
 * @param type type of the correlation
 * @param rules documents whose events are correlated, in order
 * @param groupBy fields or aliases whose values make a group; empty if all events are one group
 * @param timespan length of the window
 * @param thresholds comparisons that must all hold; empty if the condition is an expression or is
 *     absent
 * @param expression Boolean expression over words of {@code rules}, or null
 * @param fields fields whose values are counted or computed with; empty for a type that has no
 *     field
 * @param percentile percentile of {@code value_percentile}, above 0 and at most 100; null for
 *     another type
 * @param aliases for each alias, a map whose keys name documents and whose values are the fields
 *     that the alias stands for in the events of these documents
 * @param generate if the correlated rules have findings of their own
 * @param at places of the parts
 */
public record CorrelationDocument(
    Header header,
    Type type,
    List<Reference> rules,
    List<String> groupBy,
    Duration timespan,
    List<Threshold> thresholds,
    @Nullable Expression expression,
    List<String> fields,
    @Nullable BigDecimal percentile,
    Map<String, Map<String, String>> aliases,
    boolean generate,
    Places at)
    implements SigmaDocument {
  /** Type of a Sigma correlation, such as {@code event_count}. */
  public enum Type {
    EVENT_COUNT,
    VALUE_COUNT,
    TEMPORAL,
    TEMPORAL_ORDERED,
    VALUE_SUM,
    VALUE_AVG,
    VALUE_MEDIAN,
    VALUE_PERCENTILE;

    /** Returns the word by which a Sigma document names this type, such as {@code event_count}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Returns whether the condition of a correlation of this type names fields. */
    public boolean hasField() {
      return this == VALUE_COUNT || isMetric();
    }

    /**
     * Returns whether the condition of a correlation of this type compares a sum, average, median
     * or percentile of values.
     */
    public boolean isMetric() {
      return this == VALUE_SUM
          || this == VALUE_AVG
          || this == VALUE_MEDIAN
          || this == VALUE_PERCENTILE;
    }

    /** Returns whether this type is {@code temporal} or {@code temporal_ordered}. */
    public boolean isTemporal() {
      return this == TEMPORAL || this == TEMPORAL_ORDERED;
    }
  }

  /**
   * Places in a file at which the parts of a correlation are written, for faults that are found
   * after reading.
   *
   * @param thresholds line of each threshold, in order
   * @param aliases for each alias, a map whose keys name rules and whose values are the lines on
   *     which the alias is written for these rules
   * @param fields for each field, the first line that names it in the group, in the condition or
   *     for an alias
   */
  public record Places(
      SourceLine correlation,
      SourceLine groupBy,
      SourceLine condition,
      List<SourceLine> thresholds,
      Map<String, Map<String, SourceLine>> aliases,
      Map<String, SourceLine> fields) {
    public Places {
      thresholds = List.copyOf(thresholds);
      aliases = Map.copyOf(aliases);
      fields = Map.copyOf(fields);
    }

    /**
     * Returns the line of a threshold by its index, or the line of the condition if there is no
     * such threshold.
     */
    public SourceLine threshold(int index) {
      return index < thresholds.size() ? thresholds.get(index) : condition;
    }

    /**
     * Returns the line on which an alias for a rule is written, or the line of the correlation if
     * there is no such alias.
     */
    public SourceLine alias(String alias, String rule) {
      return aliases.getOrDefault(alias, Map.of()).getOrDefault(rule, correlation);
    }

    /**
     * Returns the first line of the file that names a field. If no line names the field, the result
     * is the line of the key {@code group-by}.
     */
    public SourceLine field(String name) {
      return fields.getOrDefault(name, groupBy);
    }
  }

  /**
   * Returns the field that an alias stands for in the events of one document. The correlation
   * refers to that document. A name that is no such alias is returned as it is.
   *
   * @param words reference, id and name of the document, by each of which aliases may name it
   */
  public String aliased(String field, Set<String> words) {
    for (Map.Entry<String, String> alias : aliases.getOrDefault(field, Map.of()).entrySet()) {
      if (words.stream().anyMatch(alias.getKey()::equalsIgnoreCase)) {
        return alias.getValue();
      }
    }
    return field;
  }

  /**
   * Returns the documents that have no findings of their own. Correlations refer to such a
   * document, and none of these correlations has {@code generate: true}.
   */
  public static Set<SigmaDocument> silent(Collection<SigmaDocument> documents) {
    ReferredDocuments byWord = new ReferredDocuments(documents);
    Set<SigmaDocument> silent = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<SigmaDocument> generating = Collections.newSetFromMap(new IdentityHashMap<>());
    for (SigmaDocument document : documents) {
      if (document instanceof CorrelationDocument correlation) {
        for (Reference rule : correlation.rules()) {
          SigmaDocument referred = byWord.of(rule);
          if (referred != null) {
            (correlation.generate() ? generating : silent).add(referred);
          }
        }
      }
    }
    silent.removeAll(generating);
    return silent;
  }

  public CorrelationDocument {
    rules = List.copyOf(rules);
    groupBy = List.copyOf(groupBy);
    thresholds = List.copyOf(thresholds);
    fields = List.copyOf(fields);
    aliases = Collections.unmodifiableMap(new LinkedHashMap<>(aliases));
  }
}
