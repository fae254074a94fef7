package dev.lockstep.app.cli;

import picocli.CommandLine.Command;

/**
 * Command group {@code dead-letters}, with the commands {@code list}, {@code show} and {@code
 * retry}.
 */
@Command(
    name = "dead-letters",
    description =
        "Shows dead letters: messages and records that could not be read, and rows that a sink"
            + " refuses. Also reads such messages and records again.",
    subcommands = {
      DeadLettersListCommand.class,
      DeadLettersShowCommand.class,
      DeadLettersRetryCommand.class
    })
public final class DeadLettersCommand {
  private DeadLettersCommand() {}
}
