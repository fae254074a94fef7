package dev.lockstep.ingest.raw;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Converter of a raw field's path into the names of the columns in which exported tables have the
 * field. A row has the values of a record's top level and of its properties side by side, some
 * under another name.
 */
final class RowColumns {
  private static final String PROPERTIES = "properties.";

  private static final Map<String, String> RENAMED =
      Map.of(
          "time", "timegenerated",
          "tenantid", "aadtenantid",
          "resourceid", "_resourceid",
          "properties.location", "locationdetails",
          "properties.operationtype", "aadoperationtype",
          "properties.resourceid", "resourceidentity");

  /**
   * Endings of column names that stand for the column's type, such as {@code dynamic} in {@code
   * Status_dynamic}.
   */
  private static final Set<String> TYPES =
      Set.of(
          "s",
          "d",
          "g",
          "b",
          "t",
          "bool",
          "datetime",
          "decimal",
          "dynamic",
          "guid",
          "int",
          "long",
          "real",
          "string",
          "timespan");

  private RowColumns() {}

  /**
   * Returns the names of the columns in which exported tables have the raw field at a path, if they
   * differ from the path. Path and names are in lower case.
   */
  static List<String> of(String path) {
    List<String> columns = new ArrayList<>();
    if (path.startsWith(PROPERTIES)) {
      columns.add(path.substring(PROPERTIES.length()));
    }
    RENAMED.forEach(
        (of, column) -> {
          if (path.equals(of) || path.startsWith(of + ".")) {
            columns.add(column + path.substring(of.length()));
          }
        });
    return columns;
  }

  static String plain(String column) {
    int bar = column.lastIndexOf('_');
    return bar > 0 && TYPES.contains(column.substring(bar + 1).toLowerCase(Locale.ROOT))
        ? column.substring(0, bar)
        : column;
  }
}
