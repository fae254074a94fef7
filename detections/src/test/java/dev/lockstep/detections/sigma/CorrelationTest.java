package dev.lockstep.detections.sigma;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.kit.LocalEngine;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.sigma.correlation.GroupDay;
import dev.lockstep.detections.sigma.correlation.Hit;
import dev.lockstep.detections.sigma.correlation.HitFinder;
import dev.lockstep.detections.sigma.correlation.Member;
import dev.lockstep.detections.sigma.correlation.WindowCondition;
import dev.lockstep.detections.sigma.document.CorrelationDocument;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Aggregate;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.EventReference;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.DetectionText;
import dev.lockstep.schemas.Evidence;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.RawFieldsWriter;
import dev.lockstep.schemas.Where;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Correlations of each type on short histories, after the examples of the specification. */
final class CorrelationTest {
  private static final String TIME = "2026-11-19T10:00:00Z";
  private static final long START = ActivityBuilder.at(TIME);

  private static String rule(String name, String action) {
    return """
    title: Rule %s
    name: %s
    logsource: {product: azure, service: auditlogs}
    detection:
      selection:
        properties.action: %s
      condition: selection
    ---
    """
        .formatted(name, name, action);
  }

  private static String correlation(String name, String body) {
    return "title: Correlation %s\nname: %s\nlevel: high\ncorrelation:\n%s"
        .formatted(name, name, body.indent(2));
  }

  private static int ids; // distinguishes events

  private static Activity event(String action, int seconds, String user, Object... further) {
    ActivityBuilder builder =
        ActivityBuilder.event(ActivityKind.AUDIT, "AuditLogs", START + seconds * 1_000L)
            .id("id" + ids++)
            .raw("properties.action", action)
            .raw("properties.user", user);
    for (int i = 0; i < further.length; i += 2) {
      builder.raw("properties." + further[i], further[i + 1]);
    }
    return builder.build();
  }

  private static String manyFailed(String group, int least) {
    return rule("failed", "failed_logon")
        + correlation(
            "many_failed",
            """
            type: event_count
            rules: [failed]
            group-by: [%s]
            timespan: 5m
            condition: {gte: %d}
            """
                .formatted(group, least));
  }

  private static List<Detection> findings(String yaml, Activity... events) {
    LocalEngine engine = SigmaRun.engine(SigmaRun.rules(yaml));
    for (Activity event : events) {
      engine.enter(event);
    }
    engine.advance(START + Duration.ofHours(30).toMillis());
    return engine.findings();
  }

  @Test
  void counts_failedLogonsOfAUser() {
    String yaml =
        rule("failed", "failed_logon")
            + correlation(
                "bruteforce",
                """
                type: event_count
                rules: [failed]
                group-by: [properties.user]
                timespan: 5m
                condition: {gte: 3}
                """);

    List<Detection> findings =
        findings(
            yaml,
            event("failed_logon", 0, "Ann"),
            event("failed_logon", 100, "ANN"),
            event("failed_logon", 200, "bob"),
            event("failed_logon", 300, "ann"),
            event("failed_logon", 500, "ann"));

    assertThat(findings).hasSize(1);
    Detection found = findings.get(0);
    assertThat(found.getGroup()).isEqualTo(Map.of("properties.user", "ann"));
    assertThat(found.getCount()).isEqualTo(3);
    assertThat(found.getReason()).isEqualTo("event-count");
    assertThat(found.getStartTime()).isEqualTo(START);
    assertThat(found.getEndTime()).isEqualTo(START + 300_000);
    assertThat(found.getEvidence()).hasSize(3);
    assertThat(DetectionText.replaced(found, text -> text.replace("ann", "person")).getGroup())
        .isEqualTo(Map.of("properties.user", "person"));
  }

  private static final String COUNTED =
      rule("failed", "failed_logon")
          + correlation(
              "counted",
              """
              type: event_count
              rules: [failed]
              group-by: [properties.user]
              timespan: 5m
              condition: {gte: 2}
              """);

  private static Activity from(@Nullable String address, Activity event) {
    event.setAddress(address);
    return event;
  }

