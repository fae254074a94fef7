package dev.lockstep.app.shell;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Layout;
import picocli.CommandLine.Help.TextTable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Help whose lists of options and parameters break lines only at spaces. Picocli also breaks them
 * behind a dot or a colon, and so within {@code .yml}, a key or a time.
 */
public final class WholeWords extends Help {
  private WholeWords(CommandSpec command, ColorScheme colours) {
    super(command, colours);
  }

  /** Makes a command and all commands below it show help with lines broken only at spaces. */
  public static void register(CommandLine command) {
    command.setHelpFactory(WholeWords::new);
  }

  @Override
  public Layout createDefaultLayout(
      List<OptionSpec> options, List<PositionalParamSpec> parameters, ColorScheme colours) {
    Layout layout = super.createDefaultLayout(options, parameters, colours);
    TextTable table = layout.textTable();
    Table own = new Table(colours, table.columns());
    own.indentWrappedLines = table.indentWrappedLines;
    own.setAdjustLineBreaksForWideCJKCharacters(table.isAdjustLineBreaksForWideCJKCharacters());
    return new Layout(colours, own, layout.optionRenderer(), layout.parameterRenderer());
  }

  /** Table that wraps the text of a column only between words. */
  private static final class Table extends TextTable {
    private final ColorScheme colours;

    Table(ColorScheme colours, Column[] columns) {
      super(colours, columns);
      this.colours = colours;
    }

    @Override
    public Cell putValue(int row, int column, Text value) {
      Column target = columns()[column];
      if (value == null || target.overflow != Column.Overflow.WRAP) {
        return super.putValue(row, column, value);
      }
      int room = target.width - target.indent;
      Text rest = value;
      int at = row;
      int length = lengthThatFits(rest.plainString(), room);
      while (length < rest.plainString().length()) {
        super.putValue(at, column, rest.substring(0, length));
        addEmptyRow();
        at++;
        String indent = " ".repeat(indentWrappedLines);
        rest = colours.text(indent).concat(rest.substring(length + 1));
        length = lengthThatFits(rest.plainString(), room);
      }
      return super.putValue(at, column, rest);
    }

    /**
     * Returns the length of the longest beginning of a text that ends before a space and has room
     * in a line. If the text has no such beginning, the result is the length of the whole text.
     */
    private static int lengthThatFits(String text, int room) {
      if (text.length() <= room) {
        return text.length();
      }
      int space = text.lastIndexOf(' ', room);
      return space <= 0 || text.substring(0, space).isBlank() ? text.length() : space;
    }
  }
}
