package dev.lockstep.enrichment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.enrichment.network.Networks;
import dev.lockstep.enrichment.network.NetworksFile;
import dev.lockstep.enrichment.partner.Partners;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Where;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class ClientAddressTest {

  private static final String PROXY = "10.0.0.1";
  private static final String OTHER_PROXY = "10.0.0.2:443";

  private static Enrichment enrichment = Enrichment.none();

  @BeforeAll
  static void readNetworks() throws Exception {
    Networks networks =
        NetworksFile.parse(
            "networks.csv",
            """
                cidr,class,asn
                10.0.0.0/24,trusted-proxy,
                198.51.100.0/24,,64500
                AS64500,trusted-proxy,
                """);
    enrichment = Enrichment.of(networks, Partners.none(), GeoDatabases.none());
  }

  private static @Nullable String client(
      @Nullable String peer, @Nullable String socket, @Nullable String forwarded) {
    return client(peer, socket, forwarded, null, null);
  }

  private static @Nullable String client(
      @Nullable String peer,
      @Nullable String socket,
      @Nullable String forwarded,
      @Nullable String linkSocket,
      @Nullable String linkForwarded) {
    Activity.Builder call = call(peer, socket, forwarded);
    call.setLinkSocketAddress(linkSocket);
    call.setLinkForwardedFor(linkForwarded);
    Address client = enrichment.clientOf(call.build());
    return client == null ? null : client.text();
  }

  private static Activity.Builder call(
      @Nullable String peer, @Nullable String socket, @Nullable String forwarded) {
    Activity.Builder call =
        Activity.newBuilder()
            .setKind(ActivityKind.API_CALL)
            .setCategory("GatewayLogs")
            .setEventId("1")
            .setEventAt(0)
            .setArrivalAt(0)
            .setWhere(Where.newBuilder().setSource("files").build());
    if (peer != null) {
      call.setAddress(peer);
    }
    if (socket != null) {
      call.setSocketAddress(socket);
    }
    if (forwarded != null) {
      call.setForwardedFor(forwarded);
    }
    return call;
  }

  @Test
  void isThePeer_whateverTheHeadersSay_unlessItIsATrustedProxy() {
    assertThat(client("81.2.69.142", "1.1.1.1", "2.2.2.2")).isEqualTo("81.2.69.142");
    assertThat(client("81.2.69.142:5000", null, null)).isEqualTo("81.2.69.142");
  }

  @Test
  void isTheLoggedAddress_ofACallOfGraph() {
    Activity call = call(PROXY, "1.1.1.1", null).setCategory("MicrosoftGraphActivityLogs").build();
    Address client = enrichment.clientOf(call);
    assertThat(client == null ? null : client.text()).isEqualTo(PROXY);
  }

  @Test
  void isUnknown_withoutAPeer() {
    assertThat(client(null, "1.1.1.1", "2.2.2.2")).isNull();
    assertThat(client("<null>", "1.1.1.1", "2.2.2.2")).isNull();
  }

  @Test
  void isTheSocketAddress_behindATrustedProxy() {
    assertThat(client(PROXY, "81.2.69.142", "2.2.2.2")).isEqualTo("81.2.69.142");
    assertThat(client("::ffff:10.0.0.1", "[2a02:cf40::1]:80", null)).isEqualTo("2a02:cf40::1");
  }

  @Test
  void isTheLastForwarded_whereTheSocketAddressSaysNothing() {
    assertThat(client(PROXY, null, "1.1.1.1, 2.2.2.2:80")).isEqualTo("2.2.2.2");
    assertThat(client(PROXY, "", "1.1.1.1,2.2.2.2")).isEqualTo("2.2.2.2");
    assertThat(client(PROXY, OTHER_PROXY, "2.2.2.2")).isEqualTo("2.2.2.2");
    assertThat(client(PROXY, "front-door", "2.2.2.2")).isEqualTo("2.2.2.2");
  }

  @Test
  void skipsTrustedProxies_fromTheRight() {
    assertThat(client(PROXY, null, "1.1.1.1, 2.2.2.2, 10.0.0.7, " + OTHER_PROXY))
        .isEqualTo("2.2.2.2");
    assertThat(client(PROXY, null, "2.2.2.2,198.51.100.7")).isEqualTo("2.2.2.2");
  }

  @Test
  void stopsAtAnEntryThatIsNoAddress() {
    assertThat(client(PROXY, null, "1.1.1.1, unknown, " + OTHER_PROXY)).isNull();
    assertThat(client(PROXY, null, "1.1.1.1,")).isNull();
    assertThat(client(PROXY, null, "1.1.1.1, , 10.0.0.2")).isNull();
    assertThat(client(PROXY, null, "1.1.1.1, _hidden")).isNull();
  }

  @Test
  void isUnknown_whereOnlyTrustedProxiesAreNamed() {
    assertThat(client(PROXY, OTHER_PROXY, "10.0.0.3, 10.0.0.4")).isNull();
    assertThat(client(PROXY, null, null)).isNull();
    assertThat(client(PROXY, null, "")).isNull();
    assertThat(client(PROXY, null, ",")).isNull();
  }

  @Test
  void isTheLinks_whereTheHeadersGiveNone() {
    assertThat(client(PROXY, OTHER_PROXY, "10.0.0.3", "81.2.69.142", "3.3.3.3"))
        .isEqualTo("81.2.69.142");
    assertThat(client(PROXY, null, "10.0.0.3", OTHER_PROXY, "3.3.3.3")).isEqualTo("3.3.3.3");
    assertThat(client(PROXY, null, "2.2.2.2, unknown", null, "3.3.3.3")).isEqualTo("3.3.3.3");
    assertThat(client(PROXY, null, "10.0.0.3", null, "3.3.3.3, unknown")).isNull();
  }

  @Test
  void isTheHeaders_whereTheyGiveOne_whateverTheLinkSays() {
    assertThat(client(PROXY, "81.2.69.142", null, "3.3.3.3", null)).isEqualTo("81.2.69.142");
    assertThat(client(PROXY, null, "2.2.2.2", "3.3.3.3", null)).isEqualTo("2.2.2.2");
    assertThat(client("1.1.1.1", null, null, "3.3.3.3", null)).isEqualTo("1.1.1.1");
  }

  @Test
  void aWholeNetwork_mayBeATrustedProxy() {
    assertThat(client("198.51.100.1", "81.2.69.142", null)).isEqualTo("81.2.69.142");
  }
}