  private static List<Object> addresses(Detection found) {
    return found.getEntities().stream()
        .map(entity -> (Object) entity.get("Address"))
        .filter(Objects::nonNull)
        .toList();
  }

  @Test
  void namesTheAddressesOfAllEvents_thoughTheEarliestHasNone() {
    List<Detection> findings =
        findings(
            COUNTED,
            from(null, event("failed_logon", 0, "ann")),
            from("8.8.8.8", event("failed_logon", 10, "ann")));

    assertThat(addresses(findings.get(0))).containsExactly("8.8.8.8");
  }

  @Test
  void namesTheAddressOfAnEvent_whichIsKnownOnlyInItsLastForm() {
    Activity without = event("failed_logon", 0, "ann");
    Activity with = Activity.newBuilder(without).setAddress("8.8.8.8").build();
    Activity other = event("failed_logon", 10, "ann");
    LocalEngine late = SigmaRun.engine(SigmaRun.rules(COUNTED));
    late.enter(formOf(without, true));
    late.enter(other);
    late.retract(formOf(without, true));
    late.enter(formOf(with, false));
    LocalEngine early = SigmaRun.engine(SigmaRun.rules(COUNTED));
    early.enter(formOf(with, false));
    early.enter(other);

    assertThat(addresses(late.findings().get(0))).containsExactly("8.8.8.8");
    assertThat(late.findings().get(0).getEvidence())
        .isEqualTo(early.findings().get(0).getEvidence())
        .extracting(Evidence::getIp)
        .contains("8.8.8.8");
  }

  private static Event formOf(Activity activity, boolean provisional) {
    return new Event(activity, Enrichment.none(), Event.Claims.ABSENT, true, provisional);
  }

  private static final String TWO =
      rule("login", "login")
          + correlation(
              "two",
              """
              type: event_count
              rules: [login]
              group-by: [properties.user]
              timespan: 5m
              condition: {eq: 2}
              """);

  @Test
  void waitsAnHourFromTheArrivalOfTheLastEvent() {
    LocalEngine engine = SigmaRun.engine(SigmaRun.rules(TWO));
    engine.enter(event("login", 0, "ann"));
    engine.enter(event("login", 60, "ann"));
    engine.advance(START + 60_000 + Duration.ofMinutes(59).toMillis());
    assertThat(engine.findings()).isEmpty();
    engine.advance(START + 60_000 + Duration.ofMinutes(60).toMillis());
    assertThat(engine.findings()).hasSize(1);
  }

  @Test
  void waitsForNoFurtherArrival_whereTheHourIsOverByAnotherSource() {
    LocalEngine engine = SigmaRun.engine(SigmaRun.rules(TWO));
    engine.advanceGrace(START + Duration.ofHours(3).toMillis());
    engine.enter(event("login", 0, "ann"));
    engine.enter(event("login", 60, "ann"));
    assertThat(engine.findings()).hasSize(1);
  }

  @Test
  void waitsForNoFurtherArrival_afterAKill() {
    LocalEngine engine = SigmaRun.engine(SigmaRun.rules(TWO));
    engine.enter(event("login", 0, "ann"));
    engine.enter(event("login", 60, "ann"));
    engine.startAnew();
    engine.sweep();
    assertThat(engine.findings()).isEmpty();
    engine.advanceGrace(START + Duration.ofHours(3).toMillis());
    assertThat(engine.findings()).hasSize(1);
  }

  @Test
  void findsWhatWaits_whenTheWatermarkIsFirstKnownDaysLater() {
    LocalEngine engine = SigmaRun.engine(SigmaRun.rules(TWO));
    engine.enter(event("login", 0, "ann"));
    engine.enter(event("login", 60, "ann"));
    engine.advance(START + Duration.ofDays(20).toMillis());
    engine.sweep();
    assertThat(engine.findings()).hasSize(1);
  }

  @Test
  void findsWhatIsReadLate_beforeItIsEvicted() {
    LocalEngine engine = SigmaRun.engine(SigmaRun.rules(TWO));
    engine.advanceGrace(START + Duration.ofDays(20).toMillis());
    engine.enter(event("login", 0, "ann"));
    engine.enter(event("login", 60, "ann"));
    engine.advance(START + Duration.ofDays(20).toMillis());
    engine.sweep();
    assertThat(engine.findings()).hasSize(1);
  }

