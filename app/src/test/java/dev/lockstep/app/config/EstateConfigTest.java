package dev.lockstep.app.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.enrichment.estate.Estate;
import dev.lockstep.enrichment.estate.Gateway;
import dev.lockstep.enrichment.estate.PrivilegedOperations;
import dev.lockstep.enrichment.estate.ProtectedApi;
import dev.lockstep.enrichment.estate.Vault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EstateConfigTest {
  private static final String APP = "11111111-2222-3333-4444-555555555555";
  private static final String WHOLE =
      """
      estate:
        gateways:
          - name: contoso-apim
            hosts: [API.contoso.com, "contoso.azure-api.net:443"]
            resourceIds: [/subscriptions/S/providers/Microsoft.ApiManagement/service/contoso-apim]
            frontDoorIds: [55555555-AAAA-bbbb-cccc-000000000001]
          - {name: inner, hosts: inner.contoso.com, frontDoorIds: []}
        apis:
          - {name: orders, appId: 11111111-2222-3333-4444-555555555555, requireManagedDevice: true}
          - {name: Stock of parts, appId: 11111111-2222-3333-4444-666666666666}
        privileged:
          - name: role-assignment
            operations: ["Add member to role*", Microsoft.Authorization/roleAssignments/write]
            roles: []
            standing: [22222222-3333-4444-5555-666666666666]
        vaults:
          - name: contoso-kv
            resourceId: /subscriptions/S/providers/Microsoft.KeyVault/vaults/contoso-kv
            private: true
          - {name: other-kv}
      """;

  @TempDir Path folder;

  @Test
  void readsEveryPart() throws IOException {
    Estate estate = read(WHOLE, Map.of()).estate();
    assertThat(estate.gateways())
        .containsExactly(
            new Gateway(
                "contoso-apim",
                Set.of("api.contoso.com", "contoso.azure-api.net"),
                Set.of("/subscriptions/s/providers/microsoft.apimanagement/service/contoso-apim"),
                Set.of("55555555-aaaa-bbbb-cccc-000000000001")),
            new Gateway("inner", Set.of("inner.contoso.com"), Set.of(), Set.of()));
    assertThat(estate.apis())
        .containsExactly(
            new ProtectedApi("orders", APP, true),
            new ProtectedApi("Stock of parts", "11111111-2222-3333-4444-666666666666", false));
    assertThat(estate.privileged())
        .containsExactly(
            new PrivilegedOperations(
                "role-assignment",
                List.of("add member to role*", "microsoft.authorization/roleassignments/write"),
                Set.of(),
                Set.of("22222222-3333-4444-5555-666666666666")));
    assertThat(estate.vaults())
        .containsExactly(
            new Vault(
                "contoso-kv",
                "/subscriptions/s/providers/microsoft.keyvault/vaults/contoso-kv",
                true),
            new Vault("other-kv", null, false));
  }

  @Test
  void reachesTheLookUpsOfRules() throws IOException {
    assertThat(Wiring.enrichment(read(WHOLE, Map.of())).estate().api(APP)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "estate:",
        "estate: {}",
        "estate: {gateways: [], apis: [], privileged: [], vaults: []}",
        "metrics: {port: 0}"
      })
  void isEmpty_whereNothingIsListed(String yaml) throws IOException {
    Estate estate = read(yaml + "\n", Map.of()).estate();
    assertThat(estate.gateways()).isEmpty();
    assertThat(estate.apis()).isEmpty();
    assertThat(estate.privileged()).isEmpty();
    assertThat(estate.vaults()).isEmpty();
  }

  @Test
  void variablesOverrideAndAddEntries() throws IOException {
    Config config =
        read(
            WHOLE,
            Map.of(
                "LOCKSTEP_ESTATE_GATEWAYS_INNER_HOSTS", "a.contoso.com, b.contoso.com",
                "LOCKSTEP_ESTATE_APIS_0_REQUIRE_MANAGED_DEVICE", "false",
                "LOCKSTEP_ESTATE_VAULTS_THIRD_KV_PRIVATE", "true"));
    assertThat(config.estate().gateways().get(1).hosts())
        .containsExactlyInAnyOrder("a.contoso.com", "b.contoso.com");
    assertThat(config.estate().apis().get(0).requireManagedDevice()).isFalse();
    assertThat(config.estate().vaults().get(2)).isEqualTo(new Vault("third-kv", null, true));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{gatways: []}|unknown key \"estate.gatways\"; the nearest known one is"
            + " \"estate.gateways\"",
        "{vaults: [{name: a, privat: true}]}|unknown key \"estate.vaults[0].privat\"; the nearest"
            + " known one is \"estate.vaults[0].private\"",
        "{gateways: [{hosts: [a.b]}]}|estate.gateways[0].name is missing; give the gateway",
        "{gateways: [{name: a}]}|estate.gateways[0].hosts is missing; give the key hosts or"
            + " resourceIds",
        "{gateways: [{name: a, hosts: []}]}|estate.gateways[0].hosts is missing; give the key",
        "{gateways: [{name: a, hosts: ['https://a.b']}]}|\"https://a.b\" is not a host name; give a"
            + " name",
        "{gateways: [{name: a, hosts: ['*.b']}]}|\"*.b\" is not a host name; give a name",
        "{gateways: [{name: a, resourceIds: [b]}]}|\"b\" is not a resource id; give the whole id",
        "{gateways: [{name: a, hosts: [c, C ]}]}|estate.gateways[0].hosts \"c\" is listed twice",
        "{gateways: [{name: a, hosts: [c]}, {name: b, hosts: ['c:443']}]}|estate.gateways[1].hosts"
            + " \"c\" is listed twice, first at",
        "{gateways: [{name: a, hosts: [c]}, {name: A, hosts: [d]}]}|estate.gateways[1].name \"A\""
            + " is listed twice",
        "{gateways: [{name: a, resourceIds: [/s/c]}, {name: b, resourceIds: [/S/C]}]}"
            + "|estate.gateways[1].resourceIds \"/s/c\" is listed twice",
        "{gateways: [{name: a, hosts: [c], frontDoorIds: [fd]}]}|frontDoorIds \"fd\" is not a GUID",
        "{apis: [{name: a}]}|estate.apis[0].appId is missing; set it to the application id",
        "{apis: [{name: a, appId: api://orders}]}|estate.apis[0].appId \"api://orders\" is not a"
            + " GUID",
        "{apis: [{name: a, appId: 00000000-0000-0000-0000-000000000000}]}|is the all-zero GUID,"
            + " which is no id; give",
        "{apis: [{name: a, appId: 11111111-2222-3333-4444-55555555555a}, {name: b, appId:"
            + " 11111111-2222-3333-4444-55555555555A}]}|estate.apis[1].appId"
            + " \"11111111-2222-3333-4444-55555555555a\" is listed twice",
        "{apis: {name: a}}|estate.apis is not a list; write each entry after a dash",
        "{privileged: [{name: a}]}|estate.privileged[0].operations is missing; name the operations",
        "{privileged: [{name: a, operations: []}]}|estate.privileged[0].operations is missing",
        "{privileged: [{name: a, operations: ['* **']}]}|\"* **\" matches every operation; name",
        "{privileged: [{name: a, operations: [' ']}]}|is empty; give it a value",
        "{privileged: [{name: a, operations: [b], standing: [me@contoso.com]}]}|is not a GUID;"
            + " give",
        "{privileged: [{name: a, operations: [b], roles: [' ']}]}|is empty; give it a value",
        "{vaults: [{name: kv}, {name: KV }]}|estate.vaults[1].name \"KV\" is listed twice",
        "{vaults: [{name: a, resourceId: /s/kv}, {name: b, resourceId: /S/kv}]}"
            + "|estate.vaults[1].resourceId \"/s/kv\" is listed twice",
        "{vaults: [{name: 'https://payments-kv.vault.azure.net/'}]}|estate.vaults[0].name"
            + " \"https://payments-kv.vault.azure.net/\" is not the name of a vault; write"
            + " payments-kv",
        "{vaults: [{name: 'https://payments-kv.vault.azure.net:443/keys/k'}]}|; write payments-kv",
        "{vaults: [{name: payments-kv.vault.azure.net, private: true}]}|; write payments-kv",
        "{vaults: [{name: /subscriptions/s/providers/Microsoft.KeyVault/vaults/Payments-kv/}]}"
            + "|is not the name of a vault; write Payments-kv",
        "{vaults: [{name: vaults/payments-kv}]}|is not the name of a vault; write payments-kv",
        "{vaults: [{name: '://'}]}|is not the name of a vault; write letters, digits",
        "{vaults: [{name: Payments vault}]}|is not the name of a vault; write letters, digits and"
            + " hyphens, as in payments-kv, or give the resourceId too",
        "{vaults: [a]}|estate.vaults[0] is not a mapping; write keys such as name on the lines"
            + " below",
      })
  void refuses_inOneLineWithPlaceAndFix(String estate, String expected) throws IOException {
    Path file = write("estate: " + estate + "\n");
    assertThatThrownBy(() -> Config.read(file, Map.of()))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining(file + ":1: ")
        .hasMessageContaining(expected)
        .message()
        .hasLineCount(1);
  }

  @Test
  void takesAnyNameOfAVault_besideItsResourceId() throws IOException {
    String vault = "{name: Payments vault, resourceId: /s/vaults/payments-kv}";
    assertThat(read("estate: {vaults: [" + vault + "]}\n", Map.of()).estate().vaults())
        .containsExactly(new Vault("payments vault", "/s/vaults/payments-kv", false));
  }

  @Test
  void namesTheLineOfBothPlaces() throws IOException {
    Path file = write("estate:\n  vaults:\n    - name: kv\n      private: true\n    - name: KV\n");
    assertThatThrownBy(() -> Config.read(file, Map.of()))
        .hasMessageContaining(file + ":5: estate.vaults[1].name")
        .hasMessageContaining("first at " + file + ":3;");
  }

  @Test
  void allProblemsAreFoundAtOnce_andNoneTwice() throws IOException {
    Path file =
        write(
            """
            estate:
              gateways:
                - {name: a, hosts: [c, "*"]}
              apis:
                - {name: b, appId: x}
                - {name: c, appId: 11111111-2222-3333-4444-555555555555}
            """);
    ConfigProblems problems = ConfigProblems.of(file, Map.of());
    assertThat(problems.found())
        .extracting(OperatorException::what)
        .containsExactly(
            "estate.gateways[0].hosts \"*\" is not a host name",
            "estate.apis[0].appId \"x\" is not a GUID");
    assertThat(problems.rest()).isNotNull();
  }

  private Config read(String yaml, Map<String, String> variables) throws IOException {
    return Config.read(write(yaml), variables);
  }

  private Path write(String yaml) throws IOException {
    return Files.writeString(folder.resolve("lockstep.yaml"), yaml, UTF_8);
  }
}
