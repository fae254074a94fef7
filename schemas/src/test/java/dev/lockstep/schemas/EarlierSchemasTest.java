package dev.lockstep.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bytes that an earlier version wrote are read as they were meant. */
class EarlierSchemasTest {
  private final SingleObject<Position> positions =
      new SingleObject<>(Position.getClassSchema(), EarlierSchemas.POSITION_1);

  @Test
  void readsAPositionWithoutATopicId() {
    Position position =
        positions.decode(
            Base64.getDecoder()
                .decode(
                    "wwHpzSkB2F01rA5zaWduaW5zMGluc2lnaHRzLWxvZ3Mtc2lnbmlubG9ncwaQTuDovYHQZqCSxYHQZgAA"));
    assertThat(position.getSource()).isEqualTo("signins");
    assertThat(position.getHub()).isEqualTo("insights-logs-signinlogs");
    assertThat(position.getPartition()).isEqualTo(3);
    assertThat(position.getNextOffset()).isEqualTo(5_000);
    assertThat(position.getClockAt()).isEqualTo(1_763_085_630_000L);
    assertThat(position.getFurthestAt()).isEqualTo(1_763_085_690_000L);
    assertThat(position.getShelf()).isNull();
    assertThat(position.getTopicId()).isNull();
    assertThat(position.getLastRecord()).isNull();
  }

  @Test
  void readsThePositionOfACapture() {
    Position position =
        positions.decode(
            Base64.getDecoder()
                .decode(
                    "wwHpzSkB2F01rA5xdWFydGVyDmNhcHR1cmUAkE7g6L2B0GagksWB0GYCFDIwMjYvMTEvMjACDjEwLmF2cm/sDs5JAA=="));
    assertThat(position.getShelf()).isEqualTo("2026/11/20");
    assertThat(position.getFiles()).isEqualTo(List.of(new FileRead("10.avro", 950L, 4_711L)));
  }
}
