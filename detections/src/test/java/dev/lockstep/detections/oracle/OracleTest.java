package dev.lockstep.detections.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.oracle.History.Theme;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

/**
 * What the product finds is what the specification says, in whatever order the events come, with
 * its state going through its bytes in between. Other histories: {@code -Doracle.seed=N}.
 */
final class OracleTest {
  private static final String SEED = "20261125";
  private static final int HISTORIES = 100;
  private static final int COLLEAGUES = 150;
  private static final int MANY_HISTORIES = 10_000;

  @Property(seed = SEED, tries = HISTORIES, edgeCases = EdgeCasesMode.NONE)
  void impossibleTravelIsAsSpecified(@ForAll("travels") Entered entered) {
    assertThat(entered.difference()).isEmpty();
  }

  @Tag("long")
  @Property(seed = SEED, tries = MANY_HISTORIES, edgeCases = EdgeCasesMode.NONE)
  void impossibleTravelIsAsSpecified_inTenThousandHistories(@ForAll("travels") Entered entered) {
    assertThat(entered.difference()).isEmpty();
  }

  @Property(seed = SEED, tries = COLLEAGUES, edgeCases = EdgeCasesMode.NONE)
  void colleaguesPlacesAreAsSpecified(@ForAll("colleagues") Entered entered) {
    assertThat(entered.difference()).isEmpty();
  }

  @Tag("long")
  @Property(seed = SEED, tries = MANY_HISTORIES, edgeCases = EdgeCasesMode.NONE)
  void colleaguesPlacesAreAsSpecified_inTenThousandHistories(
      @ForAll("colleagues") Entered entered) {
    assertThat(entered.difference()).isEmpty();
  }

  @Property(seed = SEED, tries = HISTORIES, edgeCases = EdgeCasesMode.NONE)
  void tokenReplayIsAsSpecified(@ForAll("tokens") Entered entered) {
    assertThat(entered.difference()).isEmpty();
  }

  @Tag("long")
  @Property(seed = SEED, tries = MANY_HISTORIES, edgeCases = EdgeCasesMode.NONE)
  void tokenReplayIsAsSpecified_inTenThousandHistories(@ForAll("tokens") Entered entered) {
    assertThat(entered.difference()).isEmpty();
  }

  @Property(seed = SEED, tries = HISTORIES, edgeCases = EdgeCasesMode.NONE)
  void partnerIpDriftIsAsSpecified(@ForAll("partners") Entered entered) {
    assertThat(entered.difference()).isEmpty();
  }

  @Tag("long")
  @Property(seed = SEED, tries = MANY_HISTORIES, edgeCases = EdgeCasesMode.NONE)
  void partnerIpDriftIsAsSpecified_inTenThousandHistories(@ForAll("partners") Entered entered) {
    assertThat(entered.difference()).isEmpty();
  }

  @Property(seed = SEED, tries = HISTORIES, edgeCases = EdgeCasesMode.NONE)
  void defenderCorroborationIsAsSpecified(@ForAll("alerts") Entered entered) {
    assertThat(entered.difference()).isEmpty();
  }

  @Tag("long")
  @Property(seed = SEED, tries = MANY_HISTORIES, edgeCases = EdgeCasesMode.NONE)
  void defenderCorroborationIsAsSpecified_inTenThousandHistories(
      @ForAll("alerts") Entered entered) {
    assertThat(entered.difference()).isEmpty();
  }

  @Provide
  Arbitrary<Entered> travels() {
    return Entering.of(Theme.TRAVEL, Theme.TRAVEL, Theme.COMMUTE);
  }

  @Provide
  Arbitrary<Entered> colleagues() {
    return Entering.of(Theme.COLLEAGUES);
  }

  @Provide
  Arbitrary<Entered> tokens() {
    return Entering.of(Theme.TOKEN);
  }

  @Provide
  Arbitrary<Entered> partners() {
    return Entering.of(Theme.PARTNER, Theme.PARTNER, Theme.PARTNER, Theme.PARTNER_OVER_WEEKS);
  }

  @Provide
  Arbitrary<Entered> alerts() {
    return Entering.of(Theme.DEFENDER, Theme.DEFENDER, Theme.MIXED);
  }
}
