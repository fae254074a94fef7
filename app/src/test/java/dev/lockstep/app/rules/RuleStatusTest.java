package dev.lockstep.app.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.doctor.CheckReport;
import dev.lockstep.app.doctor.RuleChecks;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.detections.bypass.GatewayBypass;
import dev.lockstep.detections.vault.VaultOutside;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.estate.Estate;
import dev.lockstep.enrichment.estate.Gateway;
import dev.lockstep.enrichment.estate.Vault;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.enrichment.network.Networks;
import dev.lockstep.enrichment.partner.Partners;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Settings;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RuleStatusTest {
  private static final String NO_PROXY = "network of class trusted-proxy in the networks file";
  private static final String NO_GATEWAY = "gateway with frontDoorIds in the estate";

  @Test
  void aRuleSleeps_andSaysEverythingThatIsMissing() {
    RuleStatus status = of(new GatewayBypass(), true, Enrichment.none());
    assertThat(status.runs()).isEqualTo(RuleStatus.Runs.ASLEEP);
    assertThat(status.wants()).isEqualTo(NO_PROXY + ", " + NO_GATEWAY);
    assertThat(status.text()).isEqualTo("asleep: no " + NO_PROXY + " and no " + NO_GATEWAY);
    assertThat(
            JsonText.of(
                json -> {
                  json.writeStartObject();
                  RuleStatus.write(json, List.of(status));
                  json.writeEndObject();
                }))
        .isEqualTo(
            "{\"rules\":{\"gateway-bypass\":{\"runs\":\"asleep\",\"wants\":\"%s, %s\"}}}"
                .formatted(NO_PROXY, NO_GATEWAY));
  }

  @Test
  void aGatewayThatIsNotBehindFrontDoor_wakesNothing() throws FileProblemException {
    assertThat(of(new GatewayBypass(), true, world(Set.of())).wants()).isEqualTo(NO_GATEWAY);
  }

  @Test
  void aRuleRuns_onceItsPartOfTheEstateIsThere() throws FileProblemException {
    Enrichment world = world(Set.of("55555555-aaaa-bbbb-cccc-000000000001"));
    assertThat(of(new GatewayBypass(), true, world).text()).isEqualTo("yes");
    assertThat(of(new VaultOutside(), true, world).text())
        .isEqualTo("asleep: no private vault in the estate");
  }

  @Test
  void aRuleThatIsOff_isNotAsleep() {
    assertThat(of(new VaultOutside(), false, Enrichment.none()).text()).isEqualTo("off");
  }

  @Test
  void doctorHasTheFixOfEachNeed() {
    CheckReport.Line line = RuleChecks.asleep(of(new GatewayBypass(), true, Enrichment.none()));
    assertThat(line.verdict()).isEqualTo(CheckReport.Verdict.WARN);
    assertThat(line.what()).isEqualTo("asleep: no " + NO_PROXY + " and no " + NO_GATEWAY);
    assertThat(line.fix())
        .contains("networks.csv with class trusted-proxy")
        .contains("estate.gateways");
  }

  private static Enrichment world(Set<String> frontDoorIds) throws FileProblemException {
    return Enrichment.of(
            Networks.parse("networks.csv", "cidr,class\n192.0.2.0/24,trusted-proxy\n"),
            Partners.none(),
            GeoDatabases.none())
        .with(
            Estate.of(
                List.of(new Gateway("a", Set.of("a.contoso.com"), Set.of(), frontDoorIds)),
                List.of(),
                List.of(),
                List.of(new Vault("kv", null, false))));
  }

  private static RuleStatus of(Rule rule, boolean enabled, Enrichment enrichment) {
    RuleInfo info = rule.info();
    ConfiguredRule configured =
        new ConfiguredRule(
            new RuleCatalogue.Entry(rule, info, null),
            Settings.of(info, enabled, false, 256, Map.of()),
            Map.of());
    return RuleStatus.all(List.of(configured), enrichment).get(0);
  }
}
