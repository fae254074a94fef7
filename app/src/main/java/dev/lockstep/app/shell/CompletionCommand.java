package dev.lockstep.app.shell;

import dev.lockstep.app.process.ExitCode;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Command {@code completion}, which prints a completion script for a shell. */
@Command(
    name = "completion",
    description = {
      "Prints a script that makes a shell complete commands and options.",
      "bash and zsh: source <(lockstep completion bash). fish: lockstep completion fish | source."
    })
public final class CompletionCommand implements Callable<Integer> {
  /** Shell for which the script is written. */
  enum Shell {
    bash,
    zsh,
    fish
  }

  @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}.")
  private Shell shell = Shell.bash;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    CommandLine root = spec.root().commandLine();
    String script =
        shell == Shell.fish
            ? FishCompletion.of(root)
            : AutoComplete.bash(root.getCommandName(), root); // which serves both
    System.out.print(script);
    System.out.flush();
    return ExitCode.DONE;
  }
}
