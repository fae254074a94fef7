package dev.lockstep.app.cli;

import picocli.CommandLine.Command;

/** Command group {@code networks}, with the commands {@code import} and {@code suggest}. */
@Command(
    name = "networks",
    description = "Helps to write the networks file: imports service tags, suggests rows.",
    subcommands = {NetworksImportCommand.class, NetworksSuggestCommand.class})
public final class NetworksCommand {
  private NetworksCommand() {}
}
