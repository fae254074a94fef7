package dev.lockstep.detections.topology;

import static dev.lockstep.detections.ActivityBuilder.alert;
import static dev.lockstep.detections.ActivityBuilder.call;
import static dev.lockstep.detections.ActivityBuilder.edge;
import static dev.lockstep.detections.ActivityBuilder.link;
import static dev.lockstep.detections.ActivityBuilder.signIn;
import static dev.lockstep.detections.ActivityBuilder.watermark;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.EventIds;
import dev.lockstep.detections.Known;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.Day;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Field;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Gates;
import dev.lockstep.rules.Lessons;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.Erasure;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bytes of stored state and of the records between stages, beside those of the format's number. */
final class StateFormatTest {
  private static final String PINNED = "state-format.txt";
  private static final String RECORDS = "state-records.txt";
  private static final String DAY = "2026-11-19T";
  private static final String LONDON = "10.1.0.1";
  private static final String NEW_YORK = "10.2.0.1";

  @TempDir private Path dir;

  /** Rule with each form of field and of fact, which fires for each and learns from each. */
  private static final class AllForms implements Rule {
    private static final Field FLAG = Field.flag("flag");
    private static final Field NUMBER = Field.number("number");
    private static final Field TEXT = Field.text("text");
    private static final Field SET = Field.set("set");
    private static final Field IDS = Field.set("ids");
    private static final FactKind WITH_FIELDS =
        FactKind.named("with-fields", FLAG, NUMBER, TEXT, SET)
            .byAddress()
            .addresses()
            .retractable()
            .declare();
    private static final FactKind IN_RUNS =
        FactKind.named("in-runs").byNetwork().runs(settings -> 3_600_000).most(3).declare();
    private static final FactKind OF_PRINCIPALS =
        FactKind.named("of-principals").byPrincipal().minutes().judgedEnd().declare();
    private static final FactKind WITH_EVENTS =
        FactKind.named("with-events", IDS).ofWholeDay().aggregates(IDS, EventIds::new).declare();

    private final RuleInfo info;

    AllForms(String id, Duration grace) {
      RuleInfo.Builder builder =
          RuleInfo.of(id, 1, "All forms")
              .about(Subject.Kind.PRINCIPAL, Subject.Kind.ADDRESS)
              .keeps(WITH_FIELDS, IN_RUNS, OF_PRINCIPALS, WITH_EVENTS)
              .reads("SignInLogs", "GatewayLogs")
              .reasons("seen")
              .severities(Severity.Medium)
              .gates("alone")
              .reach(1, 1)
              .learnsFrom(30);
      this.info = (grace.isZero() ? builder : builder.grace(grace)).done();
    }

    @Override
    public RuleInfo info() {
      return info;
    }

    @Override
    public void observe(Event event, Facts facts) {
      String id = event.reference().eventId();
      if (event.principal() != null) {
        Subject user = new Subject(Subject.Kind.PRINCIPAL, event.principal().getId());
        facts
            .about(user, WITH_FIELDS)
            .with(FLAG, true)
            .with(NUMBER, event.at() % 7)
            .with(TEXT, "text")
            .adding(SET, id)
            .state();
        facts.about(user, IN_RUNS).state();
        facts.about(user, WITH_EVENTS).adding(IDS, id).state();
        if (event.activity().getAddress() != null) {
          Subject address = new Subject(Subject.Kind.ADDRESS, event.activity().getAddress());
          facts.about(address, OF_PRINCIPALS).rank(1).state();
        }
      }
    }

    @Override
    public void judge(Case day, Verdicts verdicts) {
      for (Fact fact : day.today()) {
        if (info.grace().isZero() || day.isGraceOver(fact)) {
          verdicts.fires("seen", Severity.Medium, List::of, fact).in(fact.kind().name());
        } else {
          verdicts.suppressed("alone", () -> new Gates().list(), fact);
        }
      }
    }

    @Override
    public void learn(Day day, Lessons lessons) {
      lessons.teach("seen", 3);
    }

    @Override
    public Words tell(Finding finding) {
      return Words.of("Seen", "Seen.");
    }
  }

  private static RuleSet rules() {
    List<ActiveRule> rules = new ArrayList<>();
    for (AllForms rule :
        List.of(
            new AllForms("at-once", Duration.ZERO), new AllForms("later", Duration.ofHours(1)))) {
      rules.add(new ActiveRule(rules.size(), rule, Settings.defaults(rule.info())));
    }
    return new RuleSet(rules, new AlertSettings("at-once", true, true, 10, 24), 0);
  }

