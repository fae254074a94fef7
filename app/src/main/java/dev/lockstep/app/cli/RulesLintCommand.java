package dev.lockstep.app.cli;

import dev.lockstep.app.authoring.LintFixes;
import dev.lockstep.app.authoring.LintReport;
import dev.lockstep.app.option.ConfigOption;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.rules.SigmaDocuments;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Command {@code rules lint}, which shows faults and probable mistakes of Sigma rules. */
@Command(
    name = "lint",
    description = {
      "Examines Sigma rules: shows faults for which a rule is refused, and warnings about probable"
          + " mistakes.",
      "Exit code 1 if a file is refused; warnings do not change the exit code."
    })
final class RulesLintCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "PATH",
      arity = "0..*",
      description =
          "File with Sigma rules, or folder with files that end in .yml (default: the folders of"
              + " rules.directories).")
  private List<Path> paths = List.of();

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Option(
      names = "--fix",
      description =
          "First fix simple faults in the files, and print each change: tabs, dates, tags,"
              + " a missing line break at the end, and a missing id, status or date.")
  private boolean fix;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    List<Path> examined = RulesCommand.orConfigured(paths, config.file(), folder -> false, spec);
    if (fix) {
      PrintStream to = json ? System.err : System.out;
      LintFixes.fix(SigmaDocuments.of(examined), LocalDate.now(ZoneOffset.UTC))
          .forEach(to::println);
    }
    LintReport report = new LintReport(SigmaDocuments.of(examined));
    if (json) {
      System.out.println(report.json());
    } else {
      report.print(System.out);
    }
    return report.hasFaults() ? ExitCode.FAILED : ExitCode.DONE;
  }
}
