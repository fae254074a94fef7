package dev.lockstep.app.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SettingsMarkTest {
  private static final String NETWORKS = "cidr,class,name\n10.0.0.0/8,corporate,office\n";
  private static final String ESTATE =
      """
      estate:
        gateways:
          - {name: api, hosts: [a.example, b.example, c.example], frontDoorIds: [%s]}
      """
          .formatted("11111111-1111-1111-1111-111111111111");

  @TempDir Path folder;

  private String mark(String folderName, String config, String networks, Map<String, String> more)
      throws IOException {
    Path here = Files.createDirectories(folder.resolve(folderName));
    Files.writeString(here.resolve("networks.csv"), networks);
    Path file = Files.writeString(here.resolve("lockstep.yaml"), config);
    return SettingsMark.of(Config.read(file, more));
  }

  @Test
  void isTheSame_inAnotherFolder_withOtherSinksAndAddresses() throws IOException {
    String config = "networks: networks.csv\n" + ESTATE;
    String one = mark("one", config, NETWORKS, Map.of());
    assertThat(one).matches("settings-[0-9a-f]{12}");
    assertThat(mark("two", config, NETWORKS, Map.of("LOCKSTEP_KAFKA_BOOTSTRAP_SERVERS", "b:1")))
        .isEqualTo(one);
  }

  @Test
  void differs_withEachSettingThatDecidesOnFindings() throws IOException {
    String config = "networks: networks.csv\n" + ESTATE;
    List<String> marks =
        List.of(
            mark("a", config, NETWORKS, Map.of()),
            mark("b", config, NETWORKS.replace("corporate", "backend"), Map.of()),
            mark("c", ESTATE, NETWORKS, Map.of()),
            mark("d", config.replace("c.example", "d.example"), NETWORKS, Map.of()),
            mark("e", config, NETWORKS, Map.of("LOCKSTEP_RULES_PASSWORD_SPRAY_ENABLED", "false")),
            mark("f", config, NETWORKS, Map.of("LOCKSTEP_RULES_PASSWORD_SPRAY_SHADOW", "true")),
            mark("g", config, NETWORKS, Map.of("LOCKSTEP_RULES_SET_CAP", "64")),
            mark("h", config, NETWORKS, Map.of("LOCKSTEP_GEOIP_CITY", "networks.csv")),
            mark("i", config, NETWORKS, Map.of("LOCKSTEP_GEOIP_ANONYMOUS", "networks.csv")));
    Set<String> different = new HashSet<>(marks);
    assertThat(different).hasSameSizeAs(marks);
  }

  @Test
  void differs_withTheOptionalLogsThatSourcesBring_andNotWithTheirPlaces() throws IOException {
    String source =
        "sources: [{name: a, type: kafka, bootstrapServers: '%s:9092', topic: logs, brings: [%s]}]\n";
    String some = mark("a", source.formatted("b", "SignInLogs"), NETWORKS, Map.of());
    String links = mark("b", source.formatted("b", "SignInLogs, IdentityLink"), NETWORKS, Map.of());

    assertThat(links).isNotEqualTo(some);
    assertThat(mark("c", source.formatted("c", "SignInLogs"), NETWORKS, Map.of())).isEqualTo(some);
  }

  @Test
  void coversTheFolderOfPartners() throws IOException {
    Path here = Files.createDirectories(folder.resolve("here"));
    Path partners = Files.createDirectories(here.resolve("partners.d"));
    Files.writeString(partners.resolve("a.yaml"), "partners:\n  - {id: a, subscriptions: [a1]}\n");
    Path file = Files.writeString(here.resolve("lockstep.yaml"), "partners: partners.d\n");
    String one = SettingsMark.of(Config.read(file, Map.of()));

    Files.writeString(partners.resolve("b.yaml"), "partners:\n  - {id: b, subscriptions: [b1]}\n");
    String folderAlone = SettingsMark.of(Config.read(file, Map.of()));
    Files.writeString(file, "partners: partners.yaml\n");
    String missingFile = SettingsMark.of(Config.read(file, Map.of()));

    assertThat(folderAlone).isNotEqualTo(one);
    assertThat(missingFile).isEqualTo(folderAlone);
  }
}
