package dev.lockstep.ingest.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.message.Records;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenIdsTest {
  private static final String SEED = "20251114";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "4AQlP4lP00GaDAMF6CwzAQ",
        "4AQlP4lP00GaDAMF6CwzAQ==",
        "M2YyNTA0ZTAtNGY4OS00MWQzLTlhMGMtMDMwNWU4MmMzMzAx",
        "3F2504E0-4f89-41d3-9a0c-0305e82c3301",
      })
  void isTheGuid_inEachEncoding(String text) {
    assertThat(TokenIds.normalised(text)).isEqualTo(Records.GUID);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AnyOpaqueText",
        "4AQlP4lP00GaDAMF6CwzA",
        "4AQlP4lP00GaDAMF6CwzA*",
        "4AQlP4lP00GaDAMF6CwzAR",
        "M2YyNTA0ZTAtNGY4OS00MWQzLTlhMGMtMDMwNWU4MmMzMzAh",
        "3f2504e0x4f89-41d3-9a0c-0305e82c3301",
        "3f2504g0-4f89-41d3-9a0c-0305e82c3301",
      })
  void staysAsItIs_whereItIsNoEncoding(String text) {
    assertThat(TokenIds.normalised(text)).isEqualTo(text);
  }

  @Property(tries = 200, seed = SEED)
  void givesBackAnyGuid(@ForAll long most, @ForAll long least) {
    UUID guid = new UUID(most, least);
    byte[] bytes =
        ByteBuffer.allocate(16)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt((int) (most >>> 32))
            .putShort((short) (most >>> 16))
            .putShort((short) most)
            .order(ByteOrder.BIG_ENDIAN)
            .putLong(least)
            .array();
    String ascii =
        Base64.getEncoder().encodeToString(guid.toString().getBytes(StandardCharsets.US_ASCII));
    assertThat(TokenIds.normalised(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)))
        .isEqualTo(guid.toString());
    assertThat(TokenIds.normalised(ascii)).isEqualTo(guid.toString());
  }
}
