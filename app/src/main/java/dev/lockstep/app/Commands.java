package dev.lockstep.app;

import dev.lockstep.app.cli.AcceptCommand;
import dev.lockstep.app.cli.BrokerCommand;
import dev.lockstep.app.cli.CaptureCommand;
import dev.lockstep.app.cli.ConfigCommand;
import dev.lockstep.app.cli.CostCommand;
import dev.lockstep.app.cli.DeadLettersCommand;
import dev.lockstep.app.cli.DemoCommand;
import dev.lockstep.app.cli.DetectionsCommand;
import dev.lockstep.app.cli.DiffCommand;
import dev.lockstep.app.cli.DoctorCommand;
import dev.lockstep.app.cli.EraseCommand;
import dev.lockstep.app.cli.EstateCommand;
import dev.lockstep.app.cli.ExplainCommand;
import dev.lockstep.app.cli.HygieneCommand;
import dev.lockstep.app.cli.NetworksCommand;
import dev.lockstep.app.cli.PlayCommand;
import dev.lockstep.app.cli.PositionsCommand;
import dev.lockstep.app.cli.RecordsCommand;
import dev.lockstep.app.cli.ReplayCommand;
import dev.lockstep.app.cli.RulesCommand;
import dev.lockstep.app.cli.RunCommand;
import dev.lockstep.app.cli.SweepCommand;
import dev.lockstep.app.shell.CompletionCommand;
import dev.lockstep.app.shell.HelpCommand;
import dev.lockstep.app.shell.ManCommand;
import dev.lockstep.app.shell.VersionCommand;
import java.util.List;
import java.util.Set;

/**
 * Names and classes of Lockstep's commands. The names are in the order of the help.
 *
 * <p>A class is loaded when its command is asked for: the declarations of all commands together
 * take longer to read than a short command takes to run.
 */
final class Commands {
  static final List<String> NAMES =
      List.of(
          "demo",
          "run",
          "doctor",
          "config",
          "positions",
          "detections",
          "dead-letters",
          "capture",
          "replay",
          "diff",
          "sweep",
          "cost",
          "records",
          "explain",
          "broker",
          "play",
          "rules",
          "networks",
          "estate",
          "hygiene",
          "accept",
          "erase",
          "help",
          "version",
          "completion",
          "man");

  private static final Set<String> ABOUT_ALL = Set.of("help", "completion", "man");

  private Commands() {}

  static List<String> neededBy(String... args) {
    return args.length > 0 && NAMES.contains(args[0]) && !ABOUT_ALL.contains(args[0])
        ? List.of(args[0])
        : NAMES;
  }

  static Class<?> named(String name) {
    return switch (name) {
      case "demo" -> DemoCommand.class;
      case "run" -> RunCommand.class;
      case "doctor" -> DoctorCommand.class;
      case "config" -> ConfigCommand.class;
      case "positions" -> PositionsCommand.class;
      case "detections" -> DetectionsCommand.class;
      case "dead-letters" -> DeadLettersCommand.class;
      case "capture" -> CaptureCommand.class;
      case "replay" -> ReplayCommand.class;
      case "diff" -> DiffCommand.class;
      case "sweep" -> SweepCommand.class;
      case "cost" -> CostCommand.class;
      case "records" -> RecordsCommand.class;
      case "explain" -> ExplainCommand.class;
      case "broker" -> BrokerCommand.class;
      case "play" -> PlayCommand.class;
      case "rules" -> RulesCommand.class;
      case "networks" -> NetworksCommand.class;
      case "estate" -> EstateCommand.class;
      case "hygiene" -> HygieneCommand.class;
      case "accept" -> AcceptCommand.class;
      case "erase" -> EraseCommand.class;
      case "help" -> HelpCommand.class;
      case "version" -> VersionCommand.class;
      case "completion" -> CompletionCommand.class;
      case "man" -> ManCommand.class;
      default -> throw new IllegalArgumentException(name);
    };
  }
}
