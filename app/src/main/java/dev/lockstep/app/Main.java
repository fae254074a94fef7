package dev.lockstep.app;

import dev.lockstep.app.kafka.LoginLimits;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.process.ProductVersion;
import dev.lockstep.app.shell.NumberOptions;
import dev.lockstep.app.shell.UsageMistake;
import dev.lockstep.app.shell.WholeWords;
import dev.lockstep.app.terminal.ClosedPipeException;
import dev.lockstep.app.terminal.ErrorOutput;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.app.terminal.StandardOutput;
import dev.lockstep.app.terminal.Terminal;
import dev.lockstep.schemas.process.Causes;
import dev.lockstep.schemas.text.Quoted;
import dev.lockstep.schemas.text.SecretMask;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Entry point of the process: parses the command line and runs one command.
 *
 * <p>Exit codes: 0 done, 1 failed (one line on standard error), 2 wrong usage, 3 done with rejected
 * input, or {@code run} ended because its heap was full; 4 (with {@code --exit-code}) two runs
 * differ; 5 (with {@code --fail-on}) a finding has that severity or a higher one.
 */
@Command(
    name = "lockstep",
    description =
        "Detects misuse of identities in the logs of Entra, API Management, Front Door, Key Vault"
            + " and Defender.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    scope = CommandLine.ScopeType.INHERIT)
public final class Main {
  private static final int MOST_USAGE_CHARS = 1_000;
  private static final int LEAST_HELP_WIDTH = 60;

  private static final String DEBUG_FLAG =
      "LOCKSTEP_JAVA_OPTS=-Dorg.slf4j.simpleLogger.log.dev.lockstep=debug";

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    ErrorOutput.install();
    StandardOutput.install();
    Locale.setDefault(Locale.ROOT); // numbers and dates look the same everywhere
    LoginLimits.set();
    System.exit(run(commandLine(args), args));
  }

  /**
   * Runs the command that the arguments name, and returns the exit code of the process. Output that
   * could not be written is a failure, but a closed pipe is none.
   */
  public static int run(CommandLine command, String... args) {
    try {
      return ran(command, args);
    } catch (ClosedPipeException e) { // the reader has what it wanted
      return ExitCode.DONE;
    }
  }

  private static int ran(CommandLine command, String... args) {
    int code;
    try {
      code = command.execute(args);
    } catch (StackOverflowError | OutOfMemoryError | LinkageError e) {
      code = failed(e, command.getErr());
    }
    boolean failed = code == ExitCode.FAILED || code == ExitCode.WRONG_USAGE;
    boolean isReported = failed && !hasResult(command);
    if (!isReported && System.out.checkError()) {
      command
          .getErr()
          .println(
              "could not write to standard output: it is closed or its disk is full; free disk"
                  + " space, or write elsewhere");
      code = ExitCode.FAILED;
    }
    return code;
  }

  /**
   * Returns whether a command ran to its end without an exception. If it did not, it has printed
   * the reason. A command that ran to its end may have failed all the same: a check that found
   * faults has printed them on standard output only.
   */
  private static boolean hasResult(CommandLine command) {
    CommandLine last = command;
    CommandLine.ParseResult parsed = command.getParseResult();
    while (parsed != null) {
      last = parsed.commandSpec().commandLine();
      parsed = parsed.subcommand();
    }
    return last.getExecutionResult() != null;
  }

  /**
   * Returns the command line parser of the command that the arguments name, or of all commands if
   * the arguments name no command. It writes to standard output and standard error.
   */
  public static CommandLine commandLine(String... args) {
    CommandLine command = new CommandLine(new Main());
    Commands.neededBy(args).forEach(name -> command.addSubcommand(name, Commands.named(name)));
    int width = Terminal.behind(System.out).width();
    if (width > 0) {
      command.setUsageHelpWidth(Math.max(LEAST_HELP_WIDTH, width));
    }
    NumberOptions.register(command);
    WholeWords.register(command);
    return command
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionStrategy(Main::runOrShowHelp)
        .setColorScheme(
            CommandLine.Help.defaultColorScheme(
                Terminal.behind(System.out).colours()
                    ? CommandLine.Help.Ansi.ON
                    : CommandLine.Help.Ansi.OFF))
        .setParameterExceptionHandler(Main::misused)
        .setExecutionExceptionHandler(
            (failure, failing, parsed) -> failed(failure, failing.getErr()));
  }

  private static int runOrShowHelp(CommandLine.ParseResult parsed) {
    try {
      return new CommandLine.RunLast().execute(parsed);
    } catch (ClosedPipeException e) { // help for a reader that has seen enough
      return ExitCode.DONE;
    }
  }

  private static int misused(ParameterException failure, String[] args) {
    CommandLine command = failure.getCommandLine();
    PrintWriter err = command.getErr();
    String mistyped = UsageMistake.mistyped(failure);
    if (mistyped != null) {
      err.println(mistyped);
      err.flush();
      return command.getCommandSpec().exitCodeOnInvalidInput();
    }
    err.println(Quoted.excerpt(UsageMistake.message(failure), MOST_USAGE_CHARS));
    boolean isOption =
        failure instanceof UnmatchedArgumentException unmatched
            && unmatched.isUnknownOption()
            && !UsageMistake.isCommandMissing(failure);
    if (!isOption || !UnmatchedArgumentException.printSuggestions(failure, err)) {
      if (command.getSubcommands().isEmpty()) {
        showSynopsis(command, err);
      } else {
        command.usage(err, CommandLine.Help.Ansi.OFF);
      }
    }
    err.flush();
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  private static void showSynopsis(CommandLine command, PrintWriter err) {
    CommandLine.Help help =
        new CommandLine.Help(
            command.getCommandSpec(),
            CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
    err.print(help.synopsisHeading());
    err.print(help.synopsis(help.synopsisHeadingLength()));
    CommandLine.Model.CommandSpec spec = command.getCommandSpec();
    String arguments = spec.qualifiedName().substring(spec.root().name().length()) + " --help";
    err.println(ShellCommand.call(arguments.strip()) + " shows all options.");
  }

  private static int failed(Throwable failure, PrintWriter err) {
    ClosedPipeException closed = Causes.find(failure, ClosedPipeException.class);
    if (closed != null) {
      return ExitCode.DONE;
    }
    Logger log = LoggerFactory.getLogger(Main.class);
    // The message is printed whole, because the fix is at its end.
    err.println(Quoted.visible(SecretMask.of(String.valueOf(message(failure)))));
    if (failure instanceof OperatorException operators) {
      operators.lines().forEach(line -> err.println(Quoted.visible(SecretMask.of(line))));
    }
    err.flush();
    log.debug("the command ended with an exception", failure);
    return ExitCode.FAILED;
  }

  private static @Nullable String message(Throwable failure) {
    if (failure instanceof OperatorException) {
      return failure.getMessage();
    }
    if (Causes.find(failure, OutOfMemoryError.class) != null) {
      return "could not continue: the heap is full; raise it, for example with"
          + " LOCKSTEP_JAVA_OPTS=-Xmx2g";
    }
    FileSystemException file = Causes.find(failure, FileSystemException.class);
    if (file != null) {
      return OperatorException.of(file).getMessage();
    }
    return "could not continue: %s %s, which is a bug of this program; run again with %s and report what it shows"
        .formatted(failure.getClass().getSimpleName(), Quoted.of(failure.getMessage()), DEBUG_FLAG);
  }

  /** Source of the version that {@code --version} prints. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"lockstep " + ProductVersion.number() + ", Java " + Runtime.version()};
    }
  }
}
