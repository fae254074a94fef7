package dev.lockstep.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration of the walk through Azure is one, and fits what the templates make. */
final class AzureWalkTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path WALK = Path.of("..", "docs", "azure.md");
  private static final Path DEPLOY = Path.of("..", "deploy");

  @Test
  void itsConfigurationReadsTheHubsOfTheTemplateAndSendsToItsStream(@TempDir Path folder)
      throws IOException {
    Config config = ConfigReader.read(write(folder), Map.of());
    List<String> hubs = new ArrayList<>();
    template("azure", "hubs.json")
        .at("/parameters/hubs/defaultValue")
        .forEach(hub -> hubs.add(hub.asText()));
    assertThat(config.sources()).hasSize(7);
    for (Config.Source source : config.sources()) {
      assertThat(hubs).contains(source.hub());
      assertThat(source.auth()).isEqualTo(Config.Auth.MANAGED_IDENTITY);
    }
    Config.Sentinel sentinel = config.sentinel();
    assertThat(sentinel).isNotNull();
    List<String> streams = new ArrayList<>();
    for (JsonNode resource : template("sentinel", "data.json").path("resources")) {
      resource.at("/properties/streamDeclarations").fieldNames().forEachRemaining(streams::add);
    }
    if (sentinel != null) {
      assertThat(streams).contains(sentinel.stream());
    }
  }

  private static JsonNode template(String folder, String name) throws IOException {
    return JSON.readTree(
        Files.readString(DEPLOY.resolve(folder).resolve(name), StandardCharsets.UTF_8));
  }

  private static Path write(Path folder) throws IOException {
    String walk = Files.readString(WALK, StandardCharsets.UTF_8);
    String from = "```yaml\n";
    int start = walk.indexOf(from) + from.length();
    String yaml =
        walk.substring(start, walk.indexOf("```", start))
            .replace("https://….", "https://lockstep-abcd.westeurope-1.")
            .replace("dcr-…", "dcr-00000000000000000000000000000000")
            .replace("NAME.", "contoso.")
            .replace("CLIENT_ID", "11111111-2222-3333-4444-555555555555");
    Files.createFile(folder.resolve("GeoLite2-City.mmdb"));
    Files.createFile(folder.resolve("GeoLite2-ASN.mmdb"));
    Files.writeString(folder.resolve("networks.csv"), "cidr,class\n", StandardCharsets.UTF_8);
    Files.writeString(folder.resolve("azure.csv"), "cidr,class\n", StandardCharsets.UTF_8);
    Files.writeString(folder.resolve("partners.yaml"), "partners: []\n", StandardCharsets.UTF_8);
    return Files.writeString(folder.resolve("lockstep.yaml"), yaml, StandardCharsets.UTF_8);
  }
}
