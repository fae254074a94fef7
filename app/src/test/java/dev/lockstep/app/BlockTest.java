package dev.lockstep.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BlockTest {
  @Test
  void isTheSmallestAroundItsPrefixes() {
    Block block = Block.around(List.of("2001:db8:a00::/48", "2001:db8:aff::/48"));
    assertThat(block).isNotNull();
    if (block != null) {
      assertThat(block.text()).isEqualTo("2001:db8:a00::/40");
      assertThat(block.contains("2001:db8:a55::/48")).isTrue();
      assertThat(block.contains("2001:db8:b55::/48")).isFalse();
      assertThat(block.contains("198.18.0.0/24")).isFalse();
    }
  }

  @Test
  void readsPrefixesThatEndInZeros() {
    assertThat(Block.of("2001:db8::/48")).isEqualTo(new Block(0x20010db80000L, 48));
    assertThat(Block.of("2001::/48")).isEqualTo(new Block(0x200100000000L, 48));
    assertThat(new Block(0x20010db80000L, 48).text()).isEqualTo("2001:db8::/48");
    assertThat(new Block(0x200100000000L, 16).text()).isEqualTo("2001::/16");
  }

  @Test
  void isNone_whereOneIsNoSuchPrefix() {
    assertThat(Block.around(List.of("2001:db8::/48", "198.18.0.0/24"))).isNull();
  }
}
