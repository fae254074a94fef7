package dev.lockstep.detections.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.detections.alert.AlertMessages;
import dev.lockstep.detections.erasure.ErasedPrincipal;
import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.storage.MemoryRecords;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Erasure;
import dev.lockstep.schemas.Severity;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Erasure of a user from an alert, of which a record and the link name the user too. */
final class AlertErasureTest implements SilentEngine {
  private static final String TIME = "2026-11-03T10:00:00Z";
  private static final long AT = ActivityBuilder.at(TIME);
  private static final long MINUTE_MILLIS = 60_000L;
  private static final String CAROL = "7d0e0f0a-1b2c-4d3e-8f90-0123456789ab";
  private static final String BOB = "5c31475d-a3c4-4700-afd1-38328a0ab915";

  private final List<Message> given = new ArrayList<>();
  private final MemoryRecords records = new MemoryRecords();
  private final Engine engine =
      new Engine(
          List.of(),
          Enrichment.none(),
          records,
          new AlertSettings("defender-corroboration", true, true, 10, 24),
          this,
          this,
          100);

  private void enter(String link) {
    engine.advance(AT, AT);
    engine.tick(AT);
    Activity record =
        ActivityBuilder.alert("a", TIME)
            .severity(Severity.High)
            .namesAddresses("203.0.113.9")
            .namesAccounts(BOB)
            .id("a/user/" + BOB)
            .build();
    record.getAlert().setLink(link);
    engine.take(AlertMessages.record(record));
    pass(10);
  }

  private void pass(int minute) {
    engine.tick(AT + minute * MINUTE_MILLIS);
    while (engine.sweep(100)) {}
    List<Message> messages = List.copyOf(given);
    given.clear();
    messages.forEach(engine::take);
    engine.flush();
    engine.write();
  }

  /** Returns how many records of state contain a text. */
  private int holding(String text) {
    int[] found = {0};
    byte[] unused =
        records.walk(
            null,
            Integer.MAX_VALUE,
            (subject, key, value) -> {
              if (new String(value, StandardCharsets.ISO_8859_1).contains(text)) {
                found[0]++;
              }
            });
    return found[0];
  }

  @Test
  void leavesNoId_inTheReferencesOfTheAlertsRecords() {
    enter("https://security.example/user?aad=" + BOB);
    assertThat(holding("a/user/" + BOB)).isPositive();
    ErasedPrincipal bob =
        new ErasedPrincipal(new Erasure("r", BOB, List.of(), "erased-1", "", null, List.of()));
    Set<String> names = engine.eraseSubject(new Subject(Subject.Kind.PRINCIPAL, BOB));
    assertThat(names).isEmpty();
    assertThat(engine.eraseIn(bob)).isEmpty();
    assertThat(holding(BOB)).isZero();
    assertThat(holding("a/user/erased-1")).isEqualTo(2); // at the alert and at its address
    pass(20);
    assertThat(holding(BOB)).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "bob@contoso.com, ?upn=bob%40contoso.com, ?upn=erased-1",
    "bob@contoso.com, ?next=%2Fuser%3Fupn%3DBob%2540contoso.com, ?next=%2Fuser%3Fupn%3Derased-1",
    "Zoë Bo, ?name=Zo%C3%ab%20Bo, ?name=erased-1",
    "Ana Bo, ?name=ana+bo, ?name=erased-1",
    "bob@contoso.com, ?upn=jo.bob%40contoso.com&x=bob%40contoso.com, "
        + "?upn=jo.bob%40contoso.com&x=erased-1",
  })
  void leavesNoName_inTheLink_whereTheLinkHasItEscaped(String name, String link, String left) {
    enter("https://security.example/user" + link);
    int before = holding("/user" + link);
    assertThat(before).isPositive();
    ErasedPrincipal erasing =
        new ErasedPrincipal(
            new Erasure("r", CAROL, List.of(name), "erased-1", "", null, List.of()));
    assertThat(engine.eraseSubject(new Subject(Subject.Kind.PRINCIPAL, CAROL))).isEmpty();
    assertThat(engine.eraseIn(erasing)).isEmpty();
    assertThat(holding("/user" + link)).isZero();
    assertThat(holding("/user" + left)).isEqualTo(before);
    pass(20);
    assertThat(holding("/user" + link)).isZero();
  }

  @Test
  void leavesTheEscapedNameOfAnother() {
    String link = "https://security.example/user?upn=jo.bob%40contoso.com";
    enter(link);
    int before = holding(link);
    ErasedPrincipal erasing =
        new ErasedPrincipal(
            new Erasure("r", CAROL, List.of("bob@contoso.com"), "erased-1", "", null, List.of()));
    assertThat(engine.eraseIn(erasing)).isEmpty();
    assertThat(holding(link)).isEqualTo(before).isPositive();
  }

  @Override
  public void message(Message message) {
    given.add(message);
  }
}
