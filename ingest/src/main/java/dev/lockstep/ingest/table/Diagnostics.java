package dev.lockstep.ingest.table;

import dev.lockstep.ingest.category.Category;
import dev.lockstep.ingest.record.RecordFields;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code AzureDiagnostics}, in which services without a table of their own keep their
 * logs: a column is a key of the record's properties and the letter of its type.
 */
final class Diagnostics {
  private static final String TABLE = "AzureDiagnostics";
  private static final String TYPES = "sdgbt";
  private static final String WHOLE = ".0";

  private Diagnostics() {}

  static boolean isNamed(@Nullable String table) {
    return TABLE.equalsIgnoreCase(table);
  }

  /** Whether a log's properties are all there: objects within them are not. */
  static boolean keeps(@Nullable Category category) {
    return category == Category.GATEWAY || category == Category.EDGE_ACCESS;
  }

  /** Returns the key that a column has in the properties. */
  static String key(String column) {
    int last = column.length() - 1;
    return last > 1 && column.charAt(last - 1) == '_' && TYPES.indexOf(column.charAt(last)) >= 0
        ? column.substring(0, last - 1)
        : column;
  }

  /** All numbers of the table have a fraction. */
  static void settle(RecordFields fields) {
    fields.call.responseCode = whole(fields.call.responseCode);
    fields.edge.httpStatusCode = whole(fields.edge.httpStatusCode);
  }

  private static @Nullable String whole(@Nullable String number) {
    return number != null && number.endsWith(WHOLE)
        ? number.substring(0, number.length() - WHOLE.length())
        : number;
  }
}
