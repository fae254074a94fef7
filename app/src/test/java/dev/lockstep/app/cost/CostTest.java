package dev.lockstep.app.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.app.Main;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.cost.RawVolume.Volume;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.replay.Replay;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.SourceMessage;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Where;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CostTest {
  private static final Cost.Prices NO_PRICES = new Cost.Prices(null, null);

  private static final String DEMO = "src/main/resources/demo/";
  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final long START = 1_760_000_000_000L;

  private static Progress quiet() {
    return Progress.on(System.err, true, false, System::nanoTime);
  }

  @Test
  void bills_theTextOfTheColumns_withoutNamesAndStandardColumns() throws Exception {
    // time 20, category 11, method 3, code 3, list [1,2] 5, flag true 4; not billed: resourceId
    assertThat(
            size(
                """
                {"time":"2026-11-20T11:59:30Z","category":"GatewayLogs","resourceId":"/SUB/X",\
                "absent":null,"properties":{"method":"GET","code":200,"list":[1, 2],"flag":true}}\
                """))
        .isEqualTo(new BilledSize.Billed("GatewayLogs", 20 + 11 + 3 + 3 + 5 + 4));
    assertThat(size("{\"name\":\"Zoë\"}").bytes()).isEqualTo(4);
    assertThat(size("{}").bytes()).isZero();
  }

  private static BilledSize.Billed size(String record) throws Exception {
    JsonFactory json = new JsonFactory();
    try (JsonParser in = json.createParser(record)) {
      in.nextToken();
      return new BilledSize(json).of(in);
    }
  }

  @Test
  void weighsRecords_howeverTheyArePacked() {
    String record = "{\"category\":\"A\",\"x\":\"12\"}";
    RawVolume volume = new RawVolume(Limits.defaults());
    volume.add(message(record));
    volume.add(message(record + "\n" + record));
    volume.add(message("[" + record + "," + record + "]"));
    volume.add(message("{\"records\":[" + record + "," + record + "]}" + record));
    volume.add(message("{\"x\":\"12\",\"category\":\"A\",\"records\":3}"));
    assertThat(volume.byCategory()).containsExactly(Map.entry("A", new Volume(9, 8 * 3 + 4)));
    volume.add(message("{\"x\":"));
    assertThat(volume.unreadable()).isEqualTo(1);
  }

  @Test
  void weighsTheRecordsOfAPage_whoseListIsNotItsFirstKey() {
    String records = "[{\"id\":\"a\"},{\"id\":\"bc\"}]";
    RawVolume volume = new RawVolume(Limits.defaults());
    volume.add(message("{\"@odata.context\":\"https://x\",\"value\":" + records + ",\"y\":[1]}"));
    volume.add(message("{\"Schema\":[{\"Name\":\"id\"}],\"Results\":" + records + "}"));
    volume.add(message("[{\"value\":" + records + "},{\"id\":\"d\"}]"));
    volume.add(message("{\"category\":\"B\",\"value\":[1,2]}"));
    assertThat(volume.byCategory())
        .containsOnly(Map.entry("(none)", new Volume(7, 10)), Map.entry("B", new Volume(1, 6)));
  }

  @Test
  void namesTheLogOfARecordWithoutCategory_asReplayDoes() {
    String alert =
        "{'SystemAlertId':'a','AlertName':'x','TimeGenerated':'2026-11-20T10:00:00Z'}"
            .replace('\'', '"');
    RawVolume volume = new RawVolume(Limits.defaults());
    volume.add(message("[" + alert + ",{\"category\":\"B\"},{\"id\":\"bc\"}]"));

    assertThat(volume.byCategory()).containsOnlyKeys("SecurityAlert", "B", "(none)");
    assertThat(volume.byCategory().get("SecurityAlert").rows()).isEqualTo(1);
  }

  private static SourceMessage message(String body) {
    return new SourceMessage(
        body.getBytes(StandardCharsets.UTF_8), new Where("files", null, "f", -1, 1L, 0), null);
  }

  @Test
  void endsAsReplayDoes_whereAMessageCannotBeRead(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("capture.jsonl"), "no json\n");
    for (String command : List.of("cost", "replay")) {
      assertThat(Main.run(Main.commandLine(command), command, "--quiet", file.toString()))
          .as(command)
          .isEqualTo(ExitCode.DONE_WITH_REJECTIONS);
    }
    Files.writeString(file, "{\"category\":\"A\"}\n");
    assertThat(Main.run(Main.commandLine("cost"), "cost", "--quiet", file.toString()))
        .isEqualTo(ExitCode.DONE);
  }

  @Test
  void scalesToAMonth_andPrices() {
    Cost cost =
        new Cost(
            START,
            START + 10 * DAY,
            new Volume(100, 1_000_000_000),
            new Volume(110, 2_000_000_000),
            7,
            Map.of("SignInLogs", new Volume(1_000, 5_000_000_000L)),
            0,
            new Volume(8_640, 1_000_000_000),
            new Cost.Prices(2.0, 0.1));
    assertThat(text(cost))
        .containsIgnoringNewLines(
            """
                                                  Rows       GB  Price
            Lockstep: detections                   300   3.0000   6.00
            Lockstep: heartbeat, one instance    8,640   1.0000   2.00
            Lockstep in all                      8,940   4.0000   8.00
            Lockstep: evidence in the data lake    330   6.0000   0.60
            Raw: SignInLogs                      3,000  15.0000  30.00
            Everything raw                       3,000  15.0000  30.00
            """)
        .contains("dailyBudget would hold detections back 7 times.")
        .doesNotContain("only: days differ");
  }

  @Test
  void saysThatACaptureIsTooShort() throws Exception {
    Cost cost =
        new Cost(
            START,
            START + Duration.ofMinutes(59).toMillis(),
            new Volume(1, 1_500),
            Volume.NONE,
            0,
            Map.of("SignInLogs", new Volume(10, 9_000)),
            0,
            Volume.NONE,
            NO_PRICES);
    assertThat(text(cost))
        .contains("The capture lasts 59 minutes, which is too short for an estimate of a month")
        .contains("10 records, which would be billed as 9,000 bytes")
        .doesNotContain("Everything raw");
    JsonNode json = new ObjectMapper().readTree(cost.json());
    assertThat(json.get("tooShort").asBoolean()).isTrue();
    assertThat(json.has("month")).isFalse();
  }

  @Test
  void saysThatACaptureOfADayIsRatherShort() {
    Cost cost =
        new Cost(
            START,
            START + DAY,
            Volume.NONE,
            Volume.NONE,
            0,
            Map.of("A", new Volume(1, 1)),
            0,
            Volume.NONE,
            NO_PRICES);
    assertThat(text(cost))
        .contains(
            "The capture lasts only 24.0 hours. Days differ, so use a capture of a week or more.");
  }

  private static String text(Cost cost) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    cost.print(new PrintStream(out, true, StandardCharsets.UTF_8));
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void countsTheHeartbeat_byItsIntervalAndSources() throws Exception {
    Map<String, String> environment = new HashMap<>();
    environment.put("LOCKSTEP_HEARTBEAT_INTERVAL", "1h");
    environment.put("LOCKSTEP_HEARTBEAT_INSTANCE", "one");
    environment.put("LOCKSTEP_SOURCES_LOGS_TYPE", "kafka");
    environment.put("LOCKSTEP_SOURCES_LOGS_BOOTSTRAP_SERVERS", "localhost:9092");
    environment.put("LOCKSTEP_SOURCES_LOGS_TOPIC", "logs");
    Volume beats = Cost.beats(Config.read(null, environment));
    assertThat(beats.rows()).isEqualTo(2 * 720);
    assertThat(beats.bytes() / (double) beats.rows()).isCloseTo(440, within(60.0));
    environment.keySet().removeIf(name -> name.startsWith("LOCKSTEP_HEARTBEAT"));
    environment.put("LOCKSTEP_HEARTBEAT", "false");
    assertThat(Cost.beats(Config.read(null, environment))).isEqualTo(Volume.NONE);
  }

  @Test
  void aLiveReplay_endsWithTheSameFindings_afterMoreRevisions() throws Exception {
    Config config = Config.read(Path.of(DEMO + "lockstep.yaml"), Map.of());
    Enrichment enrichment = Wiring.enrichment(config);
    List<String> paths = List.of(DEMO + "signins.jsonl.gz", DEMO + "gateway.jsonl.gz");
    List<Detection> revisions = new ArrayList<>();
    List<Long> times = new ArrayList<>();
    Replay.Result live =
        replay(config, enrichment)
            .runLive(
                paths,
                InputStream.nullInputStream(),
                quiet(),
                (revision, at) -> {
                  revisions.add(revision);
                  times.add(at);
                });
    Replay.Result plain =
        replay(config, enrichment).run(paths, InputStream.nullInputStream(), quiet());
    assertThat(verdicts(live)).isEqualTo(verdicts(plain)).isNotEmpty();
    assertThat(revisions.size()).isGreaterThan(live.detections().size());
    assertThat(times).isSorted();
  }

  private static Replay replay(Config config, Enrichment enrichment) {
    return new Replay(config.rules(), enrichment, Long.MIN_VALUE, Long.MAX_VALUE, 1);
  }

  private static List<String> verdicts(Replay.Result result) {
    return result.detections().stream()
        .map(
            one ->
                one.getId() + one.getRule() + one.getReason() + one.getSeverity() + one.getCount())
        .toList();
  }

  @Test
  void capsHoldRowsBack() throws Exception {
    Map<String, String> environment = new HashMap<>();
    environment.put("LOCKSTEP_SENTINEL_ENDPOINT", "http://127.0.0.1:1");
    environment.put("LOCKSTEP_SENTINEL_RULE_ID", "dcr-1");
    environment.put("LOCKSTEP_SENTINEL_AUTH", "none");
    Path file = Path.of(DEMO + "lockstep.yaml");
    List<String> paths = List.of(DEMO + "signins.jsonl.gz");
    Cost free = CostReplay.of(Config.read(file, environment), paths, NO_PRICES, quiet());
    environment.put("LOCKSTEP_SENTINEL_MAX_ROWS_PER_HOUR_IMPOSSIBLE_TRAVEL", "1");
    Cost capped = CostReplay.of(Config.read(file, environment), paths, NO_PRICES, quiet());
    assertThat(free.heldBack()).isZero();
    assertThat(capped.heldBack()).isPositive();
    assertThat(capped.raw()).isEqualTo(free.raw()).containsKey("SignInLogs");
  }

  @Test
  void aLakeTakesEvidenceOutOfTheRowsOfTheRules() throws Exception {
    Map<String, String> environment = new HashMap<>();
    environment.put("LOCKSTEP_SENTINEL_ENDPOINT", "http://127.0.0.1:1");
    environment.put("LOCKSTEP_SENTINEL_RULE_ID", "dcr-1");
    environment.put("LOCKSTEP_SENTINEL_AUTH", "none");
    Path file = Path.of(DEMO + "lockstep.yaml");
    List<String> paths = List.of(DEMO + "signins.jsonl.gz");
    Cost whole = CostReplay.of(Config.read(file, environment), paths, NO_PRICES, quiet());
    environment.put("LOCKSTEP_SENTINEL_LAKE_ENDPOINT", "http://127.0.0.1:1");
    environment.put("LOCKSTEP_SENTINEL_LAKE_RULE_ID", "dcr-2");
    Cost split = CostReplay.of(Config.read(file, environment), paths, NO_PRICES, quiet());
    assertThat(whole.lake()).isEqualTo(Volume.NONE);
    assertThat(text(whole)).doesNotContain("data lake");
    assertThat(split.detections().rows()).isEqualTo(whole.detections().rows());
    assertThat(split.detections().bytes()).isLessThan(whole.detections().bytes());
    assertThat(split.lake().rows()).isEqualTo(split.detections().rows());
    assertThat(new ObjectMapper().readTree(split.json()).at("/month/lake/rows").asLong())
        .isPositive();
  }

  @Test
  void tellsHowMuchCouldNotBeRead(@TempDir Path folder) throws Exception {
    Path capture = folder.resolve("capture.jsonl");
    Files.writeString(
        capture, "{\"category\":\"A\",\"time\":\"2026-11-02T08:00:00Z\"}\n{\"broken\n");
    Cost cost =
        CostReplay.of(Config.read(null, Map.of()), List.of(capture.toString()), NO_PRICES, quiet());
    assertThat(cost.unreadable()).isEqualTo(1);
    assertThat(new ObjectMapper().readTree(cost.json()).at("/capture/unreadable").asLong())
        .isEqualTo(1);
  }

  @Test
  void printsWhatThePageShows() throws Exception {
    List<String> page = Files.readAllLines(Path.of("../docs/cost.md"));
    List<String> rest = page.subList(page.indexOf("```") + 1, page.size());
    List<String> block = rest.subList(0, rest.indexOf("```"));
    String command = "$ ./lockstep cost --config app/" + DEMO + "lockstep.yaml";
    assertThat(block.get(0)).isEqualTo(command + " --price-per-gb 4.30 app/" + DEMO + "*.gz");
    List<String> paths = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of(DEMO), "*.gz")) {
      files.forEach(file -> paths.add(file.toString()));
    }
    Config config = Config.read(Path.of(DEMO + "lockstep.yaml"), Map.of());
    Cost cost = CostReplay.of(config, paths, new Cost.Prices(4.30, null), quiet());
    List<String> printed = text(cost).lines().toList();
    for (String line : block.subList(1, block.size())) {
      // Heartbeats have the name of the machine and the version, so their bytes are not the same.
      boolean holdsName = line.contains("heartbeat") || line.contains("in all");
      String sure = holdsName ? line.substring(0, line.indexOf('.')) : line;
      if (!line.equals("…")) {
        assertThat(printed)
            .as("what the command of docs/cost.md prints")
            .anyMatch(one -> holdsName ? one.startsWith(sure) : one.equals(sure));
      }
    }
  }

  @Test
  void refusesWhatItCannotReadTwice_andAPriceThatIsNone() {
    assertThat(Main.commandLine("cost").execute("cost", "-")).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(Main.commandLine("cost").execute("cost", "--price-per-gb", "-1", DEMO))
        .isEqualTo(ExitCode.WRONG_USAGE);
  }
}
