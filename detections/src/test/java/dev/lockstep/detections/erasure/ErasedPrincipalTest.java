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
        "old-smith@contoso.com",
        "https://x.example/?upn=john.smith%40contoso.com",
        "https://x.example/?upn=john%2Esmith%40contoso.com",
        "https://x.example/?upn=a%2Bsmith%40contoso.com&b=1",
        "https://x.example/?upn%3Dold%2Dsmith%2540contoso.com",
        "https://x.example/?upn=%C3%A9smith%40contoso.com",
        "https://x.example/?upn=smith%40contoso.com%2Eau"
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://x.example/?upn=%s",
        "https://x.example/?upn=%s&b=50%25",
        "https://x.example/users%2F%s%2Fsessions",
        "https://x.example/?next=https%3A%2F%2Fy.example%2F%3Fupn%3D%s%26b%3D1",
        "%ff %s %4",
        "100% %s"
      })
  void areReplaced_inLinks_howeverTheyAreEscaped(String text) {
    for (String name :
        List.of(
            "Smith@contoso.com",
            "smith%40contoso.com",
            "smith%40Contoso%2ecom",
            "%73mith%40contoso.com",
            "smith%2540contoso.com",
            "smith%252540contoso.com")) {
      assertThat(named("smith@contoso.com").text(text.replace("%s", name)))
          .isEqualTo(text.replace("%s", "erased-1"));
    }
    assertThat(named("smith@contoso.com").text(text.replace("%s", ID)))
        .isEqualTo(text.replace("%s", "erased-1"));
  }

  @Test
  void areReplaced_inLinks_whereAnyCharacterIsEscaped() {
    assertThat(named("Zoë O'Neil 李").text("?a=ZO%C3%8B%20O%27Neil%20%E6%9D%8E&b=Zoë+O'Neil+李"))
        .isEqualTo("?a=erased-1&b=erased-1");
    assertThat(named("𝒜na").text("?a=%F0%9D%92%9Cna&b=𝒜na")).isEqualTo("?a=erased-1&b=erased-1");
    assertThat(named("50% club").text("50% club, 50%25%20club")).isEqualTo("erased-1, erased-1");
    assertThat(named("50%25 club").text("50%25 club")).isEqualTo("erased-1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"%F4%90%80%80", "%E6%9D", "%C3x", "%25", "%", "%2", "%zz", "%80"})
  void leaveTheTextAroundThem_evenIfItIsNoEscape(String text) {
    assertThat(named("smith@contoso.com").text(text)).isEqualTo(text);
    assertThat(named("smith@contoso.com").text("smith%40contoso.com " + text))
        .isEqualTo("erased-1 " + text);
  }

  @Test
  void stayWithTheNameOfAnother_thatBeginsWithThem() {
    assertThat(named("smith").text("?upn=smith%40fabrikam.com"))
        .isEqualTo("?upn=smith%40fabrikam.com");
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
