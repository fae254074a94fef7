package dev.lockstep.enrichment.estate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EstateTest {
  private static final String APIM =
      "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/contoso-apim";
  private static final String VAULTS =
      "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/";

  private final Gateway gateway =
      new Gateway(
          "contoso-apim",
          Set.of("API.contoso.com", "contoso.azure-api.net"),
          Set.of(APIM),
          Set.of("55555555-AAAA-bbbb-cccc-000000000001"));
  private final Estate estate =
      Estate.of(
          List.of(gateway),
          List.of(new ProtectedApi("orders", "11111111-2222-3333-4444-55555555555A", true)),
          List.of(
              new PrivilegedOperations(
                  "role-assignment",
                  List.of("Add member to role*", "Microsoft.Authorization/roleAssignments/write"),
                  Set.of(),
                  Set.of("22222222-3333-4444-5555-66666666666A")),
              new PrivilegedOperations("roles", List.of("*role*"), Set.of("Owner"), Set.of())),
          List.of(
              new Vault("contoso-kv", null, true), new Vault("other", VAULTS + "Other", false)));

  @Test
  void findsAGateway_byItsResource_elseByItsHost() {
    assertThat(estate.gatewayOf(APIM.toUpperCase(java.util.Locale.ROOT), null)).isEqualTo(gateway);
    assertThat(estate.gatewayOf("/another", "api.Contoso.com")).isEqualTo(gateway);
    assertThat(estate.gatewayOf(null, "api.fabrikam.com")).isNull();
    assertThat(estate.gatewayOf(null, null)).isNull();
    assertThat(gateway.isBehind(" 55555555-aaaa-BBBB-cccc-000000000001 ")).isTrue();
  }

  @Test
  void findsAVault_byItsResource_elseByTheLastSegment() {
    assertThat(estate.vault(VAULTS + "CONTOSO-KV")).isEqualTo(estate.vaults().get(0));
    assertThat(estate.vault(VAULTS.toLowerCase(java.util.Locale.ROOT) + "other"))
        .isEqualTo(estate.vaults().get(1));
    assertThat(estate.vault("/elsewhere/other")).isNull();
  }

  @Test
  void takesTheFirstPrivilegedOperationsThatMatch() {
    assertThat(name("Add member to role completed (PIM activation)")).isEqualTo("role-assignment");
    assertThat(name("microsoft.authorization/ROLEASSIGNMENTS/write")).isEqualTo("role-assignment");
    assertThat(name("Remove member from role")).isEqualTo("roles");
    assertThat(name("Update user")).isNull();
    assertThat(estate.privileged(null)).isNull();
  }

  private @Nullable String name(String operation) {
    PrivilegedOperations found = estate.privileged(operation);
    return found == null ? null : found.name();
  }

  @ParameterizedTest
  @CsvSource({
    "a*c, abc, true",
    "a*c, ac, true",
    "a*c, abcd, false",
    "*, '', true",
    "a*b*c, aXbYbZc, true",
    "a*b*c, aXcYb, false",
    "**a**, banana, true",
    "a, A, false"
  })
  void matchesTheWholeText(String pattern, String text, boolean matches) {
    assertThat(PrivilegedOperations.matches(pattern, text)).isEqualTo(matches);
  }
}
