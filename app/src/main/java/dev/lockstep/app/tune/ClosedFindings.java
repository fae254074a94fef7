package dev.lockstep.app.tune;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import dev.lockstep.app.detection.DetectionFile;
import dev.lockstep.app.detection.WrittenDetection;
import dev.lockstep.schemas.Quoted;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Classifications with which analysts closed findings, by the id of the finding.
 *
 * <p>A file has an object of JSON a line with {@code id} or {@code DetectionId} and {@code
 * classification}, such as a detection with that field added; or it is CSV with columns of these
 * names. Case does not count in the names. Objects without a classification are left out. Of
 * several classifications of a finding {@code TruePositive} counts, else the last.
 *
 * @param byId classification by id of the finding
 */
public record ClosedFindings(Map<String, Closing> byId) {
  private static final JsonFactory JSON = new JsonFactory();
  private static final List<String> IDS = List.of("detectionid", "id");
  private static final String CLASSIFICATION = "classification";
  private static final int LONGEST_ID = 400;

  /** Creates findings with a copy of the map. */
  public ClosedFindings {
    byId = Map.copyOf(byId);
  }

  /**
   * Reads a file.
   *
   * @throws dev.lockstep.app.terminal.OperatorException if it cannot be read, or a line is neither
   */
  public static ClosedFindings read(String file) {
    return read(file, null);
  }

  /**
   * Reads a file.
   *
   * @param rule id of the rule whose findings are wanted, or null for all; objects and rows that
   *     name no rule are taken
   */
  static ClosedFindings read(String file, @Nullable String rule) {
    Map<String, Closing> byId = new TreeMap<>();
    Table[] table = new Table[1];
    new DetectionFile(file)
        .forEachLine(
            (line, number) -> {
              if (table[0] != null) {
                table[0].row(line, rule, byId);
              } else if (line.stripLeading().startsWith("{")) {
                object(line, rule, byId);
              } else {
                table[0] = new Table(line);
              }
            });
    return new ClosedFindings(byId);
  }

  private static void put(@Nullable String id, @Nullable String word, Map<String, Closing> byId)
      throws IOException {
    if (word == null || word.isBlank()) {
      return;
    }
    if (id == null || id.isBlank() || id.length() > LONGEST_ID) {
      throw new IOException("the classification is of no finding, because there is no DetectionId");
    }
    Closing closing = Closing.of(word);
    if (closing == null) {
      throw new IOException(
          "the classification %s is none of %s".formatted(Quoted.of(word), Closing.WORDS));
    }
    byId.merge(
        id.strip(), closing, (known, other) -> known == Closing.TRUE_POSITIVE ? known : other);
  }

  private static void object(String line, @Nullable String rule, Map<String, Closing> byId)
      throws IOException {
    String id = null;
    String word = null;
    String of = null;
    try (JsonParser parser = JSON.createParser(line)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = WrittenDetection.field(parser.currentName());
        JsonToken value = parser.nextToken();
        if (name.equalsIgnoreCase("id") && value == JsonToken.VALUE_STRING) {
          id = parser.getText();
        } else if (name.equalsIgnoreCase(CLASSIFICATION) && value == JsonToken.VALUE_STRING) {
          word = parser.getText();
        } else if (name.equalsIgnoreCase("rule") && value == JsonToken.VALUE_STRING) {
          of = parser.getText();
        } else {
          parser.skipChildren();
        }
      }
    } catch (JsonProcessingException e) {
      throw new IOException("the line is no JSON", e);
    }
    if (isWanted(of, rule)) {
      put(id, word, byId);
    }
  }

  private static boolean isWanted(@Nullable String of, @Nullable String rule) {
    return of == null || of.isBlank() || rule == null || of.equals(rule);
  }

  /** Table of CSV, of which two columns are read. */
  private static final class Table {
    private final int id;
    private final int classification;
    private final int ruleAt;

    Table(String heading) throws IOException {
      List<String> names =
          cells(heading).stream().map(name -> name.strip().toLowerCase(Locale.ROOT)).toList();
      int at = -1;
      for (String known : IDS) {
        at = at < 0 ? names.indexOf(known) : at;
      }
      id = at;
      classification = names.indexOf(CLASSIFICATION);
      ruleAt = names.indexOf("rule");
      if (id < 0 || classification < 0) {
        throw new IOException(
            "the line is neither JSON nor a heading with the columns DetectionId and Classification");
      }
    }

    private static List<String> cells(String line) throws IOException {
      try (CsvReader<CsvRecord> reader = CsvReader.builder().ofCsvRecord(line)) {
        return reader.stream().findFirst().map(CsvRecord::getFields).orElse(List.of());
      } catch (CsvParseException e) {
        throw new IOException("the line is no CSV", e);
      }
    }

    void row(String line, @Nullable String rule, Map<String, Closing> byId) throws IOException {
      List<String> cells = cells(line);
      if (cells.size() <= Math.max(id, classification)) {
        throw new IOException("the line has fewer cells than the heading");
      }
      String of = ruleAt >= 0 && ruleAt < cells.size() ? cells.get(ruleAt) : null;
      if (isWanted(of, rule)) {
        put(cells.get(id), cells.get(classification), byId);
      }
    }
  }
}
