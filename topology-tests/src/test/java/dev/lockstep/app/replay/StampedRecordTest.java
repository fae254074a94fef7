package dev.lockstep.app.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.MessageReader;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Where;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One record with an absurd time changes no other verdict, from its bytes on. {@code
 * -Dlockstep.stamps=100} tries more records, {@code -Dlockstep.seed=N} others.
 */
final class StampedRecordTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int STAMPS = Integer.getInteger("lockstep.stamps", 1);
  private static final long SEED = Long.getLong("lockstep.seed", 20_261_130L);
  private static final List<String> ABSURD =
      List.of("2099-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2099-01-01T00:00:00+14:00");

  private static final long FAR_AHEAD = Instant.parse("2090-01-01T00:00:00Z").toEpochMilli();

  @TempDir static Path folder;
  private static CaptureFolder capture = new CaptureFolder(Path.of(""));
  private static SortedSet<Verdict> expected = new TreeSet<>();
  private static long quarantined;

  @BeforeAll
  static void replay() throws IOException {
    capture = CaptureFolder.bundled().capture();
    Replay.Result before = CaptureFolder.bundled().result();
    expected = Verdict.of(before.detections());
    assertThat(expected).isNotEmpty();
    quarantined = before.counts().total().quarantined();
    System.out.printf("%d stamped records a kind, seed %d%n", STAMPS, SEED);
  }

  @Test
  void changesNoVerdict_whenASignInIsStampedAbsurdly() throws IOException {
    SplittableRandom random = new SplittableRandom(SEED);
    List<ObjectNode> signIns = records("signins.jsonl.gz");
    for (int i = 0; i < STAMPS; i++) {
      ObjectNode signIn = signIns.get(random.nextInt(signIns.size())).deepCopy();
      String stamp = ABSURD.get(random.nextInt(ABSURD.size()));
      ((ObjectNode) signIn.get("properties")).put("createdDateTime", stamp).put("id", "stamped");
      Replay.Result result = replayWith(signIn);
      assertThat(Verdict.of(result.detections())).as("%s", signIn).isEqualTo(expected);
      assertThat(result.counts().total().quarantined()).isEqualTo(quarantined + 1);
    }
  }

  @Test
  void keepsEveryKindOut_whereTheHubKnowsWhenItCame() throws IOException {
    SplittableRandom random = new SplittableRandom(SEED);
    for (String file : CaptureFolder.MESSAGES) {
      List<ObjectNode> records = records(file);
      for (String stamp : ABSURD) {
        ObjectNode record = records.get(random.nextInt(records.size())).deepCopy();
        while (outcome(record, null) instanceof Outcome.Ignored) {
          record = records.get(random.nextInt(records.size())).deepCopy();
        }
        long cameAt = Instant.parse("2026-11-01T00:00:00Z").toEpochMilli();
        restamp(record, time -> stamp);
        // A link may be ahead of its arrival: its time only says which call it can join.
        boolean mayBeAhead =
            file.equals("links.jsonl.gz") && Instant.parse(stamp).toEpochMilli() > cameAt;
        assertThat(outcome(record, cameAt))
            .as("%s", record)
            .isInstanceOf(mayBeAhead ? Outcome.Mapped.class : Outcome.Quarantined.class);
      }
    }
  }

  @Test
  void changesNoOtherVerdict_whenACallOf2099IsItsOwnArrival() throws IOException {
    SplittableRandom random = new SplittableRandom(SEED);
    List<ObjectNode> calls = records("gateway.jsonl.gz");
    for (int i = 0; i < STAMPS; i++) {
      ObjectNode call = calls.get(random.nextInt(calls.size())).deepCopy();
      call.put("correlationId", "stamped");
      restamp(call, time -> ABSURD.get(0));
      List<Detection> others = new ArrayList<>(replayWith(call).detections());
      others.removeIf(each -> each.getEndTime() > FAR_AHEAD);
      assertThat(Verdict.of(others)).as("%s", call).isEqualTo(expected);
    }
  }

  /**
   * But for a partner's call: where nothing but the record says when it came, it is of 1970 as far
   * as anybody knows, and belongs to the days that a partner is learned from.
   */
  @Test
  void changesNoOtherVerdict_whenACallOf1970IsItsOwnArrival() throws IOException {
    SplittableRandom random = new SplittableRandom(SEED);
    List<ObjectNode> calls = records("gateway.jsonl.gz");
    for (int i = 0; i < STAMPS; i++) {
      ObjectNode call = calls.get(random.nextInt(calls.size())).deepCopy();
      call.put("correlationId", "stamped");
      restamp(call, time -> ABSURD.get(1));
      ((ObjectNode) call.get("properties"))
          .remove(List.of("apimSubscriptionId", "productId", "traceRecords"));
      assertThat(Verdict.of(replayWith(call).detections())).as("%s", call).isEqualTo(expected);
    }
  }

  @Test
  void changesNoVerdict_whereTimesAreToldFromTheOtherSideOfTheEarth() throws IOException {
    SplittableRandom random = new SplittableRandom(SEED);
    List<String> paths = new ArrayList<>();
    for (String file : CaptureFolder.MESSAGES) {
      List<ObjectNode> records = records(file);
      for (ObjectNode record : records) {
        if (random.nextBoolean()) {
          restamp(record, StampedRecordTest::inKiritimati);
        }
      }
      paths.add(write(file + ".elsewhere", records));
    }
    Replay.Result result = capture.replay(paths, 2);
    assertThat(Verdict.of(result.detections())).isEqualTo(expected);
    assertThat(result.counts().total().quarantined()).isEqualTo(quarantined);
  }

  private static Outcome outcome(ObjectNode record, @Nullable Long cameAt) throws IOException {
    List<Outcome> outcomes = new ArrayList<>();
    new MessageReader(Limits.defaults())
        .read(JSON.writeValueAsBytes(record), where(), cameAt, outcomes::add);
    assertThat(outcomes).as("%s", record).hasSize(1);
    return outcomes.get(0);
  }

  private Replay.Result replayWith(ObjectNode record) throws IOException {
    List<String> paths = new ArrayList<>(capture.paths());
    paths.add(write("stamped.json", List.of(record)));
    return capture.replay(paths, 2);
  }

  private String write(String name, List<ObjectNode> records) throws IOException {
    StringBuilder lines = new StringBuilder();
    records.forEach(record -> lines.append(record).append('\n'));
    return Files.writeString(folder.resolve(name), lines).toString();
  }

  /** Gives a record other times: every one that says when it happened or came. */
  private static void restamp(ObjectNode record, UnaryOperator<String> stamp) {
    List<ObjectNode> holders = new ArrayList<>(List.of(record));
    if (record.get("properties") instanceof ObjectNode properties) {
      holders.add(properties);
    }
    for (ObjectNode holder : holders) {
      for (String field : List.of("time", "createdDateTime", "Timestamp", "StartTimeUtc")) {
        if (holder.hasNonNull(field)) {
          holder.put(field, stamp.apply(holder.get(field).textValue()));
        }
      }
    }
  }

  /** The same instant at +14:00; a time in the American spelling stays as it is. */
  private static String inKiritimati(String time) {
    return time.indexOf('T') < 0
        ? time
        : OffsetDateTime.parse(time).withOffsetSameInstant(ZoneOffset.ofHours(14)).toString();
  }

  private static List<ObjectNode> records(String file) throws IOException {
    List<ObjectNode> records = new ArrayList<>();
    try (InputStream packed = StampedRecordTest.class.getResourceAsStream("/demo/" + file);
        InputStream in = new GZIPInputStream(Objects.requireNonNull(packed, file))) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (String line : (Iterable<String>) text.lines()::iterator) {
        JsonNode message = JSON.readTree(line);
        if (message.has("records")) {
          message.get("records").forEach(record -> records.add((ObjectNode) record));
        } else {
          records.add((ObjectNode) message);
        }
      }
    }
    return records;
  }

  private static Where where() {
    return new Where("test", "hub", null, 0, 0L, 0);
  }
}
