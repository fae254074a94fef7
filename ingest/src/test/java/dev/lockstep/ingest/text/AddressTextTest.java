package dev.lockstep.ingest.text;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTextTest {
  @ParameterizedTest
  @CsvSource({
    "1.2.3.4,1.2.3.4",
    "' 255.255.255.255 ',255.255.255.255",
    "1.2.3.4:65535,1.2.3.4",
    "2A02:CF40::1,2a02:cf40::1",
    "[2a02:cf40::1],2a02:cf40::1",
    "[2a02:cf40::1]:443,2a02:cf40::1",
    "fe80::1%eth0,fe80::1",
    "::,::",
    "::1,::1",
    "1::,1::",
    "1:2:3:4:5:6:7:8,1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7::,1:2:3:4:5:6:7::",
    "::ffff:1.2.3.4,1.2.3.4",
    "::FFFF:1.2.3.4,1.2.3.4",
    "64:ff9b::1.2.3.4,64:ff9b::1.2.3.4",
    "1:2:3:4:5:6:1.2.3.4,1:2:3:4:5:6:1.2.3.4",
  })
  void isTheBareAddress(String text, String bare) {
    assertThat(AddressText.bare(text)).isEqualTo(bare);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.256",
        "01.2.3.4",
        "1..3.4",
        "1.2.3.4.",
        "1.2.3.4:",
        "1.2.3.4:65536",
        "1.2.3.4:x",
        "1.2.3.4/24",
        "0x1.2.3.4",
        "host",
        "::1::",
        ":::",
        ":",
        "1:",
        ":1",
        "1:2",
        "12345::",
        "g::",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        ":1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:",
        "[::1",
        "[::1]x",
        "[::1]:",
        "[]",
        "%",
        "::1%",
        "1.2.3.4%x",
        "1:2:3:4:5:6:7:1.2.3.4",
        "::1.2.3",
        "1.2.3.4::",
        "\u0661.2.3.4",
        "::\u0661",
        "::\uff41"
      })
  void isNone(String text) {
    assertThat(AddressText.bare(text)).isNull();
  }

  @Property(tries = 5000, seed = "20251114")
  void isTheSameOnceBare_andPlain(
      @ForAll
          @Chars({'0', '1', '2', '5', 'a', 'f', 'g', '.', ':', '[', ']', '%', ' ', '/'})
          @StringLength(max = 24)
          String text) {
    String bare = AddressText.bare(text);
    if (bare != null) {
      assertThat(AddressText.bare(bare)).isEqualTo(bare);
      assertThat(bare).matches("[0-9a-f.:]+").hasSizeGreaterThan(1);
    }
  }
}
