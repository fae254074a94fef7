package dev.lockstep.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.Severity;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class RuleInfoTest {
  private static RuleInfo.Builder rule() {
    return RuleInfo.of("of-absence", 1, "Of an absence")
        .about(Subject.Kind.PRINCIPAL)
        .keeps(FactKind.named("seen").declare())
        .reasons("absent")
        .severities(Severity.Low)
        .reach(1, 0);
  }

  @Test
  void refusesAGraceThatOutlastsTheFacts() {
    assertThat(rule().grace(Duration.ofDays(3_650)).done().problem())
        .hasToString(
            "its grace of PT87600H is negative, or longer than the 3 days after which its facts may"
                + " be evicted; choose another grace, or keep facts for more days with keptFor()");
    assertThat(rule().grace(Duration.ofSeconds(Long.MAX_VALUE)).done().problem()).isNotNull();
    assertThat(rule().grace(Duration.ofHours(-1)).done().problem()).isNotNull();
    assertThat(rule().grace(Duration.ofDays(3)).done().problem()).isNull();
    assertThat(rule().grace(Duration.ofHours(73)).done().problem()).isNotNull();
    assertThat(rule().grace(Duration.ofHours(73)).keptFor(6).done().problem()).isNull();
  }

  @Test
  void keepsFactsForLateEvents_alsoOfTheDaysBeside() {
    assertThat(rule().reach(0, 0).done().daysKept()).isEqualTo(4);
    assertThat(rule().reach(2, 1).done().daysKept()).isEqualTo(7);
    assertThat(rule().keptFor(4).done().daysKept()).isEqualTo(5);
    assertThat(rule().keptFor(32).done().daysKept()).isEqualTo(32);
  }

  @Test
  void refusesTheReasonOfARetraction_andIdsUnderWhichOthersCount() {
    assertThat(rule().reasons("withdrawn").done().problem())
        .hasToString(
            "its reason \"withdrawn\" is reserved for retracted findings; give the reason another"
                + " name");
    for (String taken : new String[] {"joins", "networks", "sigma"}) {
      RuleInfo.Builder one =
          RuleInfo.of(taken, 1, "One").about(Subject.Kind.PRINCIPAL).reasons("absent");
      assertThat(one.done().problem())
          .hasToString(
              "its id \""
                  + taken
                  + "\" is the name of counters that belong to no rule; choose another id");
    }
  }

  @Test
  void refusesAReachThatIsNegativeOrLongerThanAYear() {
    assertThat(rule().reach(-1, 0).done().problem())
        .hasToString(
            "its reach in days (before a judged day: -1, after: 0) is negative, or the number"
                + " of days for which it keeps facts (3) is more than 366; call reach() with numbers"
                + " of at least 0, and choose the numbers for reach() and keptFor() so that facts are"
                + " kept for at most 366 days");
    assertThat(rule().reach(0, -1).done().problem()).isNotNull();
    assertThat(rule().reach(363, 0).done().problem()).isNotNull();
    assertThat(rule().reach(362, 0).done().problem()).isNull();
    assertThat(rule().keptFor(367).done().problem()).isNotNull();
  }

  @Test
  void refusesFactsInRuns_thatARetractionCouldNotTakeApart() {
    FactKind runs = FactKind.named("call").runs(any -> 60_000).retractable().declare();
    assertThat(rule().keeps(runs).done().problem())
        .hasToString(
            "its kind of fact \"call\" combines several of retractable(), runs() and aggregates();"
                + " declare the kind with only one of these methods");
    FactKind one = FactKind.named("call").runs(any -> 60_000).minutes().declare();
    FactKind other = FactKind.named("call").retractable().declare();
    assertThat(rule().keeps(one, other).done().problem()).isNull();
  }

  @Test
  void refusesMoreKindsOfFact_thanARecordCanTellApart() {
    FactKind[] kinds = new FactKind[101];
    for (int i = 0; i < kinds.length; i++) {
      kinds[i] = FactKind.named("kind-" + i).declare();
    }
    assertThat(rule().keeps(kinds).done().problem())
        .hasToString("it declares 101 kinds of fact; declare at most 100 with keeps()");
    assertThat(rule().keeps(Arrays.copyOf(kinds, 100)).done().problem()).isNull();
  }

  @Test
  void refusesATacticOrTechniqueThatAttackDoesNotHave() {
    assertThat(rule().tactics("InitialAccess", "InhibitResponseFunction").done().problem())
        .isNull();
    assertThat(rule().tactics("InitialAccess", "Initial Acces").done().problem())
        .hasToString(
            "its tactic \"Initial Acces\" is no tactic of MITRE ATT&CK as Sentinel spells it; the"
                + " nearest known one is InitialAccess");
    assertThat(rule().tactics("Theft").done().problem())
        .asString()
        .endsWith(
            "write one of "
                + "PreAttack, Reconnaissance, ResourceDevelopment, InitialAccess,"
                + " Execution, Persistence, PrivilegeEscalation, DefenseEvasion, CredentialAccess,"
                + " Discovery, LateralMovement, Collection, CommandAndControl, Exfiltration, Impact,"
                + " ImpairProcessControl, InhibitResponseFunction");
    assertThat(rule().techniques("T1078", "T1078.004").done().problem()).isNull();
    for (String odd : new String[] {"t1078", "Valid Accounts", "T1078.4", "T1078-004", ""}) {
      assertThat(rule().techniques(odd).done().problem())
          .hasToString(
              "its technique \""
                  + odd
                  + "\" is not the id of a technique of MITRE ATT&CK; write it"
                  + " like T1078 or T1078.004");
    }
  }

  @Test
  void refusesATechniqueOfTheRightForm_thatAttackDoesNotHave() {
    assertThat(rule().techniques("T1078", "T1078.044").done().problem())
        .hasToString(
            "its technique \"T1078.044\" is no technique of MITRE ATT&CK; the nearest known one is"
                + " T1078.004");
    assertThat(rule().techniques("T9078").done().problem())
        .hasToString(
            "its technique \"T9078\" is no technique of MITRE ATT&CK; the nearest known one is"
                + " T1078");
    assertThat(rule().techniques("T1078.005", "T0801").done().problem())
        .as("a part of a later version, and a technique against industrial systems")
        .isNull();
  }
}
