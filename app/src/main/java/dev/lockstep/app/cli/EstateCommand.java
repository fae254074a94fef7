package dev.lockstep.app.cli;

import picocli.CommandLine.Command;

@Command(
    name = "estate",
    description = "What is to be protected, as the configuration describes it.",
    subcommands = EstateSuggestCommand.class)
public final class EstateCommand {
  private EstateCommand() {}
}
