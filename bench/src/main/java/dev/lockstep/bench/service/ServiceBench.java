package dev.lockstep.bench.service;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.capture.load.ServiceLoad;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.DetectionStatus;
import dev.lockstep.schemas.SingleObject;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * Measurement of the processor time of {@code lockstep run}, compared with the processor time of
 * {@link ParsingFloor} for the same messages. The floor is the smallest possible service. The first
 * three tenths of the messages are the warm-up, and are left out. Runs of floor and service
 * alternate. Findings of a service run that differ from those of {@code lockstep replay} are
 * printed.
 */
public final class ServiceBench {
  private static final long SEED = 7;
  private static final Duration COUNTED_WITHIN = Duration.ofMinutes(3);
  private static final Duration DRAINED_WITHIN = Duration.ofMinutes(20);
  private static final String MAIN =
      "SignInLogs, NonInteractiveUserSignInLogs, GatewayLogs, SecurityAlert,"
          + " AdvancedHunting-AlertInfo, AdvancedHunting-AlertEvidence";
  private static final String[] EDGE = {"links", "frontdoor"};
  private static final int SIGMA_RULES = 300;
  private static final int SIGMA_CORRELATIONS = 20;

  private final Path home;
  private final Path folder;
  private final LoadClient cluster;
  private final long messages;
  private final long warmUp;
  private final Instant first;
  private final Path capture;
  private final Map<Rules, Set<String>> expected = new EnumMap<>(Rules.class);

  /**
   * Set of rules with which the service runs. {@code FOUR} has those that {@code rules list} shows
   * first.
   */
  private enum Rules {
    FOUR(
        "rules:\n"
            + Stream.of(
                    "session-replay",
                    "gateway-bypass",
                    "waf-then-success",
                    "conditional-access-gap",
                    "risky-sign-in-used",
                    "privileged-without-pim",
                    "workload-credential-drift",
                    "vault-outside",
                    "gateway-probing",
                    "password-spray")
                .map("  %s: {enabled: false}\n"::formatted)
                .collect(Collectors.joining())),
    BUILT_IN(""),
    SIGMA("rules: {directories: [sigma]}\n");

    private final String yaml;

    Rules(String yaml) {
      this.yaml = yaml;
    }
  }

  private ServiceBench(Path home, Path folder, LoadClient cluster, long records, Instant first)
      throws IOException, InterruptedException {
    this.home = home;
    this.folder = folder;
    this.cluster = cluster;
    this.messages = records / ServiceLoad.RECORDS;
    this.warmUp = messages * 3 / 10;
    this.first = first;
    this.capture = folder.resolve("load.jsonl.gz");
    writeCapture();
    this.expected.put(Rules.BUILT_IN, replayed(Rules.BUILT_IN));
  }

