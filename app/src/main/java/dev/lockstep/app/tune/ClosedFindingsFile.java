package dev.lockstep.app.tune;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.app.detection.DetectionFields;
import dev.lockstep.app.detection.DetectionFile;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Classifications of the findings that analysts have closed, by the id of the finding, as read from
 * a file.
 *
 * <p>The file has lines of JSON, or is CSV. Each JSON line is an object with {@code id} or {@code
 * DetectionId} and {@code classification}, such as a detection with an added {@code
 * classification}. CSV has columns of these names, and cells in quotes may have line breaks. Names
 * may be in any case. Objects without a classification are left out. If a finding has several
 * classifications, {@code TruePositive} counts, or else the last one.
 *
 * @param byId classification by id of the finding
 * @param ofOthers ids of findings that belong to another rule than the tuned one
 */
public record ClosedFindingsFile(Map<String, Classification> byId, Set<String> ofOthers) {
  private static final List<String> IDS = List.of("detectionid", "id");
  private static final String CLASSIFICATION = "classification";
  private static final int LONGEST_ID = 400;
  private static final String NEITHER =
      "the line is neither a JSON object nor a heading with the columns DetectionId and"
          + " Classification";
  private static final String FIX =
      "name a complete file of findings with classifications, as lines of JSON or as CSV";

  public ClosedFindingsFile {
    byId = Map.copyOf(byId);
    ofOthers = Set.copyOf(ofOthers);
  }

  /**
   * Reads the classifications of closed findings from a file.
   *
   * @param rule id of the tuned rule, for which {@code ofOthers} collects the findings of other
   *     rules; null to collect none
   * @throws dev.lockstep.app.terminal.OperatorException if the file cannot be read, or a line of it
   *     cannot be used
   */
  static ClosedFindingsFile read(String file, @Nullable String rule) {
    Reading reading = new Reading(rule);
    new DetectionFile(file, true, FIX)
        .forEachLineOrRow((line, number) -> reading.take(line), reading::row);
    return reading.all();
  }

  /**
   * Values of one line of the file, each null if it is missing: the id of a finding, its
   * classification and its rule.
   */
  private record Line(@Nullable String id, @Nullable String word, @Nullable String rule) {}

  /**
   * Reader of the lines or rows of a file of closed findings, with the classifications that it has
   * read so far.
   */
  static final class Reading {
    private final @Nullable String rule;
    private final Map<String, Classification> byId = new TreeMap<>();
    private final Set<String> ofOthers = new HashSet<>();
    private @Nullable Table table;

    /**
     * @param rule id of the tuned rule, for which {@code ofOthers} collects the findings of other
     *     rules; null to collect none
     */
    Reading(@Nullable String rule) {
      this.rule = rule;
    }

    void take(String line) throws IOException {
      if (!line.stripLeading().startsWith("{")) {
        throw new IOException(NEITHER);
      }
      put(object(line));
    }

    void row(List<String> cells) throws IOException {
      if (table == null) {
        table = new Table(cells);
      } else {
        put(table.row(cells));
      }
    }

    ClosedFindingsFile all() {
      return new ClosedFindingsFile(byId, ofOthers);
    }

    private void put(Line line) throws IOException {
      String word = line.word();
      if (word == null || word.isBlank()) {
        return;
      }
      String id = line.id();
      if (id == null || id.isBlank()) {
        throw new IOException("the line has a classification, but no text as DetectionId or id");
      }
      if (id.length() > LONGEST_ID) {
        throw new IOException(
            "the DetectionId has %d characters; at most %d are possible"
                .formatted(id.length(), LONGEST_ID));
      }
      Classification closing = Classification.of(word);
      if (closing == null) {
        throw new IOException(
            "the classification %s is unknown; the known classifications are %s"
                .formatted(Quoted.of(word), Classification.WORDS));
      }
      byId.merge(
          id.strip(),
          closing,
          (known, other) -> known == Classification.TRUE_POSITIVE ? known : other);
      String of = line.rule();
      if (rule != null && of != null && !of.isBlank() && !of.equals(rule)) {
        ofOthers.add(id.strip());
      }
    }
  }

  private static Line object(String line) throws IOException {
    Map<String, String> texts = new HashMap<>();
    try {
      DetectionFields.forEachField(
          line,
          (name, value) -> {
            String key = name.toLowerCase(Locale.ROOT);
            if (value.currentToken() == JsonToken.VALUE_STRING) {
              texts.put(key, value.getText());
            } else {
              texts.remove(key);
            }
          });
    } catch (JsonProcessingException e) {
      throw new IOException("the line is not JSON", e);
    }
    return new Line(
        texts.getOrDefault("id", texts.get("detectionid")),
        texts.get(CLASSIFICATION),
        texts.get("rule"));
  }

  private static final class Table {
    private final int id;
    private final int classification;
    private final int ruleAt;

    Table(List<String> heading) throws IOException {
      List<String> names =
          heading.stream().map(name -> name.strip().toLowerCase(Locale.ROOT)).toList();
      int at = -1;
      for (String known : IDS) {
        at = at < 0 ? names.indexOf(known) : at;
      }
      id = at;
      classification = names.indexOf(CLASSIFICATION);
      ruleAt = names.indexOf("rule");
      if (id < 0 || classification < 0) {
        throw new IOException(NEITHER);
      }
    }

    Line row(List<String> cells) throws IOException {
      if (cells.size() <= Math.max(id, classification)) {
        throw new IOException("the line has fewer cells than the heading");
      }
      return new Line(
          cells.get(id),
          cells.get(classification),
          ruleAt >= 0 && ruleAt < cells.size() ? cells.get(ruleAt) : null);
    }
  }
}