  @Test
  void retractsNothing_ofEventsThatAreReadLateTogether() {
    LocalEngine engine = SigmaRun.engine(SigmaRun.rules(TWO));
    engine.advanceGrace(START + Duration.ofHours(3).toMillis());
    engine.enter(event("login", 60, "ann"));
    engine.enter(event("login", 60, "ann"));
    engine.enter(event("login", 0, "ann"));
    assertThat(engine.findings()).isEmpty();
    assertThat(engine.retracted()).isZero();
  }

  @Test
  void countsDistinctTuples_withoutEventsThatLackAField() {
    String yaml =
        rule("enumeration", "query")
            + correlation(
                "many",
                """
                type: value_count
                rules: [enumeration]
                group-by: [properties.user]
                timespan: 15m
                condition:
                  gt: 2
                  field: [properties.group, properties.host]
                """);

    assertThat(
            findings(
                yaml,
                event("query", 0, "ann", "group", "a", "host", "x"),
                event("query", 1, "ann", "group", "A", "host", "X"),
                event("query", 2, "ann", "group", "a", "host", "y"),
                event("query", 3, "ann", "group", "b")))
        .isEmpty();
    assertThat(
            findings(
                yaml,
                event("query", 0, "ann", "group", "a", "host", "x"),
                event("query", 2, "ann", "group", "a", "host", "y"),
                event("query", 3, "ann", "group", "b", "host", "y")))
        .extracting(Detection::getCount)
        .containsExactly(3);
  }

  @Test
  void meets_byAliasesOfDifferentFields() {
    String yaml =
        rule("internal_error", "error")
            + rule("new_connection", "connection")
            + correlation(
                "meeting",
                """
                type: temporal
                rules: [internal_error, new_connection]
                group-by: [address]
                timespan: 10s
                aliases:
                  address:
                    internal_error: properties.destination
                    new_connection: properties.source
                """);

    assertThat(
            findings(
                yaml,
                event("connection", 8, "-", "source", "10.0.0.1", "destination", "10.0.0.9"),
                event("error", 0, "-", "source", "10.0.0.9", "destination", "10.0.0.1"),
                event("error", 30, "-", "destination", "10.0.0.2"),
                event("connection", 41, "-", "source", "10.0.0.2")))
        .extracting(Detection::getGroup)
        .containsExactly(Map.of("address", "10.0.0.1"));
  }

  @Test
  void chains_manyFailuresBeforeASuccess() {
    String yaml =
        rule("failed", "failed_logon")
            + rule("success", "logon")
            + correlation(
                "many_failed",
                """
                type: event_count
                rules: [failed]
                group-by: [properties.user]
                timespan: 5m
                condition: {gte: 2}
                """)
            + "---\n"
            + correlation(
                "then_success",
                """
                type: temporal_ordered
                rules: [many_failed, success]
                group-by: [properties.user]
                timespan: 10m
                """);
    Activity[] broken = {
      event("failed_logon", 0, "ann"),
      event("failed_logon", 60, "ann"),
      event("logon", 200, "ann"),
      event("logon", 0, "bob"),
      event("failed_logon", 10, "bob"),
      event("failed_logon", 20, "bob"),
      event("failed_logon", 30, "cid"),
      event("logon", 40, "cid")
    };

    List<Detection> findings = findings(yaml, broken);

    assertThat(findings).extracting(Detection::getRule).containsExactly("rules");
    assertThat(findings)
        .extracting(Detection::getGroup)
        .containsExactly(Map.of("properties.user", "ann"));
    assertThat(findings(yaml.replace("timespan: 10m", "timespan: 10m\n  generate: true"), broken))
        .hasSizeGreaterThan(1);
  }