  /**
   * Runs the measurement with five arguments. The first four are the folder of the project, an
   * empty folder to work in, the number of records, and the number of runs. The last is {@code
   * latency} to measure latency as well, {@code rules} to compare sets of rules instead, or any
   * other word for neither.
   */
  public static void main(String[] arguments)
      throws IOException, InterruptedException, ExecutionException {
    Path home = Path.of(arguments[0]);
    Path folder = Path.of(arguments[1]);
    int runs = Integer.parseInt(arguments[3]);
    ServiceLoad.writeFiles(folder);
    List<String> broker =
        List.of(
            home.resolve("lockstep").toString(),
            "broker",
            "--port",
            "0",
            "--data",
            folder.resolve("broker").toString());
    try (Child started = Child.start(folder.resolve("broker.log"), broker);
        LoadClient cluster = new LoadClient(started.line())) {
      Instant first = Instant.now().minus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.SECONDS);
      ServiceBench bench =
          new ServiceBench(home, folder, cluster, Long.parseLong(arguments[2]), first);
      if (arguments[4].equals("rules")) {
        bench.compareRules(runs);
      } else {
        bench.run(runs, arguments[4].equals("latency"));
      }
    }
  }

  private record Measured(
      double micros, double perSecond, long stateBytes, InternalTopicCounts internal) {}

  private void run(int runs, boolean latency)
      throws IOException, InterruptedException, ExecutionException {
    List<Double> floors = new ArrayList<>();
    List<Double> services = new ArrayList<>();
    List<Double> withEdge = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    double wallPerSecond = 0;
    for (int run = 1; run <= runs; run++) {
      double floor = floor(run);
      Measured service = service(run, false, run == 1, Rules.BUILT_IN);
      floors.add(floor);
      services.add(service.micros);
      ratios.add(floor / service.micros);
      wallPerSecond = Math.max(wallPerSecond, service.perSecond);
      print(
          "run %d: floor %.2f µs, service %.2f µs (ratio %.3f, %.0f records/s by the clock)",
          run, floor, service.micros, floor / service.micros, service.perSecond);
      Measured edge = service(run, true, false, Rules.BUILT_IN);
      withEdge.add(edge.micros);
      print("run %d: with links and Front Door configured %.2f µs", run, edge.micros);
      if (service.internal.records() > 0) {
        long records = messages * ServiceLoad.RECORDS;
        print(
            "internal topics: %.0f bytes a record in %.3f records, changelogs: %.0f bytes a record"
                + " in %.3f records, %.0f bytes a record as the compressed batches that are"
                + " written; state on disk %.0f bytes a principal",
            (double) service.internal.streamBytes() / records,
            (double) service.internal.streamRecords() / records,
            (double) service.internal.changelogBytes() / records,
            (double) service.internal.changelogRecords() / records,
            (double) service.internal.sentChangelogBytes() / records,
            (double) service.stateBytes / principals(records));
      }
    }
    print("%-34s %8s %8s %8s", "", "min", "median", "max");
    row("floor, thousand/CPU-s", thousands(floors));
    row("service, thousand/CPU-s", thousands(services));
    row("with link and edge, thousand/CPU-s", thousands(withEdge));
    row("ratio of service to floor", ratios);
    if (latency) {
      LatencyMeasurement.measure(
          cluster, (name, edge) -> start(name, edge, Rules.BUILT_IN), wallPerSecond / 2);
    }
  }

  private void compareRules(int runs) throws IOException, InterruptedException, ExecutionException {
    SigmaLoad.write(folder.resolve("sigma"), SIGMA_RULES, SIGMA_CORRELATIONS);
    for (Rules rules : List.of(Rules.FOUR, Rules.SIGMA)) {
      expected.put(rules, replayed(rules));
    }
    List<Double> ofAll = new ArrayList<>();
    List<Double> withSigma = new ArrayList<>();
    for (int run = 1; run <= runs; run++) {
      double four = service(run, false, false, Rules.FOUR).micros;
      double all = service(run, false, false, Rules.BUILT_IN).micros;
      double sigma = service(run, false, false, Rules.SIGMA).micros;
      print(
          "run %d: first four rules %.1f µs, all built-in rules %.1f µs (speed %.2f),"
              + " with %d Sigma rules and %d correlations %.1f µs (speed %.2f)",
          run, four, all, four / all, SIGMA_RULES, SIGMA_CORRELATIONS, sigma, all / sigma);
      ofAll.add(four / all);
      withSigma.add(all / sigma);
    }
    print("%-34s %8s %8s %8s", "", "min", "median", "max");
    row("speed of all to the first four", ofAll);
    row("speed with Sigma to without", withSigma);
  }

  private static long principals(long records) {
    return Math.min(100_000, records);
  }

  private static List<Double> thousands(List<Double> micros) {
    return micros.stream().map(each -> 1000 / each).toList();
  }

  private static void row(String name, List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    print(
        "%-34s %8.3f %8.3f %8.3f",
        name, sorted.get(0), sorted.get(sorted.size() / 2), sorted.get(sorted.size() - 1));
  }

  private double floor(int run) throws IOException, InterruptedException, ExecutionException {
    String topic = "floor-" + run;
    cluster.create(topic);
    cluster.send(topic, load(), messages);
    List<String> command =
        List.of(
            java(),
            "-Xmx512m",
            "-XX:+UseParallelGC",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-cp",
            System.getProperty("java.class.path"),
            ParsingFloor.class.getName(),
            cluster.bootstrap(),
            topic,
            Long.toString(warmUp),
            Long.toString(messages));
    try (Child floor = Child.start(folder.resolve("floor.log"), command)) {
      long nanos = Long.parseLong(floor.lineWith("cpu ").split(" ", -1)[1]);
      return nanos / 1000.0 / ((messages - warmUp) * ServiceLoad.RECORDS);
    } finally {
      cluster.delete(List.of(topic));
    }
  }

  private Measured service(int run, boolean edge, boolean counted, Rules rules)
      throws IOException, InterruptedException, ExecutionException {
    String name = "%s-%s-%d".formatted(edge ? "edge" : "load", word(rules), run);
    cluster.create(name);
    for (String each : EDGE) {
      if (edge) {
        cluster.create(name + "-" + each);
      }
    }
    ServiceLoad load = load();
    try (Child service = start(name, edge, rules);
        InternalTopicCounts internal =
            counted ? new InternalTopicCounts(cluster, name + ".") : InternalTopicCounts.none()) {
      cluster.send(name, load, warmUp);
      cluster.awaitDrained(name + ".detect", DRAINED_WITHIN);
      service.awaitCalm();
      Duration warm = service.processorTime();
      long began = System.nanoTime();
      cluster.send(name, load, messages - warmUp);
      cluster.awaitDrained(name + ".detect", DRAINED_WITHIN);
      double seconds = (System.nanoTime() - began) / 1e9;
      service.awaitCalm();
      double micros = service.processorTime().minus(warm).toNanos() / 1000.0;
      internal.close();
      long records = (messages - warmUp) * ServiceLoad.RECORDS;
      compare(name, rules);
      return new Measured(
          micros / records, records / seconds, bytesOf(folder.resolve(name)), internal);
    } finally {
      cluster.delete(cluster.topics(name));
    }
  }

  private static String word(Rules rules) {
    return rules.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private Child start(String name, boolean edge, Rules rules) throws IOException {
    StringBuilder config = new StringBuilder();
    config
        .append("geoip: {city: city.mmdb, asn: asn.mmdb}\n")
        .append("networks: networks.csv\npartners: partners.yaml\nsources:\n")
        .append(source(name, name, MAIN));
    if (edge) {
      for (String each : EDGE) {
        config.append(
            source(
                each,
                name + "-" + each,
                each.equals("links") ? "IdentityLink" : "FrontDoorAccessLog"));
      }
    }
    config
        .append("kafka: {bootstrapServers: \"%s\", ".formatted(cluster.bootstrap()))
        .append("topicPrefix: \"%s.\", stateDir: %s, replication: 1}\n".formatted(name, name))
        .append("metrics: {port: 0}\n")
        .append(rules.yaml);
    Path file = folder.resolve(name + ".yaml");
    Files.write(file, config.toString().getBytes(StandardCharsets.UTF_8));
    Child service =
        Child.start(
            folder.resolve(name + ".log"),
            List.of(
                home.resolve("lockstep").toString(),
                "run",
                "--role",
                "ingest,detect",
                "--config",
                file.toString()));
    service.lineWith("metrics and health");
    return service;
  }

  private String source(String name, String topic, String brings) {
    return "  - {name: %s, type: kafka, bootstrapServers: \"%s\", topic: %s, arrival: header, brings: [%s]}%n"
        .formatted(name, cluster.bootstrap(), topic, brings);
  }

  private ServiceLoad load() {
    return new ServiceLoad(first, messages * ServiceLoad.RECORDS, SEED);
  }

  private void writeCapture() throws IOException {
    try (OutputStream raw = Files.newOutputStream(capture);
        OutputStream out = new BufferedOutputStream(new GZIPOutputStream(raw), 1 << 16)) {
      ServiceLoad load = load();
      for (long message = 0; message < messages; message++) {
        out.write(load.next());
        out.write('\n');
      }
    }
  }

  /**
   * Runs {@code lockstep replay} on the messages with the given rules, and returns its findings as
   * texts.
   */
  private Set<String> replayed(Rules rules) throws IOException, InterruptedException {
    Path config = folder.resolve("replay-%s.yaml".formatted(word(rules)));
    Files.writeString(
        config,
        "geoip: {city: city.mmdb, asn: asn.mmdb}\nnetworks: networks.csv\npartners: partners.yaml\n"
            + rules.yaml);
    Path found = folder.resolve("replay-found.jsonl");
    List<String> command =
        List.of(
            home.resolve("lockstep").toString(),
            "replay",
            "--quiet",
            "--json",
            "--config",
            config.toString(),
            "--output",
            found.toString(),
            capture.toString());
    ObjectMapper json = new ObjectMapper();
    try (Child replay = Child.start(folder.resolve("replay.log"), command)) {
      JsonNode summary = json.readTree(replay.line());
      print(
          "load: %d records, %d detections by replay with rules %s",
          summary.path("recordsRead").asLong(), summary.path("detections").asLong(), word(rules));
    }
    Set<String> findings = new TreeSet<>();
    try (Stream<String> lines = Files.lines(found)) {
      for (String line : (Iterable<String>) lines::iterator) {
        JsonNode each = json.readTree(line);
        if (!each.path("reason").asText().equals("withdrawn")) {
          findings.add(
              String.join(
                  " ",
                  each.path("id").asText(),
                  each.path("rule").asText(),
                  each.path("reason").asText(),
                  each.path("severity").asText(),
                  each.path("count").asText()));
        }
      }
    }
    return findings;
  }

  /**
   * Prints how the findings in the service's topic differ from those of {@code lockstep replay}.
   * Changed counts go out with a delay, for which the comparison waits.
   */
  private void compare(String name, Rules rules) throws InterruptedException {
    Set<String> wanted = expected.getOrDefault(rules, Set.of());
    long until = System.nanoTime() + COUNTED_WITHIN.toNanos();
    Set<String> found = active(name);
    while (!found.equals(wanted) && System.nanoTime() - until < 0) {
      TimeUnit.SECONDS.sleep(5);
      found = active(name);
    }
    Set<String> missed = new TreeSet<>(wanted);
    missed.removeAll(found);
    found.removeAll(wanted);
    if (!found.isEmpty() || !missed.isEmpty()) {
      print(
          "%s: findings differ from replay's: %d missing, %d others, e.g. %s",
          name,
          missed.size(),
          found.size(),
          Stream.concat(missed.stream().limit(3), found.stream().limit(3)).toList());
    }
  }

  private Set<String> active(String name) {
    SingleObject<Detection> format = new SingleObject<>(Detection.getClassSchema());
    Set<String> findings = new TreeSet<>();
    cluster
        .lastValues(name + ".detections")
        .forEach(
            (id, value) -> {
              Detection each = format.decode(value);
              if (!DetectionStatus.isWithdrawn(each)) {
                findings.add(
                    String.join(
                        " ",
                        id,
                        each.getRule(),
                        each.getReason(),
                        each.getSeverity().toString(),
                        Integer.toString(each.getCount())));
              }
            });
    return findings;
  }

  private static long bytesOf(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  static void print(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
