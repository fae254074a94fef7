package dev.lockstep.ingest.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;

class LossesTest {
  private final Losses losses = new Losses();

  @Test
  void countsARangeOnce_howeverOftenItIsFound() {
    assertThat(losses.recordRemoved("signins-0", "offset", 800, 5_000, 1)).isNotNull();
    assertThat(losses.recordRemoved("signins-0", "offset", 800, 5_000, 2)).isNull();
    assertThat(losses.offsets()).isEqualTo(4_200);
    Losses.Loss more =
        Objects.requireNonNull(losses.recordRemoved("signins-0", "offset", 800, 5_010, 3));
    assertThat(more.first()).isEqualTo(5_000);
    assertThat(more.next()).isEqualTo(5_010);
    assertThat(losses.offsets()).isEqualTo(4_210);
    losses.recordRemoved("signins-1", "sequence number", 800, 5_000, 4);
    assertThat(losses.offsets()).isEqualTo(8_410);
  }

  @Test
  void countsNothingAgain_whereTheStartOfAGrownRangeIsGivenAgain() {
    losses.recordRemoved("signins-0", "offset", 800, 5_000, 1);
    losses.recordRemoved("signins-0", "offset", 800, 5_010, 2);
    assertThat(losses.recordRemoved("signins-0", "offset", 800, 5_010, 3)).isNull();
    assertThat(losses.offsets()).isEqualTo(4_210);
  }

  @Test
  void countsTheSameOffsets_ofATopicThatWasMadeAnew() {
    losses.recordRemoved("signins-0", "offset", 0, 10, 1);
    losses.replaced("signins-0", "offset", 10, 0, "its topic id was a and is b", 2);
    losses.recordRemoved("signins-0", "offset", 0, 10, 3);
    assertThat(losses.offsets()).isEqualTo(20);
  }

  @Test
  void tellsTheRange_andWhereReadingGoesOn() {
    Losses.Loss loss =
        Objects.requireNonNull(losses.recordRemoved("signins-0", "offset", 800, 5_000, 7));
    assertThat(loss.what())
        .startsWith(
            "signins-0 no longer has the offsets from 800 to 4999: 4200 were removed before they"
                + " were read, and reading continues at 5000");
    assertThat(
            losses
                .replaced("signins-1", "offset", 5_000, 0, "its topic id was a and is b", 9)
                .what())
        .startsWith(
            "signins-1 was deleted and created again, or truncated (its topic id was a and is b):"
                + " reading continues at offset 0");
    assertThat(
            losses
                .replaced("hub-0", "sequence number", 7, 0, "its hub id was a and is b", 5)
                .what())
        .contains(
            "continues at sequence number 0, and its earlier unread records, from sequence number 7");
    assertThat(losses.since(8)).extracting(Losses.Loss::partition).containsExactly("signins-1");
    assertThat(losses.since(7))
        .extracting(Losses.Loss::partition)
        .containsExactly("signins-0", "signins-1");
  }
}