  @Test
  void addsEachNumberOfAList_alsoOneThatComesTwice() {
    String yaml =
        rule("transfer", "transfer")
            + correlation(
                "much",
                """
                type: value_sum
                rules: [transfer]
                group-by: [properties.user]
                timespan: 1h
                condition: {gte: 1, field: properties.size}
                """);
    Activity first =
        ActivityBuilder.event(ActivityKind.AUDIT, "AuditLogs", START)
            .id("numbers")
            .raw("properties.action", "transfer")
            .raw("properties.user", "ann")
            .raw("properties.size", 5, 5, "5.0", 200)
            .build();
    Activity copy =
        ActivityBuilder.event(ActivityKind.AUDIT, "AuditLogs", START)
            .id("numbers")
            .raw("properties.action", "transfer")
            .raw("properties.user", "ann")
            .raw("properties.size", 200, 5, 5, 5)
            .build();

    assertThat(findings(yaml, first)).extracting(Detection::getCount).containsExactly(215);
    assertThat(findings(yaml, first, copy)).extracting(Detection::getCount).containsExactly(215);
  }

  @Test
  void namesThePrincipalOfItsGroup_asItsEventsDo() {
    String yaml = manyFailed("lockstep.principal.id", 2);
    Activity[] events = {event("failed_logon", 0, "-"), event("failed_logon", 60, "-")};
    Principal principal = new Principal("Fabrikam-Prod", null, "subscription");
    for (Activity event : events) {
      event.setPrincipal(principal);
    }

    Detection found = findings(yaml, events).get(0);
    assertThat(found.getPrincipal()).isEqualTo(principal);
    assertThat(found.getGroup()).isEqualTo(Map.of("lockstep.principal.id", "fabrikam-prod"));
  }

  @Test
  void namesTheUser_ifTheGroupHasEventsOfNobodyElse() {
    String yaml = manyFailed("properties.user", 3);
    String[] names = {null, "b.ng@contoso.com", "a.ng@contoso.com"};
    Activity[] events = new Activity[names.length];
    for (int i = 0; i < events.length; i++) {
      events[i] = event("failed_logon", 60 * i, "-");
      events[i].setPrincipal(new Principal("0b1", names[i], "user"));
    }

    Detection found = findings(yaml, events).get(0);
    assertThat(found.getPrincipal()).isEqualTo(new Principal("0b1", "a.ng@contoso.com", "user"));
    assertThat(found.getEntities())
        .contains(
            Map.of(
                "kind", "Account", "AadUserId", "0b1", "Name", "a.ng", "UPNSuffix", "contoso.com"));
    assertThat(findings(yaml, events[2], events[0], events[1])).containsExactly(found);

    events[1].setPrincipal(new Principal("0b2", "b.ng@contoso.com", "user"));
    assertThat(findings(yaml, events).get(0).getPrincipal()).isNull();
  }

  @Test
  void countsIdsOfSubscriptionsThatDifferInCaseAsOneGroup_inAnyOrder() {
    String yaml = manyFailed("lockstep.principal.id", 3);
    List<String> ids = List.of("fabrikam-prod", "Fabrikam-Prod", "FABRIKAM-prod");
    Activity[] events = new Activity[3];
    for (int i = 0; i < events.length; i++) {
      events[i] = event("failed_logon", 60 * i, "-");
      events[i].setPrincipal(new Principal(ids.get(i), null, "subscription"));
    }

    List<Detection> found = findings(yaml, events);
    assertThat(found).extracting(Detection::getCount).containsExactly(3);
    assertThat(found.get(0).getGroup()).isEqualTo(Map.of("lockstep.principal.id", "fabrikam-prod"));
    assertThat(found.get(0).getPrincipal())
        .as("the smallest spelling")
        .isEqualTo(new Principal("FABRIKAM-prod", null, "subscription"));
    assertThat(findings(yaml, events[2], events[0], events[1])).isEqualTo(found);
  }

  @ParameterizedTest
  @ValueSource(strings = {"acme, prod", "who?", "9,9"})
  void chains_hitsOfAPrincipal_whateverItsIdIs(String principal) {
    String yaml =
        rule("failed", "failed_logon")
            + rule("success", "logon")
            + correlation(
                "many_failed",
                """
                type: event_count
                rules: [failed]
                group-by: [lockstep.principal.id]
                timespan: 5m
                condition: {gte: 2}
                """)
            + "---\n"
            + correlation(
                "then_success",
                """
                type: temporal_ordered
                rules: [many_failed, success]
                group-by: [lockstep.principal.id]
                timespan: 10m
                """);
    Activity[] events = {
      event("failed_logon", 0, "-"), event("failed_logon", 60, "-"), event("logon", 200, "-")
    };
    for (Activity event : events) {
      event.setPrincipal(new Principal(principal, null, "subscription"));
    }

    assertThat(findings(yaml, events)).extracting(Detection::getCount).containsExactly(2);
  }

