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
  /**
   * Beginning of picocli's comment that tells how to install the completion script of any program.
   */
  private static final String INSTALLATION = "# Installation\n";

  /** Beginning of picocli's documentation comment, which comes after the installation comment. */
  private static final String DOCUMENTATION = "# Documentation\n";

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

  /** Shell for which the completion script is written. */
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
            : withInstallation(AutoComplete.bash(root.getCommandName(), root)); // serves both
    System.out.print(script);
    System.out.flush();
    return ExitCode.DONE;
  }

  private String withInstallation(String script) {
    int from = script.indexOf(INSTALLATION);
    int to = script.indexOf(DOCUMENTATION, Math.max(0, from));
    return from < 0 || to < 0
        ? script
        : script.substring(0, from) + ENABLING.formatted(spec.root().name()) + script.substring(to);
  }
}
