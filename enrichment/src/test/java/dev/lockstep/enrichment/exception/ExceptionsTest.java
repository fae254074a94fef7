package dev.lockstep.enrichment.exception;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.network.NamedNetwork;
import dev.lockstep.enrichment.partner.Partners;
import dev.lockstep.enrichment.partner.PartnersFile;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ExceptionsTest {

  private static final List<String> RULES = List.of("impossible-travel", "partner-ip-drift");

  private static final String THREE =
      """
      exceptions:
        - id: ana-vpn
          rule: impossible-travel
          principal: AAAAAAAA-0000-0000-0000-00000000000A
          network: as64511/de
          reason: signs in through the vendor's VPN   # ticket 17
          owner: soc@contoso.test
          expires: 2026-12-31
        - {rule: partner-ip-drift, partner: Fabrikam, reason: moves, owner: ops, expires: "2026-12-31T12:00:00+02:00"}
        - {rule: impossible-travel, network: 198.51.100.0/24, reason: lab, owner: ops, expires: 2027-01-01T00:00:00Z}
      """;

  private static Exceptions parse(String text) throws FileProblemException {
    Partners partners = PartnersFile.parse(Map.of("partners.yaml", "partners: [{id: fabrikam}]"));
    return ExceptionsFile.parse(Map.of("exceptions.yaml", text), RULES, partners);
  }

  private static long at(String instant) {
    return Instant.parse(instant).toEpochMilli();
  }

  @Test
  void givesAnEntryAnIdThatNoOtherHas_ofAtMost64Characters() {
    ExceptionEntry first =
        new ExceptionEntry("r".repeat(64), "rule", "ana", null, null, "reason", "owner", 0);
    ExceptionEntry second = Exceptions.of(List.of(first)).withUnusedId(first);
    ExceptionEntry third = Exceptions.of(List.of(first, second)).withUnusedId(first);
    assertThat(second.id()).isEqualTo("r".repeat(62) + "-2");
    assertThat(third.id()).isEqualTo("r".repeat(62) + "-3");
    assertThat(Exceptions.none().withUnusedId(first)).isEqualTo(first);
    assertThat(Exceptions.of(List.of(second)).ofSame(first)).isEqualTo(second);
    assertThat(Exceptions.none().ofSame(first)).isNull();
  }

  @Test
  void reads_everyKey() throws FileProblemException {
    ExceptionEntry ana = Objects.requireNonNull(parse(THREE).byId("ana-vpn"));
    assertThat(ana.rule()).isEqualTo("impossible-travel");
    assertThat(ana.principal()).isEqualTo("aaaaaaaa-0000-0000-0000-00000000000a");
    assertThat(ana.partner()).isNull();
    assertThat(String.valueOf(ana.network())).isEqualTo("AS64511/DE");
    assertThat(ana.reason()).isEqualTo("signs in through the vendor's VPN");
    assertThat(ana.owner()).isEqualTo("soc@contoso.test");
    assertThat(ana.expiresAt()).isEqualTo(at("2026-12-31T00:00:00Z"));
    assertThat(parse(THREE).of("partner-ip-drift"))
        .singleElement()
        .satisfies(
            entry -> {
              assertThat(entry.partner()).isEqualTo("fabrikam");
              assertThat(entry.expiresAt()).isEqualTo(at("2026-12-31T10:00:00Z"));
            });
    assertThat(parse(THREE).all()).hasSize(3);
  }

  @Test
  void derivesAnId_fromWhatIsNamedOnly() throws FileProblemException {
    String one = parse(THREE).all().get(1).id();
    String later =
        THREE.replace("reason: moves", "reason: moved").replace("2026-12-31", "2027-01-01");
    assertThat(one).startsWith("partner-ip-drift-").hasSize("partner-ip-drift-".length() + 8);
    assertThat(parse(later).all().get(1).id()).isEqualTo(one);
    assertThat(parse(THREE).all().get(2).id()).startsWith("impossible-travel-");
  }

  @ParameterizedTest
  @CsvSource({
    "impossible-travel, AAAAAAAA-0000-0000-0000-00000000000a, 2026-12-30T23:59:59.999Z, true",
    "impossible-travel, aaaaaaaa-0000-0000-0000-00000000000a, 2026-12-31T00:00:00Z, false",
    "impossible-travel, bbbbbbbb-0000-0000-0000-00000000000a, 2026-11-01T00:00:00Z, false",
    "token-replay, aaaaaaaa-0000-0000-0000-00000000000a, 2026-11-01T00:00:00Z, false",
  })
  void names_itsRuleItsPrincipalUntilItEnds(
      String rule, String principal, String end, boolean named) throws FileProblemException {
    ExceptionEntry ana = Objects.requireNonNull(parse(THREE).byId("ana-vpn"));
    assertThat(ana.names(rule, principal, null, at(end))).isEqualTo(named);
  }

  @Test
  void aFindingWithoutAPrincipal_isNobodysException() throws FileProblemException {
    ExceptionEntry ana = Objects.requireNonNull(parse(THREE).byId("ana-vpn"));
    assertThat(ana.names("impossible-travel", null, null, 0)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "AS64511/DE, 192.0.2.1, 64511, DE, true",
    "AS64511/DE, 192.0.2.1, 64511, FR, false",
    "AS64511/DE, 192.0.2.1, 64511, , false",
    "AS64511, 192.0.2.1, 64511, , true",
    "AS64511, 192.0.2.1, , DE, false",
    "198.51.100.0/24, 198.51.100.9, , , true",
    "198.51.100.0/24, ::ffff:198.51.100.9, 64511, , true",
    "198.51.100.0/24, 198.51.101.9, 64511, , false",
    "198.51.100.0/24, , 64511, , false",
    "2001:db8:5::/48, 2001:db8:5:6::1, , , true",
  })
  void aNetwork_containsWhatIsKnownToBeInIt(
      String network, String address, Long asn, String country, boolean contained) {
    NamedNetwork named = Objects.requireNonNull(NamedNetwork.parse(network));
    assertThat(named.contains(Address.parse(address), asn, country)).isEqualTo(contained);
    assertThat(NamedNetwork.parse(named.toString())).isEqualTo(named);
  }

  @Test
  void aFileWithoutEntries_exceptsNothing() throws FileProblemException {
    assertThat(parse("").all()).isEmpty();
    assertThat(parse("# none yet\n").all()).isEmpty();
    assertThat(parse("exceptions:\n").all()).isEmpty();
  }

  private static String with(String line) {
    return """
    exceptions:
      - rule: impossible-travel
        principal: ana
        reason: travels
        owner: soc
        expires: 2026-12-31
    """
        + line;
  }

  private static String problem(String text) {
    FileProblemException[] caught = new FileProblemException[1];
    assertThatThrownBy(() -> parse(text))
        .isInstanceOfSatisfying(FileProblemException.class, problem -> caught[0] = problem);
    return String.valueOf(Objects.requireNonNull(caught[0]).getMessage());
  }

  @Test
  void refuses_anEternalException() {
    assertThat(problem(with("").replace("    expires: 2026-12-31\n", "")))
        .startsWith("could not read exceptions: exceptions.yaml:2 exception without expires;")
        .contains("every exception needs an end", "expires: 2026-12-31");
    assertThat(problem(with("").replace("2026-12-31", "never")))
        .startsWith("could not read exceptions: exceptions.yaml:6 bad time 'never';");
  }

  @Test
  void refuses_anExceptionFromAWholeRule() {
    assertThat(problem(with("").replace("    principal: ana\n", "")))
        .startsWith("could not read exceptions: exceptions.yaml:2 exception for all findings of")
        .contains("enabled: false");
  }

  @Test
  void refuses_whatNobodyAnswersFor() {
    assertThat(problem(with("").replace("    owner: soc\n", ""))).contains("without owner");
    assertThat(problem(with("").replace("    reason: travels\n", ""))).contains("without reason");
  }

  @Test
  void refuses_anUnknownRule_andNamesTheRules() {
    assertThat(problem(with("").replace("impossible-travel", "impossible-travl")))
        .isEqualTo(
            "could not read exceptions: exceptions.yaml:2 unknown rule 'impossible-travl'; the"
                + " nearest known one is impossible-travel; the rules are impossible-travel,"
                + " partner-ip-drift");
    assertThat(problem(with("").replace("impossible-travel", "spray")))
        .endsWith(" unknown rule 'spray'; the rules are impossible-travel, partner-ip-drift");
  }

  @Test
  void refuses_anUnknownPartnerOrNetwork() {
    assertThat(problem(with("    partner: fabricam\n")))
        .contains(
            ":7 unknown partner 'fabricam'; write the id of a partner in the registry, such as the"
                + " nearest one, 'fabrikam'");
    assertThat(problem(with("    partner: contoso\n")))
        .endsWith(":7 unknown partner 'contoso'; write the id of a partner in the registry");
    assertThat(problem(with("    network: AS64500/Germany\n")))
        .contains(":7 bad network 'AS64500/Germany'; write it as AS64500 or AS64500/DE");
    assertThat(problem(with("    network: 198.51.100.7/24\n")))
        .contains(":7 bad network", "198.51.100.0/24");
  }

  @Test
  void refuses_anUnknownKey_andNamesTheNearest() {
    assertThat(problem(with("    expire: 2026-12-31\n")))
        .contains(":7 unknown key 'expire'; the nearest known one is expires");
  }

  @Test
  void refuses_theSameTwice() {
    String again =
        "  - {id: other, rule: impossible-travel, principal: ANA, reason: x, owner: y, expires: 2027-01-01}\n";
    assertThat(problem(with(again)))
        .contains(":7 exception for the same findings as the exception in line 2;");
    String withoutIds =
        "  - {rule: impossible-travel, principal: b, reason: x, owner: y, expires: 2027-01-01}\n";
    assertThat(problem(with(withoutIds + withoutIds)))
        .contains(":8 exception for the same findings as the exception in line 7;");
    String sameId =
        """
          - {id: a, rule: impossible-travel, principal: b, reason: x, owner: y, expires: 2027-01-01}
          - {id: a, rule: impossible-travel, principal: c, reason: x, owner: y, expires: 2027-01-01}
        """;
    assertThat(problem(with(sameId))).contains(":8 id 'a' is used twice, first in line 7;");
    assertThat(problem(with("    id: not a word\n"))).contains(":7 bad id 'not a word';");
  }

  @Test
  void writesAnExpiry_thatItReadsAgain() throws FileProblemException {
    for (String expiry :
        List.of("2026-12-31T00:00:00Z", "2026-12-31T12:00:00Z", "+12026-12-31T00:00:00Z")) {
      ExceptionEntry entry =
          new ExceptionEntry(
              "a", "impossible-travel", "b", null, null, "reason", "owner", at(expiry));
      String text = "exceptions:\n  - " + String.join("\n    ", Exceptions.lines(entry)) + "\n";
      assertThat(parse(text).all()).containsExactly(entry);
    }
  }

  @Test
  void saysWhichFile_whereThereIsNone() {
    assertThatThrownBy(() -> Exceptions.read(Path.of("no-such.yaml"), RULES, Partners.none()))
        .isInstanceOf(FileProblemException.class)
        .hasMessageStartingWith("could not read exceptions: no-such.yaml does not exist;");
  }
}
