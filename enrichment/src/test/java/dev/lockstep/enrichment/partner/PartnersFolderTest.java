package dev.lockstep.enrichment.partner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.network.NamedNetwork;
import dev.lockstep.enrichment.network.NamedSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PartnersFolderTest {

  private static final NamedNetwork SYSTEM =
      Objects.requireNonNull(NamedNetwork.parse("AS64509/FR"));
  private static final NamedNetwork RANGE =
      Objects.requireNonNull(NamedNetwork.parse("2001:db8:5::/48"));

  @TempDir Path home;

  private void write(String name, String text) throws IOException {
    Path file = home.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private Partners read() throws FileProblemException {
    return Partners.read(home.resolve("partners.yaml"));
  }

  @Test
  void addsToAPartner_whereverItIsDefined() throws Exception {
    write("partners.yaml", "partners: [{id: fabrikam, networks: [AS64500/DE]}]");
    write("partners.d/1.yaml", Partners.addition("Tailspin", RANGE, "why: \"so\""));
    write("partners.d/2.yaml", Partners.addition("Fabrikam", SYSTEM, "moved"));
    write("partners.d/3.yaml", "partners: [{id: tailspin, subscriptions: [toys]}]");
    Partner fabrikam = Objects.requireNonNull(read().byId("fabrikam"));
    assertThat(fabrikam.networks())
        .containsExactly(new NamedSystem(64500, "DE"), new NamedSystem(64509, "FR"));
    assertThat(fabrikam.has(SYSTEM)).isTrue();
    assertThat(fabrikam.has(RANGE)).isFalse();
    Partner tailspin = Objects.requireNonNull(read().of("toys", null, null));
    assertThat(tailspin.cidrs()).containsExactly("2001:db8:5::/48");
    assertThat(tailspin.has(RANGE)).isTrue();
    assertThat(read().all()).extracting(Partner::id).containsExactly("fabrikam", "tailspin");
    Files.delete(home.resolve("partners.d/2.yaml"));
    assertThat(Objects.requireNonNull(read().byId("fabrikam")).has(SYSTEM)).isFalse();
  }

  @Test
  void refusesAPartnerOfTwoFiles_withBothPlaces() throws Exception {
    write("partners.yaml", "partners:\n- id: fabrikam\n");
    write("partners.d/1.yaml", "partners:\n- name: F\n  id: FABRIKAM\n");
    assertThatThrownBy(this::read)
        .isInstanceOf(FileProblemException.class)
        .hasMessageContaining(
            "%s:3 id 'FABRIKAM' is used twice, first in %s:2",
            home.resolve("partners.d/1.yaml"), home.resolve("partners.yaml"));
  }

  @Test
  void refusesAnAdditionToNobody() throws Exception {
    write("partners.yaml", "partners: [{id: fabrikam}]");
    write("partners.d/1.yaml", Partners.addition("fabricam", SYSTEM, "x"));
    assertThatThrownBy(this::read)
        .isInstanceOf(FileProblemException.class)
        .hasMessageContaining(
            "%s:2 an entry of \"additions\" names the unknown partner 'fabricam'; write the id of a"
                + " partner in the registry, such as the nearest one, 'fabrikam'",
            home.resolve("partners.d/1.yaml"));
    write("partners.d/1.yaml", Partners.addition("contoso", SYSTEM, "x"));
    assertThatThrownBy(this::read)
        .hasMessageEndingWith("partner 'contoso'; write the id of a partner in the registry");
  }

  @Test
  void refusesAnAdditionToARegistryWithoutPartners() throws Exception {
    write("partners.d/1.yaml", Partners.addition("fabrikam", SYSTEM, "x"));
    assertThatThrownBy(this::read)
        .isInstanceOf(FileProblemException.class)
        .hasMessageContaining(
            "%s:2 an entry of \"additions\" names the unknown partner 'fabrikam'; define the partner"
                + " below partners: in a file of the registry",
            home.resolve("partners.d/1.yaml"));
  }

  @Test
  void refusesTwoDocumentsInAFile() throws Exception {
    write("partners.yaml", "partners: [{id: fabrikam}]\n---\npartners: [{id: tailspin}]\n");
    assertThatThrownBy(this::read)
        .isInstanceOf(FileProblemException.class)
        .hasMessageContaining(
            "%s:2 is not YAML: 'expected a single document in the stream, but found another"
                + " document'; fix this line, or one above",
            home.resolve("partners.yaml"));
  }

  @Test
  void refusesAnAdditionWithoutAPartner() throws Exception {
    write("partners.yaml", "partners: [{id: fabrikam}]");
    write("partners.d/1.yaml", "additions:\n- networks: [AS64500]\n");
    assertThatThrownBy(this::read)
        .isInstanceOf(FileProblemException.class)
        .hasMessageContaining(
            "%s:2 an entry of \"additions\" names no partner; add a line such as partner: fabrikam",
            home.resolve("partners.d/1.yaml"));
  }
}
