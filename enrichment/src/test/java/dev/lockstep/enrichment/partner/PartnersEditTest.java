package dev.lockstep.enrichment.partner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.enrichment.exception.ExceptionsEditTest;
import dev.lockstep.enrichment.file.FileProblem;
import dev.lockstep.enrichment.network.KnownNetwork;
import dev.lockstep.enrichment.network.NamedNetwork;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PartnersEditTest {

  private static final NamedNetwork SYSTEM =
      Objects.requireNonNull(NamedNetwork.parse("AS64509/FR"));
  private static final NamedNetwork RANGE =
      Objects.requireNonNull(NamedNetwork.parse("198.51.100.0/24"));

  private static String add(String text, NamedNetwork network) throws FileProblem {
    return Partners.add("partners.yaml", text, "Fabrikam", network);
  }

  @Test
  void addsToTheListThatIsThere() throws FileProblem {
    String before =
        """
        partners:
          # the first
          - id: fabrikam
            networks: [AS64500/DE]        # known as well
            cidrs:
              - 192.0.2.0/24   # head office
          - id: tailspin   # the second
            networks: [AS64500/DE]
        """;
    assertThat(add(before, SYSTEM))
        .isEqualTo(
            before.replace(
                "[AS64500/DE]        # known", "[AS64500/DE, AS64509/FR]        # known"));
    assertThat(add(before, RANGE))
        .isEqualTo(before.replace("# head office\n", "# head office\n      - 198.51.100.0/24\n"));
  }

  @Test
  void addsAKey_wherePartnerHasNone() throws FileProblem {
    assertThat(add("partners:\n  - id: fabrikam  # ours\n    name: F\n", SYSTEM))
        .isEqualTo(
            "partners:\n  - id: fabrikam  # ours\n    networks: [AS64509/FR]\n    name: F\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "partners: [{id: fabrikam}]",
        "partners: [{name: F, id: fabrikam, networks: []}]\n",
        "partners:\n- name: F\n  id: fabrikam\n",
        "partners:\n- networks:   # none\n  id: fabrikam\n",
        "partners:\n- id: tailspin\n- id: FABRIKAM\n  networks: [\n    AS64500,   # one\n    AS64501/DE\n  ]\n",
        "partners:\r\n- id: fabrikam\r\n  networks:\r\n  - AS64500\r\n",
        "partners:\n- name: 'é🚀'\n  subscriptions: ['🚀🚀']\n  id: fabrikam",
        "partners:\n- {name: '🚀', id: fabrikam, networks: [AS64500], cidrs: [192.0.2.7]}\n",
      })
  void addsNothingElse_howeverTheFileIsLaidOut(String before) throws FileProblem {
    for (NamedNetwork network : List.of(SYSTEM, RANGE)) {
      String after = add(before, network);
      Partner partner =
          Objects.requireNonNull(PartnersFile.parse("partners.yaml", after).byId("fabrikam"));
      if (network.isRange()) {
        assertThat(partner.cidrs()).endsWith("198.51.100.0/24");
      } else {
        assertThat(partner.networks()).endsWith(new KnownNetwork(64509, "FR"));
      }
      assertThat(ExceptionsEditTest.isInsertion(before, after)).as(after).isTrue();
    }
  }

  @Test
  void leavesAlone_whatOthersShareByAnAlias() {
    String shared =
        """
        partners:
          - id: tailspin
            networks: &all [AS64500]
          - id: fabrikam
            networks: *all
        """;
    assertThatThrownBy(() -> add(shared, SYSTEM))
        .isInstanceOf(FileProblem.class)
        .hasMessageContaining("add to networks of partner 'Fabrikam': AS64509/FR");
  }

  @Test
  void leavesAlone_whatHasItAlready() throws FileProblem {
    String before = "partners: [{id: fabrikam, networks: [as64509/fr], cidrs: [198.51.100.0/24]}]";
    assertThat(add(before, SYSTEM)).isEqualTo(before);
    assertThat(add(before, RANGE)).isEqualTo(before);
  }

  @Test
  void saysSo_whereThereIsNoSuchPartner() {
    assertThatThrownBy(() -> add("partners: [{id: tailspin}]", SYSTEM))
        .isInstanceOf(FileProblem.class)
        .hasMessageContaining("has no partner 'Fabrikam'");
  }
}
