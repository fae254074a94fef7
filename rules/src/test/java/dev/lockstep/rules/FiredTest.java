package dev.lockstep.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.schemas.Severity;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FiredTest {
  private static Fired fired() {
    return new Fired("any", Severity.Low, List::of, new Fact[2]);
  }

  @Test
  void keepsWhatWasSetOutsideOfLater_whenItIsReleased() {
    Fired fired =
        fired()
            .counting("alice")
            .within(0, 10, 20)
            .later(one -> one.within(1, 30, 40).telling("computed"));
    for (int i = 0; i < 2; i++) {
      assertThat(fired.counted()).containsExactly("alice");
      assertThat(fired.from(0)).isEqualTo(10);
      assertThat(fired.to(1)).isEqualTo(40);
      assertThat(fired.detail()).isEqualTo("computed");
      fired.release();
    }
    Fired other = fired().later(one -> one.counting("bob").within(0, 1, 2)).telling("given");
    for (int i = 0; i < 2; i++) {
      assertThat(other.detail()).isEqualTo("given");
      assertThat(other.counted()).containsExactly("bob");
      assertThat(other.to(0)).isEqualTo(2);
      other.release();
    }
  }

  @Test
  void failsEachTime_whereWhatWasDeferredCannotBeComputed() {
    Fired fired =
        fired()
            .later(
                one -> {
                  one.within(0, 1, 2);
                  throw new IllegalStateException("no");
                });
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> fired.to(0)).hasMessage("no");
      assertThatThrownBy(fired::counted).hasMessage("no");
    }
  }

  @Test
  void computesWhatWasDeferredAgain_whenItIsReadAfterARelease() {
    int[] computed = new int[1];
    Fired fired = fired().later(one -> one.telling("computed " + ++computed[0]));
    assertThat(fired.detail()).isEqualTo("computed 1");
    assertThat(fired.detail()).isEqualTo("computed 1");
    fired.release();
    assertThat(fired.detail()).isEqualTo("computed 2");
  }
}
