package dev.lockstep.app.cli;

import picocli.CommandLine.Command;

/** Command group {@code estate}, which does nothing itself; {@code suggest} is its command. */
@Command(
    name = "estate",
    description = "What is to be protected, as the configuration describes it.",
    subcommands = EstateSuggestCommand.class)
public final class EstateCommand {
  private EstateCommand() {}
}
