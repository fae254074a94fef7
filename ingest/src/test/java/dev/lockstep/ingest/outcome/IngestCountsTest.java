package dev.lockstep.ingest.outcome;

import static dev.lockstep.ingest.message.Records.CALL;
import static dev.lockstep.ingest.message.Records.SIGN_IN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.message.Records;
import org.junit.jupiter.api.Test;

class IngestCountsTest {
  @Test
  void addsUp_byCategoryAndReason() {
    IngestCounts counts = new IngestCounts();
    String future = SIGN_IN.replace("2025-11-14T01:48", "2099-11-14T01:48");
    Records.read(
            "["
                + CALL
                + ","
                + future
                + ",{},{\"category\":\"X\"},1,"
                + CALL.replace("call-1", "")
                + "]")
        .forEach(counts::count);
    IngestCounts sum = new IngestCounts();
    sum.add(counts);
    sum.add(counts);

    assertThat(sum.total()).isEqualTo(new IngestCounts.Totals(2, 4, 4, 2));
    assertThat(sum.total().read()).isEqualTo(12);
    assertThat(sum.byCategory())
        .containsEntry("GatewayLogs", new IngestCounts.Totals(2, 0, 2, 0))
        .containsEntry("SignInLogs", new IngestCounts.Totals(0, 0, 0, 2))
        .containsEntry("X", new IngestCounts.Totals(0, 2, 0, 0))
        .containsEntry(IngestCounts.NO_CATEGORY, new IngestCounts.Totals(0, 2, 2, 0));
    assertThat(sum.rejectedByReason())
        .hasSize(2)
        .containsEntry("no-id", 2L)
        .containsEntry("not-a-record", 2L);
    assertThat(sum.quarantinedByReason()).hasSize(1).containsEntry("future", 2L);
  }

  @Test
  void staysSmall_howeverManyCategoriesCome() {
    IngestCounts counts = new IngestCounts();
    for (int i = 0; i < 10_000; i++) {
      counts.count(new Outcome.Ignored("category-" + i));
    }
    assertThat(counts.byCategory()).hasSizeLessThan(250);
    assertThat(counts.total().ignored()).isEqualTo(10_000);
  }
}
