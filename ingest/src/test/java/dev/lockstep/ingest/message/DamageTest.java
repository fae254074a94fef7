package dev.lockstep.ingest.message;

import static dev.lockstep.ingest.message.Records.ALERT;
import static dev.lockstep.ingest.message.Records.ALERT_INFO;
import static dev.lockstep.ingest.message.Records.CALL;
import static dev.lockstep.ingest.message.Records.SIGN_IN;
import static dev.lockstep.ingest.message.Records.read;
import static dev.lockstep.ingest.message.Records.words;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.DeadLetter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DamageTest {
  private static final String SEED = "20251114";
  private static final String ID = Records.GUID;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"time\":\"2025-11-14T01:51:02Z\",\"category\":\"SignInLogs\",\"properties\":{\"id\":\"x\""
            + " oops}}",
        "{\"time\":\"2025-11-14T01:51:02Z\",\"category\":\"PostgreSQLLogs\",\"properties\":{\"m\":\"a\u0001b\"}}",
        "{'category':'x'}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{\"a\":[1,2}]}",
        "{\"a\":01}",
        "{\"a\":NaN}",
        "{\"a\":\"\\x\"}",
        "nonsense",
        "{\"never\":\"closed\",\"list\":[{\"a\":1}]",
        "{\"text\":\"never closed}",
        "{\"stray\":\"quote\"\"}",
        "{\"stray\":\"quote\"\",\"more\":[{\"category\":\"x\"},{\"a\":\"b\"}]}",
      })
  void isRejectedAlone_withItsOwnBytes(String damaged) {
    List<Outcome> outcomes = read("{\"records\":[" + SIGN_IN + "," + damaged + "," + CALL + "]}");
    assertThat(words(outcomes)).containsExactly(ID + "@0", "not-json", "call-1@2");
    DeadLetter letter = ((Outcome.Rejected) outcomes.get(1)).letter();
    assertThat(Records.body(letter)).isEqualTo(damaged);
    assertThat(letter.getWhere().getIndex()).isEqualTo(1);
  }

  @Test
  void isRejectedAlone_whereItIsNoUtf8() {
    byte[] body =
        ("{\"records\":[" + CALL + ",{\"category\":\"X\",\"m\":\"\u00ff\"}," + CALL + "]}")
            .getBytes(StandardCharsets.ISO_8859_1);
    List<Outcome> outcomes = read(body, null);
    assertThat(words(outcomes)).containsExactly("call-1@0", "not-json", "call-1@2");
    assertThat(((Outcome.Rejected) outcomes.get(1)).letter().getBody().remaining()).isEqualTo(24);
  }

  @Test
  void costsOneRecordAtMost_whereverAMessageIsCut() {
    String whole = "{\"records\":[" + CALL + "," + SIGN_IN + ",{}]}";
    int first = whole.indexOf(CALL) + CALL.length();
    int second = whole.indexOf(SIGN_IN) + SIGN_IN.length();
    for (int cut = 1; cut < whole.length(); cut++) {
      List<String> expected = new ArrayList<>();
      if (cut >= first) {
        expected.add("call-1@0");
      }
      if (cut >= second) {
        expected.add(ID + "@1");
      }
      if (cut >= second + 3) {
        expected.add("ignored ");
      }
      expected.add("not-json");
      assertThat(words(read(whole.substring(0, cut)))).as("cut at %d", cut).isEqualTo(expected);
    }
  }

  @Test
  void leavesTheOtherDocumentsWhole() {
    assertThat(words(read(CALL + "\n{\"a\":\n" + CALL + "\n" + SIGN_IN)))
        .containsExactly("call-1@0", "not-json", "call-1@2", ID + "@3");
    assertThat(words(read(CALL + " garbage " + "\n" + CALL)))
        .containsExactly("call-1@0", "not-json", "call-1@2");
    assertThat(words(read("{\"x\":oops,\"records\":[" + CALL + "," + SIGN_IN + "]}")))
        .containsExactly("call-1@0", ID + "@1");
    assertThat(words(read("{\"records\":[" + CALL + "],\"x\":oops}" + CALL)))
        .containsExactly("call-1@0", "not-json", "call-1@2");
    assertThat(words(read("[{\"records\":[" + CALL + ",{\"a\":oops}]}," + CALL + "]")))
        .containsExactly("call-1@0", "not-json", "call-1@2");
    assertThat(words(read("{\"records\":[" + CALL + "]}]}" + CALL)))
        .containsExactly("call-1@0", "not-json", "call-1@2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {"{\"records\":[ ~ ]}", "[ ~ ]", "[{\"records\":[ ~ ]}]", "[{\"records\":[ ~ ] } ]"})
  void leavesTheBracketsThatCloseTheMessage_outOfALastRecordWithoutEnd(String open, String close) {
    String damaged = "{\"text\":\"never closed";
    List<Outcome> outcomes = read(open + CALL + "," + damaged + close);
    assertThat(words(outcomes)).containsExactly("call-1@0", "not-json");
    DeadLetter letter = ((Outcome.Rejected) outcomes.get(1)).letter();
    assertThat(Records.body(letter)).isEqualTo(damaged);
  }

  @ParameterizedTest
  @CsvSource({
    "too-deep, 70",
    "number-too-long, 0",
    "string-too-long, 0",
    "name-too-long, 0",
    "too-many-tokens, 0"
  })
  void meetsALimitAlone_withItsOwnReason(String reason, int depth) {
    String bad =
        switch (reason) {
          case "too-deep" -> "{\"a\":" + "[".repeat(depth) + "]".repeat(depth) + "}";
          case "number-too-long" -> "{\"a\":" + "9".repeat(101) + "}";
          case "string-too-long" ->
              "{\"category\":\"SignInLogs\",\"properties\":{\"id\":\""
                  + "a".repeat(262_145)
                  + "\"}}";
          case "name-too-long" -> "{\"" + "n".repeat(257) + "\":1}";
          default -> "{\"a\":[" + "1,".repeat(50_000) + "1]}";
        };
    List<Outcome> outcomes = read("{\"records\":[" + CALL + "," + bad + "," + SIGN_IN + "]}");
    assertThat(words(outcomes)).containsExactly("call-1@0", reason, ID + "@2");
    assertThat(Records.body(((Outcome.Rejected) outcomes.get(1)).letter())).isEqualTo(bad);
  }

  @Test
  void meetsTheSameLimits_whateverSurroundsARecord() {
    String deep = "{\"category\":\"X\",\"a\":" + "[".repeat(63) + "]".repeat(63) + "}";
    assertThat(words(read(deep))).containsExactly("ignored X");
    assertThat(words(read("{\"records\":[" + deep + "," + CALL + "]}")))
        .containsExactly("ignored X", "call-1@1");
  }

  @Test
  void isRejectedUnread_whereTheMessageIsTooLarge() {
    String body = " ".repeat(1_048_576) + CALL;
    DeadLetter letter = Records.rejection(body);
    assertThat(letter.getReason()).isEqualTo("too-large");
    assertThat(letter.getBody().remaining()).isEqualTo(1_000_000);
  }

  @Test
  void boundsAndEscapesTheBadValue() {
    String detail =
        Records.rejection(
                CALL.replace("2025-11-14T02:00:00.5000000Z", "\\u001b[2J\u202e" + "z".repeat(500)))
            .getDetail();
    assertThat(detail).startsWith("time is not a time: \"\\u001b[2J\\u202ez").hasSizeLessThan(160);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ",{",
        "\n{",
        "{\"a\":[1,",
        ",{\"a\":{",
        ",{\"a\":[0,",
        "}{",
        "[",
        "{\"records\":[",
        "[\"x,{\"time\":\"t\",\"category\":\"c\"}\n"
      })
  void costsLittle_whateverAMessageIsMadeOf(String unit) {
    String body = "{\"records\":[{\"x\":oops," + unit.repeat(900_000 / unit.length());
    assertTimeoutPreemptively(Duration.ofSeconds(10), () -> read(body));
  }

  @Test
  void costsLittle_whateverTextsAMessageIsMadeOf() {
    String unit = "[\"x,{\"time\":\"t\",\"category\":\"c\"}]\n";
    String body = unit.repeat(900_000 / unit.length());
    assertTimeoutPreemptively(Duration.ofSeconds(10), () -> read(body));
  }

  @Property(tries = 2000, seed = SEED)
  void accountsForEveryMessage_howeverItIsFlipped(
      @ForAll @Size(max = 6) List<@IntRange(max = 100_000) Integer> places, @ForAll byte to) {
    byte[] body =
        ("{\"records\":["
                + CALL
                + ","
                + SIGN_IN
                + ","
                + Records.ALERT
                + ","
                + Records.ALERT_INFO
                + ","
                + CALL
                + "]}")
            .getBytes(StandardCharsets.UTF_8);
    for (int place : places) {
      body[place % body.length] = to;
    }
    List<Outcome> outcomes = read(body, null);
    assertThat(outcomes).isNotEmpty();
    assertThat(read(body, null)).isEqualTo(outcomes);
  }

  @Property(tries = 1000, seed = SEED)
  void endsQuietly_onAnyBytes(@ForAll byte[] bytes) {
    assertThat(read(bytes, null)).isNotNull();
    byte[] inRecords = ("{\"records\":[" + CALL + ",").getBytes(StandardCharsets.UTF_8);
    byte[] body = Arrays.copyOf(inRecords, inRecords.length + bytes.length);
    System.arraycopy(bytes, 0, body, inRecords.length, bytes.length);
    assertThat(words(read(body, null))).startsWith("call-1@0");
  }

  @Test
  void losesNoAlertBesideADamagedOne() {
    String damaged = ALERT.replace("\"Status\":\"New\"", "\"Status\":\"New");
    assertThat(words(read(ALERT + "\n" + damaged + "\n" + ALERT + "\n" + CALL)))
        .containsExactly("alert-1@0", "not-json", "alert-1@2", "call-1@3");
    assertThat(words(read("[" + ALERT + "," + damaged + "," + ALERT + "," + CALL + "]")))
        .containsExactly("alert-1@0", "not-json", "alert-1@2", "call-1@3");
  }

  @Test
  void losesNoAlertBesideADamagedOne_inTheShapeOfTheAlertsInterface() {
    String alert =
        "{\"id\":\"i\",\"name\":\"alert-1\",\"type\":\"Microsoft.Security/Locations/alerts\","
            + "\"properties\":{\"startTimeUtc\":\"2025-11-14T01:40:00Z\",\"status\":\"New\"}}";
    String damaged = alert.replace("\"New\"", "\"New");
    assertThat(words(read("[" + alert + "," + damaged + "," + alert + "," + CALL + "]")))
        .containsExactly("alert-1@0", "not-json", "alert-1@2", "call-1@3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"x", "\"x ", "\"", "\"\\\\", "\"{\\\"a\\\":[1"})
  void losesNoRecordAfterATextWithoutEnd(String text) {
    String damaged = CALL + "," + text + "," + CALL + "," + SIGN_IN;
    for (String body : List.of("{\"records\":[" + damaged + "]}", "[" + damaged + "]")) {
      List<Outcome> outcomes = read(body);
      assertThat(words(outcomes)).containsExactly("call-1@0", "not-json", "call-1@2", ID + "@3");
      DeadLetter letter = ((Outcome.Rejected) outcomes.get(1)).letter();
      assertThat(Records.body(letter)).isEqualTo(text.strip());
    }
  }

  @Test
  void makesNothingOfTheRecordsWithinAText() {
    String bare = "\"x," + CALL + "," + SIGN_IN + ",y\"";
    String escaped = "\"x," + (CALL + "," + SIGN_IN).replace("\"", "\\\"");
    for (String text : List.of(escaped + "\"", escaped + ",{\"")) {
      assertThat(words(read("{\"records\":[" + ALERT + "," + text + "," + CALL + "]}")))
          .containsExactly("alert-1@0", "not-a-record", "call-1@2");
    }
    assertThat(words(read("{\"records\":[" + ALERT + "," + escaped + "," + CALL + "]}")))
        .as("without its end")
        .containsExactly("alert-1@0", "not-json", "call-1@2");
    assertThat(words(read("{\"records\":[" + ALERT + "," + bare + "," + ALERT + "]}")))
        .as("with quotes that are not escaped")
        .startsWith("alert-1@0", "not-a-record")
        .doesNotContain("call-1@2");
  }

  @Test
  void costsOneAlertAtMost_whereverAMessageIsCut() {
    String whole = ALERT + "\n" + ALERT_INFO + "\n";
    for (int cut = 1; cut < whole.length(); cut++) {
      List<String> words = words(read(whole.substring(0, cut)));
      int first = ALERT.length();
      int second = first + 1 + ALERT_INFO.length();
      List<String> expected = new ArrayList<>();
      if (cut >= first) {
        expected.add("alert-1@0");
      }
      if (cut >= second) {
        expected.add("da-1@1");
      } else if (cut != first && cut != first + 1) {
        expected.add("not-json");
      }
      assertThat(words).as("cut at %d", cut).isEqualTo(expected);
    }
  }

  @Property(tries = 500, seed = SEED)
  void findsTheNeighbours_whateverStandsInADamagedText(
      @ForAll @IntRange(min = 1, max = 200) int from) {
    String damaged = SIGN_IN.substring(0, from) + "\"" + SIGN_IN.substring(from);
    List<String> words =
        words(read("{\"records\":[" + CALL + "," + damaged + "," + CALL + "," + CALL + "]}"));
    assertThat(words).startsWith("call-1@0").endsWith("call-1@2", "call-1@3").hasSize(4);
  }
}