  @Test
  void chains_hitsThatMoreEventsDoNotUndo() {
    String yaml =
        rule("failed", "failed_logon")
            + correlation(
                "burst",
                """
                type: event_count
                rules: [failed]
                group-by: [properties.user]
                timespan: 1m
                condition: {gte: 20}
                """)
            + "---\n"
            + correlation(
                "bursts",
                """
                type: event_count
                rules: [burst]
                group-by: [properties.user]
                timespan: 1h
                condition: {gte: 2}
                """);
    LocalEngine engine = SigmaRun.engine(SigmaRun.rules(yaml));
    for (int i = 0; i < 21; i++) {
      engine.enter(event("failed_logon", i, "ann"));
    }
    assertThat(engine.findings()).hasSize(1);

    for (int i = 0; i < 2 * GroupDay.MOST; i++) {
      engine.enter(event("failed_logon", 60 + 5 * i, "ann"));
    }
    engine.write();
    engine.restart();
    engine.enter(event("failed_logon", 100, "ann"));

    assertThat(engine.findings()).hasSize(1);
    assertThat(engine.retracted()).isZero();
  }

  @Test
  void waits_forAnHourWithoutAChange_andRetractsWhatALateEventUndoes() {
    String yaml =
        rule("transfer", "transfer")
            + correlation(
                "little",
                """
                type: value_sum
                rules: [transfer]
                group-by: [properties.user]
                timespan: 1h
                condition: {lt: 10, field: properties.size}
                """);
    LocalEngine engine = SigmaRun.engine(SigmaRun.rules(yaml));
    engine.enter(event("transfer", 600, "ann", "size", "4"));
    engine.advance(START + Duration.ofMinutes(65).toMillis());
    assertThat(engine.findings()).isEmpty();

    engine.advance(START + Duration.ofMinutes(72).toMillis());
    assertThat(engine.findings()).extracting(Detection::getCount).containsExactly(4);

    engine.enter(event("transfer", 300, "ann", "size", 90));
    assertThat(engine.findings()).isEmpty();
  }

  @Test
  void countsWhatIsInNoGroup() {
    String yaml =
        rule("failed", "failed_logon")
            + correlation(
                "any",
                """
                type: event_count
                rules: [failed]
                group-by: [properties.nobody]
                timespan: 5m
                condition: {gte: 1}
                """);
    LocalEngine engine = SigmaRun.engine(SigmaRun.rules(yaml));

    engine.enter(event("failed_logon", 0, "ann"));
    engine.enter(event("failed_logon", 1, "ann", "nobody", ""));

    assertThat(engine.findings()).isEmpty();
    assertThat(engine.suppressed()).containsEntry("rules/no-group", 2);
  }

  @Test
  void countsAnEventUnderCut_whenItIsInMoreGroupsOrHasMoreValuesThanAreKept() {
    String yaml =
        rule("login", "login")
            + correlation(
                "values",
                """
                type: value_count
                rules: [login]
                group-by: [properties.user]
                timespan: 5m
                condition: {field: [properties.from, properties.to], gte: 2}
                """)
            + "---\n"
            + correlation(
                "groups",
                """
                type: event_count
                rules: [login]
                group-by: [properties.from, properties.to]
                timespan: 5m
                condition: {gte: 2}
                """);
    LocalEngine engine = SigmaRun.engine(SigmaRun.rules(yaml));
    for (int most : new int[] {8, 9, 17}) {
      Object[] numbers = IntStream.range(0, most).boxed().toArray();
      engine.enter(
          ActivityBuilder.event(ActivityKind.AUDIT, "AuditLogs", TIME)
              .id("of " + most)
              .raw("properties.action", "login")
              .raw("properties.user", "ann")
              .raw("properties.from", numbers)
              .raw("properties.to", numbers)
              .build());
    }
    assertThat(engine.suppressed())
        .containsOnly(Map.entry("rules/cut", 1), Map.entry("rules/groups/cut", 2));
  }

