package dev.lockstep.detections.topology;

import static dev.lockstep.detections.ActivityBuilder.call;
import static dev.lockstep.detections.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.detections.Known;
import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.detections.encoding.ByteSink;
import dev.lockstep.detections.judgement.JudgedDay;
import dev.lockstep.detections.judgement.JudgedFacts;
import dev.lockstep.detections.judgement.JudgedSubject;
import dev.lockstep.detections.lookup.StateSearch;
import dev.lockstep.detections.lookup.SubjectRecords;
import dev.lockstep.detections.state.SubjectKey;
import dev.lockstep.detections.storage.RecordKey;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Detection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Promises of a look-up in the changelogs of a running topology. */
final class StateLookUpTest {
  private static final String TOKEN = "6f0e2b9c-0000-4000-8000-0000000000aa";
  private static final String ALICE = "0a1b2c3d-0000-4000-8000-0000000000bb";
  private static final long NEVER = 0;

  @TempDir private Path dir;

  /** Record of a changelog. */
  private static final class Kept {
    private final byte[] key;
    private final byte @Nullable [] value;

    Kept(byte[] key, byte @Nullable [] value) {
      this.key = key;
      this.value = value;
    }

    byte[] key() {
      return key;
    }

    byte @Nullable [] value() {
      return value;
    }
  }

  private final List<Kept> principals = new ArrayList<>();
  private final List<Kept> subjects = new ArrayList<>();
  private Route route;

  @BeforeEach
  void runTheTopology() {
    route = new Route(dir);
    route.send(named(signIn(ALICE, "2026-11-19T10:00:00Z").from("10.1.0.1").minted(TOKEN)));
    route.send(call("2026-11-19T10:20:00Z").from("10.3.0.1").presents(TOKEN, ALICE));
    route.send(named(signIn(ALICE, "2026-11-19T11:00:00Z").from("10.2.0.1")));
    route.send(signIn("bob", "2026-11-19T11:00:00Z").from("10.2.0.1"));
    route.read(
        Route.LAYOUT.principalsChangelog(), (key, value) -> principals.add(new Kept(key, value)));
    route.read(
        Route.LAYOUT.subjectsChangelog(), (key, value) -> subjects.add(new Kept(key, value)));
  }

  @AfterEach
  void close() {
    route.close();
  }

  private static Activity named(ActivityBuilder signIn) {
    Activity activity = signIn.build();
    Objects.requireNonNull(activity.getPrincipal()).setName("Alice.Berg@contoso.example");
    return activity;
  }

  private static JudgedSubject judged(Subject subject, List<Kept> changelog) {
    SubjectRecords records = new SubjectRecords(List.of(subject));
    changelog.forEach(each -> records.take(each.key(), each.value()));
    assertThat(records.has(subject)).isTrue();
    return records.judged(subject, RuleNumbers.defaults().ruleSet(), Known.WORLD, NEVER);
  }

  private StateSearch search(String text) {
    StateSearch search = new StateSearch(text);
    principals.forEach(each -> search.take(each.key(), each.value()));
    subjects.forEach(each -> search.take(each.key(), each.value()));
    return search;
  }

  @Test
  void reportsWhatFindingsWereGivenOutBy() {
    assertThat(route.findings()).hasSizeGreaterThanOrEqualTo(2);
    for (Detection finding : route.findings()) {
      JudgedSubject judged =
          finding.getRule().equals("token-replay")
              ? judged(new Subject(Subject.Kind.TOKEN, TOKEN), subjects)
              : judged(new Subject(Subject.Kind.PRINCIPAL, ALICE), principals);
      JudgedDay day =
          judged.days().stream()
              .filter(each -> each.hasFinding(finding.getId()::equals))
              .findFirst()
              .orElseThrow();
      assertThat(day.info().id()).isEqualTo(finding.getRule());
      assertThat(day.verdicts())
          .filteredOn(verdict -> finding.getId().equals(verdict.finding()))
          .extracting(JudgedFacts::gates)
          .contains(finding.getGates());
    }
  }

  @Test
  void forgetsWhatWasDeleted() {
    Subject alice = new Subject(Subject.Kind.PRINCIPAL, ALICE);
    SubjectRecords records = new SubjectRecords(List.of(alice));
    principals.forEach(each -> records.take(each.key(), each.value()));
    principals.stream()
        .filter(each -> RecordKey.subject(each.key()).length > 0)
        .forEach(each -> records.take(each.key(), null));
    assertThat(records.has(alice)).isFalse();
    assertThat(records.judged(alice, RuleNumbers.defaults().ruleSet(), Known.WORLD, NEVER).days())
        .isEmpty();
  }

  @Test
  void finds_byId_byName_andByFinding() {
    assertThat(search(TOKEN.toUpperCase(Locale.ROOT)).named())
        .containsExactly(new Subject(Subject.Kind.TOKEN, TOKEN));
    StateSearch byId = search(ALICE);
    assertThat(byId.named()).containsExactly(new Subject(Subject.Kind.PRINCIPAL, ALICE));
    assertThat(byId.holding()).contains(new Subject(Subject.Kind.TOKEN, TOKEN));
    assertThat(search("ALICE.berg@contoso.example").holding())
        .contains(new Subject(Subject.Kind.PRINCIPAL, ALICE));
    assertThat(search("berg@contoso.example").holding()).as("a part of a name").isEmpty();
    for (Detection finding : route.findings()) {
      assertThat(search(finding.getId()).holding()).as(finding.getRule()).hasSize(1);
    }
  }

  @Test
  void keepsOnlySoManyOfWhatIsFound() {
    StateSearch search = new StateSearch("here");
    for (int i = 0; i < 300; i++) {
      byte[] subject = SubjectKey.of(new Subject(Subject.Kind.PRINCIPAL, "person " + i));
      search.take(RecordKey.of(subject, new byte[] {1}), new ByteSink().text("Here").bytes());
    }
    assertThat(search.holding()).hasSize(200);
    assertThat(search.hasLeftOut()).isTrue();
  }

  @Test
  void refusesMoreThanItsMemory() {
    Subject bob = new Subject(Subject.Kind.PRINCIPAL, "bob");
    SubjectRecords records = new SubjectRecords(List.of(bob));
    byte[] subject = SubjectKey.of(bob);
    byte[] value = new byte[1 << 20];
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 100; i++) {
                records.take(RecordKey.of(subject, new byte[] {(byte) i}), value);
              }
            })
        .hasMessage(
            "the state of the requested subjects is larger than 64 MB; ask for fewer subjects");
  }
}
