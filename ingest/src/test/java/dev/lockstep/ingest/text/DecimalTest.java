package dev.lockstep.ingest.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecimalTest {
  private static final String SEED = "20251114";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-0",
        "-0.0",
        "59.9127",
        "-122.3149",
        "5.",
        ".5",
        "-.5",
        "+1.5",
        "1e2",
        "1.5E-3",
        "123456789012.345",
        "1234567890123.45678",
        "0.000000000000001",
        "99999999999999.9",
      })
  void isWhatJavaReads(String text) {
    assertThat(Scalars.decimal(text)).isEqualTo(Double.parseDouble(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".", "-", "-.", "1.2.3", "1,5", "NaN", "Infinity", "0x1p3", "1d", "--1"})
  void isNoNumber(String text) {
    assertThat(Scalars.decimal(text)).isNaN();
  }

  @Property(tries = 2_000, seed = SEED)
  void isWhatJavaReads_ofAnyDigits(
      @ForAll("unscaled") long unscaled, @ForAll @IntRange(min = 0, max = 17) int scale) {
    String text = new BigDecimal(BigInteger.valueOf(unscaled), scale).toPlainString();
    assertThat(Scalars.decimal(text)).isEqualTo(Double.parseDouble(text));
  }

  @Provide
  Arbitrary<Long> unscaled() {
    return Arbitraries.longs().between(-1_000_000_000_000_000_000L, 1_000_000_000_000_000_000L);
  }
}
