package dev.lockstep.app.cli;

import dev.lockstep.app.broker.BrokerLibraries;
import dev.lockstep.app.broker.LocalBroker;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.detection.IdForm;
import dev.lockstep.app.estate.HygieneSurvey;
import dev.lockstep.app.file.PersonalFile;
import dev.lockstep.app.file.TemporaryFolder;
import dev.lockstep.app.kafka.PlayedTopic;
import dev.lockstep.app.metrics.Meters;
import dev.lockstep.app.metrics.MetricsServer;
import dev.lockstep.app.page.LatestFindings;
import dev.lockstep.app.page.LivePage;
import dev.lockstep.app.page.ServiceContent;
import dev.lockstep.app.process.BoundedHttpServer;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.process.StopSignal;
import dev.lockstep.app.replay.CapturePlayer;
import dev.lockstep.app.replay.ExceptionUse;
import dev.lockstep.app.replay.Replay;
import dev.lockstep.app.replay.ReplaySummary;
import dev.lockstep.app.report.ReportOrigin;
import dev.lockstep.app.rules.RuleStatus;
import dev.lockstep.app.service.Service;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.app.terminal.TextTable;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.DetectionStatus;
import dev.lockstep.schemas.process.OwnerOnly;
import dev.lockstep.schemas.text.EscapedJson;
import dev.lockstep.schemas.text.Quoted;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Command {@code demo}, which runs the whole program with sample data on this machine. */
@Command(
    name = "demo",
    description = {
      "Runs Lockstep on this machine with sample data: starts a Kafka broker, plays a bundled"
          + " capture into it, runs ingest and detections, and forwards to a fake of Sentinel's"
          + " Logs Ingestion API.",
      "Needs no Azure, Docker or network."
    })
public final class DemoCommand implements Callable<Integer> {
  private static final String TOPIC = "demo";
  private static final String FOLDER = "/demo/";
  private static final String NEW_RULE = "my_rule";

  public static final List<String> CAPTURE =
      List.of(
          "signins.jsonl.gz",
          "gateway.jsonl.gz",
          "links.jsonl.gz",
          "alerts.jsonl.gz",
          "xdr.jsonl.gz",
          "frontdoor.jsonl.gz",
          "graph.jsonl.gz",
          "audit.jsonl.gz",
          "keyvault.jsonl.gz");

  private static final String CONFIG = "lockstep.yaml";
  private static final String EXCEPTIONS = "exceptions.yaml";
  private static final List<String> FILES = List.of("networks.csv", "partners.yaml");