  private static void play(Route route) {
    route.send(watermark("links", "1970-01-01T00:00:00Z"));
    route.send(
        signIn("alice", DAY + "10:00:00Z").from(LONDON).minted("token"),
        signIn("alice", DAY + "11:30:00Z").from(NEW_YORK),
        signIn("bob", DAY + "10:00:00Z").from(LONDON),
        call(DAY + "10:20:00Z").from(LONDON).presents("token", "alice"),
        call(DAY + "10:21:00Z").id("linked").from(NEW_YORK).reference("front-door"),
        call(DAY + "10:22:00Z").id("waits").from(NEW_YORK).subscription("keys"),
        edge(DAY + "10:21:00Z", "front-door").from(LONDON),
        link(DAY + "10:21:01Z", "linked").presents("token", "alice"),
        alert("a", DAY + "10:30:00Z")
            .severity(Severity.High)
            .namesAddresses(NEW_YORK)
            .namesAccounts("bob"));
    route.send(watermark("test", DAY + "12:00:00Z"));
    route.waits(Duration.ofHours(1)).sweeps();
    route.send(signIn("carol", "2026-11-22T10:00:00Z").from(LONDON));
    route.send(watermark("test", "2026-11-22T12:00:00Z"));
    route.sweeps();
    route.erase(
        new Erasure(
            "request", "carol", List.of("carol@contoso.com"), "erased-1", "", null, List.of()));
  }

  /**
   * Returns the format's number, and a hash of the records of each topic, whatever their order.
   *
   * @param all receives the records, in hexadecimal, after the name of their topic
   */
  private List<String> format(List<String> all) {
    List<String> lines = new ArrayList<>();
    lines.add("format " + StateFormat.NUMBER);
    try (Route route = new Route(dir, rules(), Known.WORLD, Instant.parse(DAY + "12:00:00Z"))) {
      play(route);
      for (String topic : new TreeSet<>(DetectionTopology.internalTopics(Route.LAYOUT))) {
        List<String> records = new ArrayList<>();
        route.read(topic, (key, value) -> records.add(hex(key) + " " + hex(value)));
        Collections.sort(records);
        assertThat(records).as(topic).isNotEmpty();
        records.forEach(record -> all.add(topic + " " + record));
        lines.add(
            topic + " " + HexFormat.of().formatHex(Sha256.of(String.join("\n", records)), 0, 8));
      }
    }
    return lines;
  }

  private static String hex(byte @Nullable [] bytes) {
    return bytes == null ? "-" : HexFormat.of().formatHex(bytes);
  }

  /**
   * Returns what to do if the bytes differ from the pinned ones. The layout of records may have
   * changed, or only what the engine decides about the events of this test.
   */
  private static String advice(List<String> pinned, List<String> format) {
    List<String> changed = new ArrayList<>();
    for (String line : format) {
      if (!pinned.contains(line)) {
        changed.add(line.substring(0, line.lastIndexOf(' ')));
      }
    }
    return """
        Records have other bytes in: %s. There are two possible reasons:
        1. Only the content changed, because the engine decides otherwise about the events of this test: a fact, a verdict, a text, an id. Keep the number.
        2. The layout changed, or what a stored text means. If records of an earlier version cannot be read any more, raise StateFormat.NUMBER and name it in CHANGELOG.md and docs/upgrade.md. If they can, keep the number.
        To tell them apart, compare target/%s with the one that this test writes before the change.
        In both cases copy target/%s to src/test/resources/%s"""
        .formatted(String.join(", ", changed), RECORDS, PINNED, PINNED);
  }

  @Test
  void writesTheBytesOfItsNumber() throws IOException {
    List<String> all = new ArrayList<>();
    List<String> format = format(all);
    Files.write(Path.of("target", PINNED), format);
    Files.write(Path.of("target", RECORDS), all);
    List<String> pinned = Files.readAllLines(Known.resource(PINNED));
    assertThat(format).as(advice(pinned, format)).isEqualTo(pinned);
  }

  @Test
  void namesBothReasonsOfAChange_andTheTopicsThatChanged() {
    assertThat(advice(List.of("format 1", "a 00", "b 00"), List.of("format 1", "a 00", "b 01")))
        .contains("other bytes in: b. There", "Only the content changed", "The layout changed");
  }
}
