package dev.lockstep.app.cli;

import dev.lockstep.app.authoring.RulePages;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.rules.SigmaDocuments;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.TextTable;
import dev.lockstep.detections.sigma.document.DocumentFault;
import dev.lockstep.schemas.text.Quoted;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Command {@code rules docs}, which writes pages about Sigma rules. */
@Command(
    name = "docs",
    description = {
      "Writes a Markdown page for each Sigma rule: what it finds, fields, runbook, tests.",
      "Exit code 1 if a file is refused; pages for the rules in other files are still written."
    })
final class RulesDocsCommand implements Callable<Integer> {
  private static final int MOST_FAULT_CHARS = 1_000;

  @Parameters(
      paramLabel = "PATH",
      arity = "1..*",
      description = "File with Sigma rules, or folder with files that end in .yml.")
  private List<Path> paths = List.of();

  @Option(
      names = "--output",
      paramLabel = "FOLDER",
      description =
          "Folder for the pages: a file for each rule, and the file index.md (default: standard"
              + " output).")
  private @Nullable Path output;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    SigmaDocuments files = SigmaDocuments.of(paths);
    files.skipped().forEach(spec.commandLine().getErr()::println);
    RulePages pages = new RulePages(files);
    if (output == null) {
      System.out.print(pages.text());
    } else {
      pages.write(output);
      System.out.println(
          "wrote %s and index.md to %s"
              .formatted(
                  DisplayFormat.count(pages.size(), "page"), Quoted.visible(output.toString())));
    }
    for (DocumentFault fault : pages.faults()) {
      spec.commandLine().getErr().println(TextTable.shown(fault.message(), MOST_FAULT_CHARS));
    }
    return pages.faults().isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
  }
}