  @Test
  void countsAnEventUnderCut_whenIngestLeftValuesOut() {
    String yaml =
        rule("login", "login")
            + correlation(
                "values",
                """
                type: value_count
                rules: [login]
                group-by: [properties.user]
                timespan: 5m
                condition: {field: properties.from, gte: 2}
                """)
            + "---\n"
            + correlation(
                "sum",
                """
                type: value_sum
                rules: [login]
                group-by: [properties.user]
                timespan: 5m
                condition: {field: properties.from, gte: 2}
                """)
            + "---\n"
            + correlation(
                "groups",
                """
                type: event_count
                rules: [login]
                group-by: [properties.from]
                timespan: 5m
                condition: {gte: 2}
                """);
    LocalEngine engine = SigmaRun.engine(SigmaRun.rules(yaml));
    RawFieldsWriter writer =
        new RawFieldsWriter(List.of("properties.action", "properties.user", "properties.from"));
    writer.begin(3);
    List<String> paths = writer.paths();
    for (int i = 0; i < paths.size(); i++) {
      boolean isLeftOut = paths.get(i).endsWith("from");
      String value = isLeftOut ? "7" : paths.get(i).endsWith("action") ? "login" : "ann";
      byte[] text = value.getBytes(StandardCharsets.UTF_8);
      writer.field(i, 1, isLeftOut);
      writer.value(RawFieldsWriter.TEXT, text, 0, text.length, false);
    }
    Activity event = event("login", 0, "ann");
    event.setRaw(writer.end());

    engine.enter(event);

    assertThat(engine.suppressed())
        .containsOnly(
            Map.entry("rules/cut", 1),
            Map.entry("rules/sum/cut", 1),
            Map.entry("rules/groups/cut", 1));
  }

  @Test
  void countsAnEventOnceUnderAGate_howeverManyRulesMatchIt() {
    String yaml =
        rule("one", "login")
            + rule("other", "login")
            + correlation(
                "both",
                """
                type: event_count
                rules: [one, other]
                group-by: [properties.nobody]
                timespan: 5m
                condition: {gte: 1}
                """);
    LocalEngine engine = SigmaRun.engine(SigmaRun.rules(yaml));

    engine.enter(event("login", 0, "ann"));

    assertThat(engine.suppressed()).containsOnly(Map.entry("rules/no-group", 1));
  }

  @Test
  void shortensALongValue_betweenCharacters() {
    String yaml =
        rule("login", "login")
            + correlation(
                "two",
                """
                type: event_count
                rules: [login]
                group-by: [properties.user]
                timespan: 5m
                condition: {gte: 2}
                """);
    String user = "a".repeat(215) + "\uD83D\uDE00".repeat(40);

    Detection found = findings(yaml, event("login", 0, user), event("login", 60, user)).get(0);

    assertThat(found.getGroup().get("properties.user"))
        .startsWith("a".repeat(215) + "…")
        .doesNotContain("\uD83D");
  }

  @Test
  void refusesCircles_andThresholdsBeyondState() {
    String circle =
        correlation(
                "one",
                """
                type: temporal
                rules: [two]
                timespan: 5m
                """)
            + "---\n"
            + correlation(
                "two",
                """
                type: temporal
                rules: [one]
                timespan: 5m
                """);
    String large =
        rule("failed", "failed_logon")
            + correlation(
                "large",
                """
                type: event_count
                rules: [failed]
                timespan: 5m
                condition: {gte: 5000}
                """);

    assertThat(SigmaRun.load(circle).faults())
        .isNotEmpty()
        .allSatisfy(fault -> assertThat(fault.message()).contains("circle"));
    assertThat(SigmaRun.load(large).faults())
        .singleElement()
        .satisfies(fault -> assertThat(fault.message()).contains("threshold gte: 5000"));
  }

  private static String counting(int number, Stream<Integer> others) {
    return correlation(
        "c" + number,
        """
        type: event_count
        rules: [%s]
        timespan: 5m
        condition: {gte: 3}
        """
            .formatted(others.map(other -> "c" + other).collect(Collectors.joining(", "))));
  }

