package dev.lockstep.app.cli;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.config.SourcesReader;
import dev.lockstep.app.heartbeat.Heartbeat;
import dev.lockstep.app.metrics.Meters;
import dev.lockstep.app.metrics.MetricsServer;
import dev.lockstep.app.option.ConfigOption;
import dev.lockstep.app.option.TimeOption;
import dev.lockstep.app.page.LatestFindings;
import dev.lockstep.app.page.LivePage;
import dev.lockstep.app.page.ServiceContent;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.process.StopSignal;
import dev.lockstep.app.report.ReportOrigin;
import dev.lockstep.app.service.Service;
import dev.lockstep.app.setting.Port;
import dev.lockstep.app.terminal.ErrorOutput;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.StandardOutput;
import dev.lockstep.schemas.text.Quoted;
import java.net.BindException;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Command {@code run}, which runs the service. */
@Command(
    name = "run",
    description = {
      "Runs the service until it is stopped: ingest, detections, and forwarding to Sentinel.",
      "Several instances can run at once and share the work."
    })
public final class RunCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

  /** Longest time for a clean stop. The process has to end within 15 s, whatever hangs. */
  private static final Duration CLOSING = Duration.ofSeconds(14);

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(
      names = "--role",
      split = ",",
      paramLabel = "ROLE",
      converter = RoleByWord.class,
      completionCandidates = RoleWords.class,
      description = "Roles of this instance: ${COMPLETION-CANDIDATES} (default: all).")
  private @Nullable List<Service.Role> roles;

  @Option(
      names = "--from",
      paramLabel = "PLACE",
      description =
          "At the start, move every source once to: earliest, latest, or a time (default: each"
              + " source continues at its stored position).")
  private @Nullable String from;

  @Option(
      names = "--log-format",
      paramLabel = "FORMAT",
      description = "Form of the log on standard error: ${COMPLETION-CANDIDATES} (default: text).")
  private LogFormat logFormat = LogFormat.text;

  @Option(
      names = "--page",
      paramLabel = "PORT",
      description =
          "Show the latest findings and the state of this instance to browsers on this machine, at"
              + " this port of the loopback address (0: any free port). Everybody who uses the"
              + " machine can read them.")
  private @Nullable Integer page;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** Form of the log that the process writes to standard error. */
  enum LogFormat {
    text,
    json
  }

  @Override
  public Integer call() throws InterruptedException {
    if (logFormat == LogFormat.json) {
      ErrorOutput.asJson();
    }
    String place = from == null ? null : SourcesReader.place(from);
    if (from != null && place == null) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "could not use --from: %s; give earliest, latest or a time like 2026-11-01T00:00:00Z"
              .formatted(TimeOption.notA("start position", from)));
    }
    String wrongPort = page == null ? null : Port.problem("--page", page);
    if (wrongPort != null) {
      throw new CommandLine.ParameterException(spec.commandLine(), wrongPort);
    }
    Config read = config.read();
    EnumSet<Service.Role> chosen =
        roles == null ? EnumSet.allOf(Service.Role.class) : EnumSet.copyOf(roles);
    if (chosen.contains(Service.Role.INGEST) && read.sources().isEmpty()) {
      throw new OperatorException(
          "could not run ingest: the configuration has no sources; add a source, name the"
              + " configuration file by --config, or leave ingest out of --role");
    }
    if (place != null && !chosen.contains(Service.Role.INGEST)) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "could not use --from: this instance does not read sources; add ingest to --role");
    }
    StandardOutput.outliveReader();
    try (StopSignal stop = StopSignal.granting(CLOSING);
        Service service = new Service(read, chosen, place);
        Heartbeat heartbeat = Heartbeat.start(read, service);
        Meters meters = new Meters(service, heartbeat.counts());
        MetricsServer server = serve(read.metrics(), service, meters);
        LatestFindings findings = page == null ? null : LatestFindings.of(read.kafka());
        LivePage livePage =
            findings == null
                ? null
                : LivePage.start(
                    Objects.requireNonNull(page),
                    ServiceContent.of(
                        service, read.kafka(), findings, ReportOrigin.ofService(config.file())))) {
      announce(
          "metrics and health at http://%s:%d/metrics, /health/live and /health/ready"
              .formatted(read.metrics().host(), server.port()));
      if (livePage != null) {
        announce("findings at " + livePage.address());
      }
      Thread.setDefaultUncaughtExceptionHandler(service.end()::uncaught);
      meters.keepFresh();
      stop.onStop(service::stop);
      service.whenGivenUp(stop::give);
      try {
        service.start();
      } catch (Error e) {
        service.end().after("main", e);
        throw e;
      }
      stop.await();
      String givenUp = service.givenUp();
      if (givenUp != null) {
        throw new OperatorException(givenUp);
      }
      return ExitCode.DONE;
    }
  }

  private void announce(String line) {
    if (logFormat == LogFormat.json) {
      LOG.info(line);
    } else {
      System.out.println(line);
    }
  }

  private static MetricsServer serve(Config.Metrics metrics, Service service, Meters meters) {
    try {
      return serve(metrics, metrics.port(), service, meters);
    } catch (OperatorException e) {
      if (metrics.port() != Config.Metrics.USUAL_PORT || !(e.getCause() instanceof BindException)) {
        throw e;
      }
      LOG.warn(
          "could not open the default metrics port {} ({}); this instance tries a free port instead;"
              + " the log line that begins with \"metrics and health at\" shows which one",
          metrics.port(),
          e.getCause().getMessage());
      return serve(metrics, 0, service, meters);
    }
  }

  private static MetricsServer serve(
      Config.Metrics metrics, int port, Service service, Meters meters) {
    return MetricsServer.start(
        metrics.host(),
        port,
        meters.registry(),
        service::notLive,
        service::notReady,
        service::degraded);
  }

  private static String word(Service.Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }

  /** Names of the roles, as {@code --role} accepts them. */
  static final class RoleWords implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(Service.Role.values()).map(RunCommand::word).iterator();
    }
  }

  /** Converter of a word on the command line to the role that it names. */
  static final class RoleByWord implements CommandLine.ITypeConverter<Service.Role> {
    @Override
    public Service.Role convert(String text) {
      return Arrays.stream(Service.Role.values())
          .filter(role -> word(role).equalsIgnoreCase(text.strip()))
          .findFirst()
          .orElseThrow(
              () ->
                  new CommandLine.TypeConversionException(
                      "%s is not a role; give %s"
                          .formatted(Quoted.of(text), String.join(", ", new RoleWords()))));
    }
  }
}
