package dev.lockstep.ingest.split;

import com.fasterxml.jackson.core.JsonFactory;
import dev.lockstep.ingest.json.Key;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.table.RowSignature;
import dev.lockstep.ingest.table.Table;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The table whose rows a file of comma-separated values has, by its header: of a Log Analytics
 * workspace, of a hunting query, or a sign-in download of the Entra portal.
 */
final class CsvTable {
  /** What a person may be told of the headers that are known. */
  static final String KNOWN =
      "known are the columns of SigninLogs and the other tables of sign-ins,"
          + " ApiManagementGatewayLogs, MicrosoftGraphActivityLogs, AuditLogs, AADUserRiskEvents,"
          + " AADRiskyUsers, SecurityAlert, AlertInfo and AlertEvidence, and those of the Entra"
          + " portal's sign-in downloads (Date (UTC), Request ID, ...)";

  private static final int[] SEPARATORS = {',', ';', '\t'};
  private static final String UTC = "[UTC]";

  /** What PowerShell and spreadsheets put before the header. */
  private static final String[] NOTES = {"#type", "sep="};

  private final JsonFactory json;
  private final int separator;
  private final List<String> columns = new ArrayList<>();
  private final List<Boolean> isTime = new ArrayList<>();
  private final CsvRow header;
  private @Nullable PortalSignIns portal;
  private @Nullable String localTime;
  private int signature;

  private CsvTable(JsonFactory json, int separator, CsvRow header) {
    this.json = json;
    this.separator = separator;
    this.header = header;
  }

  /**
   * Looks at what a file begins with, behind a byte order mark.
   *
   * @return null if it is no header that is known
   */
  static @Nullable CsvTable of(
      RowWindow window, String file, Limits limits, Key.Table keys, JsonFactory json) {
    int from = isNote(window) ? nextLine(window) : 0;
    for (int separator : SEPARATORS) {
      CsvRow header = CsvRow.cut(window, from, separator, limits.messageBytes());
      if (header.damage() == null && header.cells().size() > 1) {
        CsvTable table = new CsvTable(json, separator, header);
        table.portal = PortalSignIns.of(header.cells(), file, json);
        header.cells().forEach(name -> table.column(name, keys));
        if (table.portal != null || table.isOfWorkspace()) {
          return table;
        }
      }
    }
    return null;
  }

  /** Whether the first line is for the program that is to open the file. */
  private static boolean isNote(RowWindow window) {
    for (String note : NOTES) {
      int length = 0;
      while (length < note.length()
          && (window.peek(length) | 0x20) == (note.charAt(length) | 0x20)) {
        length++;
      }
      if (length == note.length()) {
        return true;
      }
    }
    return false;
  }

  private static int nextLine(RowWindow window) {
    int at = 0;
    while (window.peek(at) != RowWindow.END && window.peek(at) != '\n') {
      at++;
    }
    return at + 1;
  }

  /** Takes a column's name; a time's says in brackets which zone the portal has written it in. */
  private void column(String name, Key.Table keys) {
    String plain = name.strip();
    int bracket = plain.endsWith("]") ? plain.lastIndexOf('[') : -1;
    String base = bracket < 0 ? plain : plain.substring(0, bracket).strip();
    int bit = RowSignature.of(keys.of(base));
    if (bracket >= 0
        && !plain.substring(bracket).equalsIgnoreCase(UTC)
        && RowSignature.any(
            bit, RowSignature.TIME_GENERATED | RowSignature.CREATED | RowSignature.TIMESTAMP)) {
      localTime = plain;
    }
    signature |= bit;
    columns.add(base);
    isTime.add(bracket >= 0);
  }

  private boolean isOfWorkspace() {
    // An alert whose columns have the names of the hub is no row, and is read as from there.
    return RowSignature.any(signature, RowSignature.SYSTEM_ALERT_ID)
        || (RowSignature.mayBeRow(signature)
            && (Table.withColumns(signature) != null
                || RowSignature.all(signature, RowSignature.TYPE | RowSignature.TIME_GENERATED)));
  }

  /** Returns the name of a column whose times are those of some place, or null. */
  @Nullable String localTime() {
    return localTime;
  }

  CsvRow header() {
    return header;
  }

  int separator() {
    return separator;
  }

  int columns() {
    return columns.size();
  }

  /** Returns the row as a JSON object. */
  byte[] json(List<String> cells) {
    if (portal != null) {
      return portal.json(cells);
    }
    RowJson row = new RowJson(json);
    for (int i = 0; i < columns.size() && i < cells.size(); i++) {
      String cell = cells.get(i);
      row.put(columns.get(i), isTime.get(i) ? time(cell) : cell);
    }
    return row.done();
  }

  /**
   * The portal writes times as the browser's language has them. Only where AM or PM follows is it
   * sure that the month comes first; others with a comma are left as they are, and cannot be read.
   */
  private static String time(String cell) {
    int comma = cell.indexOf(',');
    boolean halfDays = cell.endsWith("M") || cell.endsWith("m");
    return comma > 0 && halfDays ? cell.substring(0, comma) + cell.substring(comma + 1) : cell;
  }
}
