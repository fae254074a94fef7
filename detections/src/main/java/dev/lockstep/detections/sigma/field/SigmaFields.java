package dev.lockstep.detections.sigma.field;

import com.google.re2j.Pattern;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Table {@code sigma-fields.csv} of the field names that Sigma rules use, with the sources of the
 * values. Immutable.
 *
 * <h2>Resolution of a name</h2>
 *
 * Upper and lower case are the same. The first of these that applies:
 *
 * <ol>
 *   <li>The empty name stands for keywords: every value of the record.
 *   <li>A row of the service has the name, or else a row for all services ({@code *}).
 *   <li>A row for an object has the beginning of the name up to a dot: the rest is a path in that
 *       object.
 *   <li>The name begins with {@code properties.}: the name is a path in the record.
 *   <li>Otherwise the name has no source. Neither a comparison with it nor its negation holds.
 * </ol>
 */
public final class SigmaFields {
  private static final Pattern COMMA = Pattern.compile(",");

  /**
   * Path that stands for every scalar value of the log record. Keywords of Sigma rules are compared
   * with all of these values.
   */
  public static final String EVERYTHING = "*";

  private static final Pattern SPACE = Pattern.compile(" ");
  private static final String ONE_OF = "one of ";
  private static final String TABLE = "sigma-fields.csv";
  private static final String EVERY_SERVICE = "*";
  private static final String PROPERTIES = "properties.";
  private static final SigmaFields BUNDLED = new SigmaFields(read());

  private final List<Row> rows;
  private final Map<String, Map<String, Row>> byService = new HashMap<>();
  private final Map<String, Set<String>> listedPaths = new HashMap<>();
  private final Map<String, Set<String>> namesOf = new HashMap<>();

  /**
   * Row of the table: the sources of one field name in events of one service, or of all services.
   *
   * @param service service of the log source, or {@code *}
   * @param name name in rules
   * @param source sources in the notation of {@link FieldSource}; {@code -} if there is none
   * @param values {@code object}; or the only values, such as {@code one of true false}; or the
   *     change that is made to each value, such as {@code 0=Success;*=Failure}; or empty if values
   *     stay as they are
   * @param known origin of the name; for a name without a source the reason why there is none
   */
  public record Row(String service, String name, String source, String values, String known) {
    boolean isObject() {
      return values.equals("object");
    }

    List<String> words() {
      return values.startsWith(ONE_OF)
          ? List.of(SPACE.split(values.substring(ONE_OF.length())))
          : List.of();
    }

    String forms() {
      return isObject() || !words().isEmpty() ? "" : values;
    }
  }

  private SigmaFields(List<Row> rows) {
    this.rows = List.copyOf(rows);
    for (Row row : rows) {
      byService
          .computeIfAbsent(row.service(), service -> new HashMap<>())
          .put(lower(row.name()), row);
      listedPaths
          .computeIfAbsent(row.service(), service -> new HashSet<>())
          .addAll(FieldSource.paths(row.source()));
    }
    for (String service : byService.keySet()) {
      Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
      rows.stream()
          .filter(row -> row.service().equals(service) || row.service().equals(EVERY_SERVICE))
          .forEach(row -> names.add(row.name()));
      namesOf.put(service, Collections.unmodifiableSet(names));
    }
  }

  /** Returns the table that comes with this version of Lockstep. */
  public static SigmaFields bundled() {
    return BUNDLED;
  }

  private static List<Row> read() {
    List<Row> rows = new ArrayList<>();
    try (InputStream in = SigmaFields.class.getResourceAsStream(TABLE)) {
      if (in == null) {
        throw new IllegalStateException(
            "the file " + TABLE + " is missing from Lockstep's own jar; install Lockstep again");
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (String line : text.lines().skip(1).toList()) {
        String[] cells = COMMA.split(line, -1);
        if (cells.length != 5) {
          throw new IllegalStateException(
              "the file "
                  + TABLE
                  + " has a row without 5 cells: "
                  + line
                  + "; install Lockstep again");
        }
        rows.add(new Row(cells[0], cells[1], cells[2], cells[3], cells[4]));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("could not read " + TABLE + "; install Lockstep again", e);
    }
    return rows;
  }

  /**
   * Returns a name as written, or its lower-case form {@code lower} if the two forms differ in
   * length. So an index found in {@code lower} always fits the result.
   */
  private static String spelt(String name, String lower) {
    return name.length() == lower.length() ? name : lower;
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  /** Returns all rows in the table's order. */
  public List<Row> rows() {
    return rows;
  }

  /**
   * Returns the field names for events of a service, including those for all services, as {@code
   * sigma-fields.csv} spells them.
   */
  public Set<String> names(String service) {
    return namesOf.getOrDefault(lower(service), namesOf.getOrDefault(EVERY_SERVICE, Set.of()));
  }

  /**
   * Returns the source from which the values of a field are taken in events of a service.
   *
   * @param name name as a rule writes it; empty for keywords
   */
  public FieldSource source(String service, String name) {
    String asked = lower(name);
    if (asked.isEmpty()) {
      return FieldSource.of(name, EVERYTHING, "", true);
    }
    Row exact = row(lower(service), asked);
    if (exact != null) {
      return exact.source().equals("-")
          ? FieldSource.none(name, exact.known(), true)
          : FieldSource.of(name, exact.source(), exact.forms(), true);
    }
    for (int dot = asked.lastIndexOf('.'); dot > 0; dot = asked.lastIndexOf('.', dot - 1)) {
      Row around = row(lower(service), asked.substring(0, dot));
      if (around != null && around.isObject()) {
        return FieldSource.of(name, around.source(), "", true)
            .below(spelt(name, asked).substring(dot));
      }
    }
    return asked.startsWith(PROPERTIES)
        ? FieldSource.ofRecord(name, spelt(name, asked), isListed(lower(service), asked))
        : FieldSource.none(name, "no record of " + service + " has this field", false);
  }

  /**
   * Returns the only values that a field can have, or an empty list if the table does not limit the
   * values.
   */
  public List<String> words(String service, String name) {
    Row row = row(lower(service), lower(name));
    return row == null ? List.of() : row.words();
  }

  private @Nullable Row row(String service, String name) {
    Row own = byService.getOrDefault(service, Map.of()).get(name);
    return own != null ? own : byService.getOrDefault(EVERY_SERVICE, Map.of()).get(name);
  }

  private boolean isListed(String service, String path) {
    Set<String> listed = listedPaths.getOrDefault(service, Set.of());
    for (int end = path.length(); end > 0; end = path.lastIndexOf('.', end - 1)) {
      if (listed.contains(path.substring(0, end))) {
        return true;
      }
    }
    return false;
  }
}
