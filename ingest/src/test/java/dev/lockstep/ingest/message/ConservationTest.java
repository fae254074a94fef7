package dev.lockstep.ingest.message;

import static dev.lockstep.ingest.message.Records.CALL;
import static dev.lockstep.ingest.message.Records.SIGN_IN;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.outcome.Slice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ConservationTest {
  private static final long SEED = 20_251_114;
  private static final int MESSAGES = 4_000;
  private static final int MANY_MESSAGES = 100_000;
  private static final List<String> RECORDS =
      List.of(
          CALL,
          SIGN_IN,
          Records.LINK,
          Records.ALERT,
          Records.ALERT_INFO,
          "{\"category\":\"AuditLogs\"}",
          CALL.replace("call-1", ""),
          "1",
          "{}");
  private static final List<String> PIECES =
      List.of(
          "{",
          "}",
          "[",
          "]",
          "\"",
          ",",
          ":",
          "\\",
          "\n",
          "\u0000",
          "}]}",
          "{\"records\":[",
          "]}",
          "},{",
          "\"\"",
          "oops",
          "'",
          "\ufeff");

  private final Limits limits = Limits.defaults();

  @Test
  void countsEveryRecord_asItBegins() {
    IngestCounts counts = new IngestCounts();
    AccountedReader reader = new AccountedReader(new MessageReader(limits), counts);
    String body = "{\"records\":[" + CALL + ",oops," + SIGN_IN + ",1]}" + CALL + "[" + CALL + "]";
    reader.read(message(body, 1)).forEach(counts::count);
    assertThat(counts.begun()).isEqualTo(6);
    assertThat(counts.total().read()).isEqualTo(6);
    assertThat(counts.missing()).isNull();
  }

  @Test
  void saysWhichMessageLostARecord_andKeepsIt() {
    int[] number = {0};
    MessageReader losing =
        new MessageReader(
            limits,
            (slice, outcome, sink) -> {
              if (++number[0] != 2) {
                sink.accept(outcome);
              }
            });
    IngestCounts counts = new IngestCounts();
    AccountedReader reader = new AccountedReader(losing, counts);
    String body = "[" + CALL + "," + CALL + "," + CALL + "]";
    List<Outcome> outcomes = List.copyOf(reader.read(message(body, 7)));
    outcomes.forEach(counts::count);
    reader.read(message(CALL, 8)).forEach(counts::count);

    assertThat(Records.words(outcomes)).containsExactly("call-1@0", "call-1@2", "unreadable");
    assertThat(Records.body(((Outcome.Rejected) outcomes.get(2)).letter())).isEqualTo(body);
    assertThat(counts.breaches()).isEqualTo(1);
    assertThat(counts.missing()).isEqualTo("f.json:7: records: 3, records with an outcome: 2");
    assertThat(counts.begun() - counts.total().read()).isEqualTo(1);
  }

  @Test
  void saysSo_whereCountsAreLostLater() {
    IngestCounts counts = new IngestCounts();
    counts.began(3);
    Records.read("[" + CALL + "," + CALL + "]").forEach(counts::count);
    assertThat(counts.missing()).isEqualTo("records: 3, records with an outcome: 2");
    assertThat(counts.missing(1)).isNull();
    IngestCounts sum = new IngestCounts();
    sum.add(counts);
    assertThat(sum.begun()).isEqualTo(3);
    assertThat(sum.breaches()).isZero();
  }

  @Test
  void countsOnce_whereABatchLostACount() {
    IngestCounts batch = new IngestCounts();
    assertThat(batch.recordDifference("signins-0")).isNull();
    batch.began(1);
    assertThat(batch.recordDifference("signins-0"))
        .isEqualTo("signins-0: records: 1, records with an outcome: 0");
    assertThat(batch.recordDifference("signins-0")).startsWith("signins-0: records: 1");
    IngestCounts sum = new IngestCounts();
    sum.add(batch);
    assertThat(sum.breaches()).isEqualTo(1);
    assertThat(sum.missing()).startsWith("signins-0: records: 1");
  }

  private static SourceMessage message(String body, long line) {
    return new SourceMessage(body.getBytes(UTF_8), Origin.file("f.json", line, 0), null);
  }

  /** A message that is whole, or damaged in some places, or made of pieces. */
  private static String message(Random random) {
    StringBuilder body = new StringBuilder();
    int form = random.nextInt(4);
    body.append(form == 0 ? "{\"records\":[" : form == 1 ? "[" : "");
    for (int i = random.nextInt(6); i >= 0; i--) {
      body.append(RECORDS.get(random.nextInt(RECORDS.size())));
      body.append(form < 2 ? (i == 0 ? "" : ",") : "\n");
    }
    body.append(form == 0 ? "]}" : form == 1 ? "]" : "");
    for (int i = random.nextInt(4); i > 0; i--) {
      int at = random.nextInt(body.length());
      String piece = PIECES.get(random.nextInt(PIECES.size()));
      switch (random.nextInt(3)) {
        case 0 -> body.insert(at, piece);
        case 1 -> body.delete(at, Math.min(body.length(), at + 1 + random.nextInt(40)));
        default -> body.replace(at, at + 1, piece);
      }
      if (body.isEmpty()) {
        body.append('x');
      }
    }
    return body.toString();
  }

  @Test
  void coversEveryByte_ofWholeAndOfDamagedMessages() throws IOException {
    coversEveryByte(MESSAGES);
  }

  @Test
  @Tag("long")
  void coversEveryByte_ofManyWholeAndDamagedMessages() throws IOException {
    coversEveryByte(MANY_MESSAGES);
  }

  private void coversEveryByte(int messages) throws IOException {
    Random random = new Random(SEED);
    List<Slice> slices = new ArrayList<>();
    MessageReader reader =
        new MessageReader(
            limits,
            (slice, outcome, sink) -> {
              slices.add(slice);
              sink.accept(outcome);
            });
    for (int i = 0; i < messages; i++) {
      String text = message(random);
      byte[] body = text.getBytes(UTF_8);
      slices.clear();
      List<Outcome> outcomes = new ArrayList<>();
      int begun = reader.read(body, Origin.file("f", 1, 0), null, outcomes::add);
      assertThat(begun).as("seed %d, number %d: %s", SEED, i, text).isEqualTo(outcomes.size());
      assertThat(uncovered(body, slices)).as("seed %d, number %d: %s", SEED, i, text).isEmpty();
    }
  }

  /** Returns what no outcome covers and is no part of an envelope. */
  private static String uncovered(byte[] body, List<Slice> slices) throws IOException {
    byte[] rest = body.clone();
    int last = 0;
    for (Slice slice : slices) {
      assertThat(slice.start()).as("in order, none twice").isGreaterThanOrEqualTo(last);
      last = slice.end();
      Arrays.fill(rest, slice.start(), slice.end(), (byte) ' ');
      if (slice.end() > slice.start()) {
        rest[slice.start()] = '0';
      }
    }
    String left = new String(rest, UTF_8).replace('\0', ' ').replace("\ufeff", "");
    StringBuilder odd = new StringBuilder();
    int i = 0;
    while (i < left.length()) {
      int envelope = envelopeEnd(left, i);
      if (envelope > i) {
        i = envelope;
      } else if ("{}[], \n0".indexOf(left.charAt(i)) >= 0) {
        i++;
      } else if (left.startsWith("\"records\"", i)) {
        i = left.indexOf(':', i) + 1;
      } else {
        odd.append(left.charAt(i++));
      }
    }
    return odd.toString();
  }

  /** Returns where an object that has records, whatever else it has, ends; or -1. */
  private static int envelopeEnd(String left, int from) throws IOException {
    if (left.charAt(from) != '{') {
      return -1;
    }
    try (JsonParser json = new JsonFactory().createParser(left.substring(from))) {
      json.nextToken();
      boolean records = false;
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        records |= json.currentName().equals("records");
        json.nextToken();
        json.skipChildren();
      }
      return records ? from + (int) json.currentLocation().getCharOffset() : -1;
    } catch (JsonProcessingException e) {
      return -1;
    }
  }
}
