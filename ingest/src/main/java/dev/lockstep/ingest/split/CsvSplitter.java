package dev.lockstep.ingest.split;

import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.Origin;
import dev.lockstep.ingest.message.SourceMessage;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.outcome.Slice;
import dev.lockstep.schemas.Where;
import java.util.List;
import java.util.function.Consumer;

/**
 * Splitter of a CSV file into messages: each row becomes one JSON object. A damaged row ends where
 * the next row begins, so that a missing quote does not lose the rest of the file. A row counts as
 * the next one if it is intact, or if its damage comes after the first half of its cells. All bytes
 * that a missing quote damages are one rejection.
 */
final class CsvSplitter {
  /**
   * Number of bytes, beyond the size limit of a damaged row, in which the splitter looks for the
   * next row.
   */
  private static final int MARGIN = 1 << 15;

  private final RowWindow window;
  private final CsvTable table;
  private final String file;
  private final int rowBytes;
  private final Consumer<SourceMessage> sink;
  private final Consumer<Outcome> damage;

  CsvSplitter(
      RowWindow window,
      CsvTable table,
      String file,
      Limits limits,
      Consumer<SourceMessage> sink,
      Consumer<Outcome> damage) {
    this.window = window;
    this.table = table;
    this.file = file;
    this.rowBytes = limits.messageBytes();
    this.sink = sink;
    this.damage = damage;
  }

  /**
   * Passes on the intact rows after the header as messages, and the damaged parts of the file as
   * rejected records. The window must be at the start of the header.
   */
  void run() {
    window.advance(table.header().next());
    while (skipEmptyLines()) {
      CsvRow row = cut(0);
      if (row.damage() == null && hasAllCells(row)) {
        sink.accept(
            new SourceMessage(
                table.json(row.cells()),
                Origin.file(file, window.line(), 0),
                null,
                window.copy(0, row.end())));
        window.advance(row.next());
      } else {
        reject(row);
      }
    }
  }

  private boolean skipEmptyLines() {
    while (true) {
      int b = window.peek(0);
      if (b == RowWindow.END) {
        return false;
      } else if (b != '\n' && b != '\r' && b != 0) {
        return true;
      }
      window.advance(1);
    }
  }

  private CsvRow cut(int from) {
    return CsvRow.cut(window, from, table.separator(), rowBytes);
  }

  private boolean hasAllCells(CsvRow row) {
    List<String> cells = row.cells();
    if (cells.size() < table.columns()) {
      return false;
    }
    return cells.subList(table.columns(), cells.size()).stream().allMatch(String::isBlank);
  }

  private void reject(CsvRow row) {
    String detail = row.damage();
    if (detail == null) {
      detail =
          "the row has %d %s, and the header has %d"
              .formatted(
                  row.cells().size(), row.cells().size() == 1 ? "cell" : "cells", table.columns());
    } else if (row.openQuote() >= 0) {
      detail += ": the quote is in line %d".formatted(lineOf(row.openQuote()));
    }
    int to = nextRow(row);
    int end = to;
    while (end > 1 && isLineEnd(window.peek(end - 1))) {
      end--;
    }
    Where where = Origin.file(file, window.line(), 0);
    byte[] kept = window.copy(0, end);
    boolean withinLine = !isLineEnd(window.peek(to - 1));
    boolean lost = row.damage() != null && to == rowBytes + MARGIN;
    window.advance(to);
    long passed = withinLine ? passLine() : 0;
    while (lost && window.peek(0) != RowWindow.END && !begins(0)) {
      passed += passLine();
    }
    if (lost && passed > 0) {
      detail += "; what follows the row (bytes: %d) is not a row either".formatted(passed);
    }
    damage.accept(new Slice(kept, 0, end, where, null).rejected(row.reason(), detail));
  }

  private long lineOf(int position) {
    long line = window.line();
    for (int i = 0; i < position; i++) {
      line += window.peek(i) == '\n' ? 1 : 0;
    }
    return line;
  }

  private long passLine() {
    long passed = 0;
    while (window.peek(0) != RowWindow.END && window.peek(0) != '\n') {
      window.advance(1);
      passed++;
    }
    if (window.peek(0) == '\n') {
      window.advance(1);
      passed++;
    }
    return passed;
  }

  private int nextRow(CsvRow row) {
    // A row that begins later might be cut by the window's end and look complete.
    int last = rowBytes + MARGIN;
    int at = 0;
    while (at < last) {
      int b = window.peek(at);
      if (b == RowWindow.END) {
        return at;
      }
      at++;
      if (b == '\n' && row.damage() == null && at >= row.next()) {
        return row.next();
      } else if (b == '\n' && begins(at)) {
        return at;
      }
    }
    return last;
  }

  private boolean begins(int from) {
    if (window.peek(from) == RowWindow.END) {
      return true;
    }
    CsvRow row = cut(from);
    // A text after a missing quote may hold separators, so only a damaged part may be a row.
    return row.damage() == null
        ? hasAllCells(row)
        : row.cells().size() >= Math.max(2, (table.columns() + 1) / 2);
  }

  private static boolean isLineEnd(int b) {
    return b == '\n' || b == '\r';
  }
}
