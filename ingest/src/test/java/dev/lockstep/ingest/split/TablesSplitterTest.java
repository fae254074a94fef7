package dev.lockstep.ingest.split;

import static dev.lockstep.ingest.message.Records.CALL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.Records;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.table.ExportRows;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.DeadLetter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TablesSplitterTest {
  private static final String COLUMNS =
      """
      [{"name":"TimeGenerated","type":"datetime"},{"name":"CorrelationId","type":"string"},\
      {"name":"CallerIpAddress","type":"string"},{"name":"Method","type":"string"},\
      {"name":"ResponseCode","type":"int"},{"name":"ApiId","type":"string"},\
      {"name":"OperationId","type":"string"},{"name":"ProductId","type":"string"},\
      {"name":"ApimSubscriptionId","type":"string"},{"name":"TraceRecords","type":"dynamic"},\
      {"name":"_ResourceId","type":"string"},{"name":"Type","type":"string"}]""";

  @Test
  void readsAnAnswer_asTheHubsRecords() {
    Activity expected = Records.activity(CALL);
    for (String answer : List.of(answer(row(1)), answer(row(1)).replace(",", ",\n  "))) {
      assertThat(ExportRows.placedAs(ExportRows.activity(answer), expected)).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"tables\":[{\"name\":\"PrimaryResult\",\"columns\":%s,\"rows\":[%s]}],\"statistics\":{\"x\":[1]}}",
        "{\"Tables\":[{\"TableName\":\"Table_0\",\"Columns\":%s,\"Rows\":[%s]}]}",
        "\ufeff\n{\"error\":null,\"tables\":[{\"name\":\"ApiManagementGatewayLogs\",\"columns\":%s,\"rows\":[%s]}]}\n",
        "{\"tables\":[{\"name\":\"Empty\",\"columns\":[],\"rows\":[]},{\"name\":\"A\",\"columns\":%s,\"rows\":[%s]}]}"
      })
  void readsEveryFormOfAnswer(String form) {
    String columns = form.contains("TableName") ? COLUMNS.replace("name", "ColumnName") : COLUMNS;
    String answer = form.formatted(columns, row(1) + "," + row(2));
    assertThat(Records.words(ExportRows.outcomes(answer))).containsExactly("call-1@0", "call-2@1");
    assertThat(ExportRows.outcomes(answer + answer.replace("\ufeff", ""))).hasSize(4);
    assertThat(ExportRows.outcomes(answer + "\r\n\ufeff" + answer)).hasSize(4);
  }

  @Test
  void readsAnAnswer_largerThanAMessage() {
    Limits small = new Limits(64, 100, 262_144, 256, 2000, 50_000);
    String answer = answer((row(1) + ",\n").repeat(5000) + row(2));
    List<Outcome> outcomes = ExportRows.outcomes(answer.getBytes(StandardCharsets.UTF_8), small);
    assertThat(outcomes).hasSize(5001).allMatch(Outcome.Mapped.class::isInstance);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[\"2025-11-14T02:00:00Z\",\"lost\"]",
        "[\"2025-11-14T02:00:00Z\",\"lost\"",
        "[\"2025-11-14T02:00:00Z\",\"lost]",
        "[\"2025-11-14T02:00:00Z\",lost]",
        "[\"2025-11-14T02:00:00Z\",[\"lost\"]",
        "7",
        "\"text\"",
        "{\"a\":[1]}",
        "[]"
      })
  void rejectsADamagedRow_andItAlone(String damaged) {
    List<Outcome> outcomes =
        ExportRows.outcomes(answer(row(1) + "," + damaged + ",\n" + row(2) + "," + row(3)));
    assertThat(outcomes.stream().filter(Outcome.Mapped.class::isInstance)).hasSize(3);
    assertThat(ExportRows.letters(outcomes))
        .singleElement()
        .satisfies(letter -> assertThat(Records.body(letter)).isEqualTo(damaged));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"tables\":%s,\"error\":%s}",
        "{\"error\":%2$s,\"statistics\":{\"error\":{}},\"tables\":%1$s}",
        "{\"Tables\":%s,\n  \"Error\" : %s\n}\n"
      })
  void saysThatAnAnswerHasNotAllRows(String form) {
    String error =
        "{\"code\":\"PartialError\",\"message\":\"There were some errors\",\"details\":[{\"code\":"
            + "\"EngineError\",\"message\":\"the result set has exceeded the size limit\"}]}";
    String whole = answer(row(1) + "," + row(2));
    String tables = whole.substring(whole.indexOf('['), whole.lastIndexOf(']') + 1);
    List<Outcome> outcomes = ExportRows.outcomes(form.formatted(tables, error));
    assertThat(outcomes.stream().filter(Outcome.Mapped.class::isInstance)).hasSize(2);
    assertThat(ExportRows.letters(outcomes))
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.getReason()).isEqualTo("damaged-file");
              assertThat(letter.getDetail())
                  .isEqualTo(
                      "the answer of the Log Analytics query API lacks rows, since the query ended"
                          + " with the error PartialError: There were some errors; the rows"
                          + " that it has are read; ask for less, such as a shorter time");
              assertThat(Records.body(letter)).isEqualTo(error);
            });
  }

  @Test
  void saysThatAnAnswerWasCut() {
    String answer = answer(row(1) + "," + row(2));
    int rows = answer.indexOf("\"rows\"") + 8;
    for (int length = rows; length < answer.length(); length++) {
      List<Outcome> outcomes = ExportRows.outcomes(answer.substring(0, length));
      assertThat(ExportRows.letters(outcomes)).as("%d bytes", length).isNotEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {",[", "[", "[\"a\n,[", "{", "\"", "[1,", "x"})
  void keepsEveryByte_ofWhatHasNoEnd(String piece) {
    String answer = answer(row(1) + ",");
    String start = answer.substring(0, answer.length() - 4);
    String rest = piece.repeat(20_000);
    List<Outcome> outcomes = ExportRows.outcomes(start + rest);
    assertThat(outcomes.get(0)).isInstanceOf(Outcome.Mapped.class);
    String kept =
        String.join("", ExportRows.letters(outcomes).stream().map(Records::body).toList());
    assertThat(kept.replace(",", "").replace("\n", ""))
        .isEqualTo(rest.replace(",", "").replace("\n", ""));
  }

  @Test
  void takesNoColumns_fromTheTableBefore() {
    String answer =
        answer(row(1)).replace("]}]}", "]},{\"name\":\"other\",\"rows\":[" + row(2) + "]}]}");
    assertThat(Records.words(ExportRows.outcomes(answer)))
        .containsExactly("call-1@0", "damaged-row");
  }

  @Test
  void says_thatNoColumnsComeBeforeTheRows() {
    String answer =
        "{\"tables\":[{\"name\":\"A\",\"rows\":[" + row(1) + "],\"columns\":" + COLUMNS + "}]}";
    assertThat(ExportRows.letters(ExportRows.outcomes(answer)))
        .extracting(DeadLetter::getDetail)
        .containsExactly("the table has no readable columns before its rows");
  }

  @Test
  void says_thatAnAnswerEndsBeforeItsLastBracket_whereAllRowsAreThere() {
    String answer = answer(row(1));
    for (int cut = 1; cut <= 3; cut++) {
      assertThat(
              ExportRows.letters(ExportRows.outcomes(answer.substring(0, answer.length() - cut))))
          .extracting(DeadLetter::getDetail)
          .containsExactly(
              "the answer of the Log Analytics query API ends before its last bracket; its"
                  + " complete rows are read");
    }
  }

  @Test
  void names_theLimitOfARow() {
    Limits small = new Limits(64, 100, 262_144, 256, 2000, 50_000);
    String large = row(1).replace("gold", "g".repeat(3000));
    String answer = answer(large + ",\n" + row(2));
    List<Outcome> outcomes = ExportRows.outcomes(answer.getBytes(StandardCharsets.UTF_8), small);
    assertThat(ExportRows.letters(outcomes))
        .extracting(DeadLetter::getDetail)
        .containsExactly(
            "the row of the query answer has more than the 2000 bytes that limits.messageBytes"
                + " allows");
  }

  @Test
  void rejectsARow_withTheBytesOfTheAnswer() {
    String row = row(1).replace("\"call-1\"", "null");
    List<DeadLetter> letters =
        ExportRows.letters(ExportRows.outcomes(answer(row(2) + ",\n" + row)));
    assertThat(letters)
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.getReason()).isEqualTo("no-id");
              assertThat(letter.getWhere().getIndex()).isEqualTo(1);
              assertThat(letter.getWhere().getPosition()).isEqualTo(2);
              assertThat(Records.body(letter)).isEqualTo(row);
            });
  }

  private static String answer(String rows) {
    return "{\"tables\":[{\"name\":\"PrimaryResult\",\"columns\":"
        + COLUMNS
        + ",\"rows\":["
        + rows
        + "]}]}";
  }

  private static String row(int number) {
    return "[\"2025-11-14T02:00:00.5Z\",\"call-"
        + number
        + "\",\"203.0.113.9\",\"GET\",200,\"orders\",\"list\",\"gold\",\"Fabrikam\",null,\"/subscriptions/s\","
        + "\"ApiManagementGatewayLogs\"]";
  }
}
