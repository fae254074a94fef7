package dev.lockstep.enrichment.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.enrichment.file.FileProblemException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ServiceTagsTest {

  private static final String FILE =
      """
      {"changeNumber": 363, "cloud": "Public", "later": {"a": [1]}, "values": [
        {"name": "AzureCloud", "id": "AzureCloud", "properties": {"region": "", "addressPrefixes":
          ["198.18.0.0/15", "198.18.4.0/24", "2001:db8::/32", "198.18.200.0/24"]}},
        {"name": "AzureCloud.westeurope", "properties": {"systemService": "", "addressPrefixes":
          ["198.18.0.0/15", "198.18.4.0/24", "2001:db8::/32"], "networkFeatures": ["API"]}},
        {"name": "PowerBI", "properties": {"addressPrefixes": ["198.18.4.0/24", "198.18.5.7/32"]}},
        {"name": "PowerBI.WestEurope", "properties": {"addressPrefixes": ["198.18.5.7/32"]}},
        {"name": "AppService", "properties": {"addressPrefixes": ["198.18.6.0/24"]}},
        {"name": "AppService.WestEurope", "properties": {"addressPrefixes": ["198.18.6.0/24"]}},
        {"name": "AzureFrontDoor.Frontend", "properties": {"addressPrefixes": ["198.18.7.0/24"]}},
        {"name": "AzureFrontDoor.Backend", "properties": {"addressPrefixes":
          ["198.18.4.0/24", "2001:db8:7::/48"]}}
      ]}
      """;

  private static ServiceTags parse(String text) throws FileProblemException, IOException {
    return ServiceTags.parse(
        "tags.json", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<String> rows(TagClasses classes) throws Exception {
    return parse(FILE).rows(classes).all().stream()
        .map(row -> row.cidr() + " " + row.networkClass().word() + " " + row.tag())
        .toList();
  }

  @Test
  void givesARangeOfManyTags_theClassThatTellsMost_andTheNearestTag() throws Exception {
    assertThat(rows(TagClasses.usual()))
        .containsExactly(
            "198.18.0.0/15 hosting AzureCloud.westeurope",
            "198.18.4.0/24 trusted-proxy AzureFrontDoor.Backend",
            "198.18.5.7 backend PowerBI.WestEurope",
            "198.18.200.0/24 hosting AzureCloud",
            "2001:db8::/32 hosting AzureCloud.westeurope",
            "2001:db8:7::/48 trusted-proxy AzureFrontDoor.Backend");
  }

  @Test
  void readsAPipe(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("tags.json"), FILE);
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Process writer =
        new ProcessBuilder("sh", "-c", "cat tags.json >pipe").directory(folder.toFile()).start();
    try {
      assertThat(ServiceTags.read(pipe).rows(TagClasses.usual()).all()).hasSize(6);
    } finally {
      writer.destroy();
    }
  }

  @Test
  void theOperatorsClass_goesBeforeTheUsualOne_alsoForOneRegion() throws Exception {
    assertThat(
            rows(
                TagClasses.usual()
                    .with("azurecloud", null)
                    .with("PowerBI", NetworkClass.HOSTING)
                    .with("AppService.WestEurope", NetworkClass.BACKEND)))
        .containsExactly(
            "198.18.4.0/24 hosting PowerBI",
            "198.18.5.7 hosting PowerBI.WestEurope",
            "198.18.6.0/24 backend AppService.WestEurope",
            "2001:db8:7::/48 trusted-proxy AzureFrontDoor.Backend");
  }

  @Test
  void only_leavesOutAllOthers() throws Exception {
    assertThat(rows(TagClasses.usual().only(List.of("AzureFrontDoor.Backend"))))
        .containsExactly(
            "198.18.4.0/24 trusted-proxy AzureFrontDoor.Backend",
            "2001:db8:7::/48 trusted-proxy AzureFrontDoor.Backend");
  }

  @Test
  void refusesANameThatMeansNoTag_andNamesTheNearest() throws Exception {
    ServiceTags tags = parse(FILE);
    assertThatThrownBy(() -> tags.rows(TagClasses.usual().with("PowerB", NetworkClass.VPN)))
        .isInstanceOf(FileProblemException.class)
        .hasMessage(
            "could not read service tags: tags.json has no tag 'PowerB'; the nearest one is"
                + " 'PowerBI'");
    assertThatThrownBy(() -> tags.rows(TagClasses.usual().with("Payroll", NetworkClass.VPN)))
        .hasMessageEndingWith(
            " has no tag 'Payroll'; write the name of a tag as this file spells it");
    assertThatThrownBy(() -> tags.rows(TagClasses.usual().only(List.of("AppService"))))
        .hasMessageContaining("gives no row with these tags and classes; give a class to each tag");
  }

  @Test
  void readsAChangeNumberThatIsAText_asTheDiscoveryApiGivesIt() throws Exception {
    assertThat(parse(FILE.replace("363", "\"363\"")).changeNumber()).isEqualTo(363);
  }

  @Test
  void whatItWrites_isANetworksFile_theSameWhateverTheOrderOfTags() throws Exception {
    String text = parse(FILE).rows(TagClasses.usual()).text();
    assertThat(text).startsWith(TaggedNetworks.MARK).contains("Public, change number 363\n");
    Networks networks = NetworksFile.parse("azure.csv", text);
    assertThat(networks.classOf("198.18.4.0/25")).isEqualTo(NetworkClass.TRUSTED_PROXY);
    assertThat(networks.classOf("198.19.0.1")).isEqualTo(NetworkClass.HOSTING);
    assertThat(networks.classOf("2001:db8:7:1::/64")).isEqualTo(NetworkClass.TRUSTED_PROXY);
    int backend = FILE.indexOf("  {\"name\": \"AzureFrontDoor.Backend\"");
    int cloud = FILE.indexOf("  {\"name\": \"AzureCloud\"");
    String turned =
        FILE.substring(0, cloud)
            + FILE.substring(backend, FILE.indexOf("\n]}")).stripTrailing()
            + ",\n"
            + FILE.substring(cloud, backend).stripTrailing();
    turned = turned.substring(0, turned.length() - 1) + "\n]}\n";
    assertThat(parse(turned).rows(TagClasses.usual()).text()).isEqualTo(text);
  }

  @Test
  void saysWhatIsNoRange_andGoesOn() throws Exception {
    TaggedNetworks rows =
        parse(FILE.replace("198.18.5.7/32", "198.18.5.7/33")).rows(TagClasses.usual());
    assertThat(rows.unreadable())
        .containsExactly("PowerBI '198.18.5.7/33'", "PowerBI.WestEurope '198.18.5.7/33'");
    assertThat(rows.all()).hasSize(5);
  }

  @Test
  void aNameFromOutside_breaksNoRow() throws Exception {
    String odd = FILE.replace("\"name\": \"PowerBI\"", "\"name\": \"PowerBI.,\\\"\\n#\"");
    NetworksFile.parse("azure.csv", parse(odd).rows(TagClasses.usual()).text());
  }

  @Test
  void refusesWhatIsNoServiceTags() {
    String of = "could not read service tags: tags.json";
    assertThatThrownBy(() -> parse("{\n\"changeNumber\": 99999999999999999999,\"values\":[]}"))
        .isInstanceOf(FileProblemException.class)
        .hasMessageStartingWith(of + ":2 is not JSON");
    assertThatThrownBy(() -> parse("[]"))
        .hasMessageStartingWith(of + " is not a JSON object; name");
    assertThatThrownBy(() -> parse("{}"))
        .hasMessageStartingWith(of + " names no tag under values;");
    assertThatThrownBy(() -> parse("{\n\"values\": [\n{]"))
        .isInstanceOf(FileProblemException.class)
        .hasMessageStartingWith(of + ":3 is not JSON; name");
    assertThatThrownBy(() -> parse("{\"values\": [{\"name\": \"A\""))
        .hasMessageContaining("is not JSON");
    assertThatThrownBy(() -> ServiceTags.read(Path.of("none.json")))
        .isInstanceOf(FileProblemException.class)
        .hasMessageContaining("none.json does not exist");
  }
}
