package dev.lockstep.app.shell;

import dev.lockstep.app.process.ExitCode;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
  /** Comment of picocli that tells how to install a script for a program of any name. */
  private static final Pattern INSTALLATION =
      Pattern.compile("# Installation\n.*?(?=# Documentation\n)", Pattern.DOTALL);

  private static final String ENABLING =
      """
      # Installation
      # ------------
      #
      # In ~/.bashrc (bash) or ~/.zshrc (zsh):
      #
      #   source <(%s completion bash)
      #
      """;

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
            : INSTALLATION
                .matcher(AutoComplete.bash(root.getCommandName(), root)) // which serves both
                .replaceFirst(Matcher.quoteReplacement(ENABLING.formatted(root.getCommandName())));
    System.out.print(script);
    System.out.flush();
    return ExitCode.DONE;
  }
}
