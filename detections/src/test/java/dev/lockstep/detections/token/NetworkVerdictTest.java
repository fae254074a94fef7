package dev.lockstep.detections.token;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.enrichment.network.Network;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.rules.NetworkVerdict;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NetworkVerdictTest {
  private static Network network(
      String prefix, @Nullable Long asn, @Nullable String country, String networkClass) {
    return new Network(
        asn, null, prefix, country, Objects.requireNonNull(NetworkClass.ofWord(networkClass)));
  }

  @ParameterizedTest
  @CsvSource({
    // one side: ASN, country, class; the other side; severity or gate
    "1, DE, hosting, 2, US, backend,     backend",
    "1, DE, corporate, 2, US, residential, corporate-egress",
    "1, DE, corporate, 2, US, corporate,  corporate-egress",
    "1, DE, corporate, 2, US, mobile,     corporate-egress",
    "1, DE, corporate, 2, DE, hosting,    High",
    "1, DE, corporate, 2, DE, vpn,        Medium",
    "1, DE, corporate, 1, DE, vpn,        same-network",
    "1, DE, unknown,   1, US, unknown,    Medium",
    "1, DE, hosting,   1, US, hosting,    Medium",
    "1, DE, unknown,   1, DE, hosting,    same-network",
    "1, DE, unknown,   1,   , unknown,    same-network",
    "1, DE, unknown,   2, DE, hosting,    High",
    "1,   , unknown,   2,   , hosting,    High",
    "1, DE, unknown,   2, US, unknown,    High",
    "1, DE, unknown,   2, US, vpn,        High",
    "1, DE, unknown,   2, DE, vpn,        Medium",
    "1,   , unknown,   2, DE, vpn,        Medium",
    " , DE, unknown,   2, US, unknown,    Medium",
    " , DE, unknown,    , US, hosting,    Medium",
    " , DE, unknown,   2, DE, hosting,    same-country",
    "1, DE, residential, 2, DE, mobile,   same-country",
    "1,   , unknown,   2, DE, unknown,    no-network",
    "1,   , unknown,   2,   , unknown,    no-network",
    " ,   , unknown,    ,   , hosting,    no-network",
    " , DE, unknown,   2,   , vpn,        no-network",
  })
  void decidesByTheFirstLineThatApplies(
      @Nullable Long asn,
      @Nullable String country,
      String networkClass,
      @Nullable Long otherAsn,
      @Nullable String otherCountry,
      String otherClass,
      String expected) {
    Network one = network("192.0.2.0/24", asn, country, networkClass);
    Network other = network("198.51.100.0/24", otherAsn, otherCountry, otherClass);
    for (NetworkVerdict verdict :
        new NetworkVerdict[] {NetworkVerdict.of(one, other), NetworkVerdict.of(other, one)}) {
      assertThat(verdict.severity() == null ? verdict.gate() : verdict.severity().name())
          .isEqualTo(expected);
    }
    Network beside = network(one.prefix(), otherAsn, otherCountry, otherClass);
    assertThat(NetworkVerdict.of(one, beside).gate()).isEqualTo("same-network");
  }
}