  private static final String CAPTURE_FOLDER = "capture";
  private static final String ROWS = "rows.jsonl";
  private static final String METRICS = "metrics.txt";
  private static final String REPORT = "report.html";
  private static final int MOST_SHOWN = 20;
  private static final long TIMEOUT_NANOS = 120_000_000_000L;
  private static final long LOOK_EVERY_MILLIS = 100;
  private static final Duration CLOSING = Duration.ofSeconds(30);

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description =
          "Folder for the rows, the report, the metrics and the capture (default: a new temporary"
              + " one).")
  private @Nullable Path output;

  @Option(
      names = "--json",
      description = "Print the detections that arrived, each as one JSON object on its own line.")
  private boolean json;

  @Option(
      names = "--page",
      description =
          "Show the findings and the state of the service to browsers on this machine, and run"
              + " until Ctrl-C.")
  private boolean page;

  @Override
  public Integer call() throws IOException, InterruptedException {
    BrokerLibraries.require();
    if (output != null && Files.exists(output) && !Files.isDirectory(output)) {
      throw new OperatorException(
          "could not write to %s: it is a file; name a folder".formatted(Quoted.of(output)));
    }
    if (output != null) {
      refuseForeign(output);
    }
    PrintStream out = System.out;
    PrintStream err = json ? System.err : System.out;
    err.println(
        "Lockstep demo: broker, capture, detections and a fake of Sentinel's API run on this"
            + " machine.");
    hush();
    LocalBroker.hushClients();
    Path folder = output == null ? TemporaryFolder.newFolder("lockstep-demo") : output;
    try {
      OwnerOnly.folder(folder);
    } catch (IOException e) {
      throw new OperatorException(
          "could not write to %s: %s; name a folder that can be created"
              .formatted(Quoted.of(folder.toString()), e.getClass().getSimpleName()),
          e);
    }
    try (TemporaryFolder work = TemporaryFolder.make("lockstep-demo-work")) {
      return run(folder, work.folder(), out, err);
    }
  }

  private static void refuseForeign(Path folder) throws IOException {
    Path config = folder.resolve(CAPTURE_FOLDER).resolve(CONFIG);
    // a demo wrote the folder that has the demo's configuration
    if (Files.exists(config)
        && Arrays.equals(
            Files.readAllBytes(config), configText().getBytes(StandardCharsets.UTF_8))) {
      return;
    }
    Stream<String> captured =
        Stream.of(List.of(CONFIG, EXCEPTIONS), CAPTURE, FILES)
            .flatMap(List::stream)
            .map(name -> CAPTURE_FOLDER + "/" + name);
    Stream.concat(Stream.of(ROWS, REPORT, METRICS), captured)
        .filter(name -> Files.exists(folder.resolve(name)))
        .findFirst()
        .ifPresent(
            name -> {
              throw new OperatorException(
                  "could not write to %s: the demo would overwrite %s there, which could be a file of your own; name a new folder"
                      .formatted(Quoted.of(folder), name));
            });
  }

  private static String configText() throws IOException {
    try (InputStream file = bundled(CONFIG)) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8)
          + "exceptions: "
          + EXCEPTIONS
          + "\n";
    }
  }

  private static InputStream bundled(String name) {
    InputStream file = DemoCommand.class.getResourceAsStream(FOLDER + name);
    if (file == null) {
      throw new IllegalStateException(
          FOLDER + name + " is missing from Lockstep's own jar; install Lockstep again");
    }
    return file;
  }

  private static void hush() {
    for (String logger :
        List.of("dev.lockstep", "kafka", "org.apache.kafka", "state.change.logger")) {
      System.setProperty(
          "org.slf4j.simpleLogger.log." + logger, logger.equals("dev.lockstep") ? "error" : "off");
    }
    // the HTTP server of the fake, which is the first, then sends each answer without delay
    System.setProperty("sun.net.httpserver.nodelay", "true");
    BoundedHttpServer.limitRequests();
  }

  private int run(Path folder, Path work, PrintStream out, PrintStream err)
      throws IOException, InterruptedException {
    Path capture = unpack(folder.resolve(CAPTURE_FOLDER));
    Path rows = folder.resolve(ROWS);
    Files.deleteIfExists(rows);
    try (LocalBroker broker =
            LocalBroker.start(work.resolve("broker"), 0, LocalBroker.Options.DEFAULT);
        FakeLogsIngestionApi sentinel = FakeLogsIngestionApi.start(rows, 0)) {
      err.println("Kafka broker at " + broker.bootstrapServers());
      err.println("Fake of the Logs Ingestion API at " + sentinel.endpoint());
      Config config = config(capture, work, broker, sentinel);
      PlayedTopic.create(broker.bootstrapServers(), TOPIC, config.kafka().partitions());
      Enrichment enrichment = Wiring.enrichment(config);
      HygieneSurvey hygiene = new HygieneSurvey(enrichment, HygieneSurvey.USUAL_ROTATION);
      CompletableFuture<Replay.Result> replayed =
          CompletableFuture.supplyAsync(() -> replay(capture, config, enrichment, hygiene));
      try (Service service = new Service(config, EnumSet.allOf(Service.Role.class));
          Meters meters = new Meters(service);
          MetricsServer metrics =
              MetricsServer.start(
                  config.metrics().host(),
                  0,
                  meters.registry(),
                  service::notLive,
                  service::notReady,
                  service::degraded);
          LatestFindings findings = page ? LatestFindings.of(config.kafka()) : null;
          LivePage livePage =
              findings == null
                  ? null
                  : LivePage.start(
                      0,
                      ServiceContent.of(
                          service, config.kafka(), findings, origin(capture, rows)))) {
        if (livePage != null) {
          err.println("Findings at " + livePage.address() + " in a browser");
        }
        err.printf("Metrics at http://127.0.0.1:%d/metrics%n", metrics.port());
        service.start();
        play(capture, broker, err);
        Replay.Result expected = replayed.join();
        boolean complete = await(expected, service, sentinel);
        meters.refresh();
        List<String> options = List.of("--config", capture.resolve(CONFIG).toString());
        PersonalFile.write(folder.resolve(METRICS), meters.registry().scrape());
        PersonalFile.write(
            folder.resolve(REPORT),
            new ReplaySummary(
                    expected, 0, id -> command("explain", options, "--incident", id, capture))
                .report(origin(capture, rows), List.of(hygiene.result().section())));
        show(expected, service, sentinel, out, err);
        err.println();
        String shown = Quoted.visible(folder.toString()) + File.separator;
        err.println("Detections as rows of Sentinel:       " + shown + ROWS);
        err.println("Report to open in a browser:          " + shown + REPORT);
        err.println("Metrics of this moment:               " + shown + METRICS);
        err.println("Captured logs and configuration:      " + shown + CAPTURE_FOLDER);
        DemoFindings.of(expected.detections()).stream()
            .findFirst()
            .ifPresent(
                worst ->
                    err.println(
                        "To see why the worst findings fired:  "
                            + command("explain", options, worst.option(), worst.id(), capture)));
        err.println(
            "To write a rule of your own:          "
                + ShellCommand.call(ShellCommand.words(newRule(options))));
        err.println(
            "To see what that rule finds:          "
                + command("replay", options, "--rule", NEW_RULE + ".yml", capture));
        if (!complete) {
          throw new OperatorException(
              "could not finish the demo: after 2 minutes, %d of %d expected detections had arrived in their last revision, and %d unexpected detections had not been withdrawn%s; try again when the machine is less busy"
                  .formatted(
                      arrived(expected, sentinel),
                      expected.detections().size(),
                      active(sentinel).keySet().stream()
                          .filter(
                              id ->
                                  expected.detections().stream()
                                      .noneMatch(each -> each.getId().equals(id)))
                          .count(),
                      service.notReady().isEmpty()
                          ? ""
                          : " (the service is not ready: %s)"
                              .formatted(String.join("; ", service.notReady()))));
        }
        if (livePage != null) {
          err.println("Findings stay at " + livePage.address() + " until Ctrl-C");
          try (StopSignal stop = StopSignal.granting(CLOSING)) {
            stop.await();
          }
        }
        return ExitCode.DONE;
      }
    }
  }

  private static String command(
      String name, List<String> options, String option, String value, Path capture) {
    List<String> words = new ArrayList<>(List.of(name));
    words.addAll(options);
    words.addAll(List.of(option, value, capture.toString()));
    return ShellCommand.call(ShellCommand.words(words));
  }

  private static List<String> newRule(List<String> options) {
    List<String> words = new ArrayList<>(List.of("rules", "new"));
    words.addAll(options);
    words.add(NEW_RULE);
    return words;
  }

  private static ReportOrigin origin(Path capture, Path rows) {
    return ReportOrigin.of(
        "demo", capture.resolve(CONFIG), List.of(capture.toString()), rows.toString());
  }

  private static Config config(
      Path capture, Path work, LocalBroker broker, FakeLogsIngestionApi sentinel) {
    Map<String, String> environment = new TreeMap<>();
    environment.put("LOCKSTEP_KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers());
    environment.put("LOCKSTEP_KAFKA_STATE_DIR", work.resolve("state").toString());
    environment.put("LOCKSTEP_SOURCES_DEMO_TYPE", "kafka");
    environment.put("LOCKSTEP_SOURCES_DEMO_BOOTSTRAP_SERVERS", broker.bootstrapServers());
    environment.put("LOCKSTEP_SOURCES_DEMO_TOPIC", TOPIC);
    environment.put("LOCKSTEP_SOURCES_DEMO_ARRIVAL", "header");
    environment.put("LOCKSTEP_RULES_REPEAT_SECONDS", "0"); // a demo shows the result without delay
    environment.put("LOCKSTEP_SENTINEL_ENDPOINT", sentinel.endpoint().toString());
    environment.put("LOCKSTEP_SENTINEL_RULE_ID", FakeLogsIngestionApi.RULE_ID);
    environment.put("LOCKSTEP_SENTINEL_STREAM", FakeLogsIngestionApi.STREAM);
    environment.put("LOCKSTEP_SENTINEL_AUTH", "none");
    return Config.read(capture.resolve(CONFIG), environment);
  }

  private static Path unpack(Path folder) throws IOException {
    OwnerOnly.folder(folder);
    PersonalFile.write(folder.resolve(CONFIG), configText()); // first, by which a demo is known
    for (String name : Stream.concat(CAPTURE.stream(), FILES.stream()).toList()) {
      try (InputStream file = bundled(name)) {
        OwnerOnly.replace(folder.resolve(name), file::transferTo);
      }
    }
    // The accept command in the report needs an exceptions file.
    PersonalFile.write(folder.resolve(EXCEPTIONS), "exceptions:\n");
    return folder;
  }

  private static List<String> paths(Path capture) {
    return CAPTURE.stream().map(name -> capture.resolve(name).toString()).toList();
  }

  private static Replay.Result replay(
      Path capture, Config config, Enrichment enrichment, HygieneSurvey hygiene) {
    try {
      return new Replay(config.rules(), enrichment, Long.MIN_VALUE, Long.MAX_VALUE, 1)
          .reading(hygiene::add)
          .run(paths(capture), InputStream.nullInputStream(), Progress.of(true));
    } catch (IOException e) {
      throw OperatorException.of(e);
    }
  }

  private static void play(Path capture, LocalBroker broker, PrintStream err) throws IOException {
    try (Producer<byte[], byte[]> producer = PlayedTopic.producer(broker.bootstrapServers())) {
      CapturePlayer.Played played =
          new CapturePlayer(producer, TOPIC, 0)
              .play(paths(capture), InputStream.nullInputStream(), Progress.of(true));
      err.println(
          "Played "
              + DisplayFormat.count(played.messages(), "captured message")
              + "; waiting for detections ...");
    }
  }

  /**
   * Waits until the service has sent the same detections as the replay, and returns whether it has.
   * The service has to read all records, send each detection with its final severity, reason and
   * count, and withdraw all others. The wait ends after 2 minutes at the latest.
   */
  private static boolean await(
      Replay.Result expected, Service service, FakeLogsIngestionApi sentinel)
      throws InterruptedException {
    long records = expected.counts().total().read();
    long until = System.nanoTime() + TIMEOUT_NANOS;
    while (System.nanoTime() < until) {
      long read = service.read().values().stream().mapToLong(c -> c.total().read()).sum();
      long detections = expected.detections().size();
      if (read >= records
          && arrived(expected, sentinel) == detections
          && active(sentinel).size() == detections) {
        return true;
      }
      Thread.sleep(LOOK_EVERY_MILLIS);
    }
    return false;
  }

  private static Map<String, FakeLogsIngestionApi.Row> active(FakeLogsIngestionApi sentinel) {
    Map<String, FakeLogsIngestionApi.Row> latest = new TreeMap<>(sentinel.latest());
    latest.values().removeIf(row -> row.json().contains("\"Reason\":\"withdrawn\""));
    return latest;
  }

  private static long arrived(Replay.Result expected, FakeLogsIngestionApi sentinel) {
    Map<String, FakeLogsIngestionApi.Row> latest = sentinel.latest();
    return expected.detections().stream()
        .filter(
            detection -> {
              FakeLogsIngestionApi.Row row = latest.get(detection.getId());
              return row != null
                  && row.json().contains("\"Severity\":\"" + detection.getSeverity() + "\"")
                  && row.json().contains("\"Reason\":\"" + detection.getReason() + "\"")
                  && row.json().contains("\"Count\":" + detection.getCount() + ",");
            })
        .count();
  }

  private void show(
      Replay.Result expected,
      Service service,
      FakeLogsIngestionApi sentinel,
      PrintStream out,
      PrintStream err) {
    Map<String, FakeLogsIngestionApi.Row> latest = active(sentinel);
    if (json) {
      latest.values().forEach(row -> out.println(EscapedJson.of(row.json())));
    } else {
      out.println();
      List<Detection> arrived =
          expected.detections().stream().filter(d -> latest.containsKey(d.getId())).toList();
      List<Detection> shown = DemoFindings.first(arrived, MOST_SHOWN);
      detections(shown).print(out);
      if (shown.size() < arrived.size()) {
        out.printf(
            "These are the %d most severe of %d detections, the latest first within each severity;"
                + " the file rows.jsonl has all detections.%n",
            shown.size(), arrived.size());
      }
      out.println();
      rules(expected).print(out);
      out.println();
      List<DemoFindings.Row> worst = DemoFindings.of(expected.detections());
      if (!worst.isEmpty()) {
        out.println("The worst incidents and other findings:");
        worst(worst).print(out);
      }
    }
    IngestCounts read = new IngestCounts();
    service.read().values().forEach(read::add);
    DetectionCounters counters = service.counters();
    err.println();
    err.println(read(read.total(), counters.repeatedEvents(), counters.lateEvents()));
    err.printf(
        Locale.ROOT,
        "%,d detections arrived in %,d rows and %,d requests; a replay of the capture gives %s%,d%n",
        latest.size(),
        sentinel.rows().size(),
        sentinel.requests(),
        latest.size() == expected.detections().size() ? "the same " : "",
        expected.detections().size());
    String heldBack = ExceptionUse.heldBack(expected.exceptions(), service.exceptions());
    if (heldBack != null) {
      err.println(heldBack);
    }
  }

  static String read(IngestCounts.Totals read, long repeated, long late) {
    return String.format(
        Locale.ROOT,
        "%,d records read: %,d activities, %,d ignored, %,d rejected, %,d quarantined; %,d"
            + " repeated, %,d late",
        read.read(),
        read.mapped(),
        read.ignored(),
        read.rejected(),
        read.quarantined(),
        repeated,
        late);
  }

  static TextTable rules(Replay.Result result) {
    TextTable table = new TextTable("Rule", "Detections", "Runs");
    for (RuleStatus state : result.rules()) {
      long count =
          result.detections().stream()
              .filter(detection -> detection.getRule().equals(state.rule().id()))
              .count();
      table.row(List.of(state.rule().id(), String.valueOf(count), state.text()));
    }
    return table;
  }

  static TextTable worst(List<DemoFindings.Row> worst) {
    TextTable table =
        new TextTable("Severity", "Id", "Start", "Of", "What")
            .whole("Severity", "Id", "Start")
            .movable("What");
    for (DemoFindings.Row row : worst) {
      table.row(
          List.of(
              row.severity().name(),
              IdForm.beginning(row.id()),
              DisplayFormat.minute(row.startAt()) + "Z",
              row.of(),
              row.what()));
    }
    return table;
  }

  static TextTable detections(List<Detection> detections) {
    TextTable table =
        new TextTable("Severity", "Id", "Rule", "Reason", "Start", "What", "Count")
            .whole("Severity", "Id", "Rule", "Start")
            .movable("What", "Reason");
    for (Detection detection : detections) {
      table.row(
          List.of(
              detection.getSeverity().name(),
              IdForm.beginning(detection.getId()),
              detection.getRule() + (DetectionStatus.isInShadow(detection) ? " (shadow)" : ""),
              detection.getReason(),
              DisplayFormat.minute(detection.getStartTime()) + "Z",
              detection.getTitle(),
              String.valueOf(detection.getCount())));
    }
    return table;
  }
}
