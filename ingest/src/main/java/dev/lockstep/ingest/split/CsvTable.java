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
 * Converter of a CSV file's rows to JSON. By the columns in its header, the file is recognised as a
 * Log Analytics table, the result of a hunting query, or a sign-in download of the Entra portal.
 */
final class CsvTable {
  static final String KNOWN =
      "Lockstep knows the columns of SigninLogs and the other tables of sign-ins,"
          + " ApiManagementGatewayLogs, MicrosoftGraphActivityLogs, AuditLogs, AzureActivity,"
          + " AADUserRiskEvents, AADRiskyUsers, AZKVAuditLogs, SecurityAlert, AlertInfo and"
          + " AlertEvidence, and those of the Entra portal's sign-in downloads (Date (UTC), Request"
          + " ID, ...); export with the portal in English and its times in UTC";

  private static final int[] SEPARATORS = {',', ';', '\t'};
  private static final String UTC = "[UTC]";

  /**
   * Beginnings of lines that PowerShell and spreadsheets write before the header, in any letter
   * case.
   */
  private static final String[] PREAMBLES = {"#type", "sep="};

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
   * Returns the converter for the columns in a file's header, or null if the columns belong to no
   * known table.
   */
  static @Nullable CsvTable of(
      RowWindow window, String file, Limits limits, Key.Table keys, JsonFactory json) {
    int from = skipLineEnds(window, 0);
    if (isPreamble(window, from)) {
      from = skipLineEnds(window, lineEnd(window, from));
    }
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

  private static boolean isPreamble(RowWindow window, int from) {
    for (String preamble : PREAMBLES) {
      int length = 0;
      while (length < preamble.length()
          && (window.peek(from + length) | 0x20) == (preamble.charAt(length) | 0x20)) {
        length++;
      }
      if (length == preamble.length()) {
        return true;
      }
    }
    return false;
  }

  private static int lineEnd(RowWindow window, int from) {
    int at = from;
    while (window.peek(at) != RowWindow.END && window.peek(at) != '\n') {
      at++;
    }
    return at;
  }

  private static int skipLineEnds(RowWindow window, int from) {
    int at = from;
    while (window.peek(at) == '\n' || window.peek(at) == '\r') {
      at++;
    }
    return at;
  }

  private void column(String name, Key.Table keys) {
    String plain = name.strip();
    // The name of a time column ends with its time zone in brackets, such as [UTC].
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
    // An alert whose columns are named as in a hub is read like a hub's record.
    return RowSignature.any(signature, RowSignature.SYSTEM_ALERT_ID)
        || (RowSignature.mayBeRow(signature)
            && (Table.withColumns(signature) != null
                || RowSignature.all(signature, RowSignature.TYPE | RowSignature.TIME_GENERATED)));
  }

  /** Returns the name of the column of event times if these times are not in UTC, else null. */
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

  byte[] json(List<String> cells) {
    if (portal != null) {
      return portal.json(cells);
    }
    RowJson row = new RowJson(json);
    for (int i = 0; i < columns.size() && i < cells.size(); i++) {
      String cell = cells.get(i);
      row.put(columns.get(i), isTime.get(i) ? PortalTimes.withoutComma(cell) : cell);
    }
    return row.done();
  }
}
