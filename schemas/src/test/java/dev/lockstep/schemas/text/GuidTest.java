package dev.lockstep.schemas.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Texts that are a GUID, and texts that differ from one in a character. */
final class GuidTest {
  private static final String ID = "0123abcd-4567-89ef-0000-ffffffffffff";

  @Test
  void takes_aGuidInLowerCase() {
    assertThat(Guid.isGuid(ID)).isTrue();
    assertThat(Guid.isGuid("00000000-0000-0000-0000-000000000000")).isTrue();
  }

  @Test
  void refuses_aGuidWithAnyCharacterOfAnotherKind() {
    for (int at = 0; at < ID.length(); at++) {
      for (char c : new char[] {'-', '0', 'g', 'A', '/', ':', ' ', '`', '\u0130', '\uff10', 0}) {
        boolean isDash = ID.charAt(at) == '-';
        String text = ID.substring(0, at) + c + ID.substring(at + 1);
        assertThat(Guid.isGuid(text)).as(text).isEqualTo(isDash ? c == '-' : c == '0');
      }
    }
  }

  @Test
  void refuses_whatIsShorterOrLonger() {
    assertThat(Guid.isGuid("")).isFalse();
    assertThat(Guid.isGuid(ID.substring(1))).isFalse();
    assertThat(Guid.isGuid(ID + "0")).isFalse();
    assertThat(Guid.isGuid(" " + ID.substring(1))).isFalse();
    assertThat(Guid.isGuid(ID.replace("-", ""))).isFalse();
  }

  @Test
  void knows_theAllZeroGuid() {
    assertThat(Guid.isZero("00000000-0000-0000-0000-000000000000")).isTrue();
    assertThat(Guid.isZero(ID)).isFalse();
  }
}
