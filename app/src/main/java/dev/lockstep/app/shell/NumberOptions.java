package dev.lockstep.app.shell;

import dev.lockstep.schemas.text.Quoted;
import java.util.function.Function;
import picocli.CommandLine;

/**
 * Registration of number converters for command-line options, with error messages that say in plain
 * words which numbers are allowed.
 */
public final class NumberOptions {
  private NumberOptions() {}

  /** Registers converters of whole and decimal numbers with a command and its subcommands. */
  public static void register(CommandLine command) {
    CommandLine.ITypeConverter<Integer> small =
        text ->
            read(
                text,
                Integer::valueOf,
                "is not a whole number of at most %,d; write it in digits, without commas"
                    .formatted(Integer.MAX_VALUE));
    CommandLine.ITypeConverter<Long> large =
        text ->
            read(
                text,
                Long::valueOf,
                "is not a whole number of at most %,d; write it in digits, without commas"
                    .formatted(Long.MAX_VALUE));
    CommandLine.ITypeConverter<Double> decimal =
        text -> read(text, Double::valueOf, "is not a number; write one such as 4.3");
    command
        .registerConverter(int.class, small)
        .registerConverter(Integer.class, small)
        .registerConverter(long.class, large)
        .registerConverter(Long.class, large)
        .registerConverter(double.class, decimal)
        .registerConverter(Double.class, decimal);
  }

  private static <T> T read(String text, Function<String, T> reader, String problem) {
    try {
      return reader.apply(text);
    } catch (NumberFormatException e) {
      throw new CommandLine.TypeConversionException(Quoted.of(text) + " " + problem);
    }
  }
}
