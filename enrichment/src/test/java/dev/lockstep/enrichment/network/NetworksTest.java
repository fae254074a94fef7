package dev.lockstep.enrichment.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.lockstep.enrichment.address.TestAddress;
import dev.lockstep.enrichment.file.FileProblemException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NetworksTest {

  private static final String HEADER =
      "cidr,class,country,city,latitude,longitude,accuracyKm,asn,organisation\n";

  private static Networks parse(String text) throws FileProblemException {
    return NetworksFile.parse("networks.csv", text);
  }

  private static NetworkRow row(Networks networks, String address) {
    return Objects.requireNonNull(networks.ofRange(TestAddress.of(address)), address);
  }

  @Test
  void reads_everyCell() throws FileProblemException {
    Networks networks =
        parse(
            HEADER + "203.0.113.0/24,corporate,gb,London,51.5142,-0.0931,5,AS64500,Head office\n");
    assertThat(row(networks, "203.0.113.9"))
        .isEqualTo(
            new NetworkRow(
                NetworkClass.CORPORATE,
                "GB",
                "London",
                51.5142,
                -0.0931,
                5.0,
                64500L,
                "Head office"));
    assertThat(networks.ofRange(TestAddress.of("203.0.114.1"))).isNull();
  }

  @Test
  void reads_aRowOfAWholeNetwork() throws FileProblemException {
    Networks networks = parse(HEADER + "AS64511,hosting,,,,,,,Some cloud\n");
    assertThat(networks.ofSystem(64511L))
        .isEqualTo(
            new NetworkRow(NetworkClass.HOSTING, null, null, null, null, null, null, "Some cloud"));
    assertThat(networks.ofSystem(64512L)).isNull();
  }

  @Test
  void reads_everyClass() throws FileProblemException {
    for (NetworkClass each : NetworkClass.values()) {
      assertThat(row(parse("cidr,class\n192.0.2.1," + each.word()), "192.0.2.1").networkClass())
          .isEqualTo(each);
    }
  }

  @Test
  void reads_columnsInAnyOrder_andShortRows() throws FileProblemException {
    Networks networks = parse("organisation,cidr,class\nFabrikam,2001:db8::/32,vpn\n,192.0.2.1\n");
    assertThat(row(networks, "2001:db8::1").organisation()).isEqualTo("Fabrikam");
    assertThat(row(networks, "192.0.2.1")).isEqualTo(NetworkRow.EMPTY);
  }

  @Test
  void reads_bom_crlf_comments_blankLines_andQuotes() throws FileProblemException {
    Networks networks =
        parse(
            """
            \uFEFF# who is who
            cidr,organisation

            # head office
            "203.0.113.0/24", "Contoso, ""the"" office"\s
            ,
            """
                .replace("\n", "\r\n"));
    assertThat(row(networks, "203.0.113.9").organisation()).isEqualTo("Contoso, \"the\" office");
  }

  @Test
  void theLongestRangeIsTheRow() throws FileProblemException {
    Networks networks =
        parse("cidr,class\n203.0.0.0/16,hosting\n203.0.113.7,vpn\n203.0.113.0/24,mobile\n");
    assertThat(row(networks, "203.0.113.7").networkClass()).isEqualTo(NetworkClass.VPN);
    assertThat(row(networks, "203.0.113.8").networkClass()).isEqualTo(NetworkClass.MOBILE);
    assertThat(row(networks, "203.0.112.8").networkClass()).isEqualTo(NetworkClass.HOSTING);
  }

  @Test
  void anIpv4MappedRangeIsIpv4() throws FileProblemException {
    assertThat(row(parse("cidr\n::ffff:203.0.113.0/120"), "203.0.113.8")).isNotNull();
  }

  @Test
  void anAllAddressesRangeContainsAll() throws FileProblemException {
    Networks networks = parse("cidr,class\n0.0.0.0/0,hosting\n::/0,vpn\n");
    assertThat(row(networks, "81.2.69.142").networkClass()).isEqualTo(NetworkClass.HOSTING);
    assertThat(row(networks, "2001:db8::1").networkClass()).isEqualTo(NetworkClass.VPN);
  }

  private static Networks parseAll(Path folder, String... texts)
      throws IOException, FileProblemException {
    List<Path> files = new ArrayList<>();
    for (String text : texts) {
      files.add(Files.writeString(folder.resolve("networks" + files.size() + ".csv"), text));
    }
    return Networks.read(files);
  }

  @Test
  void ofSeveralFiles_theFirstThatFillsACellGivesIt(@TempDir Path folder) throws Exception {
    Networks networks =
        parseAll(
            folder,
            """
            cidr,class,country
            203.0.0.0/16,corporate,
            203.1.0.0/16,,GB
            AS64500,vpn,
            """,
            """
            cidr,class,organisation
            203.0.113.0/24,hosting,Cloud
            203.1.2.0/24,backend,
            203.2.0.0/16,mobile,
            AS64500,hosting,Some cloud
            AS64501,hosting,
            """);
    assertThat(row(networks, "203.0.113.9").networkClass()).isEqualTo(NetworkClass.CORPORATE);
    assertThat(row(networks, "203.0.113.9").organisation()).isEqualTo("Cloud");
    assertThat(row(networks, "203.1.2.3").networkClass()).isEqualTo(NetworkClass.BACKEND);
    assertThat(row(networks, "203.1.2.3").country()).isEqualTo("GB");
    assertThat(row(networks, "203.2.2.3").networkClass()).isEqualTo(NetworkClass.MOBILE);
    assertThat(Objects.requireNonNull(networks.ofSystem(64500L)).networkClass())
        .isEqualTo(NetworkClass.VPN);
    assertThat(networks.ofSystem(64501L)).isNotNull();
    assertThat(networks.ofProvider(24940L)).isNull();
    assertThat(Networks.read(List.of()).ofRange(TestAddress.of("203.0.113.9"))).isNull();
  }

  @Test
  void saysTheClassOfAWholeRange_byARangeThatContainsIt(@TempDir Path folder) throws Exception {
    Networks networks = parseAll(folder, "cidr,class\n203.0.0.0/16,vpn\n203.1.2.3,mobile\n");
    assertThat(networks.classOf("203.0.0.0/16")).isEqualTo(NetworkClass.VPN);
    assertThat(networks.classOf("203.0.113.0/24")).isEqualTo(NetworkClass.VPN);
    assertThat(networks.classOf("203.0.0.0/15")).isNull();
    assertThat(networks.classOf("203.1.2.3")).isEqualTo(NetworkClass.MOBILE);
    assertThat(networks.classOf("2001:db8::/32")).isNull();
    assertThat(networks.classOf("nonsense")).isNull();
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        arguments("", "1 has no header"),
        arguments("203.0.113.0/24,corporate", "1 has no header"),
        arguments(
            "cidr;class;country\n203.0.113.0/24;corporate;DE",
            "1 has semicolons between its columns; save the file with commas, as cidr,class,"),
        arguments("cidr\tclass", "1 has tabs between its columns; save the file with commas"),
        arguments("class,country\nvpn,GB", "1 has no column cidr"),
        arguments("cidr,clas", "1 unknown column 'clas'; the nearest known one is class"),
        arguments(
            "cidr,accuracykm",
            "1 unknown column 'accuracykm'; the nearest known one is accuracyKm"),
        arguments("cidr,class,cidr", "1 has the column cidr twice"),
        arguments(
            "#\n\ncidr,class\n\n1.2.3.4,corp",
            "5 bad class 'corp'; write one of corporate, backend, trusted-proxy, vpn, mobile,"
                + " satellite, hosting, residential, unknown"),
        arguments("cidr,class\n,vpn", "2 has no cidr"),
        arguments("cidr\nproxy.contoso.com", "2 bad cidr 'proxy.contoso.com'"),
        arguments(
            "cidr\n203.0.113.5/24",
            "2 bad cidr '203.0.113.5/24'; write 203.0.113.0/24 for the whole range or 203.0.113.5"
                + " for the one address"),
        arguments("cidr\n2001:db8::1/32", "2 bad cidr '2001:db8::1/32'; write 2001:db8::/32"),
        arguments(
            "cidr\n203.0.113.0/33",
            "2 bad cidr '203.0.113.0/33'; write a prefix length from 0 to 32"),
        arguments("cidr\n203.0.113.0/", "2 bad cidr"),
        arguments("cidr\n203.0.113.0/024", "2 bad cidr"),
        arguments("cidr\n203.0.113.0/255.255.255.0", "2 bad cidr"),
        arguments("cidr\n::ffff:0.0.0.0/90", "2 bad cidr"),
        arguments("cidr\nAS", "2 bad network 'AS'; write it as AS64500"),
        arguments("cidr\nAS4294967296", "2 bad network"),
        arguments("cidr,asn\n1.2.3.4,AS0", "2 bad asn 'AS0'; write it as 64500 or AS64500"),
        arguments("cidr,asn\n1.2.3.4,64500.1", "2 bad asn"),
        arguments("cidr,asn\nAS64500,64501", "2 has 64501 in the column asn of the row of AS64500"),
        arguments("cidr,country\n1.2.3.4,Germany", "2 bad country 'Germany'"),
        arguments("cidr,latitude\n1.2.3.4,51", "2 latitude without longitude"),
        arguments("cidr,longitude\n1.2.3.4,51", "2 longitude without latitude"),
        arguments(
            "cidr,latitude,longitude\n1.2.3.4,90.1,0",
            "2 bad latitude '90.1'; write a number from -90 to 90"),
        arguments("cidr,latitude,longitude\n1.2.3.4,NaN,0", "2 bad latitude 'NaN'"),
        arguments("cidr,latitude,longitude\n1.2.3.4,1,-180.01", "2 bad longitude '-180.01'"),
        arguments("cidr,latitude,longitude\n1.2.3.4,1,1e2", "2 bad longitude '1e2'"),
        arguments("cidr,accuracyKm\n1.2.3.4,-1", "2 bad accuracyKm '-1'"),
        arguments("cidr,class\n1.2.3.4,vpn,GB", "2 has 3 cells, but the header has 2 columns"),
        arguments(
            "cidr\n1.2.3.4\n\n1.2.3.4/32",
            "4 1.2.3.4 is listed twice, first in line 2; keep one of the two rows"),
        arguments(
            "cidr\n1.2.3.0/24\n::ffff:1.2.3.0/120",
            "3 1.2.3.0/24 is listed twice, first in line 2"),
        arguments(
            "cidr\n2001:db8::/32\n2001:DB8:0::/32",
            "3 2001:db8::/32 is listed twice, first in line 2"),
        arguments("cidr\nAS64500\nas64500", "3 AS64500 is listed twice, first in line 2"),
        arguments("cidr,city\n1.2.3.4,\"Lon\n1.2.3.5,Paris", "2 has a cell over several lines"),
        arguments("cidr,city\n1.2.3.4,\"Lon\"don", "2"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0/0,corporate",
        "::/0,corporate",
        "128.0.0.0/7,corporate",
        "2000::/15,corporate",
        "0.0.0.0/0,backend",
        "::/0,trusted-proxy"
      })
  void warnsOfARangeThatCannotBeOneCompanys(String row) throws FileProblemException {
    assertThat(parse("cidr,class\n192.0.2.0/24,corporate\n" + row).warnings())
        .singleElement()
        .satisfies(
            warning -> {
              assertThat(warning.what())
                  .startsWith("networks.csv:3 gives the class ")
                  .contains(
                      row.substring(0, row.indexOf(',')), row.substring(row.indexOf(',') + 1));
              assertThat(warning.fix()).startsWith("write the ranges ");
            });
  }

  @Test
  void warnsOfAFileWithoutRows() throws FileProblemException {
    assertThat(parse("cidr,class\n\n# later\n").warnings())
        .singleElement()
        .satisfies(
            warning -> {
              assertThat(warning.what())
                  .startsWith("networks.csv has 0 rows, so it does not list your offices");
              assertThat(warning.fix()).contains("networks suggest", "networks import");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.0/8,corporate",
        "2000::/16,corporate",
        "fc00::/7,corporate",
        "0.0.0.0/0,unknown",
        "0.0.0.0/0,hosting",
        "0.0.0.0/0",
        "192.0.2.1,corporate",
        "AS64500,corporate"
      })
  void warnsOfNoRangeThatMakesSense(String row) throws FileProblemException {
    assertThat(parse("cidr,class\n" + row).warnings()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void refuses_whatIsWrong_andSaysWhere(String text, String message) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(FileProblemException.class)
        .hasMessageStartingWith("could not read networks: networks.csv:" + message)
        .hasMessageContaining("; ");
  }

  @Test
  void shows_whatIsWrong_boundedAndEscaped() {
    assertThatThrownBy(() -> parse("cidr\n\u001b[31m" + "x".repeat(5000)))
        .isInstanceOf(FileProblemException.class)
        .hasMessageContaining("'\\u001b[31mxxx")
        .message()
        .hasSizeLessThan(500);
  }

  @Test
  void reads_aFile_andRefusesWhatIsNone(@TempDir Path folder)
      throws IOException, FileProblemException {
    Path file = folder.resolve("networks.csv");
    assertThatThrownBy(() -> Networks.read(file))
        .hasMessage(
            "could not read networks: "
                + file
                + " does not exist; check the path, or leave it out");
    assertThatThrownBy(() -> Networks.read(folder)).hasMessageContaining("is a folder");
    Files.write(file, "cidr,city\n192.0.2.1,Z\u00fcrich\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> Networks.read(file)).hasMessageContaining("is not UTF-8");
    Files.writeString(file, "cidr,city\n192.0.2.1,Z\u00fcrich\n");
    assertThat(row(Networks.read(file), "192.0.2.1").city()).isEqualTo("Z\u00fcrich");
  }
}
