package dev.lockstep.enrichment.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class ProvidersTest {

  private static final Map<Long, NetworkRow> ALL = Providers.bundled().all();

  @Test
  void theBundledList_classesCloudsExitsAndSatellites_andNothingElse() {
    assertThat(ALL).hasSizeGreaterThan(150);
    assertThat(ALL.values())
        .allSatisfy(
            row ->
                assertThat(row.networkClass())
                    .isIn(NetworkClass.HOSTING, NetworkClass.VPN, NetworkClass.SATELLITE));
    assertThat(classOf(16509)).isEqualTo(NetworkClass.HOSTING);
    assertThat(classOf(8075)).isEqualTo(NetworkClass.HOSTING);
    assertThat(classOf(9009)).isEqualTo(NetworkClass.VPN);
    assertThat(classOf(14593)).isEqualTo(NetworkClass.SATELLITE);
  }

  @Test
  void theBundledList_fillsClassAndOrganisationOnly() {
    assertThat(ALL.values())
        .allSatisfy(
            row -> {
              assertThat(row.organisation()).isNotBlank();
              assertThat(row)
                  .isEqualTo(
                      new NetworkRow(
                          row.networkClass(),
                          null,
                          null,
                          null,
                          null,
                          null,
                          null,
                          row.organisation()));
            });
  }

  /** So it changes no verdict of captures and tests that are made of such numbers. */
  @Test
  void theBundledList_namesNoSystemOfDocumentationOrPrivateUse() {
    assertThat(ALL.keySet())
        .allSatisfy(
            asn ->
                assertThat(
                        (asn >= 64_496 && asn <= 65_551) || asn == 23_456 || asn >= 4_200_000_000L)
                    .as("AS%d", asn)
                    .isFalse());
  }

  /** Carriers of homes and phones, and networks that carry both exits and services. */
  @Test
  void theBundledList_leavesOutWhoCarriesPeople() {
    assertThat(ALL).doesNotContainKeys(3320L, 7018L, 7922L, 3215L, 2856L, 13335L, 20940L, 22616L);
  }

  @Test
  void withoutTheList_nobodyIsNamed() {
    assertThat(Providers.none().of(16509L)).isNull();
    assertThat(Providers.bundled().of(null)).isNull();
  }

  private static NetworkClass classOf(long asn) {
    NetworkRow row = Objects.requireNonNull(ALL.get(asn));
    return Objects.requireNonNull(row.networkClass());
  }
}
