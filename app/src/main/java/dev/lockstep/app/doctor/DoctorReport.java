package dev.lockstep.app.doctor;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.config.ConfigProblems;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.JsonText;
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

/**
 * Results of {@code lockstep doctor} for one configuration.
 *
 * @param lines in the order of the checks
 */
public record DoctorReport(List<CheckReport.Line> lines) {
  private static final Duration TIMEOUT = Duration.ofSeconds(8);

  public DoctorReport {
    lines = List.copyOf(lines);
  }

  /**
   * Checks a configuration, and the files, services and rules that it names.
   *
   * @param file null for environment and defaults only
   */
  public static DoctorReport of(
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
    CheckRunner doctor = new CheckRunner(TIMEOUT);
    ClockCheck clocks = new ClockCheck(clock);
    HubSample sample =
        new HubSample(config.limits(), config.sources().stream().map(Config.Source::name).toList());
    new FileChecks(config, clock).addTo(doctor, problems);
    ClusterChecks cluster = new ClusterChecks(config, clocks, clock);
    cluster.addTo(doctor);
    if (!problems.lacks("sources")) {
      SourceChecks.addTo(doctor, config, cluster, sample, clock);
    } else {
      doctor.add("sources", into -> into.skip("first fix their configuration", ""));
    }
    if (!problems.lacks("sentinel")) {
      new SentinelChecks(config, clocks, clock).addTo(doctor);
    } else {
      doctor.add("sentinel", into -> into.skip("first fix its configuration", ""));
    }
    SinkChecks.addTo(doctor, config);
    lines.addAll(doctor.run());
    lines.add(clocks.line());
    lines.addAll(new RuleChecks(config, sample, known(config, problems)).lines());
    return new DoctorReport(lines);
  }

  public long count(CheckReport.Verdict verdict) {
    return lines.stream().filter(line -> line.verdict() == verdict).count();
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

  /**
   * Returns this report as one JSON object. It has the number of lines with each verdict, and each
   * line with its verdict, check, result and fix.
   */
  public String json() {
    return JsonText.of(
        out -> {
          out.writeStartObject();
          for (CheckReport.Verdict verdict : CheckReport.Verdict.values()) {
            out.writeNumberField(verdict.word(), count(verdict));
          }
          JsonText.writeObjects(
              out,
              "checks",
              lines,
              line -> {
                out.writeStringField("verdict", line.verdict().word());
                out.writeStringField("check", line.check());
                out.writeStringField("what", line.what());
                if (!line.fix().isEmpty()) {
                  out.writeStringField("fix", line.fix());
                }
              });
          out.writeEndObject();
        });
  }
}
