package dev.lockstep.app.cli;

import dev.lockstep.app.authoring.JUnitXml;
import dev.lockstep.app.authoring.RuleCases;
import dev.lockstep.app.authoring.RuleTester;
import dev.lockstep.app.authoring.TestReport;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.file.AtomicFile;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.rules.SigmaDocuments;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.enrichment.network.Networks;
import dev.lockstep.enrichment.partner.Partners;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Command {@code rules test}, which runs the tests of rules. */
@Command(
    name = "test",
    description = {
      "Runs the tests of rules, through the same reader and engine as the service.",
      "Tests of a Java rule are in files that end in .tests.yaml, in the same folder as its jar.",
      "Each test runs in three orders, and once with each record twice. Exit code 1 if a test fails"
          + " or a file is refused."
    })
final class RulesTestCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "PATH",
      arity = "0..*",
      description =
          "Sigma rules, in a file or in a folder with files that end in .yml; or tests of Java"
              + " rules, in a file that ends in .tests.yaml or in a folder with such files (default:"
              + " the folders of rules.directories).")
  private List<Path> paths = List.of();

  @Option(
      names = "--junit",
      paramLabel = "FILE",
      description = "Also write the results to a file, in the XML format of JUnit.")
  private @Nullable Path junit;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Option(
      names = "--seed",
      paramLabel = "NUMBER",
      description = "Seed of the shuffled order (default: a new one, which is printed).")
  private @Nullable Long seed;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Configuration with networks, partners and GeoIP databases (default: only the bundled"
              + " ranges).")
  private @Nullable Path config;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    List<Path> tested =
        RulesCommand.orConfigured(paths, Config.find(config), RuleCases::isIn, spec);
    tested.forEach(RuleCases::refuseUntestable);
    Enrichment enrichment =
        config == null
            ? Enrichment.of(
                Networks.none().withBundledProviders(), Partners.none(), GeoDatabases.none())
            : Wiring.enrichment(Config.read(config, System.getenv()));
    long from = seed == null ? new Random().nextInt(Integer.MAX_VALUE) : seed;
    List<Path> ofSigma =
        tested.stream().filter(path -> SigmaDocuments.isIn(path) || !RuleCases.isIn(path)).toList();
    SigmaDocuments files = ofSigma.isEmpty() ? new SigmaDocuments() : SigmaDocuments.of(ofSigma);
    files.skipped().forEach(spec.commandLine().getErr()::println);
    RuleCases.skipped(tested).forEach(spec.commandLine().getErr()::println);
    TestReport report = new RuleTester(files, RuleCases.of(tested), enrichment, from).run();
    if (junit != null) { // first, since who reads the output may stop reading
      AtomicFile.replace(junit, JUnitXml.of(report));
    }
    if (json) {
      System.out.println(report.json());
    } else {
      report.print(System.out);
    }
    return report.isGood() ? ExitCode.DONE : ExitCode.FAILED;
  }
}
