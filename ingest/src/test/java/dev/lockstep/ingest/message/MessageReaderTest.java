package dev.lockstep.ingest.message;

import static dev.lockstep.ingest.message.Records.CALL;
import static dev.lockstep.ingest.message.Records.LINK;
import static dev.lockstep.ingest.message.Records.SIGN_IN;
import static dev.lockstep.ingest.message.Records.read;
import static dev.lockstep.ingest.message.Records.rejection;
import static dev.lockstep.ingest.message.Records.words;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.outcome.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageReaderTest {
  private static final String OTHER =
      "{\"category\":\"ProvisioningLogs\",\"properties\":\"{'broken\"}";
  private static final String SIGN_IN_ID = Records.GUID;
  private static final long CALLED_AT = 1_763_085_600_500L;
  private static final long OTHERWISE = 77;

  @Test
  void takesAnEnvelopeApart_inOrder() {
    assertThat(words(read("{\"records\":[" + SIGN_IN + ",\r\n" + OTHER + "," + CALL + "]}")))
        .containsExactly(SIGN_IN_ID + "@0", "ignored ProvisioningLogs", "call-1@2");
  }

  @Test
  void takesBareRecords_arraysAndSeveralDocuments() {
    assertThat(words(read(CALL))).containsExactly("call-1@0");
    assertThat(words(read("[" + CALL + "," + LINK + "]"))).containsExactly("call-1@0", "call-1@1");
    assertThat(
            words(read("[{\"records\":[" + CALL + "]},{\"records\":[" + LINK + "," + CALL + "]}]")))
        .containsExactly("call-1@0", "call-1@1", "call-1@2");
    assertThat(words(read(CALL + CALL + "\r\n" + CALL + "\n"))).hasSize(3);
    assertThat(words(read("{\"Records\":" + CALL + "}"))).containsExactly("call-1@0");
    assertThat(words(read("{\"extra\":{\"records\":[1]},\"records\":[" + CALL + "],\"count\":1}")))
        .containsExactly("call-1@0");
    assertThat(words(read(CALL + ",\n" + CALL + ","))).hasSize(2);
    assertThat(read("{\"records\":[]}")).isEmpty();
  }

  @Test
  void placesAMessageAtItsEarliestRecord_butNotAtALinkWithoutTime() {
    String timeless = LINK.replace("\"iat\":1762070400,", "");
    String later = CALL.replace("T02:00:00", "T02:00:07");
    assertThat(arrival(CALL + timeless)).isEqualTo(CALLED_AT);
    assertThat(arrival(timeless + CALL)).isEqualTo(CALLED_AT);
    assertThat(arrival(LINK + CALL)).isEqualTo(CALLED_AT);
    assertThat(arrival(later + CALL + later)).isEqualTo(CALLED_AT);
    assertThat(arrival(LINK)).isEqualTo(1_762_070_400_000L);
    assertThat(arrival(timeless)).isEqualTo(OTHERWISE);
    assertThat(arrival("no JSON")).isEqualTo(OTHERWISE);
  }

  private static long arrival(String body) {
    return new MessageReader(Limits.defaults())
        .arrival(
            new SourceMessage(
                body.getBytes(StandardCharsets.UTF_8), Origin.offset("test", "hub", 3, 42), null),
            OTHERWISE);
  }

  @Test
  void skipsAByteOrderMark_blanksAndNulPadding() {
    assertThat(words(read("\ufeff\r\n " + CALL + "\u0000\u0000"))).containsExactly("call-1@0");
    assertThat(words(read("\u0000" + CALL + "\u0000\n" + CALL))).hasSize(2);
  }

  @Test
  void ignoresWhatItDoesNotRead() {
    assertThat(words(read("{\"category\":\"\",\"time\":\"x\"}"))).containsExactly("ignored ");
    assertThat(words(read("{}"))).containsExactly("ignored ");
    assertThat(words(read("{\"records\":null}"))).containsExactly("ignored ");
    assertThat(words(read("{\"v\":1,\"category\":\"X\",\"correlationId\":\"c\"}")))
        .containsExactly("ignored X");
    assertThat(words(read("{\"category\":\"" + "c".repeat(300) + "\"}")))
        .containsExactly("ignored " + "c".repeat(128));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "\"text\"", "true", "null", "[1]"})
  void rejects_whatIsNoRecord(String element) {
    assertThat(words(read("{\"records\":[" + CALL + "," + element + "," + CALL + "]}")))
        .containsExactly("call-1@0", "not-a-record", "call-1@2");
    assertThat(words(read("[" + element + "]"))).containsExactly("not-a-record");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " \r\n", "[", "{", "}", "]", "\ufeff", "\u0000", "nonsense", "{]", "[}"})
  void rejectsOnce_whatIsNoMessage(String body) {
    assertThat(rejection(body).getReason()).isEqualTo("not-json");
    assertThat(Records.body(rejection(body))).isEqualTo(body);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"[{}]\"", "7", "true"})
  void rejects_whatCannotBeSplit(String records) {
    String body = "{\"a\":1,\"records\":" + records + "}";
    assertThat(words(read(body))).containsExactly("not-a-record");
    assertThat(words(read("[" + body + "," + CALL + "]")))
        .containsExactly("not-a-record", "call-1@1");
    assertThat(words(read(body + "\n" + CALL))).containsExactly("not-a-record", "call-1@1");
    assertThat(words(read(CALL.replaceFirst("\\{", "{\"records\":" + records + ","))))
        .containsExactly("call-1@0");
  }

  @Test
  void rejects_theErrorOfAFailedQuery_inPlaceOfRecords() {
    String error =
        "{\"error\":{\"code\":\"TooManyRequests\",\"message\":\"Wait.\",\"innerError\":{\"date\":\"x\"}}}";
    assertThat(rejection(error).getReason()).isEqualTo("not-a-record");
    assertThat(rejection(error).getDetail())
        .isEqualTo(
            "the document is the error of a failed query, and has no records; ask for the records"
                + " again");
    assertThat(words(read(error + "\n" + CALL))).containsExactly("not-a-record", "call-1@1");
    for (String other :
        List.of(
            "{\"error\":\"text\"}",
            "{\"error\":{\"code\":\"a\"},\"other\":1}",
            "{\"category\":\"X\",\"error\":{}}")) {
      assertThat(words(read(other)).get(0)).startsWith("ignored");
    }
  }

  @Test
  void numbersRecords_fromTheIndexOfTheMessage() {
    java.util.ArrayList<Outcome> outcomes = new java.util.ArrayList<>();
    new MessageReader(Limits.defaults())
        .read(
            ("[" + CALL + "," + CALL + "]").getBytes(StandardCharsets.UTF_8),
            Origin.file("f", 9, 100),
            null,
            outcomes::add);
    assertThat(words(outcomes)).containsExactly("call-1@100", "call-1@101");
  }

  @Test
  void givesTheSame_whateverWasReadBefore() {
    MessageReader used = new MessageReader(Limits.defaults());
    byte[] all =
        ("["
                + SIGN_IN
                + ","
                + Records.ALERT
                + ","
                + CALL
                + ","
                + Records.ALERT_INFO
                + ","
                + LINK
                + ",{}]")
            .getBytes(StandardCharsets.UTF_8);
    List<Outcome> first = Records.read(used, all, null);
    Records.read(
        used,
        "{\"records\":[{\"category\":\"SignInLogs\",\"prop".getBytes(StandardCharsets.UTF_8),
        null);
    assertThat(Records.read(used, all, null)).isEqualTo(first);
  }

  @Test
  void refusesLimitsBelowOne() {
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> new Limits(0, 1, 1, 1, 1, 1))
        .hasMessage("could not use the limits of records and files: depth is 0; give at least 1");
  }
}
