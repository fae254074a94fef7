package dev.lockstep.detections;

import static dev.lockstep.detections.ActivityBuilder.alert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.CollectedAlert;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class AlertBookTest {
  private static CollectedAlert collected(int setCap, List<Activity> records) {
    AlertBook book = new AlertBook(setCap);
    CollectedAlert alert = book.with(null, ActivityBuilder.copy(records.get(0)));
    for (Activity record : records.subList(1, records.size())) {
      alert = book.with(alert, ActivityBuilder.copy(record));
    }
    return java.util.Objects.requireNonNull(alert);
  }

  @Test
  void isTheUnionOfItsRecords_withTheHighestSeverity() {
    CollectedAlert alert =
        collected(
            256,
            List.of(
                alert("a", "2026-11-19T10:00:00Z").severity(null).namesAccounts("bob").build(),
                alert("a", "2026-11-19T10:00:00Z").severity(Severity.High).title(" ").build(),
                alert("a", "2026-11-19T11:00:00Z")
                    .severity(Severity.Low)
                    .namesUpns("eve@contoso.com")
                    .namesAddresses("::ffff:10.1.0.1", "10.1.0.1:443", "no address")
                    .namesAccounts("alice")
                    .build()));
    assertThat(alert.getAlert().getSeverity()).isEqualTo(Severity.High);
    assertThat(alert.getAlert().getTitle()).isEqualTo("Suspicious a");
    assertThat(alert.getAlert().getAccounts()).containsExactly("alice", "bob");
    assertThat(alert.getAlert().getNames()).containsExactly("eve@contoso.com");
    assertThat(alert.getAlert().getAddresses()).containsExactly("10.1.0.1");
    assertThat(alert.getTimes())
        .containsExactly(
            ActivityBuilder.at("2026-11-19T10:00:00Z"), ActivityBuilder.at("2026-11-19T11:00:00Z"));
    assertThat(alert.getCited()).hasSize(3);
  }

  @Test
  void isOwn_ifAnyRecordSaysSo() {
    assertThat(
            collected(
                    256,
                    List.of(
                        alert("a", "2026-11-19T10:00:00Z").own().build(),
                        alert("a", "2026-11-19T10:00:00Z").build()))
                .getAlert()
                .getOwn())
        .isTrue();
  }

  @Test
  void isTheSameInAnyOrder_evenBeyondItsCap() {
    List<Activity> records = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      records.add(
          alert("a", "2026-11-19T%02d:00:00Z".formatted(i))
              .title(i % 3 == 0 ? null : "title " + i)
              .namesAddresses("10.1.0." + i)
              .namesAccounts("user" + i)
              .namesUpns("user" + i + "@contoso.com")
              .build());
    }
    CollectedAlert first = collected(4, records);
    assertThat(first.getAlert().getAddresses()).hasSize(4);
    assertThat(first.getTimes()).hasSize(4);
    Random random = new Random(7);
    for (int order = 0; order < 20; order++) {
      Collections.shuffle(records, random);
      assertThat(collected(4, records)).as("order %d", order).isEqualTo(first);
    }
  }
}
