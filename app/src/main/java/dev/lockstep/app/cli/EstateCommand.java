package dev.lockstep.app.cli;

import picocli.CommandLine.Command;

/** Command group {@code estate}, with the command {@code suggest}. */
@Command(
    name = "estate",
    description =
        "Helps to describe the estate: the gateways, applications, operations and vaults to"
            + " protect.",
    subcommands = EstateSuggestCommand.class)
public final class EstateCommand {
  private EstateCommand() {}
}
