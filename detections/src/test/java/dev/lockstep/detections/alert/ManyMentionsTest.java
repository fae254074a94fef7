package dev.lockstep.detections.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.detections.engine.SilentEngine;
import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.AlertOnSubject;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Alert;
import dev.lockstep.schemas.Confirmation;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** An address that very many findings name. */
final class ManyMentionsTest implements SilentEngine {
  private static final Subject ADDRESS = new Subject(Subject.Kind.ADDRESS, "192.0.2.1");
  private static final long NOON = ActivityBuilder.at("2026-11-19T12:00:00Z");
  private static final long DAY_MILLIS = 86_400_000L;

  private final Set<String> confirmed = new TreeSet<>();
  private final AlertExchange exchange =
      new AlertExchange(
          new AlertSettings("alerts", true, true, 10, 24), Enrichment.none(), this, this);

  private static Message.Mentioned mention(int number, long at) {
    return new Message.Mentioned(ADDRESS, "finding-" + number, at, at, "unknown");
  }

  private static Message.Alerted alert() {
    Alert alert = new Alert();
    alert.setId("a");
    alert.setSeverity(Severity.Medium);
    alert.setAccounts(List.of());
    alert.setNames(List.of());
    alert.setAddresses(List.of());
    alert.setOwn(false);
    return new Message.Alerted(
        ADDRESS, new AlertOnSubject(alert, List.of(NOON), List.of(), false), true);
  }

  private Set<String> confirmed(List<Message.Mentioned> mentions, int alertAt) {
    confirmed.clear();
    SubjectAlerts state = new SubjectAlerts();
    for (int i = 0; i < mentions.size(); i++) {
      if (i == alertAt) {
        exchange.alerted(state, alert());
      }
      exchange.mentioned(state, mentions.get(i));
    }
    return new TreeSet<>(confirmed);
  }

  @Test
  void confirmsTheSameFindings_whateverTheirOrder() {
    List<Message.Mentioned> mentions = new ArrayList<>();
    for (int i = 0; i < 1_200; i++) {
      mentions.add(mention(i, NOON));
    }
    Set<String> inOrder = confirmed(mentions, 0);
    Collections.reverse(mentions);
    assertThat(confirmed(mentions, 600)).isEqualTo(inOrder).hasSize(1_024);
    assertThat(confirmed(mentions, 1_199)).isEqualTo(inOrder);
  }

  @Test
  void confirmsAFinding_thoughEarlierDaysHadManyMore() {
    List<Message.Mentioned> mentions = new ArrayList<>();
    for (int i = 0; i < 1_500; i++) {
      mentions.add(mention(i, NOON - (2 + i % 20) * DAY_MILLIS));
    }
    mentions.add(mention(2_000, NOON));
    assertThat(confirmed(mentions, 1_499)).containsExactly("finding-2000");
  }

  @Test
  void writesNothing_ofAFindingThatIsNotKept() {
    SubjectAlerts state = new SubjectAlerts();
    int dropped = 0;
    for (int i = 0; i < 1_200; i++) {
      state.dirty().clear();
      if (!state.put(mention(i, NOON)).isChange()) {
        dropped++;
        assertThat(state.dirty()).isEmpty();
      }
    }
    assertThat(dropped).isPositive();
    assertThat(state.mentions()).hasSize(1_024);
  }

  @Override
  public void confirmation(Confirmation confirmation) {
    if (confirmation.getStands()) {
      confirmed.add(confirmation.getFinding());
    } else {
      confirmed.remove(confirmation.getFinding());
    }
  }
}
