package dev.lockstep.app.cli;

import picocli.CommandLine.Command;

/** Command group {@code networks}, which does nothing itself; its subcommands do. */
@Command(
    name = "networks",
    description = "What is known of networks, and how to know more.",
    subcommands = {NetworksImportCommand.class, NetworksSuggestCommand.class})
public final class NetworksCommand {
  private NetworksCommand() {}
}
