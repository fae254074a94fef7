package dev.lockstep.app.shell;

import dev.lockstep.app.process.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Command {@code version}, which prints the version. */
@Command(name = "version", description = "Prints the version, as --version does.")
public final class VersionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    CommandLine root = spec.root().commandLine();
    root.printVersionHelp(root.getOut());
    return ExitCode.DONE;
  }
}
