package dev.lockstep.enrichment.partner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.lockstep.enrichment.address.TestAddress;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.network.NamedSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class PartnersTest {

  private static final String TWO =
      """
      partners:
        - id: fabrikam
          name: Fabrikam Freight
          subscriptions: [fabrikam-prod, Fabrikam-Test]
          products: []
          apps: [11111111-2222-3333-4444-555555555555]
          cidrs: [198.51.100.0/24, '2001:db8:5::/48', 192.0.2.7]
          networks: [AS64500/DE, as64501]
          changeWindows: [{from: 2026-11-10T00:00:00Z, to: 2026-11-11T00:00:00Z, note: data centre move}]
        - id: tailspin
          products:
            - toys
          changeWindows:
            - from: 2026-11-10
              to: 2026-11-12 06:00:00+02:00
      """;

  private static Partners parse(String text) throws FileProblemException {
    return PartnersFile.parse(Map.of("partners.yaml", text));
  }

  private static Partner partner(String id) throws FileProblemException {
    return Objects.requireNonNull(parse(TWO).byId(id));
  }

  private static long at(String instant) {
    return Instant.parse(instant).toEpochMilli();
  }

  @Test
  void warnsOfAnAppThatIsNoGuid_withFileAndLine() throws FileProblemException {
    assertThat(parse(TWO).warnings()).isEmpty();
    assertThat(
            parse("partners:\n- id: a\n  subscriptions: [fabrikam-prod]\n  apps:\n  - Web shop\n")
                .warnings())
        .singleElement()
        .satisfies(
            warning -> {
              assertThat(warning.what())
                  .startsWith("partners.yaml:5 has the app 'Web shop', which is no GUID");
              assertThat(warning.fix()).startsWith("write the application (client) id, such as");
            });
  }

  @Test
  void reads_everyKey() throws FileProblemException {
    Partner fabrikam = partner("fabrikam");
    assertThat(fabrikam.name()).isEqualTo("Fabrikam Freight");
    assertThat(fabrikam.subscriptions()).containsExactly("fabrikam-prod", "Fabrikam-Test");
    assertThat(fabrikam.products()).isEmpty();
    assertThat(fabrikam.apps()).containsExactly("11111111-2222-3333-4444-555555555555");
    assertThat(fabrikam.cidrs()).containsExactly("198.51.100.0/24", "2001:db8:5::/48", "192.0.2.7");
    assertThat(fabrikam.networks())
        .containsExactly(new NamedSystem(64500, "DE"), new NamedSystem(64501, null));
    assertThat(fabrikam.changeWindows())
        .containsExactly(
            new ChangeWindow(
                at("2026-11-10T00:00:00Z"), at("2026-11-11T00:00:00Z"), "data centre move"));
  }

  @Test
  void names_theDeclaredRangesOfAnAddress() throws FileProblemException {
    Partner fabrikam = partner("fabrikam");
    assertThat(fabrikam.declaring(TestAddress.of("198.51.100.9")))
        .containsExactly("198.51.100.0/24");
    assertThat(fabrikam.declaring(TestAddress.of("192.0.2.7"))).containsExactly("192.0.2.7");
    assertThat(fabrikam.declaring(TestAddress.of("2001:db8:5:1::1")))
        .containsExactly("2001:db8:5::/48");
    assertThat(fabrikam.declaring(TestAddress.of("192.0.2.8"))).isEmpty();
  }

  @Test
  void aPartnerWithoutAName_isCalledByItsId() throws FileProblemException {
    assertThat(partner("tailspin").name()).isEqualTo("tailspin");
    assertThat(partner("tailspin").hasCidrs()).isFalse();
    assertThat(parse(TWO).all()).extracting(Partner::id).containsExactly("fabrikam", "tailspin");
  }

  @Test
  void finds_theSubscriptionFirst_thenTheProduct_thenTheApp() throws FileProblemException {
    Partners partners = parse(TWO);
    Partner fabrikam = partners.byId("fabrikam");
    Partner tailspin = partners.byId("tailspin");
    String app = "11111111-2222-3333-4444-555555555555";
    assertThat(partners.of("FABRIKAM-PROD", "toys", null)).isSameAs(fabrikam);
    assertThat(partners.of("other", "Toys", app)).isSameAs(tailspin);
    assertThat(partners.of(null, "other", app)).isSameAs(fabrikam);
    assertThat(partners.of("toys", "fabrikam-prod", "toys")).isNull();
    assertThat(partners.of(null, null, null)).isNull();
    assertThat(partners.of("", " ", "")).isNull();
    assertThat(partners.byId("FABRIKAM")).isSameAs(fabrikam);
    assertThat(Partners.none().of("fabrikam-prod", null, null)).isNull();
  }

  @Test
  void declares_whatIsInsideOneOfItsRanges() throws FileProblemException {
    Partner fabrikam = partner("fabrikam");
    assertThat(fabrikam.hasCidrs()).isTrue();
    assertThat(fabrikam.declares(TestAddress.of("198.51.100.255"))).isTrue();
    assertThat(fabrikam.declares(TestAddress.of("::ffff:198.51.100.1"))).isTrue();
    assertThat(fabrikam.declares(TestAddress.of("2001:db8:5:ffff::1"))).isTrue();
    assertThat(fabrikam.declares(TestAddress.of("192.0.2.7"))).isTrue();
    assertThat(fabrikam.declares(TestAddress.of("192.0.2.8"))).isFalse();
    assertThat(fabrikam.declares(TestAddress.of("2001:db8:6::1"))).isFalse();
    assertThat(partner("tailspin").declares(TestAddress.of("192.0.2.7"))).isFalse();
  }

  @Test
  void aChangeWindow_includesItsStart_andNotItsEnd() throws FileProblemException {
    Partner fabrikam = partner("fabrikam");
    assertThat(fabrikam.inChangeWindow(at("2026-11-09T23:59:59.999Z"))).isFalse();
    assertThat(fabrikam.inChangeWindow(at("2026-11-10T00:00:00Z"))).isTrue();
    assertThat(fabrikam.inChangeWindow(at("2026-11-10T23:59:59.999Z"))).isTrue();
    assertThat(fabrikam.inChangeWindow(at("2026-11-11T00:00:00Z"))).isFalse();
  }

  @Test
  void aDate_isTheStartOfItsDay_andAnOffsetCounts() throws FileProblemException {
    assertThat(partner("tailspin").changeWindows())
        .containsExactly(
            new ChangeWindow(at("2026-11-10T00:00:00Z"), at("2026-11-12T04:00:00Z"), null));
  }

  @Test
  void aKnownNetworkWithACountry_isThatCountryOnly() {
    NamedSystem german = new NamedSystem(64500, "de");
    assertThat(german.matches(64500L, "DE")).isTrue();
    assertThat(german.matches(64500L, "FR")).isFalse();
    assertThat(german.matches(64500L, null)).isFalse();
    assertThat(german.matches(64501L, "DE")).isFalse();
    assertThat(german.matches(null, "DE")).isFalse();
    assertThat(new NamedSystem(64500, null).matches(64500L, null)).isTrue();
  }

  @Test
  void anEmptyList_isARegistryWithoutPartners() throws FileProblemException {
    assertThat(parse("partners: []").all()).isEmpty();
    assertThat(parse("\uFEFFpartners:\r\n").all()).isEmpty();
  }

  @Test
  void theSameIdTwiceInOnePartner_countsOnce() throws FileProblemException {
    Partners partners = parse("partners: [{id: a, subscriptions: [x, X], products: [x]}]");
    assertThat(partners.all())
        .singleElement()
        .extracting(Partner::subscriptions)
        .isEqualTo(List.of("x"));
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        arguments("", "1 contains no partners; begin the file with the line \"partners:\""),
        arguments("# nothing yet\n", "1 contains no partners"),
        arguments("- id: a", "1 the file is not a mapping"),
        arguments("partner: []", "1 unknown key 'partner'; the nearest known one is partners"),
        arguments("partners: a", "1 partners is not a list"),
        arguments("partners:\n  id: a", "2 partners is not a list"),
        arguments("partners:\n- a", "2 a partner is not a mapping"),
        arguments(
            "partners:\n- id: a\n  cidr: []",
            "3 unknown key 'cidr'; the nearest known one is cidrs"),
        arguments(
            "partners:\n- id: a\n  changewindow: []",
            "3 unknown key 'changewindow'; the nearest known one is changeWindows"),
        arguments("partners:\n- id: a\n  <<: {}", "3 unknown key '<<'"),
        arguments("partners:\n- id: a\n  id: b", "3 has the key id twice"),
        arguments(
            "partners:\n- id: a\n- name: b",
            "3 a partner has no id; add a line such as id: fabrikam"),
        arguments("partners:\n- id:", "2 a partner has no id"),
        arguments("partners:\n- id: a\n- id: A", "3 id 'A' is used twice, first in line 2"),
        arguments(
            "partners:\n- id: a\n  subscriptions: [x]\n- id: b\n  subscriptions:\n  - X",
            "6 'X' in subscriptions is listed twice, first in line 3 (partner 'a'); remove it from"
                + " one"),
        arguments(
            "partners:\n- id: a\n  products: [x]\n- id: b\n  products: [x]",
            "5 'x' in products is listed twice"),
        arguments(
            "partners:\n- id: a\n  apps: [x]\n- id: b\n  apps: [x]",
            "5 'x' in apps is listed twice"),
        arguments("partners:\n- id: a\n  apps: x", "3 apps is not a list"),
        arguments("partners:\n- id: a\n  apps: [[x]]", "3 apps is not a single value"),
        arguments("partners:\n- id: a\n  apps: [~]", "3 empty entry in apps"),
        arguments("partners:\n- id: a\n  name: [b]", "3 name is not a single value"),
        arguments(
            "partners:\n- id: a\n  cidrs: [198.51.100.7/24]",
            "3 bad cidr '198.51.100.7/24'; write 198.51.100.0/24"),
        arguments(
            "partners:\n- id: a\n  networks:\n  - 64500",
            "4 bad network '64500'; write the network as AS64500/DE"),
        arguments("partners:\n- id: a\n  networks: [AS64500/Germany]", "3 bad network"),
        arguments(
            "partners:\n- id: a\n  changeWindows: [{to: 2026-11-11}]",
            "3 change window without from"),
        arguments(
            "partners:\n- id: a\n  changeWindows: [{from: 2026-11-11}]",
            "3 change window without to"),
        arguments(
            "partners:\n- id: a\n  changeWindows:\n  - from: 2026-11-11\n    to: 2026-11-11",
            "5 the end of a change window is not later than its start"),
        arguments(
            "partners:\n- id: a\n  changeWindows: [{from: 10.11.2026, to: 2026-11-11}]",
            "3 bad time '10.11.2026'; write the time as 2026-11-10T00:00:00Z"),
        arguments(
            "partners:\n- id: a\n  changeWindows: [{from: 2026-11-10T00:00:00, to: 2026-11-11}]",
            "3 bad time '2026-11-10T00:00:00'"),
        arguments(
            "partners:\n- id: a\n  changeWindows: [{from: 2026-13-40, to: 2026-11-11}]",
            "3 bad time '2026-13-40'"),
        arguments(
            "partners:\n- id: a\n  changeWindows: [{from: 2026-11-10, to: 2026-11-11, until: x}]",
            "3 unknown key 'until'"),
        arguments("partners:\n- id: [a\n", "3 is not YAML"),
        arguments("partners:\n\t- id: a\n", "2 is not YAML"),
        arguments("partners: []\n---\npartners: []", "2 is not YAML"),
        arguments("partners: *nobody", "1 is not YAML"));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void refuses_whatIsWrong_andSaysWhere(String text, String message) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(FileProblemException.class)
        .hasMessageStartingWith("could not read partners: partners.yaml:" + message)
        .hasMessageContaining("; ");
  }

  @Test
  void refuses_whatIsNoText_inOneLine() {
    assertThatThrownBy(() -> parse("partners: \u0000"))
        .isInstanceOf(FileProblemException.class)
        .hasMessageNotContaining("\n");
  }

  @Test
  void refuses_whatIsNestedTooDeep() {
    assertThatThrownBy(() -> parse("[".repeat(100_000)))
        .isInstanceOf(FileProblemException.class)
        .hasMessageContaining("is nested too deep");
  }

  @Test
  void reads_aFile(@TempDir Path folder) throws IOException, FileProblemException {
    Path file = Files.writeString(folder.resolve("partners.yaml"), TWO);
    assertThat(Partners.read(file).all()).hasSize(2);
    assertThatThrownBy(() -> Partners.read(folder.resolve("none.yaml")))
        .isInstanceOf(FileProblemException.class)
        .hasMessageContaining("none.yaml does not exist");
  }

  @Test
  void aPartnerMadeByHand_isChecked() {
    assertThatThrownBy(
            () ->
                new Partner(
                    "a", "a", List.of(), List.of(), List.of(), List.of("x"), List.of(), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new NamedSystem(0, null)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ChangeWindow(5, 5, null))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
