package dev.lockstep.app.cli;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.config.ConfigProblems;
import dev.lockstep.app.doctor.Checkup;
import dev.lockstep.app.doctor.ClockCheck;
import dev.lockstep.app.doctor.ClusterChecks;
import dev.lockstep.app.doctor.Doctor;
import dev.lockstep.app.doctor.FileChecks;
import dev.lockstep.app.doctor.HubChecks;
import dev.lockstep.app.doctor.HubSample;
import dev.lockstep.app.doctor.RuleChecks;
import dev.lockstep.app.doctor.SentinelChecks;
import dev.lockstep.app.doctor.SinkChecks;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.enrichment.file.FileProblem;
import dev.lockstep.enrichment.partner.Partners;
import dev.lockstep.schemas.Quoted;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "doctor",
    description = {
      "Looks at everything that the configuration names and says what is wrong and how to fix it.",
      "Writes nothing anywhere, prints no secret, and takes 10 seconds at most."
    })
public final class DoctorCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(8);

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    hush();
    List<Checkup.Line> lines = examine(config.file(), System.getenv(), InstantSource.system());
    if (json) {
      System.out.println(asJson(lines));
    } else {
      lines.forEach(line -> System.out.println(line.text()));
    }
    return count(lines, Checkup.Verdict.FAIL) == 0 ? ExitCode.DONE : ExitCode.FAILED;
  }

  /** What is wrong is said once, by the doctor, and not by the clients' logs as well. */
  private static void hush() {
    for (String logger : List.of("org.apache.kafka", "com.azure", "com.microsoft")) {
      String key = "org.slf4j.simpleLogger.log." + logger;
      if (System.getProperty(key) == null) {
        System.setProperty(key, "off");
      }
    }
  }

  /** Returns what there is to say of a configuration, in order. */
  public static List<Checkup.Line> examine(
      @Nullable Path file, Map<String, String> environment, InstantSource clock)
      throws InterruptedException {
    ConfigProblems problems = ConfigProblems.of(file, environment);
    List<Checkup.Line> lines = new ArrayList<>();
    for (OperatorException problem : problems.found()) {
      Checkup one = new Checkup("config");
      one.fail(problem);
      lines.addAll(one.lines());
    }
    Config config = problems.rest();
    if (config == null) {
      lines.add(
          new Checkup.Line(
              Checkup.Verdict.SKIP, "everything else", "the configuration comes first", ""));
      return lines;
    }
    if (problems.found().isEmpty()) {
      lines.add(
          new Checkup.Line(
              Checkup.Verdict.OK,
              "config",
              file == null
                  ? "environment and defaults"
                  : Quoted.of(file) + ", " + DisplayFormat.many(config.sources().size(), "source"),
              ""));
    }
    Doctor doctor = new Doctor(PATIENCE);
    ClockCheck clocks = new ClockCheck(clock);
    HubSample sample = new HubSample(config.limits());
    new FileChecks(config, clock).addTo(doctor);
    ClusterChecks cluster = new ClusterChecks(config, clocks, clock);
    cluster.addTo(doctor);
    if (!problems.lacks("sources")) {
      HubChecks.addTo(doctor, config, cluster, sample, clock);
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
    lines.addAll(new RuleChecks(config, sample, partners(config)).lines());
    return lines;
  }

  private static @Nullable Partners partners(Config config) {
    Path file = config.partners();
    try {
      return file == null ? Partners.none() : Partners.read(file);
    } catch (FileProblem e) {
      return null; // a line of its own
    }
  }

  static long count(List<Checkup.Line> lines, Checkup.Verdict verdict) {
    return lines.stream().filter(line -> line.verdict() == verdict).count();
  }

  public static String asJson(List<Checkup.Line> lines) {
    return JsonText.of(
        out -> {
          out.writeStartObject();
          for (Checkup.Verdict verdict : Checkup.Verdict.values()) {
            out.writeNumberField(verdict.word(), count(lines, verdict));
          }
          out.writeArrayFieldStart("checks");
          for (Checkup.Line line : lines) {
            out.writeStartObject();
            out.writeStringField("verdict", line.verdict().word());
            out.writeStringField("check", line.check());
            out.writeStringField("what", line.what());
            if (!line.fix().isEmpty()) {
              out.writeStringField("fix", line.fix());
            }
            out.writeEndObject();
          }
          out.writeEndArray();
          out.writeEndObject();
        });
  }
}
