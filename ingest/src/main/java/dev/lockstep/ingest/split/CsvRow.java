package dev.lockstep.ingest.split;

import dev.lockstep.ingest.outcome.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Row of a CSV file, with any separator between its cells. Quoted cells may hold separators, line
 * ends and doubled quotes. A quote elsewhere is damage.
 */
final class CsvRow {
  /** Largest number of cells in a row. A header with more belongs to no known table. */
  private static final int MOST_CELLS = 1000;

  private final List<String> cells;
  private final int end;
  private final int next;
  private final Reason reason;
  private final @Nullable String damage;

  /** Position of a quote that opens a cell and is never closed, or -1. */
  private final int openQuote;

  private CsvRow(
      List<String> cells,
      int end,
      int next,
      Reason reason,
      @Nullable String damage,
      int openQuote) {
    this.openQuote = openQuote;
    this.cells = cells;
    this.end = end;
    this.next = next;
    this.reason = reason;
    this.damage = damage;
  }

  static CsvRow cut(RowWindow window, int from, int separator, int rowBytes) {
    return new Cutter(window, from, separator, rowBytes).row();
  }

  /** Returns the cells before the damage, or all cells of an intact row. */
  List<String> cells() {
    return cells;
  }

  /**
   * Returns the position after the last byte of an intact row, before its line end. For a damaged
   * row it is the position at which parsing stopped.
   */
  int end() {
    return end;
  }

  int next() {
    return next;
  }

  /** Returns a description of the damage, or null for an intact row. */
  @Nullable String damage() {
    return damage;
  }

  Reason reason() {
    return reason;
  }

  int openQuote() {
    return openQuote;
  }

  /** Parser that cuts a row into cells. */
  private static final class Cutter {
    private final RowWindow window;
    private final int from;
    private final int separator;
    private final int rowBytes;
    private final List<String> cells = new ArrayList<>();
    private int at;
    private int openQuote = -1;

    Cutter(RowWindow window, int from, int separator, int rowBytes) {
      this.window = window;
      this.from = from;
      this.separator = separator;
      this.rowBytes = rowBytes;
      this.at = from;
    }

    CsvRow row() {
      while (true) {
        String damage = window.peek(at) == '"' ? quoted() : plain();
        if (damage == null && cells.size() > MOST_CELLS) {
          damage = "the row has more than %d cells".formatted(MOST_CELLS);
        }
        if (damage != null) {
          Reason reason = at - from > rowBytes ? Reason.TOO_LARGE : Reason.DAMAGED_ROW;
          return new CsvRow(cells, at, at, reason, damage, openQuote);
        }
        int b = window.peek(at);
        if (b != separator) {
          int next = b == '\r' ? at + 1 : at;
          next = window.peek(next) == '\n' ? next + 1 : next;
          return new CsvRow(cells, at, next, Reason.DAMAGED_ROW, null, -1);
        }
        at++;
      }
    }

    private @Nullable String plain() {
      int start = at;
      while (!endsCell()) {
        if (window.peek(at) == '"') {
          return "a cell without quotes contains a quote";
        } else if (at - from > rowBytes) {
          return tooLarge();
        }
        at++;
      }
      return cell(window.copy(start, at));
    }

    private @Nullable String quoted() {
      openQuote = at;
      at++;
      int start = at;
      int doubled = 0;
      while (true) {
        int b = window.peek(at);
        if (b == RowWindow.END) {
          return at - from > rowBytes ? tooLarge() : "a quote that opens a cell is never closed";
        } else if (at - from > rowBytes) {
          return tooLarge();
        } else if (b == '"' && window.peek(at + 1) == '"') {
          doubled++;
          at++;
        } else if (b == '"') {
          break;
        }
        at++;
      }
      byte[] raw = window.copy(start, at);
      openQuote = -1;
      at++;
      if (!endsCell()) {
        return "text follows the closing quote of a cell";
      }
      return cell(doubled == 0 ? raw : undoubled(raw, doubled));
    }

    private boolean endsCell() {
      int b = window.peek(at);
      return b == separator
          || b == '\n'
          || b == RowWindow.END
          || (b == '\r' && (window.peek(at + 1) == '\n' || window.peek(at + 1) == RowWindow.END));
    }

    private static byte[] undoubled(byte[] raw, int doubled) {
      byte[] plain = new byte[raw.length - doubled];
      int to = 0;
      for (int i = 0; i < raw.length; i++) {
        plain[to++] = raw[i];
        if (raw[i] == '"') {
          i++;
        }
      }
      return plain;
    }

    private @Nullable String cell(byte[] bytes) {
      try {
        cells.add(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        return null;
      } catch (CharacterCodingException e) {
        return "a cell is not UTF-8";
      }
    }

    private String tooLarge() {
      String quote = openQuote < 0 ? "" : "; a quote in the row is not closed";
      return "the row has more than the %d bytes that limits.messageBytes allows%s"
          .formatted(rowBytes, quote);
    }
  }
}
