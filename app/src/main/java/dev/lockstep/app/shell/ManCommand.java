package dev.lockstep.app.shell;

import dev.lockstep.app.file.AtomicFile;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.schemas.text.Quoted;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Command {@code man}, which prints the manual page of a command, or writes the pages to a folder.
 */
@Command(
    name = "man",
    description = {
      "Prints the manual page of a command in the format that the program \"man\" reads.",
      "To read the page: lockstep man rules list | man -l -"
    })
public final class ManCommand implements Callable<Integer> {
  @Parameters(paramLabel = "COMMAND", arity = "0..*", description = "Words of the command.")
  private List<String> words = List.of();

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description =
          "Write the pages of the command and of all commands below it to this folder, such as"
              + " /usr/local/share/man/man1.")
  private @Nullable Path output;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    CommandLine command = HelpCommand.named(spec, words);
    Map<String, String> pages = ManualPage.of(command);
    if (output == null) {
      System.out.print(pages.get(ManualPage.name(command.getCommandSpec()) + ".1"));
    } else {
      for (Map.Entry<String, String> page : pages.entrySet()) {
        AtomicFile.create(output.resolve(page.getKey()), page.getValue());
      }
      System.out.println(
          "wrote %s to %s"
              .formatted(
                  DisplayFormat.count(pages.size(), "page"), Quoted.visible(output.toString())));
    }
    return ExitCode.DONE;
  }
}
