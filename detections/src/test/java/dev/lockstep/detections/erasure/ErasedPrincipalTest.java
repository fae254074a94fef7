package dev.lockstep.detections.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.Erasure;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A principal's names among those of others. */
final class ErasedPrincipalTest {
  private static final String ID = "0b1c2d3e-0000-4000-8000-0000000000aa";

  private static ErasedPrincipal named(String name) {
    return new ErasedPrincipal(
        new Erasure("r", ID, List.of(name), "erased-1", "", null, List.of()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "john.smith@contoso.com",
        "o'smith@contoso.com",
        "a+smith@contoso.com",
        "a#smith@contoso.com",
        "a~smith@contoso.com",
        "smith@contoso.com.au",
        "the account of john.smith@contoso.com",
        "old-smith@contoso.com"
      })
  void stayInTheNamesOfOthers(String name) {
    assertThat(named("smith@contoso.com").text(name)).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%s",
        "By %s.",
        "By %s. From",
        "'%s'",
        "%s's session, and %s's token",
        "(%s), <%s>; %s/%s",
        "name %s"
      })
  void areReplaced_whereTheyAreWordsOfTheirOwn(String text) {
    assertThat(named("smith@contoso.com").text(text.replace("%s", "Smith@Contoso.com")))
        .isEqualTo(text.replace("%s", "erased-1"));
  }

  @Test
  void stayInHosts() {
    assertThat(named("Orders").text("api.orders.contoso.com")).isEqualTo("api.orders.contoso.com");
  }

  @Test
  void goWithTheId_whateverIsAroundIt() {
    assertThat(named("smith@contoso.com").text("id." + ID + ".x")).isEqualTo("id.erased-1.x");
  }
}
