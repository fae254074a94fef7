package dev.lockstep.ingest.table;

import dev.lockstep.ingest.category.Category;
import org.jspecify.annotations.Nullable;

/**
 * Converter of the column names of the table {@code AzureDiagnostics} into keys of a record's
 * {@code properties}. The table holds logs that are not sent to a table of their own. A column's
 * name is the key with a suffix for the type of its values.
 */
final class AzureDiagnosticsColumns {
  private static final String TABLE = "AzureDiagnostics";
  private static final String TYPES = "sdgbt";
  private static final String CLAIM = "identity_claim_";

  private AzureDiagnosticsColumns() {}

  static boolean isNamed(@Nullable String table) {
    return TABLE.equalsIgnoreCase(table);
  }

  /**
   * Returns whether the table {@code AzureDiagnostics} has every property of a category's records
   * that their mapper needs. The table splits nested objects into columns, which are read for these
   * categories only.
   */
  static boolean keeps(@Nullable Category category) {
    return category == Category.GATEWAY
        || category == Category.EDGE_ACCESS
        || category == Category.EDGE_FIREWALL
        || category == Category.VAULT;
  }

  /**
   * Returns the name of the claim that a column contains, or null if the column contains no claim.
   * In that name, an underscore stands for each run of characters that a column's name cannot have.
   */
  static @Nullable String claim(String column) {
    return column.regionMatches(true, 0, CLAIM, 0, CLAIM.length())
        ? key(column).substring(CLAIM.length())
        : null;
  }

  /** Returns a column's name without the suffix for its type, such as {@code _s}. */
  static String key(String column) {
    int last = column.length() - 1;
    return last > 1 && column.charAt(last - 1) == '_' && TYPES.indexOf(column.charAt(last)) >= 0
        ? column.substring(0, last - 1)
        : column;
  }
}
