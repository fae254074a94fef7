package dev.lockstep.app.doctor;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.config.ConfigProblems;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.enrichment.network.Networks;
import dev.lockstep.enrichment.partner.Partners;
import dev.lockstep.schemas.text.Quoted;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Entry point of {@code lockstep doctor}, which runs all checks of one configuration. */
public final class Doctor {
  private static final Duration TIMEOUT = Duration.ofSeconds(8);

  private Doctor() {}

  /**
   * Checks a configuration, and the files, services and rules that it names.
   *
   * @param file null for environment and defaults only
   */
  public static DoctorReport check(
      @Nullable Path file, Map<String, String> environment, InstantSource clock)
      throws InterruptedException {
    ConfigProblems problems = ConfigProblems.of(file, environment);
    List<CheckReport.Line> lines = new ArrayList<>();
    for (OperatorException problem : problems.found()) {
      CheckReport one = new CheckReport("config");
      one.fail(problem);
      lines.addAll(one.lines());
    }
    Config config = problems.rest();
    if (config == null) {
      lines.add(
          new CheckReport.Line(
              CheckReport.Verdict.SKIP, "everything else", "first fix the configuration", ""));
      return new DoctorReport(lines);
    }
    if (problems.found().isEmpty()) {
      lines.add(
          new CheckReport.Line(
              CheckReport.Verdict.OK,
              "config",
              file == null
                  ? "environment and defaults"
                  : Quoted.of(file) + ", " + DisplayFormat.count(config.sources().size(), "source"),
              ""));
    }
    CheckRunner runner = new CheckRunner(TIMEOUT);
    ClockCheck clocks = new ClockCheck(clock);
    HubSample sample =
        new HubSample(config.limits(), config.sources().stream().map(Config.Source::name).toList());
    new FileChecks(config, clock).addTo(runner, problems);
    ClusterChecks cluster = new ClusterChecks(config, clocks, clock);
    cluster.addTo(runner);
    if (!problems.lacks("sources")) {
      SourceChecks.addTo(runner, config, cluster, sample, clock);
    } else {
      runner.add("sources", into -> into.skip("first fix their configuration", ""));
    }
    if (!problems.lacks("sentinel")) {
      new SentinelChecks(config, clocks, clock).addTo(runner);
    } else {
      runner.add("sentinel", into -> into.skip("first fix its configuration", ""));
    }
    SinkChecks.addTo(runner, config);
    lines.addAll(runner.run());
    lines.add(clocks.line());
    lines.addAll(new RuleChecks(config, sample, known(config, problems)).lines());
    return new DoctorReport(lines);
  }

  private static @Nullable Enrichment known(Config config, ConfigProblems problems) {
    if (problems.lacks("networks") || problems.lacks("partners")) {
      return null;
    }
    Path file = config.partners();
    try {
      return Enrichment.of(
              Networks.read(config.networks()),
              file == null ? Partners.none() : Partners.read(file),
              GeoDatabases.none())
          .with(config.estate());
    } catch (FileProblemException e) {
      return null; // reported on a line of its own
    }
  }
}
