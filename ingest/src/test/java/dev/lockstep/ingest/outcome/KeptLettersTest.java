package dev.lockstep.ingest.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.message.Records;
import dev.lockstep.schemas.DeadLetter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the topic of dead letters keeps of a record: all of it only where it may be read again. */
final class KeptLettersTest {
  private static final String SECRET = "ada@contoso.example";

  private static DeadLetter kept(String record) {
    Outcome outcome = Records.one(record.replace('\'', '"'));
    if (outcome instanceof Outcome.Rejected rejected) {
      return rejected.kept();
    }
    throw new AssertionError("not rejected: " + outcome);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "{'category':'SignInLogs','properties':{'id':'a','userPrincipalName':'ada@contoso.example'}} | no-time",
        "{'category':'SignInLogs','time':'2025-11-14T01:51:02Z','properties':{'userPrincipalName':'ada@contoso.example'}} | no-id",
        "{'category':'SignInLogs','properties':{'id':'a','createdDateTime':'ada@contoso.example'}} | bad-time",
      })
  void hasReasonAndPlaceAlone_whereTheFaultIsTheRecords(String record, String reason) {
    DeadLetter letter = kept(record);
    assertThat(letter.getReason()).isEqualTo(reason);
    assertThat(letter.getBody().remaining()).isZero();
    assertThat(letter.getWhere().getPosition()).isEqualTo(42);
    assertThat(letter.toString()).doesNotContain(SECRET).doesNotContain("ada");
  }

  @Test
  void hasTheRecord_whereAnotherAttemptMayReadIt() {
    assertThat(Records.body(kept("{'user':'ada@contoso.example' oops}"))).contains(SECRET);
    String deep = "{'a':".repeat(2_000) + "'ada@contoso.example'" + "}".repeat(2_000);
    DeadLetter letter = kept(deep);
    assertThat(letter.getReason()).isEqualTo("too-deep");
    assertThat(Records.body(letter)).contains(SECRET);
  }
}
