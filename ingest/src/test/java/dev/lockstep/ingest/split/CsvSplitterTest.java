package dev.lockstep.ingest.split;

import static dev.lockstep.ingest.message.Records.SIGN_IN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.file.CaptureFiles;
import dev.lockstep.ingest.file.Utf16Input;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.Records;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.table.ExportRows;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.text.Timestamps;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvSplitterTest {
  private static final String HEADER =
      "TenantId,\"TimeGenerated [UTC]\",Category,ResultType,CorrelationId,AppDisplayName,AppId,"
          + "AuthenticationRequirement,AutonomousSystemNumber,\"CreatedDateTime [UTC]\","
          + "DeviceDetail,Id,IPAddress,Location,LocationDetails,ResourceTenantId,SessionId,Status,"
          + "UniqueTokenIdentifier,UserDisplayName,UserId,UserPrincipalName,AADTenantId,Type,"
          + "ConditionalAccessPolicies";

  private static final String ROW =
      "workspace-1,\"11/14/2025, 1:51:02.187 AM\",SignInLogs,0,c-1,Orders,"
          + "11111111-2222-3333-4444-555555555555,singleFactorAuthentication,29518,"
          + "\"11/14/2025, 1:48:53.224 AM\","
          + "\"{\"\"deviceId\"\":\"\"dev-1\"\",\"\"isCompliant\"\":true,\"\"isManaged\"\":true}\","
          + Records.GUID
          + ",81.2.69.142,GB,\"{\"\"city\"\":\"\"London\"\",\r\n  \"\"countryOrRegion\"\":\"\"GB\"\","
          + "\"\"geoCoordinates\"\":{\"\"latitude\"\":51.5142,\"\"longitude\"\":-0.0931}}\","
          + "TENANT-2,s-1,\"{\"\"errorCode\"\":0}\",4AQlP4lP00GaDAMF6CwzAQ,\"Example, Ada\","
          + "AAAAAAAA-4F89-41d3-9a0c-000000000001,ada@contoso.example,TENANT-1,SigninLogs,"
          + "\"[{\"\"id\"\":\"\"p\"\",\"\"result\"\":\"\"success\"\"}]\"";

  /** Calls, short enough to see what is damaged. */
  private static final String CALLS =
      "TimeGenerated,CorrelationId,ApiId,Method,ResponseCode,Url,Type";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\n\n"})
  void readsAWorkspacesExport_asTheHubsRecord(String lineEnd) {
    String csv = "\ufeff" + HEADER + lineEnd + ROW + lineEnd;
    Activity expected = Records.activity(SIGN_IN);
    assertThat(ExportRows.placedAs(ExportRows.activity(csv), expected)).isEqualTo(expected);
    assertThat(ExportRows.placedAs(ExportRows.activity(csv.strip()), expected)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\r", "\r\r", "\r\r\n"})
  void readsLinesThatEndWithACarriageReturn(String lineEnd) {
    String second = ROW.replace(Records.GUID, "second");
    String csv = String.join(lineEnd, "\ufeff" + HEADER, ROW, "a,b", second, "");
    for (String file : List.of(csv, csv.replace("\ufeff", "sep=," + lineEnd), csv.strip())) {
      List<Outcome> outcomes = ExportRows.outcomes(file);
      assertThat(Records.words(outcomes))
          .containsExactlyInAnyOrder(Records.GUID + "@0", "damaged-row", "second@0");
      Activity expected = Records.activity(SIGN_IN);
      assertThat(ExportRows.placedAs(((Outcome.Mapped) outcomes.get(0)).activity(), expected))
          .isEqualTo(expected);
      assertThat(Records.body(ExportRows.letters(outcomes).get(0))).isEqualTo("a,b");
    }
  }

  @Test
  void namesTheLine_whereARowBegins() {
    String csv = HEADER + "\r\n" + ROW + "\r\n\r\n" + ROW.replace(Records.GUID, "second") + "\r\n";
    List<Outcome> outcomes = ExportRows.outcomes(csv);
    assertThat(outcomes)
        .extracting(outcome -> ((Outcome.Mapped) outcome).activity().getWhere().getPosition())
        .containsExactly(2L, 5L);
    assertThat(outcomes)
        .extracting(outcome -> ((Outcome.Mapped) outcome).activity().getWhere().getIndex())
        .containsExactly(0, 0);
  }

  @Test
  void rejectsARow_withTheBytesOfTheFile() {
    String row = ROW.replace(Records.GUID, "");
    DeadLetter letter = letters(HEADER + "\r\n" + row + "\r\n").get(0);
    assertThat(letter.getReason()).isEqualTo("no-id");
    assertThat(letter.getCategory()).isEqualTo("SignInLogs");
    assertThat(letter.getWhere().getPosition()).isEqualTo(2);
    assertThat(Records.body(letter)).isEqualTo(row);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2025-11-14T02:00:01Z,\"lost,orders,GET,200,/a,ApiManagementGatewayLogs",
        "2025-11-14T02:00:01Z,lost\",orders,GET,200,/a,ApiManagementGatewayLogs",
        "2025-11-14T02:00:01Z,lost,orders,GET,200,\"/a,ApiManagementGatewayLogs",
        "2025-11-14T02:00:01Z,lost,orders,GET,200,/a,\"ApiManagementGatewayLogs",
        "\"2025-11-14T02:00:01Z,lost,orders,GET,200,/a,ApiManagementGatewayLogs",
        "2025-11-14T02:00:01Z,\"lo\"st,orders,GET,200,/a,ApiManagementGatewayLogs",
        "2025-11-14T02:00:01Z,lost,orders",
        "2025-11-14T02:00:01Z,lost,orders,GET,200,/a,ApiManagementGatewayLogs,more",
        "2025-11-14T02:00:01Z,lost,orders,GET,\"2\n0\",\"/a\nb",
        "\"",
        "lost"
      })
  void rejectsADamagedRow_andItAlone(String damaged) {
    for (String quote : List.of("", "\"")) {
      String csv = CALLS + "\n" + call(1, quote) + damaged + "\n" + call(2, quote) + call(3, quote);
      List<Outcome> outcomes = ExportRows.outcomes(csv);
      assertThat(Records.words(outcomes))
          .as(csv)
          .containsExactly("call-1@0", "call-2@0", "call-3@0", "damaged-row");
      DeadLetter letter = ExportRows.letters(outcomes).get(0);
      assertThat(Records.body(letter)).isEqualTo(damaged);
      assertThat(letter.getWhere().getPosition()).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"some words\n", "a, b, c, d, e and more\n", "\n", "x"})
  void rejectsOnce_whatFollowsAQuoteThatNeverCloses(String text) {
    Limits small = new Limits(64, 100, 262_144, 256, 2000, 50_000);
    String open = "2025-11-14T02:00:01Z,lost,orders,GET,200,\"/a\n";
    for (String behind : List.of("", "\n" + call(3, "") + call(4, "\""))) {
      String csv = CALLS + "\n" + call(1, "") + call(2, "\"") + open + text.repeat(40_000) + behind;
      List<Outcome> outcomes = ExportRows.outcomes(csv.getBytes(StandardCharsets.UTF_8), small);
      assertThat(outcomes.stream().filter(Outcome.Mapped.class::isInstance))
          .hasSize(behind.isEmpty() ? 2 : 4);
      List<DeadLetter> letters = ExportRows.letters(outcomes);
      assertThat(letters).hasSize(1);
      assertThat(letters.get(0).getWhere().getPosition()).isEqualTo(4);
      assertThat(letters.get(0).getDetail()).contains("the quote is in line 4");
    }
  }

  @Test
  void namesTheLine_whereTheQuoteOpensThatNeverCloses() {
    String csv = CALLS + "\n" + "2025-11-14T02:00:01Z,\"lo\nst\",orders,GET,200,\"/a\nb";
    assertThat(letters(csv)).hasSize(1);
    assertThat(letters(csv).get(0).getWhere().getPosition()).isEqualTo(2);
    assertThat(letters(csv).get(0).getDetail()).contains("never closed: the quote is in line 3");
  }

  @Test
  void rejectsEachOfTwoDamagedRows() {
    String open = "2025-11-14T02:00:01Z,lost,orders,GET,200,\"/a,ApiManagementGatewayLogs\n";
    String csv = CALLS + "\n" + open + open + call(1, "") + "short,row\n" + open + call(2, "\"");
    assertThat(Records.words(ExportRows.outcomes(csv)))
        .containsExactly(
            "call-1@0", "call-2@0", "damaged-row", "damaged-row", "damaged-row", "damaged-row");
  }

  @Test
  void rejectsARow_thatIsTooLarge_andReadsOn() {
    Limits small = new Limits(64, 100, 262_144, 256, 2000, 50_000);
    String filler = call(1, "").repeat(50);
    for (String large : List.of("x".repeat(400_000), "\"" + "x\n".repeat(200_000) + "\"")) {
      String csv =
          CALLS
              + "\n"
              + filler
              + "2025-11-14T02:00:01Z,lost,orders,GET,200,"
              + large
              + ",ApiManagementGatewayLogs\n"
              + filler;
      List<Outcome> outcomes = ExportRows.outcomes(csv.getBytes(StandardCharsets.UTF_8), small);
      assertThat(outcomes.stream().filter(Outcome.Mapped.class::isInstance)).hasSize(100);
      assertThat(ExportRows.letters(outcomes).get(0).getReason()).isEqualTo("too-large");
    }
  }

  @Test
  void rejectsACell_thatIsTooLong() {
    Limits small = new Limits(64, 100, 1000, 256, 10_000, 50_000);
    String csv = CALLS + "\n" + call(1, "").replace("orders", "o".repeat(1001)) + call(2, "");
    assertThat(Records.words(ExportRows.outcomes(csv.getBytes(StandardCharsets.UTF_8), small)))
        .containsExactly("string-too-long", "call-2@0");
  }

  @Test
  void rejectsARow_thatIsNoUtf8() {
    byte[] csv =
        (CALLS + "\n" + call(1, "").replace("orders", "\u00e4") + call(2, ""))
            .getBytes(StandardCharsets.ISO_8859_1);
    assertThat(Records.words(ExportRows.outcomes(csv, Limits.defaults())))
        .containsExactly("call-2@0", "damaged-row");
  }

  @Test
  void readsAlerts_thatAProgramWroteWithTheNamesOfTheHub() {
    String csv =
        ",SystemAlertId,StartTimeUtc,AlertDisplayName,Severity,Entities,TimeGenerated\n"
            + "0,alert-1,2025-11-14 02:00:00,Odd sign-in,Low,"
            + "\"[{\"\"Type\"\":\"\"ip\"\",\"\"Address\"\":\"\"203.0.113.9\"\"}]\",2025-11-14 02:06:00\n";
    Activity alert = ExportRows.activity(csv);
    assertThat(alert.getEventId()).isEqualTo("alert-1");
    assertThat(alert.getEventAt()).isEqualTo(Timestamps.parse("2025-11-14T02:00:00Z"));
    assertThat(alert.getAlert().getAddresses()).containsExactly("203.0.113.9");
  }

  @Test
  void readsOtherSeparators() {
    for (String separator : List.of(";", "\t")) {
      String csv = (CALLS + "\n" + call(1, "")).replace(",", separator);
      assertThat(Records.words(ExportRows.outcomes(csv))).containsExactly("call-1@0");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"#TYPE System.Object\r\n", "sep=,\n", "SEP=,\n", "sep=,\r\n\r\n", "\r\n", "\n"})
  void ignoresLinesBeforeTheHeader_thatAreEmptyOrForAProgram(String note) {
    List<Outcome> outcomes = ExportRows.outcomes(note + CALLS + "\n" + call(1, ""));
    assertThat(Records.words(outcomes)).containsExactly("call-1@0");
    assertThat(((Outcome.Mapped) outcomes.get(0)).activity().getWhere().getPosition())
        .isEqualTo(note.lines().count() + 2);
  }

  @Test
  void readsWhatPowerShellRedirected_twoBytesACharacter() {
    String csv = "\ufeff" + CALLS + "\r\n" + call(1, "").replace("orders", "\u00e4\ud83d\ude00");
    for (Charset charset : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
      Outcome read = ExportRows.outcomes(csv.getBytes(charset), Limits.defaults()).get(0);
      assertThat(((Outcome.Mapped) read).activity().getApi().getApi())
          .isEqualTo("\u00e4\ud83d\ude00");
    }
    String page = "\ufeff{\"value\":[" + (ExportRows.GRAPH_SIGN_IN + ",\n").repeat(999) + "{}]}";
    List<Outcome> outcomes =
        ExportRows.outcomes(page.getBytes(StandardCharsets.UTF_16LE), Limits.defaults());
    assertThat(outcomes.stream().filter(Outcome.Mapped.class::isInstance)).hasSize(999);
    for (int i = 0; i < 8200; i += 4095) {
      String pairs = "x".repeat(i) + "\ud83d\ude00".repeat(9000);
      assertThat(
              new String(utf8(pairs.getBytes(StandardCharsets.UTF_16LE)), StandardCharsets.UTF_8))
          .isEqualTo(pairs);
    }
  }

  private static byte[] utf8(byte[] utf16) {
    try (InputStream in =
        new Utf16Input(new ByteArrayInputStream(utf16), StandardCharsets.UTF_16LE)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void saysThatTimesOfSomePlace_areNotRead() {
    String csv = HEADER.replace("TimeGenerated [UTC]", "TimeGenerated [Berlin]") + "\n" + ROW;
    DeadLetter letter = letters(csv).get(0);
    assertThat(letter.getReason()).isEqualTo("unknown-table");
    assertThat(letter.getDetail()).contains("TimeGenerated [Berlin]").contains("UTC");
  }

  @Test
  void doesNotGuess_whetherDayOrMonthComesFirst() {
    String row = ROW.replace("\"11/14/2025, 1:48:53.224 AM\"", "\"03/02/2025, 01:48:53.224\"");
    assertThat(letters(HEADER + "\n" + row).get(0).getReason()).isEqualTo("bad-time");
  }

  @Test
  void leavesOutUnknownColumns_ofAWalkedFolder_andSaysSoOfAFile() throws IOException {
    Files.writeString(folder.resolve("networks.csv"), "cidr,class\n10.0.0.0/8,corporate\n");
    Files.writeString(folder.resolve("calls.CSV"), CALLS + "\n" + call(1, ""));
    Files.writeString(folder.resolve("hub.json"), Records.LINK);
    assertThat(Records.words(read(folder))).containsExactly("call-1@0", "call-1@0");
    List<Outcome> named = read(folder.resolve("networks.csv"));
    DeadLetter letter = ExportRows.letters(named).get(0);
    assertThat(named).hasSize(1);
    assertThat(letter.getReason()).isEqualTo("unknown-table");
    assertThat(letter.getDetail()).contains("SigninLogs").contains("Date (UTC)");
    assertThat(Records.body(letter)).isEqualTo("cidr,class");
  }

  @Test
  void readsTheNeighbours_whateverByteIsFlippedToAQuoteOrFromOne() {
    String rows = ROW + "\n" + ROW + "\n" + ROW + "\n" + ROW + "\n";
    byte[] csv = (HEADER + "\n" + rows).getBytes(StandardCharsets.UTF_8);
    int second = HEADER.length() + ROW.length() + 2;
    for (int i = second; i < second + ROW.length() + 1; i++) {
      byte[] flipped = csv.clone();
      flipped[i] = flipped[i] == '"' ? (byte) 'x' : (byte) '"';
      List<Outcome> outcomes = ExportRows.outcomes(flipped, Limits.defaults());
      // The byte between two rows belongs to both.
      int harmed = csv[i] == '\n' && i == second + ROW.length() ? 2 : 1;
      assertThat(outcomes.stream().filter(Outcome.Mapped.class::isInstance).count())
          .as("byte %d", i)
          .isGreaterThanOrEqualTo(4 - harmed);
      assertThat(outcomes).as("byte %d", i).hasSizeLessThanOrEqualTo(5);
    }
  }

  private List<Outcome> read(Path path) throws IOException {
    return ExportRows.outcomes(
        new CaptureFiles(Limits.defaults()),
        List.of(path.toString()),
        InputStream.nullInputStream(),
        Limits.defaults());
  }

  private static List<DeadLetter> letters(String csv) {
    return ExportRows.letters(ExportRows.outcomes(csv));
  }

  private static String call(int number, String quote) {
    List<String> cells = new ArrayList<>();
    for (String cell :
        List.of(
            "2025-11-14T02:00:00Z",
            "call-" + number,
            "orders",
            "GET",
            "200",
            "/",
            "ApiManagementGatewayLogs")) {
      cells.add(quote + cell + quote);
    }
    return String.join(",", cells) + "\n";
  }
}
