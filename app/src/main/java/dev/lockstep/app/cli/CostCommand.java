package dev.lockstep.app.cli;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.cost.Cost;
import dev.lockstep.app.cost.CostReplay;
import dev.lockstep.app.option.CaptureOptions;
import dev.lockstep.app.option.ConfigOption;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.ShellCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Command {@code cost}, which estimates a month's bill in Sentinel. */
@Command(
    name = "cost",
    description = {
      "Estimates what Sentinel would bill for a month of traffic like the captured logs.",
      "Compares sending the rows of Lockstep to Sentinel with sending all the logs unchanged."
    })
public final class CostCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();

  @Option(
      names = "--price-per-gb",
      paramLabel = "PRICE",
      description = "Price of a gigabyte in your region, in any currency (default: no prices).")
  private @Nullable Double pricePerGb;

  @Option(
      names = "--lake-price-per-gb",
      paramLabel = "PRICE",
      description = "Price of a gigabyte in the data lake, if sentinel.lake is configured.")
  private @Nullable Double lakePricePerGb;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Mixin private CaptureOptions input = new CaptureOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    check("--price-per-gb", pricePerGb);
    check("--lake-price-per-gb", lakePricePerGb);
    if (input.paths().contains("-")) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "could not read standard input: the command cost reads its input twice; name files or folders");
    }
    Config read = config.read();
    Cost cost;
    try {
      cost =
          CostReplay.of(
              read, input.paths(), new Cost.Prices(pricePerGb, lakePricePerGb), input.progress());
    } catch (IOException | UncheckedIOException e) {
      throw OperatorException.of(e);
    }
    if (json) {
      System.out.println(cost.json());
    } else {
      cost.print(System.out);
    }
    if (cost.unreadable() > 0) {
      System.err.println(
          "The volume of the raw logs is underestimated: "
              + (cost.unreadable() == 1
                  ? "1 message or part of a file"
                  : "%,d messages or parts of files".formatted(cost.unreadable()))
              + " could not be read to the end, and what follows the damage is not counted; "
              + ShellCommand.call("replay")
              + " shows the first damage of each reason");
      return ExitCode.DONE_WITH_REJECTIONS;
    }
    return ExitCode.DONE;
  }

  private void check(String option, @Nullable Double price) {
    if (price != null && !(price >= 0 && price < 1e6)) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "could not use %s: the price %s is not a number from 0 to less than 1,000,000; give one such as 4.3"
              .formatted(option, price));
    }
  }
}