  static Stream<Arguments> tangles() {
    return Stream.of(
        Arguments.of(
            "a circle of 200",
            IntStream.range(0, 200).mapToObj(i -> counting(i, Stream.of((i + 1) % 200))),
            "references go in a circle",
            200),
        Arguments.of(
            "a circle, and 199 that lead to it",
            IntStream.range(0, 200).mapToObj(i -> counting(i, Stream.of(Math.max(0, i - 1)))),
            "references go in a circle",
            200),
        Arguments.of(
            "80, each of which refers to all others",
            IntStream.range(0, 80)
                .mapToObj(
                    i -> counting(i, IntStream.range(0, 80).filter(other -> other != i).boxed())),
            "references go in a circle",
            80),
        Arguments.of(
            "a chain of 200",
            IntStream.range(0, 200)
                .mapToObj(i -> i == 0 ? counted("c0") : counting(i, Stream.of(i - 1))),
            "chain of more than 8",
            1),
        Arguments.of(
            "8 layers of 32, each of which refers to the whole layer below",
            IntStream.range(0, 256)
                .mapToObj(
                    i ->
                        i < 32
                            ? counted("c" + i)
                            : counting(i, IntStream.range(i / 32 * 32 - 32, i / 32 * 32).boxed())),
            "more than 512 rules",
            32));
  }

  private static String counted(String name) {
    return rule(name, "failed_logon").replaceFirst("---\n$", "");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tangles")
  void refusesATangleInAMoment_eachDocumentOnce(
      String what, Stream<String> documents, String words, int faults) {
    String yaml = documents.collect(Collectors.joining("---\n"));
    SigmaLoader.Result result = SigmaRun.load(yaml);
    ThreadMXBean processor = ManagementFactory.getThreadMXBean();
    long shortest = Long.MAX_VALUE;
    for (int i = 0; i < 10; i++) { // so that a cold class is not measured
      long started = processor.getCurrentThreadCpuTime();
      result = SigmaRun.load(yaml);
      shortest = Math.min(shortest, processor.getCurrentThreadCpuTime() - started);
    }

    assertThat(result.set().rules()).isEmpty();
    assertThat(result.faults()).hasSize(faults);
    assertThat(result.faults()).allSatisfy(fault -> assertThat(fault.message()).contains(words));
    assertThat(Duration.ofNanos(shortest)).as(what).isLessThan(Duration.ofMillis(500));
  }

  @Test
  void explains_theFullestWindow_andTheRulesThatItLacks() {
    String yaml =
        rule("first", "first")
            + rule("second", "second")
            + rule("third", "third")
            + correlation(
                "all",
                """
                type: temporal
                rules: [first, second, third]
                group-by: [lockstep.principal.id]
                timespan: 5m
                """);
    List<ActiveRule> rules = SigmaRun.rules(yaml);
    GroupDay day =
        new GroupDay(
            new WindowCondition(
                CorrelationDocument.Type.TEMPORAL,
                List.of("first", "second", "third"),
                300_000,
                List.of(),
                null,
                null),
            false);
    int[] seconds = {0, 1_000, 1_060};
    for (int i = 0; i < seconds.length; i++) {
      BitSet matched = new BitSet();
      matched.set(i == 2 ? 1 : 0);
      long at = START + seconds[i] * 1_000L;
      day.add(
          new Aggregate.Kept(
              new EventReference(
                  "AuditLogs", "e" + i, at, at, new Where("files", null, null, 0, 0L, 0)),
              Member.texts(matched, List.of(), List.of()),
              false));
    }

    Hit fullest =
        new HitFinder(
                new WindowCondition(
                    CorrelationDocument.Type.TEMPORAL,
                    List.of("first", "second", "third"),
                    300_000,
                    List.of(),
                    null,
                    null),
                day,
                List.of(),
                (int) (START / 86_400_000L))
            .fullest();

    assertThat(rules.get(0).info().subjects()).contains(Subject.Kind.PRINCIPAL);
    assertThat(fullest).isNotNull();
    assertThat(fullest.from()).isEqualTo(START + 1_000_000);
    assertThat(fullest.lacks()).containsExactly("third");
  }
}
