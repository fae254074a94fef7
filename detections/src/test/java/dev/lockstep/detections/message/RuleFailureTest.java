package dev.lockstep.detections.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Promises of what can be read of a failure whose own methods fail. */
final class RuleFailureTest {
  private static final class Mute extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient Supplier<@Nullable String> text;

    Mute(Supplier<@Nullable String> text) {
      this.text = text;
    }

    @Override
    public @Nullable String getMessage() {
      return text.get();
    }
  }

  private static final class Unnamed extends RuntimeException {
    private static final long serialVersionUID = 1;

    @Override
    @SuppressWarnings("NullAway") // as a rule of a jar may
    public String toString() {
      return null;
    }

    @Override
    public StackTraceElement[] getStackTrace() {
      throw new IllegalStateException("no stack trace");
    }
  }

  @Test
  void namesTheClass_ofAFailureWhoseOwnTextFails() {
    for (Supplier<@Nullable String> text :
        List.<Supplier<@Nullable String>>of(
            () -> {
              throw new IllegalStateException("no text");
            },
            () -> {
              throw new ServiceConfigurationError("no text");
            },
            () -> {
              throw new StackOverflowError();
            })) {
      Mute failure = new Mute(text);
      assertThat(RuleFailure.printable(failure).toString())
          .contains("whose own text cannot be read")
          .contains(Mute.class.getName());
      assertThat(RuleFailure.printable(failure).getStackTrace()).isEqualTo(failure.getStackTrace());
      assertThat(RuleFailure.text(failure))
          .contains("whose own text cannot be read")
          .contains(Mute.class.getName());
    }
  }

  @Test
  void readsAUsualFailure_asItIs() {
    RuntimeException usual = new RuntimeException("usual");
    assertThat(RuleFailure.printable(usual)).isSameAs(usual);
    assertThat(RuleFailure.text(usual)).isEqualTo("java.lang.RuntimeException: usual");
  }

  @Test
  void readsAFailure_withoutTextOrStackTrace() {
    assertThat(RuleFailure.text(new Unnamed())).isEqualTo("null");
  }
}
