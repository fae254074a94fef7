package dev.lockstep.app.shell;

import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.schemas.text.Quoted;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Command {@code help}, which shows the help of a command. */
@Command(name = "help", description = "Shows the help of a command, as in \"help rules list\".")
public final class HelpCommand implements Callable<Integer> {
  @Parameters(paramLabel = "COMMAND", arity = "0..*", description = "Words of the command.")
  private List<String> words = List.of();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    CommandLine command = named(spec, words);
    command.usage(command.getOut());
    return ExitCode.DONE;
  }

  /**
   * Returns the command that words name, such as {@code rules list}. Without words it is the root
   * command.
   *
   * @throws CommandLine.ParameterException if there is no such command
   */
  static CommandLine named(CommandSpec asking, List<String> words) {
    CommandLine command = asking.root().commandLine();
    for (String word : words) {
      CommandLine next = command.getSubcommands().get(word);
      if (next == null) {
        throw new CommandLine.ParameterException(
            asking.commandLine(), none(asking.name(), command, word));
      }
      command = next;
    }
    return command;
  }

  private static String none(String asking, CommandLine command, String word) {
    CommandSpec spec = command.getCommandSpec();
    String nearest = NearestNames.similarAmong(command.getSubcommands().keySet(), word);
    return "could not show the %s: %s has no command %s; %s"
        .formatted(
            asking.equals("man") ? "manual page" : asking,
            spec.qualifiedName(),
            Quoted.of(word),
            command.getSubcommands().isEmpty()
                ? "leave out that word"
                : !nearest.isEmpty()
                    ? "did you mean %s?".formatted(nearest)
                    : ShellCommand.call(
                            "help" + spec.qualifiedName().substring(spec.root().name().length()))
                        + " lists the commands");
  }
}
