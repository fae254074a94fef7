package dev.lockstep.detections.encoding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.Principal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Short forms of ids and numbers. */
final class ByteSinkTest {
  private static final String ONE = "9b7cf0a4-8f5c-4a2e-9a2b-0a4f5d6e7f80";
  private static final String OTHER = "5d7cf0a4-8f5c-4a2e-9a2b-0a4f5d6e7f80";

  @ParameterizedTest
  @ValueSource(strings = {ONE, ONE + " " + OTHER, ONE + " " + OTHER + " " + ONE})
  void writesGuids_in16BytesEach(String guids) {
    ByteSink sink = new ByteSink();
    assertThat(sink.guids(guids)).isTrue();
    assertThat(sink.bytes()).hasSize((guids.length() + 1) / 37 * 16);
    assertThat(new ByteSource(sink.bytes()).guids()).isEqualTo(guids);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "alice",
        ONE + " ",
        ONE + "/" + OTHER,
        ONE + " 5D7CF0A4-8f5c-4a2e-9a2b-0a4f5d6e7f80",
        "9b7cf0a4-8f5c-4a2e-9a2b_0a4f5d6e7f80"
      })
  void writesNothing_ofWhatIsNoGuids(String text) {
    ByteSink sink = new ByteSink().put(7);
    assertThat(sink.guids(text)).isFalse();
    assertThat(sink.bytes()).containsExactly(7);
    assertThat(new ByteSource(sink.clear().text(text).bytes()).someText()).isEqualTo(text);
  }

  @Test
  void writesNoId_whereAValueOrTheSubjectHasIt() {
    @Nullable Object[] values = {null, 7L, ONE};
    for (Principal principal :
        new Principal[] {
          new Principal(ONE, "ann", "user"),
          new Principal(ONE, null, "other"),
          new Principal(OTHER, "ann", "user"),
          new Principal("5d7cf0a4-8f5c-4a2e-9a2b-0a4f5d6e7f81", "ann", "user")
        }) {
      ByteSink sink = new ByteSink();
      PartsCodec.write(sink, principal, OTHER, values);
      assertThat(PartsCodec.principal(new ByteSource(sink.bytes()), OTHER, values))
          .isEqualTo(principal);
      assertThat(sink.bytes().length)
          .isLessThanOrEqualTo(principal.getId().endsWith("81") ? 22 : 8);
    }
  }
}
