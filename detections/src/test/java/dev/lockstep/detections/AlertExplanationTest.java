package dev.lockstep.detections;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.Alert;
import dev.lockstep.schemas.Cited;
import dev.lockstep.schemas.CollectedAlert;
import dev.lockstep.schemas.PresenceDay;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.Where;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AlertExplanationTest {
  private static final long NOON = 20_000 * Days.MILLIS + 12 * 3_600_000L;
  private static final String ADDRESS = "192.0.2.7";
  private static final Principal MIA = new Principal("0a1b", "mia@contoso.example", "user");

  private final TreeMap<Integer, PresenceDay> pages = new TreeMap<>();
  private final PresenceBook book = new PresenceBook(16);

  private static CollectedAlert alert(Severity severity, boolean own, String... accounts) {
    return new CollectedAlert(
        new Alert(
            "alert-1",
            "Password spray",
            severity,
            null,
            null,
            List.of(accounts),
            List.of(),
            List.of(ADDRESS),
            own),
        List.of(NOON),
        List.of());
  }

  private static Presence presence(String networkClass) {
    Cited cited =
        new Cited("SignInLogs", "e1", NOON, NOON, new Where("files", null, null, -1, -1L, 0));
    return new Presence(MIA, ADDRESS, networkClass, "mia@contoso.example", cited, false);
  }

  private void isThere(String networkClass) {
    PresenceDay page = PresenceBook.empty(MIA);
    book.note(page, presence(networkClass));
    pages.put(Days.of(NOON), page);
  }

  private List<AlertExplanation> explained(CollectedAlert alert, Presence... gated) {
    FlaggedAddress.Pages read = this::page;
    return AlertExplanation.of(MIA, List.of(alert), read, List.of(gated), RuleSettings.defaults());
  }

  private @Nullable PresenceDay page(int day) {
    return pages.get(day);
  }

  private static List<String> verdicts(AlertExplanation one) {
    return one.gates().stream()
        .filter(gate -> !gate.getVerdict().equals("passed"))
        .map(gate -> gate.getGate() + " " + gate.getVerdict())
        .toList();
  }

  @Test
  void fires_withTheSeverityOfTheFinding() {
    isThere("residential");
    assertThat(explained(alert(Severity.High, false)))
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.conclusion().severity()).isEqualTo(Severity.High);
              assertThat(verdicts(one)).containsExactly("flagged-address fires");
            });
    isThere("mobile");
    assertThat(explained(alert(Severity.High, false)).get(0).conclusion().severity())
        .isEqualTo(Severity.Medium);
  }

  @Test
  void namesTheGate_thatKeepsItQuiet() {
    isThere("residential");
    assertThat(explained(alert(Severity.High, false, "0a1b")).get(0).conclusion().quietBy())
        .containsExactly("already-named");
    assertThat(explained(alert(Severity.Low, false)).get(0).conclusion().quietBy())
        .containsExactly("severity");
    AlertExplanation own = explained(alert(Severity.High, true)).get(0);
    assertThat(own.conclusion().quietBy()).containsExactly("own-alert");
    assertThat(verdicts(own)).startsWith("own-alert quiet", "severity not reached");
  }

  @Test
  void namesTheNetwork_thatNeverMatches() {
    assertThat(
            explained(alert(Severity.High, false), presence("backend"))
                .get(0)
                .conclusion()
                .quietBy())
        .containsExactly("backend");
    assertThat(
            explained(alert(Severity.High, false), presence("corporate"))
                .get(0)
                .conclusion()
                .quietBy())
        .containsExactly("corporate-egress");
  }

  @Test
  void saysWhomAnAlertNames_whoWasElsewhere_andNothingOfOthers() {
    assertThat(explained(alert(Severity.High, false, "0a1b")))
        .singleElement()
        .satisfies(one -> assertThat(one.conclusion().quietBy()).containsExactly("elsewhere"));
    assertThat(explained(alert(Severity.High, false))).isEmpty();
  }
}
