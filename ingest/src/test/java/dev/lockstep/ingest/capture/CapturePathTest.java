package dev.lockstep.ingest.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CapturePathTest {
  @ParameterizedTest
  @CsvSource({
    "ns/hub/0/2026/11/20/10/05/07.avro, 2026-11-20T10:05:07Z, ns/hub/0/2026/11/20",
    "ns/hub/0/2026/11/20/10/05/07_1.avro, 2026-11-20T10:05:07Z, ns/hub/0/2026/11/20",
    "i/tenantId=1a2b/y=2026/m=11/d=20/h=10/m=05/PT1H.json, 2026-11-20T10:05:00Z, i/tenantId=1a2b/y=2026/m=11/d=20",
    "year=2026/month=1/day=2/hour=03/a.json, 2026-01-02T03:00:00Z, year=2026/month=1/day=2",
    "signins-2026-11-20T10.jsonl.gz, 2026-11-20T10:00:00Z, signins-2026-11-20",
    "signins-2026-11-20.jsonl.gz, 2026-11-20T00:00:00Z, signins-2026-11-20",
    "20261120/10/a.gz, 2026-11-20T10:00:00Z, 20261120",
    "backup-2026-12-01/ns/hub/3/2026/11/20/10/00/00.avro, 2026-11-20T10:00:00Z, backup-2026-12-01/ns/hub/3/2026/11/20",
    "2026/11/20/99.avro, 2026-11-20T00:00:00Z, 2026/11/20",
  })
  void findsTheTime_andTheShelfOfTheDay(String path, String at, String shelf) {
    CapturePath found = CapturePath.of(path);
    assertThat(Instant.ofEpochMilli(found.at())).isEqualTo(at);
    assertThat(found.dayPath()).isEqualTo(shelf);
    assertThat(found.dayPath() + found.name()).isEqualTo(path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "signins.jsonl",
        "",
        "2026/13/01/a.avro",
        "2026/02/30.avro",
        "10.0.2026/11/a",
        "aaaaaaaa-2026-11aa-bbbb-000000000001",
        "99999999999999999999999999/1/1",
        "1789/07/14/a.avro"
      })
  void hasAShelfOfItsOwn_withoutADate(String path) {
    CapturePath found = CapturePath.of(path);
    assertThat(found.at()).isEqualTo(CapturePath.UNDATED);
    assertThat(found.dayPath()).isEqualTo(path);
    assertThat(found.name()).isEmpty();
  }

  @Test
  void tellsSeriesApart() {
    assertThat(CapturePath.of("ns/a/0/2026/11/20/10/05/07.avro").dayPath())
        .isNotEqualTo(CapturePath.of("ns/a/1/2026/11/20/10/05/07.avro").dayPath());
  }
}
